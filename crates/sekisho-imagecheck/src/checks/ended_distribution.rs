use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, days::days_since, end_of_life::end_of_life};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0033",
        name: "ended-distribution",
        kind: FindingKind::Staleness,
        title: Text {
            en: "The distribution gets no more security fixes",
            ja: "サポートの終わったディストリビューション",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Holes found from now on stay open for good, and advisory feeds no longer say \
                 which there are, so a clean scan means little.",
            ja: "今後見つかる穴は塞がれず、脆弱性情報も出なくなるため、検査で何も出なくても意\
                 味が薄い。",
        },
        remediation: Text {
            en: "Move to a supported release of the distribution: change the FROM line.",
            ja: "サポート中のリリースへ移る（FROM を変更する）。",
        },
        references: &[
            "https://wiki.debian.org/DebianReleases",
            "https://ubuntu.com/about/release-cycle",
            "https://alpinelinux.org/releases/",
        ],
        benchmark: None,
    },
    run,
};

const NOT_KNOWN: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "no end of support is known of the distribution",
        ja: "ディストリビューションのサポート期限が分からない",
    },
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(os) = &image.os else { return NOT_KNOWN };
    let Some(end) = end_of_life(&os.id, &os.version) else { return NOT_KNOWN };
    let Some(days) = days_since(&format!("{end}T23:59:59Z"), image.now) else { return NOT_KNOWN };
    if days < 0 {
        return Outcome::Pass;
    }
    let name = format!("{} {}", os.id, os.version);
    Outcome::fail(
        format!("the support of {name} ended on {end}"),
        format!("{name} のサポートは {end} に終わった"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_release_past_its_end_fails() {
        let image = subject().os("debian", "10");
        assert_eq!(shown(&CHECK, &image), "High: the support of debian 10 ended on 2024-06-30");
        assert!(shown(&CHECK, &subject().os("alpine", "3.11.5")).starts_with("High"));
    }

    #[test]
    fn a_supported_release_passes() {
        assert_eq!(shown(&CHECK, &subject().os("debian", "13")), "pass");
    }

    #[test]
    fn an_unknown_distribution_is_not_judged() {
        assert!(shown(&CHECK, &subject().os("slackware", "15")).starts_with("not applicable"));
        assert!(shown(&CHECK, &subject()).starts_with("not applicable"));
    }
}
