//! `cargo xtask demo DIR`: writes the image that `make demo` scans.

use anyhow::{Context as _, ensure};

/// Writes the demo image into `DIR` as an OCI layout, in place of what was there.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let [directory] = args else { anyhow::bail!("usage: cargo xtask demo DIR") };
    #[expect(clippy::disallowed_methods, reason = "chores run cargo")]
    let status = std::process::Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "sekisho-testkit", "--bin", "demo-image", "--"])
        .arg(directory)
        .status()
        .context("failed to start cargo")?;
    ensure!(status.success(), "the demo image could not be written to {directory:?}");
    Ok(())
}
