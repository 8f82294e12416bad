//! `cargo xtask fuzz [TARGET] [--seconds N | --seeds]`: runs the fuzz targets one after the other.
//!
//! Seeds come from the test kit; what a run finds besides stays in `fuzz/corpus`, so the next
//! one starts from there. Needs a nightly compiler, for the sanitizer; cargo-fuzz is installed
//! where it is missing. `--seeds` gives each target its seeds and nothing else, which any compiler
//! can build.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail, ensure};

const USAGE: &str = "usage: cargo xtask fuzz [TARGET] [--seconds N | --seeds]";

const DEFAULT_SECONDS: u32 = 60;

/// An input that takes longer is a hang.
const INPUT_SECONDS: u32 = 10;

/// Memory beyond this is a failure: far above what a bounded reader needs for small input. The
/// sanitizer alone keeps some hundred megabytes of freed memory.
const RSS_MB: u32 = 2048;

/// Longest input that libFuzzer makes.
const INPUT_BYTES: u32 = 64 * 1024;

/// What libFuzzer said of one target.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    n_runs: u64,
    /// Edges of the program that were reached.
    n_edges: u64,
    n_inputs: u64,
    peak_rss_mb: u64,
    passed: bool,
}

/// Runs every target, or the one that is named, and prints a table. Fails when one crashed,
/// hung, or took too much memory.
#[expect(clippy::print_stdout, reason = "the table is the result")]
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let (wanted, seconds) = match args {
        [flag] if flag == "--seeds" => (None, None),
        args => {
            let (wanted, seconds) = parse(args)?;
            (wanted, Some(seconds))
        }
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has a parent")?;
    let fuzz = root.join("fuzz");
    let mut targets = targets(
        &fs::read_dir(fuzz.join("fuzz_targets"))?
            .collect::<Result<Vec<_>, _>>()?
            .iter()
            .map(fs::DirEntry::file_name)
            .collect::<Vec<_>>(),
    );
    if let Some(wanted) = &wanted {
        targets.retain(|target| target == wanted);
        ensure!(!targets.is_empty(), "there is no fuzz target {wanted:?}");
    }
    let Some(seconds) = seconds else { return run_seeds(root, &targets) };
    install()?;
    write_seeds(root, &fuzz.join("corpus"))?;
    let mut rows = Vec::new();
    for target in targets {
        let outcome = fuzz_one(root, &target, seconds)?;
        rows.push((target, outcome));
    }
    print!("{}", table(&rows));
    let failed: Vec<_> =
        rows.iter().filter(|(_, outcome)| !outcome.passed).map(|(name, _)| name.as_str()).collect();
    ensure!(failed.is_empty(), "failed: {}; inputs are in fuzz/artifacts", failed.join(", "));
    Ok(())
}

fn parse(args: &[String]) -> anyhow::Result<(Option<String>, u32)> {
    let (mut target, mut seconds) = (None, DEFAULT_SECONDS);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let value = args.next().context(USAGE)?;
                seconds = value.parse().with_context(|| format!("not a number: {value:?}"))?;
                ensure!(seconds > 0, "libFuzzer takes 0 seconds for no end");
            }
            name if !name.starts_with('-') && target.is_none() => target = Some(name.to_owned()),
            _ => bail!(USAGE),
        }
    }
    Ok((target, seconds))
}

/// Names of the targets, in order.
fn targets(files: &[impl AsRef<OsStr>]) -> Vec<String> {
    let stems = files.iter().filter_map(|file| file.as_ref().to_str()?.strip_suffix(".rs"));
    let mut targets: Vec<_> = stems.map(str::to_owned).collect();
    targets.sort_unstable();
    targets
}

