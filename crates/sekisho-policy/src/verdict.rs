use std::collections::BTreeMap;

use sekisho_check::Message;
use sekisho_types::{
    Severity,
    report::{Finding, Verdict, VerdictResult},
};

use crate::{Policy, Threshold};

/// Most checks that a reason names.
const MAX_NAMED: usize = 5;

/// What `policy` says of findings whose exceptions are already marked, and why.
pub(crate) fn decide(policy: &Policy, n_unknowns: usize, findings: &[Finding]) -> Verdict {
    let mut failing: BTreeMap<&str, usize> = BTreeMap::new();
    let mut thresholds: Vec<Threshold> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let path = finding.location.as_ref().map(|location| location.path.as_str());
        let threshold = policy.threshold(finding.kind, path);
        if threshold.is_reached_by(finding.severity) {
            *failing.entry(&finding.check).or_default() += 1;
            thresholds.push(threshold);
        }
    }
    thresholds.dedup();
    let mut reasons = Vec::new();
    if !failing.is_empty() {
        reasons.push(of_findings(&failing, &thresholds));
    }
    if n_unknowns > 0 {
        let places = if n_unknowns == 1 { "place" } else { "places" };
        reasons.push(Message::new(
            format!("{n_unknowns} {places} could not be read"),
            format!("読み取れなかった場所が {n_unknowns} か所"),
        ));
    }
    let result = match (failing.is_empty(), n_unknowns) {
        (false, _) => VerdictResult::Fail,
        (true, 1..) => VerdictResult::Unknown,
        (true, 0) => VerdictResult::Pass,
    };
    let policy = policy.name.clone().unwrap_or_else(|| "default".to_owned());
    let (reasons, japanese) = reasons.into_iter().map(|reason| (reason.en, reason.ja)).unzip();
    Verdict { result, policy, reasons, japanese }
}

/// How many findings fail, and of which checks.
fn of_findings(failing: &BTreeMap<&str, usize>, thresholds: &[Threshold]) -> Message {
    let n_failing: usize = failing.values().sum();
    // Where the policy draws several lines, no single one says why.
    let level = match thresholds {
        [Threshold::From(severity)] => Message::new(
            format!(" of severity {} or worse", severity.as_str()),
            format!("深刻度「{}」以上の", in_japanese(*severity)),
        ),
        _ => Message::default(),
    };
    let named: Vec<String> = failing
        .iter()
        .take(MAX_NAMED)
        .map(|(check, n)| if *n == 1 { (*check).to_owned() } else { format!("{check} ×{n}") })
        .collect();
    let more = match failing.len().saturating_sub(MAX_NAMED) {
        0 => Message::default(),
        n => Message::new(format!(" and {n} more checks"), format!("、ほか {n} 種類の検査")),
    };
    let word = if n_failing == 1 { "finding" } else { "findings" };
    Message::new(
        format!("{n_failing} {word}{}: {}{}", level.en, named.join(", "), more.en),
        format!("{}検出が {n_failing} 件: {}{}", level.ja, named.join("、"), more.ja),
    )
}

fn in_japanese(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "緊急",
        Severity::High => "高",
        Severity::Medium => "中",
        Severity::Low => "低",
        Severity::Info => "情報",
        Severity::Unknown => "不明",
    }
}

#[cfg(test)]
mod tests {
    use sekisho_check::{About, Failure, finding};

    use super::*;
    use crate::about;

    fn reasons(policy: &str, checks: &[&str], n_unknowns: usize) -> String {
        let findings: Vec<Finding> = checks
            .iter()
            .map(|check| {
                let about = About { severity: Severity::High, ..about::SIZE };
                let mut finding = finding(&about, Failure::new("", Message::default()));
                (*check).clone_into(&mut finding.check);
                finding
            })
            .collect();
        let verdict = decide(&Policy::parse(policy).unwrap(), n_unknowns, &findings);
        assert_eq!(verdict.reasons.len(), verdict.japanese.len());
        let lines = verdict.reasons.iter().zip(&verdict.japanese);
        let lines: Vec<String> = lines.flat_map(|(en, ja)| [en.clone(), ja.clone()]).collect();
        lines.join("\n")
    }

    #[test]
    fn a_verdict_gives_its_reasons_in_both_languages() {
        insta::assert_snapshot!(reasons("", &["SEK-A", "SEK-A", "SEK-B"], 2), @"
        3 findings of severity high or worse: SEK-A ×2, SEK-B
        深刻度「高」以上の検出が 3 件: SEK-A ×2、SEK-B
        2 places could not be read
        読み取れなかった場所が 2 か所
        ");
        insta::assert_snapshot!(reasons("fail_on: medium", &["SEK-A"], 1), @"
        1 finding of severity medium or worse: SEK-A
        深刻度「中」以上の検出が 1 件: SEK-A
        1 place could not be read
        読み取れなかった場所が 1 か所
        ");
        let many = ["SEK-A", "SEK-B", "SEK-C", "SEK-D", "SEK-E", "SEK-F", "SEK-G"];
        insta::assert_snapshot!(reasons("", &many, 0), @"
        7 findings of severity high or worse: SEK-A, SEK-B, SEK-C, SEK-D, SEK-E and 2 more checks
        深刻度「高」以上の検出が 7 件: SEK-A、SEK-B、SEK-C、SEK-D、SEK-E、ほか 2 種類の検査
        ");
        assert_eq!(reasons("fail_on: none", &["SEK-A"], 0), "");
    }
}
