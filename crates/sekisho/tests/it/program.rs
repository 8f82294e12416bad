//! Runs the program in an empty environment.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use assert_cmd::Command;
use nix::sys::resource::{UsageWho, getrusage};
use sekisho_testkit::Image;
use serde_json::Value;
use tempfile::TempDir;

use crate::advisories;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().expect("the program ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The report on standard output.
    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|err| panic!("no report ({err}), exit {}: {}", self.code, self.stderr))
    }

    /// Asserts that there is an error and no report, and gives the message.
    pub(crate) fn error(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{}", self.stderr);
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self.stderr.trim_end()
    }
}

/// The program with nothing of this process in its environment.
fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.env_clear().args(args).timeout(Duration::from_secs(100));
    command
}

/// As [`bare`], where scans have a database that knows nothing bad of what is in these tests.
fn command(args: &[&str]) -> Command {
    let mut command = bare(args);
    if args.starts_with(&["image", "scan"]) {
        let home = advisories::shared();
        command.env("XDG_CONFIG_HOME", home.join(".config"));
        command.arg("--db").arg(advisories::directory(home));
    }
    command
}

/// Runs the program in `directory`.
pub(crate) fn run_in(directory: &Path, args: &[&str]) -> Run {
    Run::of(command(args).current_dir(directory))
}

/// Runs the program in `home`, which is the home directory too.
pub(crate) fn run_with_home(home: &Path, args: &[&str]) -> Run {
    Run::of(bare(args).current_dir(home).env("HOME", home))
}

/// As [`run_with_home`], with these variables as well.
pub(crate) fn run_with_env(home: &Path, env: &[(&str, &str)], args: &[&str]) -> Run {
    let env = env.iter().copied();
    Run::of(command(args).current_dir(home).env("HOME", home).envs(env))
}

/// As [`run_with_home`], with `input` on standard input.
pub(crate) fn run_with_home_and_input(home: &Path, args: &[&str], input: Vec<u8>) -> Run {
    Run::of(command(args).current_dir(home).env("HOME", home).write_stdin(input))
}

/// As [`run_with_home`], killed when it takes longer; none where it was.
pub(crate) fn run_with_home_for(home: &Path, args: &[&str], limit: Duration) -> Option<Run> {
    let mut command = command(args);
    let output = command.current_dir(home).env("HOME", home).timeout(limit).output().unwrap();
    output.status.code().map(|code| Run {
        code,
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    })
}

/// As [`run_with_home`], with a limit on the size of files; writing beyond is an error, as on a
/// full disk.
pub(crate) fn run_limited(home: &Path, kilobytes: u64, args: &[&str]) -> Run {
    // The shell counts in blocks of 512 bytes.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", 2 * kilobytes);
    let mut command = Command::new("/bin/sh");
    command.env_clear().args(["-c", &script, env!("CARGO_BIN_EXE_sekisho")]).args(args);
    Run::of(command.current_dir(home).env("HOME", home).timeout(Duration::from_secs(100)))
}

/// A scan for the inventory alone: no finding about an image is of this kind, so that what checks
/// think of the images here changes no exit code.
pub(crate) const SCAN: [&str; 6] = ["image", "scan", "--format", "json", "--only", "host"];

/// Runs [`SCAN`] and whatever is in `args`.
pub(crate) fn scan(args: &[&str]) -> Run {
    let args = [&SCAN, args].concat();
    Run::of(&mut command(&args))
}

/// As [`scan`], with `input` on standard input.
pub(crate) fn scan_stdin(input: Vec<u8>, args: &[&str]) -> Run {
    let args = [&SCAN, args].concat();
    Run::of(command(&args).write_stdin(input))
}

/// A file with `bytes`, and the directory that has to outlive it.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    (directory, path)
}

/// Scans an image as it is, as an archive of Docker.
pub(crate) fn scan_image(image: &Image) -> Run {
    let tar = sekisho_testkit::Bundle::docker(&[("example.org/app:1", image)]).to_tar("");
    let (_directory, path) = file("image.tar", &tar);
    drop(tar);
    scan(&[path.to_str().unwrap()])
}

/// Judges an image in every way, as a scan without options does.
pub(crate) fn judge_image(image: &Image) -> Run {
    let tar = sekisho_testkit::Bundle::docker(&[("example.org/app:1", image)]).to_tar("");
    let (_directory, path) = file("image.tar", &tar);
    drop(tar);
    judge(path.to_str().unwrap())
}

/// As [`judge_image`], with a target that is there.
pub(crate) fn judge(target: &str) -> Run {
    Run::of(&mut command(&["image", "scan", "--format", "json", target]))
}

/// Asserts that no run so far took more memory than this. The kernel counts what this process
/// had when it started the program, so that is to be little.
///
/// # Source
///
/// getrusage(2), `RUSAGE_CHILDREN` and `ru_maxrss`.
pub(crate) fn assert_peak_memory(limit_mib: i64) {
    let peak_mib = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() / 1024;
    assert!(peak_mib <= limit_mib, "{peak_mib} MiB of at most {limit_mib} MiB");
}

/// `kind name version` of every package of a report.
pub(crate) fn packages(report: &Value) -> Vec<String> {
    let text = |package: &Value, key: &str| package[key].as_str().unwrap().to_owned();
    let packages = report["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let [kind, name, version] = ["kind", "name", "version"].map(|key| text(package, key));
            format!("{kind} {name} {version}")
        })
        .collect()
}

/// The path of every executable of a report.
pub(crate) fn executables(report: &Value) -> Vec<String> {
    let executables = report["executables"].as_array().unwrap().iter();
    executables.map(|executable| executable["path"].as_str().unwrap().to_owned()).collect()
}

/// `path: reason` of everything that a report does not know.
pub(crate) fn unknowns(report: &Value) -> Vec<String> {
    let unknowns = report["unknowns"].as_array().unwrap().iter();
    unknowns
        .map(|unknown| {
            let [path, reason] = ["path", "reason"].map(|key| unknown[key].as_str().unwrap());
            format!("{path}: {reason}")
        })
        .collect()
}

/// The report without what only says where the image was read from.
pub(crate) fn apart_from_the_source(mut report: Value) -> Value {
    let subject = report["subject"].as_object_mut().unwrap();
    for key in ["name", "source", "digest"] {
        assert!(subject.remove(key).is_some(), "the report has no subject.{key}");
    }
    report
}
