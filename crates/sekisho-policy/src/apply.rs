use jiff::civil::Date;
use sekisho_check::{About, Failure, Message, finding};
use sekisho_types::{
    ByteCount, InstalledPackage,
    report::{Finding, FindingPackage, Location, Subject, Suppression, Verdict},
};

use crate::{Exception, Policy, about, exception::Answer, requirement::Choice, verdict::decide};

/// What a policy is applied to, besides the findings.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    pub subject: &'a Subject,
    /// Of the image, name and value.
    pub labels: &'a [(String, String)],
    pub packages: &'a [InstalledPackage],
    /// How many places could not be read.
    pub n_unknowns: usize,
    /// None where dates are not to be judged.
    pub today: Option<Date>,
    /// Whether all kinds of findings were asked for; else an exception may have no match because
    /// nobody looked.
    pub is_complete: bool,
}

/// Applies `policy`: adds what it finds itself to `findings`, marks those that are accepted, and
/// decides.
pub fn apply(policy: &Policy, judged: &Judged<'_>, findings: &mut Vec<Finding>) -> Verdict {
    requirements(policy, judged, findings);
    exceptions(policy, judged, findings);
    ignore(policy, findings);
    decide(policy, judged, findings)
}

fn requirements(policy: &Policy, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let mut add = |about: &About, failure: Failure| findings.push(finding(about, failure));
    let wanted = &policy.require;
    let labels: Vec<String> =
        judged.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let has_label = |pattern: &crate::Pattern| {
        judged.labels.iter().any(|(name, _)| pattern.fits(name))
            || labels.iter().any(|label| pattern.fits(label))
    };
    for pattern in wanted.labels.required.iter().filter(|pattern| !has_label(pattern)) {
        add(&about::REQUIRED_LABEL, named(pattern.as_str()));
    }
    for pattern in wanted.labels.forbidden.iter().filter(|pattern| has_label(pattern)) {
        add(&about::FORBIDDEN_LABEL, named(pattern.as_str()));
    }
    let is = |package: &InstalledPackage, pattern: &crate::Pattern| {
        pattern.fits(&package.name) || pattern.fits(&package.purl)
    };
    for pattern in &wanted.packages.required {
        if !judged.packages.iter().any(|package| is(package, pattern)) {
            add(&about::REQUIRED_PACKAGE, named(pattern.as_str()));
        }
    }
    for package in judged.packages {
        if wanted.packages.forbidden.iter().any(|pattern| is(package, pattern)) {
            add(&about::FORBIDDEN_PACKAGE, of_package(package));
        }
    }
    if let Some(config) = &judged.subject.config {
        let user = config.user.split(':').next().unwrap_or_default();
        let user = if user.is_empty() { "root" } else { user };
        choice(&wanted.users, user, &about::USER, &mut add);
    }
    if let Some(name) = judged.subject.base.as_ref().and_then(|base| base.name.as_deref()) {
        choice(&wanted.base_images, name, &about::BASE_IMAGE, &mut add);
    } else if !wanted.base_images.allowed.is_empty() && judged.subject.config.is_some() {
        let message = Message::new("the image does not name its base", "ベースの名前がない");
        add(&about::BASE_IMAGE, Failure::new("", message));
    }
    let size_bytes =
        judged.subject.layers.iter().map(|layer| layer.size_bytes).fold(0, u64::saturating_add);
    if let Some(ByteCount(limit)) = wanted.max_size.filter(|limit| size_bytes > limit.0) {
        let message = Message::new(
            format!("{size_bytes} bytes, more than {limit}"),
            format!("{size_bytes} バイト（上限 {limit}）"),
        );
        add(&about::SIZE, Failure::new("", message));
    }
}

fn choice(choice: &Choice, text: &str, about: &About, add: &mut dyn FnMut(&About, Failure)) {
    if !choice.is_empty() && !choice.takes(text) {
        add(about, named(text));
    }
}

