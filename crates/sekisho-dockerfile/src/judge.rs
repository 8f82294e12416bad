use std::collections::BTreeMap;

use sekisho_check::{Check, finding};
use sekisho_types::{
    ImagePath, Unknown,
    report::{CheckOutcome, CheckResult, Finding, Suppression},
};

use crate::{
    DockerfileCheck, ProblemKind, Subject,
    script::Reading,
    suppression::{self, Ignore},
};

/// What the checks say of a file.
#[derive(Debug, Default)]
pub struct Answer {
    /// In the order of the file, those that a comment excuses too.
    pub findings: Vec<Finding>,
    pub results: Vec<CheckResult>,
    /// What could not be read, and where.
    pub unknowns: Vec<Unknown>,
}

/// Asks `checks` about a file.
pub fn judge(checks: &[&DockerfileCheck], subject: &Subject) -> Answer {
    let checks: Vec<Check<Subject>> =
        checks.iter().map(|check| Check { about: check.about, run: check.run }).collect();
    let borrowed: Vec<&Check<Subject>> = checks.iter().collect();
    let judged = sekisho_check::judge(&borrowed, subject);
    let mut answer =
        Answer { findings: judged.findings, results: judged.results, unknowns: unknowns(subject) };
    excuse(subject, &checks, &mut answer);
    answer.findings.sort_by(|a, b| place(a).cmp(&place(b)));
    tell_apart(&mut answer.findings);
    answer
}

fn place(finding: &Finding) -> (Option<u64>, Option<u64>, &str, &str) {
    let location = finding.location.as_ref();
    let line = location.and_then(|it| it.line);
    (line, location.and_then(|it| it.column), &finding.check, &finding.message)
}

/// Gives the second of two equal findings an identity of its own.
fn tell_apart(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let n_before = seen.entry(finding.id.clone()).or_default();
        *n_before += 1;
        if *n_before > 1 {
            finding.id = sekisho_check::fingerprint(&[&finding.id, &n_before.to_string()]);
        }
    }
}

fn unknowns(subject: &Subject) -> Vec<Unknown> {
    let mut unknowns = Vec::new();
    let mut push = |at: usize, reason: &str| {
        unknowns.push(Unknown {
            path: image_path(&subject.path),
            layer: None,
            reason: format!("line {}: {reason}", subject.file.source.line(at)),
        });
    };
    for problem in &subject.file.problems {
        if problem.kind == ProblemKind::Unread {
            push(problem.span.start, &problem.message.en);
        }
    }
    for (_, instruction, script) in subject.scripts() {
        if let Reading::Failed { because } = &script.reading {
            push(instruction.span.start, &because.en);
        }
    }
    unknowns
}

/// The path without what no path of a report has: a root, and steps upward.
fn image_path(path: &str) -> ImagePath {
    let parts: Vec<&str> =
        path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    ImagePath::parse(parts.join("/").as_bytes()).unwrap_or_else(|_| {
        ImagePath::parse(b"Dockerfile").expect("a name without slashes is a path")
    })
}

/// Marks what comments excuse, and finds the comments that excuse nothing.
fn excuse(subject: &Subject, checks: &[Check<Subject>], answer: &mut Answer) {
    let ignores = suppression::ignores(subject);
    let mut n_uses = vec![0_usize; ignores.len()];
    for finding in &mut answer.findings {
        for (ignore, n_uses) in ignores.iter().zip(&mut n_uses) {
            if applies(subject, ignore, finding) {
                *n_uses += 1;
                finding.suppressed.get_or_insert_with(|| suppression(subject, ignore));
            }
        }
    }
    let Some(check) = checks.iter().find(|check| check.about.id == suppression::CHECK_ID) else {
        return;
    };
    let about = &check.about;
    for (ignore, n_uses) in ignores.iter().zip(n_uses) {
        let is_asked = ignore.checks.iter().all(|id| checks.iter().any(|it| it.about.id == *id));
        // Hadolint may find what we do not; its comments are its own.
        if n_uses == 0 && is_asked && !ignore.is_hadolint && !ignore.checks.is_empty() {
            let failure = suppression::unused(subject, ignore);
            answer.findings.push(finding(about, failure));
            for result in answer.results.iter_mut().filter(|it| it.check == about.id) {
                result.outcome = CheckOutcome::Fail;
                "a comment excuses nothing".clone_into(&mut result.message);
            }
        }
    }
}

/// Whether `ignore` excuses `finding`.
fn applies(subject: &Subject, ignore: &Ignore, finding: &Finding) -> bool {
    if !ignore.checks.contains(&finding.check) {
        return false;
    }
    let Some(target) = ignore.target else { return true };
    let Some(line) = finding.location.as_ref().and_then(|it| it.line) else { return false };
    subject.file.instructions.get(target).is_some_and(|instruction| {
        let first = subject.file.source.line(instruction.span.start) as u64;
        let last = subject.file.source.line(instruction.span.end) as u64;
        (first..=last).contains(&line)
    })
}

/// Whether a comment excuses findings of the check at this byte of the file.
pub(crate) fn is_excused(subject: &Subject, ignores: &[Ignore], check: &str, at: usize) -> bool {
    ignores.iter().filter(|it| it.checks.iter().any(|id| id == check)).any(|ignore| {
        let Some(target) = ignore.target else { return true };
        let instruction = subject.file.instructions.get(target);
        instruction.is_some_and(|it| it.span.start <= at && at <= it.span.end)
    })
}

fn suppression(subject: &Subject, ignore: &Ignore) -> Suppression {
    let reason = match (ignore.reason.as_str(), ignore.is_hadolint) {
        ("", true) => "a comment for Hadolint, without a reason".to_owned(),
        ("", false) => "no reason is given".to_owned(),
        (reason, _) => reason.to_owned(),
    };
    let line = subject.file.source.line(ignore.span.start);
    Suppression { reason, until: None, by: format!("comment in line {line}"), japanese: None }
}
