//! Brings what the tests need and nothing that is already there.
//!
//! Quiet: what an installer prints goes to a file, which is named when it fails.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::{oracles, root, schemas};

/// A program of a Debian package; the package is installed when the program is not found.
struct DebianTool {
    program: &'static str,
    package: &'static str,
}

/// What tests start besides our own programs.
const TEST_TOOLS: &[DebianTool] = &[
    // The engines and the registry that images are read from.
    DebianTool { program: "containerd", package: "containerd" },
    DebianTool { program: "docker-registry", package: "docker-registry" },
    DebianTool { program: "dockerd", package: "docker.io" },
    DebianTool { program: "podman", package: "podman" },
    // What runs the commands of image tests without an engine, and a program for them to run.
    DebianTool { program: "crun", package: "crun" },
    DebianTool { program: "runc", package: "runc" },
    DebianTool { program: "busybox", package: "busybox-static" },
    // Another reader and writer of images, to compare with.
    DebianTool { program: "skopeo", package: "skopeo" },
    // The reader of our pages, and a package with the published schemas.
    DebianTool { program: "chromium", package: "chromium" },
    DebianTool { program: "pip3", package: "python3-pip" },
    // The package with the schema of JUnit, and what validates by it.
    DebianTool { program: "npm", package: "npm" },
    DebianTool { program: "xmllint", package: "libxml2-utils" },
    // A real root file system.
    DebianTool { program: "debootstrap", package: "debootstrap" },
];

/// Where Debian puts programs; root's own folders are not in everyone's PATH.
const PROGRAM_FOLDERS: &[&str] =
    &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

const NEXTEST_VERSION: &str = "0.9.143";

/// Installs what [`crate::test`] needs.
pub(crate) fn for_tests() -> anyhow::Result<()> {
    debian(TEST_TOOLS)?;
    if let Err(err) = oracles::run() {
        eprintln!("{err:#}\ntests that compare with other programs print `skipped`");
    }
    if let Err(err) = schemas::run(&[]) {
        eprintln!("{err:#}\ntests that need the published schemas print `skipped`");
    }
    cargo_tool("nextest", NEXTEST_VERSION)
}

fn debian(tools: &[DebianTool]) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a chore reads its environment")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(PROGRAM_FOLDERS.iter().map(|folder| PathBuf::from(*folder)))
        .collect();
    let is_there =
        |tool: &DebianTool| folders.iter().any(|folder| folder.join(tool.program).exists());
    let missing: Vec<&str> =
        tools.iter().filter(|tool| !is_there(tool)).map(|tool| tool.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    // The owner of a process is the owner of its folder in /proc.
    let is_root = fs_err::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root || !Path::new("/usr/bin/apt-get").exists() {
        eprintln!(
            "not installed, since that takes root on Debian: {names}\n\
             tests that need them print `skipped`"
        );
        return Ok(());
    }
    eprintln!("installing {names}");
    logged("apt-get-update", command("apt-get").args(["update", "-q"]))?;
    let mut install = command("apt-get");
    install.args(["install", "-q", "-y", "--no-install-recommends"]).args(missing);
    logged("apt-get-install", &mut install)
}

/// Installs `cargo NAME`.
fn cargo_tool(name: &str, version: &str) -> anyhow::Result<()> {
    let mut check = command("cargo");
    check.args([name, "--version"]).stdin(Stdio::null()).stdout(Stdio::null());
    if check.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let package = format!("cargo-{name}");
    eprintln!("installing {package} {version}: some minutes");
    let mut install = command("cargo");
    // Unoptimised: building it takes longer than everything it does here.
    install.args(["install", "--locked", "--debug", &format!("{package}@{version}")]);
    logged(&package, &mut install)
}

/// Runs an installer with its output in a file.
pub(crate) fn logged(name: &str, command: &mut Command) -> anyhow::Result<()> {
    let folder = root().join("target/install");
    fs_err::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.log"));
    let log = fs_err::File::create(&path)?.into_parts().0;
    let status = command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .with_context(|| format!("failed to start {name}"))?;
    ensure!(
        status.success(),
        "{name} failed ({status}), see {}:\n{}",
        path.display(),
        last_lines(&fs_err::read_to_string(&path)?)
    );
    Ok(())
}

/// The end of a log, where the reason is.
fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let (_, end) = lines.split_at(lines.len().saturating_sub(20));
    end.join("\n")
}

pub(crate) fn command(program: &str) -> Command {
    #[expect(clippy::disallowed_methods, reason = "chores run installers")]
    Command::new(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_installer_shows_the_end_of_what_it_printed() {
        let mut shell = command("sh");
        shell.args(["-c", "seq 1 30; echo no such package >&2; exit 3"]);
        let err = logged("test-of-a-failed-installer", &mut shell).unwrap_err().to_string();
        assert!(err.contains("(exit status: 3)"), "{err}");
        assert!(err.ends_with("\n30\nno such package"), "{err}");
        assert!(!err.contains("\n11\n"), "{err}");
    }
}