fn named(name: &str) -> Failure {
    Failure::new(name, Message::new(format!("{name:?}"), format!("{name:?}")))
}

fn of_package(package: &InstalledPackage) -> Failure {
    let InstalledPackage { name, version, purl, layer, paths, .. } = package;
    let message = Message::new(format!("{name} {version}"), format!("{name} {version}"));
    let package = Some(FindingPackage {
        name: name.clone(),
        version: version.clone(),
        purl: purl.clone(),
        fixed_version: None,
    });
    let location = paths.first().map(|path| Location::of_file(*layer, path));
    Failure { package, location, ..Failure::new(purl, message) }
}

fn exceptions(policy: &Policy, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let image = &judged.subject.name;
    let mut own = Vec::new();
    for exception in &policy.exceptions {
        let is_for_this = exception.image.as_ref().is_none_or(|pattern| pattern.fits(image));
        if !is_for_this {
            continue;
        }
        let mut is_used = false;
        let mut has_expired = exception.has_expired(judged.today);
        for finding in &mut *findings {
            match exception.answer(finding, image) {
                Answer::NotMeant => continue,
                Answer::Fixed => has_expired = true,
                Answer::Accepted if !exception.has_expired(judged.today) => {
                    finding.suppressed.get_or_insert_with(|| exception.to_suppression());
                }
                Answer::Accepted => (),
            }
            is_used = true;
        }
        if has_expired {
            own.push(of_exception(&about::EXPIRED_EXCEPTION, exception));
        } else if !is_used && judged.is_complete {
            own.push(of_exception(&about::UNUSED_EXCEPTION, exception));
        }
    }
    findings.append(&mut own);
}

fn of_exception(about: &About, exception: &Exception) -> Finding {
    let Exception { owner, until, until_fixed, .. } = exception;
    let what = exception.what();
    let (until, until_ja) = match (until, until_fixed) {
        (Some(until), _) => (format!(", until {until}"), format!("、期限 {until}")),
        (None, true) => (", until it is fixed".to_owned(), "、修正されるまで".to_owned()),
        (None, false) => (String::new(), String::new()),
    };
    let message = Message::new(
        format!("{what}, accepted by {owner}{until}"),
        format!("{what}（承認者 {owner}{until_ja}）"),
    );
    finding(about, Failure::new(what, message))
}

