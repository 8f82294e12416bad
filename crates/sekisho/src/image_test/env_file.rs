//! Files of variables, as `docker run --env-file` and dotenv have them.

use std::{io::Read, path::Path};

use anyhow::bail;

/// Largest file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// Reads `NAME=value` lines. Lines that begin with `#` say nothing, `export` may stand before a
/// name, quotes around a value are taken off, and a variable without a value is left out.
pub(crate) fn read_env_file(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    fs_err::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        bail!("{} has more than {MAX_BYTES} bytes", path.display());
    }
    let mut env = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once(['=', ':']) else {
            bail!("{}:{number} is no NAME=value", path.display());
        };
        let value = unquoted(value.trim());
        if !value.is_empty() {
            env.push(format!("{}={value}", name.trim()));
        }
    }
    Ok(env)
}

fn unquoted(value: &str) -> String {
    let inside = |quote: char| value.strip_prefix(quote)?.split_once(quote).map(|(it, _)| it);
    if let Some(text) = inside('\'') {
        return text.to_owned();
    }
    if let Some(text) = inside('"') {
        return text.replace("\\n", "\n");
    }
    // A comment begins after a space.
    value.split_once(" #").map_or(value, |(value, _)| value).trim_end().to_owned()
}
