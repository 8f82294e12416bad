//! Writes the files that follow from other files, and tells which are stale.
//!
//! Lists of modules come first and need nothing compiled. Pages are written from what the
//! product says of itself, so by a second build of this program, after the lists.

mod lists;
#[cfg(feature = "pages")]
mod pages;

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::bail;

use crate::root;

/// A file as it should be.
#[derive(Debug)]
struct Output {
    /// From the folder of the workspace.
    path: PathBuf,
    text: String,
}

/// Runs `cargo xtask codegen`.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let is_check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("codegen takes nothing, or --check"),
    };
    settle(root(), lists::outputs(root())?, is_check)?;
    write_pages(is_check)
}

#[cfg(feature = "pages")]
fn write_pages(is_check: bool) -> anyhow::Result<()> {
    settle(root(), pages::outputs(root())?, is_check)
}

#[cfg(not(feature = "pages"))]
fn write_pages(is_check: bool) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the pages need a build with the new lists")]
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", "xtask", "--", "codegen"]).current_dir(root());
    if is_check {
        cargo.arg("--check");
    }
    let status = cargo.status()?;
    anyhow::ensure!(status.success(), "the pages were not written");
    Ok(())
}

/// Writes what differs, or with `is_check` fails when something does.
fn settle(root: &Path, outputs: Vec<Output>, is_check: bool) -> anyhow::Result<()> {
    let stale = stale(root, outputs)?;
    if is_check && !stale.is_empty() {
        bail!(complaint(&stale));
    }
    for output in stale {
        let path = root.join(&output.path);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        fs_err::write(&path, &output.text)?;
        eprintln!("wrote {}", output.path.display());
    }
    Ok(())
}

/// Those of `outputs` that are not in the tree as they should be.
fn stale(root: &Path, outputs: Vec<Output>) -> anyhow::Result<Vec<Output>> {
    let mut stale = Vec::new();
    for output in outputs {
        match fs_err::read_to_string(root.join(&output.path)) {
            Ok(text) if text == output.text => (),
            Ok(_) => stale.push(output),
            Err(err) if err.kind() == ErrorKind::NotFound => stale.push(output),
            Err(err) => return Err(err.into()),
        }
    }
    Ok(stale)
}

fn complaint(stale: &[Output]) -> String {
    let mut text = "stale files, run `cargo xtask codegen`:".to_owned();
    for output in stale {
        text.push_str("\n  ");
        text.push_str(&output.path.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        let mut outputs = lists::outputs(root()).unwrap();
        #[cfg(feature = "pages")]
        outputs.extend(pages::outputs(root()).unwrap());
        let stale = stale(root(), outputs).unwrap();
        assert!(stale.is_empty(), "{}", complaint(&stale));
    }

    #[test]
    fn a_stale_file_is_named_and_then_written() {
        let folder = tempfile::tempdir().unwrap();
        let output = || Output { path: "docs/page.md".into(), text: "new\n".to_owned() };
        let err = settle(folder.path(), vec![output()], true).unwrap_err();
        insta::assert_snapshot!(err, @"
        stale files, run `cargo xtask codegen`:
          docs/page.md
        ");
        settle(folder.path(), vec![output()], false).unwrap();
        settle(folder.path(), vec![output()], true).unwrap();
    }
}