/// Marks what is not to count by its state.
fn ignore(policy: &Policy, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
        if let Some(Message { en, ja }) = policy.vulnerability.ignored(finding) {
            finding.suppressed = Some(Suppression {
                reason: en,
                until: None,
                by: format!("policy {}", policy.name()),
                japanese: Some(ja),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_types::{
        Confidence, Severity,
        report::{BaseImage, FindingKind, LineageEvidence, RunConfig, Source, SubjectKind},
    };

    use super::*;

    fn subject() -> Subject {
        Subject {
            kind: SubjectKind::Image,
            name: "registry.example/shop:1".to_owned(),
            digest: None,
            source: Source::OciDir,
            os: None,
            created: None,
            platform: None,
            config: Some(RunConfig::default()),
            layers: Vec::new(),
            base: Some(BaseImage {
                name: Some("debian:bookworm".to_owned()),
                digest: None,
                n_layers: Some(1),
                created: None,
                evidence: LineageEvidence::Label,
                confidence: Confidence::High,
            }),
            document: None,
        }
    }

    fn found(check: &str, severity: Severity, path: &str) -> Finding {
        let about = About { kind: FindingKind::Secret, severity, ..about::SIZE };
        let failure = Failure::new(path, Message::new("m", "m"));
        let mut finding = finding(&about, failure.at(Location::of_file(None, path)));
        check.clone_into(&mut finding.check);
        finding
    }

    /// The verdict, its reasons, and every finding with who accepts it.
    fn shown(policy: &str, mut findings: Vec<Finding>, n_unknowns: usize) -> String {
        let policy = Policy::parse(policy).unwrap();
        let subject = subject();
        let judged = Judged {
            subject: &subject,
            labels: &[("team".to_owned(), "shop".to_owned())],
            packages: &[],
            n_unknowns,
            today: Some("2026-06-30".parse().unwrap()),
            is_complete: true,
        };
        let verdict = apply(&policy, &judged, &mut findings);
        let mut shown = format!("{:?} {:?}\n", verdict.result, verdict.reasons);
        for Finding { check, message, suppressed, .. } in findings {
            let by = suppressed.map(|it| format!(", accepted by {}", it.by)).unwrap_or_default();
            writeln!(shown, "{check} {message}{by}").unwrap();
        }
        shown
    }

    #[test]
    fn the_threshold_decides_and_the_reason_says_so() {
        let findings = || {
            vec![
                found("SEK-A", Severity::High, "a"),
                found("SEK-A", Severity::Critical, "b"),
                found("SEK-B", Severity::Medium, "c"),
            ]
        };
        insta::assert_snapshot!(shown("", findings(), 0), @r#"
        Fail ["2 findings of severity high or worse: SEK-A ×2"]
        SEK-A m
        SEK-A m
        SEK-B m
        "#);
        insta::assert_snapshot!(shown("fail_on: none", findings(), 0), @"
        Pass []
        SEK-A m
        SEK-A m
        SEK-B m
        ");
        insta::assert_snapshot!(shown("fail_on: none", findings(), 2), @r#"
        Unknown ["2 places could not be read"]
        SEK-A m
        SEK-A m
        SEK-B m
        "#);
    }

    #[test]
    fn an_exception_accepts_in_its_scope_until_its_day() {
        let findings =
            || vec![found("CVE-1", Severity::High, "a"), found("CVE-1", Severity::High, "b")];
        let exception = |rest: &str| {
            format!("exceptions:\n- {{check: CVE-1, reason: x, owner: sec, {rest}}}\n")
        };
        insta::assert_snapshot!(shown(&exception("path: a"), findings(), 0), @r#"
        Fail ["1 finding of severity high or worse: CVE-1"]
        CVE-1 m, accepted by sec
        CVE-1 m
        "#);
        insta::assert_snapshot!(shown(&exception("until: 2026-06-30"), findings(), 0), @"
        Pass []
        CVE-1 m, accepted by sec
        CVE-1 m, accepted by sec
        ");
        insta::assert_snapshot!(shown(&exception("until: 2026-06-29"), findings(), 0), @r#"
        Fail ["2 findings of severity high or worse: CVE-1 ×2"]
        CVE-1 m
        CVE-1 m
        SEK-POLICY-0008 CVE-1, accepted by sec, until 2026-06-29
        "#);
        insta::assert_snapshot!(shown(&exception("path: c"), vec![], 0), @"
        Pass []
        SEK-POLICY-0009 CVE-1 in c, accepted by sec
        ");
        insta::assert_snapshot!(shown(&exception("image: \"other/**\""), vec![], 0), @"Pass []");
    }

    #[test]
    fn requirements_are_findings_of_their_own() {
        insta::assert_snapshot!(shown("\
require:
  labels: {required: [\"team=*\", \"source\"], forbidden: [\"te*\"]}
  packages: {required: [ca-certificates]}
  users: {forbidden: [root]}
  base_images: {allowed: [\"alpine:*\"]}
", vec![], 0), @r#"
        Fail ["3 findings of severity high or worse: SEK-POLICY-0003, SEK-POLICY-0005, SEK-POLICY-0006"]
        SEK-POLICY-0001 "source"
        SEK-POLICY-0002 "te*"
        SEK-POLICY-0003 "ca-certificates"
        SEK-POLICY-0005 "root"
        SEK-POLICY-0006 "debian:bookworm"
        "#);
    }
}
