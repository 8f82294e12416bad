//! What follows from the findings that count.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sekisho_check::Message;
use sekisho_types::{
    Severity,
    report::{Finding, Verdict, VerdictResult},
};

use crate::{Judged, Policy, Threshold};

/// Most checks that a reason names.
const MAX_NAMED: usize = 5;

/// Findings that fail or wait for one reason, by their checks.
#[derive(Debug, Default)]
struct Named<'a>(BTreeMap<&'a str, usize>);

/// What `policy` says of findings whose exceptions are already marked, and why.
pub(crate) fn decide(policy: &Policy, judged: &Judged<'_>, findings: &[Finding]) -> Verdict {
    let mut exploited = Named::default();
    let mut severe = Named::default();
    let mut likely = Named::default();
    let mut waiting = Named::default();
    let mut first_end: Option<Date> = None;
    let mut thresholds: Vec<Threshold> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let path = finding.location.as_ref().map(|location| location.path.as_str());
        let threshold = policy.threshold(finding.kind, path);
        let vulnerability = &policy.vulnerability;
        let is_severe = threshold.is_reached_by(finding.severity);
        let is_exploited = vulnerability.is_emergency(finding);
        let is_failing = is_severe || is_exploited || vulnerability.is_likely(finding);
        if threshold == Threshold::Never || !is_failing {
            continue;
        }
        if let Some(end) = vulnerability.grace(finding, judged.today) {
            waiting.add(finding);
            first_end = Some(first_end.map_or(end, |first| first.min(end)));
        } else if is_exploited {
            exploited.add(finding);
        } else if is_severe {
            severe.add(finding);
            thresholds.push(threshold);
        } else {
            likely.add(finding);
        }
    }
    let mut reasons = Vec::new();
    let known = Message::new(" known to be exploited", "悪用が確認されている");
    reasons.extend(exploited.reason(&known));
    reasons.extend(severe.reason(&level(thresholds)));
    if let Some(least) = policy.vulnerability.fail_on_epss {
        reasons.extend(likely.reason(&Message::new(
            format!(" with an EPSS score of {least} or more"),
            format!("EPSS が {least} 以上の"),
        )));
    }
    let n_failing = exploited.count() + severe.count() + likely.count();
    if let Some(end) = first_end {
        reasons.extend(waiting.reason(&Message::new(
            format!(" not failing yet, the first until {end}"),
            format!("猶予中（最初の期限 {end}）の"),
        )));
    }
    let n_unknowns = judged.n_unknowns;
    if n_unknowns > 0 {
        let places = if n_unknowns == 1 { "place" } else { "places" };
        reasons.push(Message::new(
            format!("{n_unknowns} {places} could not be read"),
            format!("読み取れなかった場所が {n_unknowns} か所"),
        ));
    }
    let result = match (n_failing, n_unknowns) {
        (1.., _) => VerdictResult::Fail,
        (0, 1..) => VerdictResult::Unknown,
        (0, 0) => VerdictResult::Pass,
    };
    let (reasons, japanese) = reasons.into_iter().map(|reason| (reason.en, reason.ja)).unzip();
    Verdict { result, policy: policy.name().to_owned(), reasons, japanese }
}

/// The severity from which findings fail; nothing where the policy draws several lines, since no
/// single one says why.
fn level(mut thresholds: Vec<Threshold>) -> Message {
    thresholds.sort();
    thresholds.dedup();
    match thresholds.as_slice() {
        [Threshold::From(severity)] => Message::new(
            format!(" of severity {} or worse", severity.as_str()),
            format!("深刻度「{}」以上の", in_japanese(*severity)),
        ),
        _ => Message::default(),
    }
}

impl<'a> Named<'a> {
    fn add(&mut self, finding: &'a Finding) {
        *self.0.entry(&finding.check).or_default() += 1;
    }

    fn count(&self) -> usize {
        self.0.values().sum()
    }

    /// `3 findings of severity high or worse: CVE-1 ×2, CVE-2`; none where there is none.
    fn reason(&self, which: &Message) -> Option<Message> {
        let n = self.count();
        let named: Vec<String> = self
            .0
            .iter()
            .take(MAX_NAMED)
            .map(|(check, n)| if *n == 1 { (*check).to_owned() } else { format!("{check} ×{n}") })
            .collect();
        let more = match self.0.len().saturating_sub(MAX_NAMED) {
            0 => Message::default(),
            n => Message::new(format!(" and {n} more checks"), format!("、ほか {n} 種類の検査")),
        };
        let word = if n == 1 { "finding" } else { "findings" };
        (n > 0).then(|| {
            Message::new(
                format!("{n} {word}{}: {}{}", which.en, named.join(", "), more.en),
                format!("{}検出が {n} 件: {}{}", which.ja, named.join("、"), more.ja),
            )
        })
    }
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
    use sekisho_types::report::{Source, Subject, SubjectKind};

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
        let subject = Subject::of_files(SubjectKind::Directory, Source::Dir, "rootfs");
        let judged = Judged {
            subject: &subject,
            labels: &[],
            packages: &[],
            n_unknowns,
            today: None,
            is_complete: true,
        };
        let verdict = decide(&Policy::parse(policy).unwrap(), &judged, &findings);
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
