//! A real Debian, for tests that compare with what its own tools say.

use std::path::{Path, PathBuf};

/// A minimal Debian 12 without security updates, made once by debootstrap; none where that cannot
/// be done: it takes root, debootstrap and a mirror.
pub fn debian() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?.join("target/debootstrap");
    let tree = root.join("bookworm");
    if tree.join("etc/os-release").exists() {
        return Some(tree);
    }
    // The mirror that this machine takes its own packages from.
    let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    let targets = output("apt-get", &["indextargets", "--format", format])?;
    let mirror = targets.lines().find_map(|line| line.strip_suffix(" bookworm main"))?;
    fs_err::create_dir_all(&root).ok()?;
    // Under another name until it is whole.
    let partial = tempfile::tempdir_in(&root).ok()?;
    let partial_path = partial.path().to_str()?;
    output("debootstrap", &["--variant=minbase", "bookworm", partial_path, mirror])?;
    fs_err::rename(partial.keep(), &tree).ok()?;
    Some(tree)
}

/// What a program writes; none where it is not there or fails.
fn output(program: &str, args: &[&str]) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the tools of Debian make a Debian")]
    let output = std::process::Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}
