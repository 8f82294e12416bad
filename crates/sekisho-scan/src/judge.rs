//! Asks the judges, and joins what they say into a report.

use std::{borrow::Cow, cmp::Reverse};

use jiff::tz::TimeZone;
use sekisho_check::{Check, judge};
use sekisho_image::ImageConfig;
use sekisho_imagecheck::{ImageSubject, Thresholds};
use sekisho_match::{Matched, Options, advise};
use sekisho_policy::{Judged, Policy, apply};
use sekisho_secret::RuleSet;
use sekisho_types::{
    ImagePath, Unknown,
    report::{Finding, FindingKind, Note, Report, SCHEMA_VERSION, Source, Subject, Tool},
};

use crate::{
    error::ScanError,
    history,
    inventory::Inventory,
    scan::Config,
    secrets::secret_findings,
    vex::{self, Attached},
};

/// The report of a subject whose files are known; `image` is none for a plain directory.
pub(crate) fn report(
    subject: Subject,
    inventory: Inventory,
    image: Option<ImageConfig>,
    attached: &Attached,
    config: &Config,
) -> Result<Report, ScanError> {
    let Inventory {
        os,
        packages,
        executables,
        mut unknowns,
        files,
        secrets,
        layers: _,
        apk_repositories,
    } = inventory;
    // A list of packages tells nothing of the files that the checks ask about.
    let is_listed = subject.source == Source::Sbom;
    let judged = ImageSubject {
        config: image,
        os,
        packages,
        executables,
        files,
        layers: subject.layers.clone(),
        now: config.now,
        thresholds: thresholds(&config.policy),
    };
    let checks: Vec<&Check<ImageSubject>> = sekisho_imagecheck::ALL
        .iter()
        .copied()
        .filter(|check| !is_listed && config.wants(check.about.kind))
        .collect();
    let mut judgement = judge(&checks, &judged);
    let mut findings = judgement.findings;
    if config.wants(FindingKind::Configuration)
        && let Some(image) = &judged.config
    {
        let history = history::answer(image, &judged.layers);
        judgement.results.extend(history.results);
        findings.extend(history.findings);
        unknowns.extend(history.unknowns);
    }
    judgement.results.sort_by(|a, b| a.check.cmp(&b.check));
    if let Some(rules) = config.wanted_secrets() {
        findings.extend(secret_findings(rules, &secrets, judged.config.as_ref()));
    }
    let mut coverage = None;
    let mut upgrades = Vec::new();
    if let Some(database) = config.wanted_database() {
        let options = Options {
            layers: subject.layers.iter().map(|layer| layer.diff_id).collect(),
            apk_repositories,
            has_texts: true,
        };
        let matched =
            sekisho_match::judge(&judged.packages, judged.os.as_ref(), database, &options)
                .map_err(|source| ScanError::Database { source })?;
        let Matched { findings: of_packages, unknowns: of_database, .. } = matched;
        findings.extend(of_packages);
        unknowns.extend(of_database);
        coverage = Some(matched.coverage);
        upgrades = matched.upgrades;
    }
    let of_subject = (judged.os.as_ref(), judged.packages.as_slice());
    vex::apply(config, &subject, attached, of_subject, &mut findings);
    let labels = judged.config.as_ref().map(|config| config.labels.as_slice()).unwrap_or_default();
    let mut policy = Cow::Borrowed(&config.policy);
    if is_listed {
        let (of_packages, unasked) = config.policy.of_packages();
        policy = Cow::Owned(of_packages);
        unknowns.extend(unasked.into_iter().map(|what| Unknown {
            path: ImagePath::default(),
            layer: None,
            reason: format!("the policy asks about {what}, and a bill of materials does not tell"),
        }));
    }
    let verdict = apply(
        &policy,
        &Judged {
            subject: &subject,
            labels,
            packages: &judged.packages,
            n_unknowns: unknowns.len(),
            today: config.now.map(|now| now.to_zoned(TimeZone::UTC).date()),
            is_complete: config.kinds.is_none() && !is_listed,
        },
        &mut findings,
    );
    sort(&mut findings);
    let ImageSubject { os, packages, executables, .. } = judged;
    let subject = Subject { os, ..subject };
    let fixes = advise(&subject, &upgrades, &findings);
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "sekisho".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        subject,
        packages,
        executables,
        findings,
        checks: judgement.results,
        unknowns,
        notes: config.wanted_secrets().map(|rules| notes(rules)).unwrap_or_default(),
        verdict,
        database: config.wanted_database().map(|database| database.report()),
        coverage,
        fixes,
        lineage: None,
    })
}

/// Says which built-in rules are not asked, since a rule of the user has their name.
fn notes(rules: &RuleSet) -> Vec<Note> {
    let note = |name: &String| Note {
        message: format!("the rule {name} of the settings takes the place of a built-in one"),
        japanese: Some(format!("設定にあるルール {name} が組み込みのルールに代わる")),
    };
    rules.replaced().iter().map(note).collect()
}

/// Where the policy says nothing, what is usual.
fn thresholds(policy: &Policy) -> Thresholds {
    let usual = Thresholds::default();
    let wanted = &policy.require;
    Thresholds {
        age_days: wanted.max_age_days.unwrap_or(usual.age_days),
        base_age_days: wanted.max_base_age_days.unwrap_or(usual.base_age_days),
        n_layers: wanted.max_layers.unwrap_or(usual.n_layers),
        hidden_bytes: wanted.max_hidden.map_or(usual.hidden_bytes, |limit| limit.0),
        ..usual
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
