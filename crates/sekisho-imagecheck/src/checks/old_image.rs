use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, days::days_since, subject::NO_DATE};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0026",
        name: "old-image",
        kind: FindingKind::Staleness,
        title: Text {
            en: "The image has not been rebuilt for long",
            ja: "長く作り直されていないイメージ",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "What was fixed since then in its packages is not fixed in it, and every \
                 image built on it inherits the holes.",
            ja: "その後にパッケージで直された穴がこの中では直っておらず、これを元にしたイメー\
                 ジにも受け継がれる。",
        },
        remediation: Text {
            en: "Rebuild from the current base at least once a month, by a schedule.",
            ja: "最新のベースから、少なくとも月に一度は定期的に作り直す。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(days) = image
        .config
        .as_ref()
        .and_then(|config| config.created.as_deref())
        .and_then(|created| days_since(created, image.now))
    else {
        return NO_DATE;
    };
    if days <= image.thresholds.age_days {
        return Outcome::Pass;
    }
    Outcome::fail(format!("it was made {days} days ago"), format!("{days} 日前に作られた"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn made(created: &str) -> ImageSubject {
        subject().with(|config| config.created = Some(created.to_owned()))
    }

    #[test]
    fn an_old_image_fails() {
        let image = made("2025-06-30T00:00:00Z");
        assert_eq!(shown(&CHECK, &image), "Medium: it was made 365 days ago");
    }

    #[test]
    fn a_young_image_passes() {
        assert_eq!(shown(&CHECK, &subject()), "pass");
    }

    #[test]
    fn an_image_without_a_date_is_not_judged() {
        for created in ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday"] {
            let text = shown(&CHECK, &made(created));
            assert_eq!(text, "not applicable: the image does not say when it was made");
        }
    }
}
