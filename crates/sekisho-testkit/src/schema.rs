//! Published schemas, where `cargo xtask schemas` has put them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of schemas: `SEKISHO_SCHEMAS`, else `target/schemas` of the workspace. Says so and
/// gives nothing where they have not been installed.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub fn directory() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests are told by their environment")]
    let given = std::env::var_os("SEKISHO_SCHEMAS").map(PathBuf::from);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let directory = given.unwrap_or_else(|| workspace.join("target/schemas"));
    if directory.join("complete").is_file() {
        return Some(directory);
    }
    eprintln!("skipped: needs target/schemas, run `cargo xtask schemas`");
    None
}

/// Reads one schema; a missing or broken one fails the test that asked for it.
pub fn read(directory: &Path, name: &str) -> Value {
    let text =
        fs_err::read_to_string(directory.join(name)).expect("`cargo xtask schemas` wrote it");
    serde_json::from_str(&text).expect("a schema is JSON")
}
