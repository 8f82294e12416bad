use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::lineage;
use crate::{ImageCheck, ImageSubject, days::days_since, subject::NO_DATE};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0027",
        name: "old-base",
        kind: FindingKind::Staleness,
        title: Text { en: "The base image is old", ja: "ベースイメージが古い" },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A rebuild on an old base brings the same holes again, however new the image \
                 itself looks.",
            ja: "イメージ自体が新しく見えても、古いベースで作り直せば同じ穴が入り直す。",
        },
        remediation: Text {
            en: "Pull the base at every build (`docker build --pull`) and follow its newest \
                 digest.",
            ja: "ビルドのたびにベースを取得し（`docker build --pull`）、最新のダイジェストに\
                 追従する。",
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
        .and_then(lineage)
        .and_then(|base| base.created)
        .and_then(|created| days_since(&created, image.now))
    else {
        return NO_DATE;
    };
    if days <= image.thresholds.base_age_days {
        return Outcome::Pass;
    }
    Outcome::fail(
        format!("the base was made {days} days ago"),
        format!("ベースは {days} 日前に作られた"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn built_on(created: &str) -> ImageSubject {
        subject()
            .history(&["+ADD file:0 in /", "CMD [\"bash\"]", "+COPY . /srv"])
            .with(|config| created.clone_into(&mut config.history[1].created))
    }

    #[test]
    fn an_old_base_fails() {
        let image = built_on("2024-06-30T00:00:00Z");
        assert_eq!(shown(&CHECK, &image), "Medium: the base was made 730 days ago");
    }

    #[test]
    fn a_young_base_passes() {
        assert_eq!(shown(&CHECK, &built_on("2026-06-01T00:00:00Z")), "pass");
    }

    #[test]
    fn an_image_without_a_known_base_is_not_judged() {
        assert!(shown(&CHECK, &subject()).starts_with("not applicable"));
    }
}
