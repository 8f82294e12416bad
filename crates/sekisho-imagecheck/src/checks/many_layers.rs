use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0024",
        name: "many-layers",
        kind: FindingKind::Configuration,
        title: Text { en: "The image has very many layers", ja: "レイヤーが多すぎる" },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Each costs a request at every pull and a mount at every start, and engines \
                 refuse images beyond their limit.",
            ja: "取得のたびに要求が、起動のたびにマウントが増え、上限を超えるとエンジンに拒ま\
                 れる。",
        },
        remediation: Text {
            en: "Join RUN steps, copy once, or build in a first stage.",
            ja: "RUN をまとめ、COPY を一度にし、最初のステージでビルドする。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    if image.config.is_none() {
        return NO_CONFIG;
    }
    let (n_layers, limit) = (image.layers.len(), image.thresholds.n_layers);
    if n_layers <= limit {
        return Outcome::Pass;
    }
    Outcome::fail(
        format!("{n_layers} layers, more than {limit}"),
        format!("{n_layers} レイヤー（上限 {limit}）"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn more_than_the_limit_fails() {
        let image = subject().layers(61);
        assert_eq!(shown(&CHECK, &image), "Low: 61 layers, more than 60");
    }

    #[test]
    fn the_limit_itself_passes() {
        assert_eq!(shown(&CHECK, &subject().layers(60)), "pass");
    }

    #[test]
    fn a_directory_has_no_layers() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}
