//! `cargo xtask test [ARG…]`: what `make test` runs.

use anyhow::{Context as _, ensure};

use crate::{install, root};

/// Installs what is missing and runs every test; arguments go to nextest.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    install::for_tests()?;
    #[expect(clippy::disallowed_methods, reason = "a chore reads its environment")]
    let is_ci = std::env::var_os("CI").is_some();
    let profile = if is_ci { "ci" } else { "default" };
    #[expect(clippy::disallowed_methods, reason = "chores run cargo")]
    let status = std::process::Command::new("cargo")
        .args(["nextest", "run", "--locked", "--workspace", "--profile", profile])
        .args(args)
        .current_dir(root())
        .status()
        .context("failed to start cargo nextest")?;
    ensure!(status.success(), "tests failed");
    Ok(())
}