fn install() -> anyhow::Result<()> {
    let is_there = command("cargo")
        .args(["fuzz", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if is_there {
        return Ok(());
    }
    let status = command("cargo").args(["install", "--locked", "cargo-fuzz"]).status()?;
    ensure!(status.success(), "cargo-fuzz could not be installed");
    Ok(())
}

/// Gives every target its seeds, once each, without a sanitizer.
#[expect(clippy::print_stdout, reason = "the count is the result")]
fn run_seeds(root: &Path, targets: &[String]) -> anyhow::Result<()> {
    let folder = root.join("target/fuzz-seeds");
    let corpus = folder.join("corpus");
    write_seeds(root, &corpus)?;
    let status = command("cargo")
        .args(["build", "--quiet", "--manifest-path"])
        .arg(root.join("fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(&folder)
        .status()?;
    ensure!(status.success(), "the fuzz targets do not build");
    for target in targets {
        let output = command(folder.join("debug").join(target))
            .current_dir(&folder)
            .args(["-runs=0", &format!("-timeout={INPUT_SECONDS}")])
            .arg(corpus.join(target))
            .output()
            .with_context(|| format!("failed to start fuzz target {target}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "fuzz target {target} fails on a seed:\n{said}");
    }
    println!("the seeds of {} fuzz targets pass", targets.len());
    Ok(())
}

fn write_seeds(root: &Path, corpus: &Path) -> anyhow::Result<()> {
    let status = command(env!("CARGO"))
        .current_dir(root)
        .args(["run", "--quiet", "--package", "sekisho-testkit", "--bin", "fuzz-seeds", "--"])
        .arg(corpus)
        .status()?;
    ensure!(status.success(), "the seeds could not be written");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "progress of a run of many minutes")]
fn fuzz_one(root: &Path, target: &str, seconds: u32) -> anyhow::Result<Outcome> {
    eprintln!("fuzz {target}: {seconds} s");
    fs::create_dir_all(root.join("fuzz/corpus").join(target))?;
    let mut child = command("cargo")
        .current_dir(root)
        .args(["+nightly", "fuzz", "run", target, "--"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={INPUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={RSS_MB}"))
        .arg(format!("-max_len={INPUT_BYTES}"))
        .arg("-print_final_stats=1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("failed to start cargo fuzz")?;
    let stderr = child.stderr.take().context("stderr was asked for")?;
    let mut outcome = Outcome::default();
    let mut tail = Vec::new();
    for line in BufReader::new(stderr).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        outcome.read(&line);
        // Progress lines start with `#`; the rest tells why a build or a run failed.
        if !line.starts_with('#') {
            tail.push(line);
        }
    }
    outcome.passed = child.wait()?.success();
    if !outcome.passed {
        for line in &tail {
            eprintln!("{line}");
        }
    }
    Ok(outcome)
}

impl Outcome {
    /// Takes in a line of libFuzzer.
    fn read(&mut self, line: &str) {
        if let Some(stat) = line.strip_prefix("stat::") {
            let Some((name, value)) = stat.split_once(':') else { return };
            let value = value.trim().parse().unwrap_or(0);
            match name {
                "number_of_executed_units" => self.n_runs = value,
                "peak_rss_mb" => self.peak_rss_mb = value,
                _ => (),
            }
        } else if line.starts_with('#') {
            // `#1024 pulse  cov: 312 ft: 840 corp: 57/1234b …`
            let words: Vec<_> = line.split_whitespace().collect();
            for pair in words.windows(2) {
                let [name, value] = pair else { continue };
                let number = value.split('/').next().and_then(|value| value.parse().ok());
                match (*name, number) {
                    ("cov:", Some(number)) => self.n_edges = number,
                    ("corp:", Some(number)) => self.n_inputs = number,
                    _ => (),
                }
            }
        }
    }
}

fn table(rows: &[(String, Outcome)]) -> String {
    let mut lines = vec![format!(
        "{:<24} {:>10} {:>8} {:>8} {:>8}  result\n",
        "target", "runs", "edges", "inputs", "MB"
    )];
    for (name, outcome) in rows {
        let Outcome { n_runs, n_edges, n_inputs, peak_rss_mb, passed } = outcome;
        let result = if *passed { "ok" } else { "FAILED" };
        lines.push(format!(
            "{name:<24} {n_runs:>10} {n_edges:>8} {n_inputs:>8} {peak_rss_mb:>8}  {result}\n"
        ));
    }
    lines.concat()
}

fn command(program: impl AsRef<OsStr>) -> Command {
    #[expect(clippy::disallowed_methods, reason = "chores run cargo")]
    let mut command = Command::new(program);
    // Set by the cargo that runs this chore, and wrong for the one that runs below it.
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn a_target_and_a_time_are_taken_in_any_order() {
        let want = (Some("tar".to_owned()), 5);
        assert_eq!(parse(&args(&["tar", "--seconds", "5"])).unwrap(), want);
        assert_eq!(parse(&args(&["--seconds", "5", "tar"])).unwrap(), want);
        assert_eq!(parse(&[]).unwrap(), (None, DEFAULT_SECONDS));
        for wrong in [&["--seconds"][..], &["--seconds", "0"], &["tar", "zip"], &["--fast"]] {
            assert!(parse(&args(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_last_line_of_progress_and_the_statistics_count() {
        let mut outcome = Outcome::default();
        for line in [
            "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 40Mb",
            "#1024\tNEW    cov: 312 ft: 840 corp: 57/1234b lim: 4 exec/s: 512 rss: 61Mb",
            "stat::number_of_executed_units: 2048",
            "stat::peak_rss_mb:              70",
        ] {
            outcome.read(line);
        }
        let want =
            Outcome { n_runs: 2048, n_edges: 312, n_inputs: 57, peak_rss_mb: 70, passed: false };
        assert_eq!(outcome, want);
        let row = table(&[("tar".to_owned(), outcome)]);
        assert!(row.ends_with("FAILED\n"), "{row}");
    }

    #[test]
    fn targets_are_rust_files_in_order() {
        assert_eq!(targets(&["tar.rs", "README", "blob.rs"]), ["blob", "tar"]);
    }
}
