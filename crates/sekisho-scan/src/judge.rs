//! Asks the judges, and joins what they say into a report.

use std::cmp::Reverse;

use sekisho_check::{Check, judge};
use sekisho_image::ImageConfig;
use sekisho_imagecheck::ImageSubject;
use sekisho_types::report::{
    Finding, Report, SCHEMA_VERSION, Subject, Tool, Verdict, VerdictResult,
};

use crate::{inventory::Inventory, scan::Config};

/// The report of a subject whose files are known; `image` is none for a plain directory.
pub(crate) fn report(
    subject: Subject,
    inventory: Inventory,
    image: Option<ImageConfig>,
    config: &Config,
) -> Report {
    let Inventory { os, packages, executables, unknowns, files, layers: _ } = inventory;
    let judged = ImageSubject {
        config: image,
        os,
        packages,
        executables,
        files,
        layers: subject.layers.clone(),
        now: config.now,
        thresholds: config.thresholds,
    };
    let checks: Vec<&Check<ImageSubject>> = sekisho_imagecheck::ALL
        .iter()
        .copied()
        .filter(|check| config.wants(check.about.kind))
        .collect();
    let mut judgement = judge(&checks, &judged);
    judgement.results.sort_by(|a, b| a.check.cmp(&b.check));
    let mut findings = judgement.findings;
    sort(&mut findings);
    let ImageSubject { os, packages, executables, .. } = judged;
    let verdict = match unknowns.len() {
        0 => Verdict {
            result: VerdictResult::Pass,
            policy: "default".to_owned(),
            reasons: Vec::new(),
        },
        n_unknowns => Verdict {
            result: VerdictResult::Unknown,
            policy: "default".to_owned(),
            reasons: vec![format!("{n_unknowns} places could not be read")],
        },
    };
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "sekisho".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        subject: Subject { os, ..subject },
        packages,
        executables,
        findings,
        checks: judgement.results,
        unknowns,
        verdict,
        database: None,
    }
}

/// Worst first, then by check and place.
fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let place = finding.location.as_ref();
        (
            Reverse(finding.severity),
            finding.check.clone(),
            place.map(|place| (place.path.clone(), place.line)),
            finding.id.clone(),
        )
    });
}
