//! `cargo xtask demo [DIR]`: what `make demo` runs.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail, ensure};

use crate::root;

/// What the exit codes of a scan mean, all but the failures.
const ANSWERS: &[(i32, &str)] = &[
    (0, "clean"),
    (1, "the policy failed, as it should with this image"),
    (3, "something could not be read or answered; the report names it"),
    (4, "the advisory database is missing or too old"),
];

/// Builds Sekisho, assembles an image with many faults as an OCI layout in DIR, or in a folder
/// of `target`, and scans it. A verdict against the image is what the demo is to show, so only a
/// scan without a report makes it fail.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let directory = match args {
        [] => root().join("target/demo/shop"),
        [directory] if !directory.starts_with('-') => std::path::absolute(directory)?,
        _ => bail!("usage: cargo xtask demo [DIR]"),
    };
    eprintln!("demo: building sekisho and the image builder, optimised; minutes the first time");
    ensure!(
        cargo().args(["build", "--release", "--locked"]).args(BINARIES).status()?.success(),
        "the build failed"
    );
    eprintln!("demo: assembling the image in {}", directory.display());
    let folder = root().join("target/demo");
    let feeds = folder.join("feeds");
    ensure!(
        run_binary("demo-image")
            .arg(&directory)
            .args([Path::new("examples/feed"), &feeds])
            .status()?
            .success(),
        "the demo image could not be written"
    );
    let advisories = Advisories { config: folder.join("config"), db: folder.join("db") };
    eprintln!("demo: sekisho db build --from {}", feeds.display());
    let mut build = advisories.sekisho(&["--quiet", "db", "build", "--from"]);
    build.arg(&feeds).arg("--db").arg(&advisories.db);
    ensure!(build.status()?.success(), "the database could not be built");
    scan(&directory, &advisories)
}

/// The database of the demo, made of its example feed: no network is needed.
struct Advisories {
    /// With the key that it is signed with, so that nobody's own key is touched.
    config: PathBuf,
    db: PathBuf,
}

impl Advisories {
    fn sekisho(&self, args: &[&str]) -> Command {
        let mut command = run_binary("sekisho");
        command.env("XDG_CONFIG_HOME", &self.config).args(args);
        command
    }
}

const BINARIES: [&str; 4] = ["--bin", "sekisho", "--bin", "demo-image"];

fn scan(directory: &Path, advisories: &Advisories) -> anyhow::Result<()> {
    let target = format!("oci-dir:{}", directory.display());
    let db = advisories.db.display();
    eprintln!("demo: sekisho image scan --no-cache --db {db} {target}\n");
    let status = advisories
        .sekisho(&["image", "scan", "--no-cache", "--db"])
        .arg(&advisories.db)
        .arg(&target)
        .status()
        .context("failed to start the scan")?;
    let code = status.code().context("the scan was killed")?;
    let Some((_, meaning)) = ANSWERS.iter().find(|(answer, _)| *answer == code) else {
        bail!("the scan gave no report: exit code {code}");
    };
    eprintln!("\ndemo: the exit code of the scan was {code}: {meaning}");
    Ok(())
}

/// A binary that has been built, wherever the build went.
fn run_binary(name: &str) -> Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--locked", "--bin", name, "--"]);
    command
}

fn cargo() -> Command {
    #[expect(clippy::disallowed_methods, reason = "chores run cargo")]
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root());
    cargo
}
