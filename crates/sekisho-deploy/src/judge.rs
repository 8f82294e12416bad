use std::collections::BTreeMap;

use sekisho_check::Check;
use sekisho_types::{
    ImagePath, Unknown,
    report::{CheckOutcome, CheckResult, Finding},
};

use crate::{DeployCheck, Deployment, Level, Profile, Source};

/// What the checks say of a deployment.
#[derive(Debug, Default)]
pub struct Answer {
    /// In the order of the files.
    pub findings: Vec<Finding>,
    pub results: Vec<CheckResult>,
    /// What could not be read; in the strictest profile also what could not be answered.
    pub unknowns: Vec<Unknown>,
}

/// Asks those of `checks` that the profile wants.
pub fn judge(checks: &[&DeployCheck], deployment: &Deployment) -> Answer {
    let is_strict = deployment.settings.profile == Profile::Talk;
    let checks: Vec<Check<Deployment>> = checks
        .iter()
        .filter(|check| is_strict || check.level == Level::Baseline)
        .map(|check| Check { about: check.about, run: check.run })
        .collect();
    let borrowed: Vec<&Check<Deployment>> = checks.iter().collect();
    let judged = sekisho_check::judge(&borrowed, deployment);
    let mut answer = Answer {
        findings: judged.findings,
        results: judged.results,
        unknowns: problems(deployment),
    };
    if is_strict {
        answer.unknowns.extend(unanswered(deployment, &answer.results));
    }
    answer.findings.sort_by(|a, b| place(a).cmp(&place(b)));
    tell_apart(&mut answer.findings);
    answer
}

fn place(finding: &Finding) -> (&str, Option<u64>, Option<u64>, &str, &str) {
    let location = finding.location.as_ref();
    let path = location.map_or("", |it| it.path.as_str());
    let line = location.and_then(|it| it.line);
    (path, line, location.and_then(|it| it.column), &finding.check, &finding.message)
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

fn problems(deployment: &Deployment) -> Vec<Unknown> {
    let unknown = |problem: &crate::Problem| {
        let source = deployment.sources.get(problem.place.file)?;
        let line = source.line(problem.place.span.start);
        let reason = format!("line {line}: {}", problem.message.en);
        Some(Unknown { path: image_path(source), layer: None, reason })
    };
    deployment.problems.iter().filter_map(unknown).collect()
}

fn unanswered(deployment: &Deployment, results: &[CheckResult]) -> Vec<Unknown> {
    let Some(source) = deployment.sources.first() else { return Vec::new() };
    let unknown = |result: &CheckResult| Unknown {
        path: image_path(source),
        layer: None,
        reason: format!("{}: {}", result.check, result.message),
    };
    results.iter().filter(|it| it.outcome == CheckOutcome::Unknown).map(unknown).collect()
}

/// The path without what no path of a report has: a root, and steps upward.
fn image_path(source: &Source) -> ImagePath {
    let parts: Vec<&str> =
        source.path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    ImagePath::parse(parts.join("/").as_bytes()).unwrap_or_else(|_| {
        ImagePath::parse(b"deployment").expect("a name without slashes is a path")
    })
}
