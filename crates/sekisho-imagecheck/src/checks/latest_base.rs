use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;
use sekisho_types::report::LineageEvidence;

use crate::{ImageCheck, ImageSubject, lineage, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0004",
        name: "latest-base",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The base image is not fixed to a version",
            ja: "ベースイメージの版が固定されていない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The next build may start from other files than the ones that were tested, \
                 and nobody can tell from which this one did.",
            ja: "次のビルドは試験したものと違うファイルから始まるかもしれず、このイメージがど\
                 れから作られたかも分からない。",
        },
        remediation: Text {
            en: "Name a version and its digest: `FROM debian:12.8-slim@sha256:…`.",
            ja: "版とダイジェストを書く: `FROM debian:12.8-slim@sha256:…`。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.2"),
    },
    run,
};

const NO_NAME: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "the image does not name its base",
        ja: "イメージにベースイメージの名前がない",
    },
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let Some(base) = lineage(config) else { return NO_NAME };
    // A name that was guessed from files has no tag anybody wrote.
    let Some(name) = base.name.filter(|_| base.evidence != LineageEvidence::History) else {
        return NO_NAME;
    };
    let last = name.rsplit('/').next().unwrap_or(&name);
    let tag = last.split_once(':').map(|(_, tag)| tag);
    if name.contains('@') || tag.is_some_and(|tag| tag != "latest") || name == "scratch" {
        return Outcome::Pass;
    }
    Outcome::fail(
        format!("the base is {name:?}, whatever that is today"),
        format!("ベースが {name:?} で、指すものが日々変わる"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn based_on(name: &str) -> ImageSubject {
        let label = ("org.opencontainers.image.base.name".to_owned(), name.to_owned());
        subject().with(|config| config.labels = vec![label])
    }

    #[test]
    fn latest_or_no_tag_fails() {
        let want = "Medium: the base is \"debian\", whatever that is today";
        assert_eq!(shown(&CHECK, &based_on("debian")), want);
        assert!(shown(&CHECK, &based_on("host:5000/a/b:latest")).starts_with("Medium"));
    }

    #[test]
    fn a_version_or_a_digest_passes() {
        for name in ["debian:12.8", "host:5000/a@sha256:00", "scratch"] {
            assert_eq!(shown(&CHECK, &based_on(name)), "pass");
        }
    }

    #[test]
    fn an_image_that_names_no_base_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: the image does not name its base");
    }
}
