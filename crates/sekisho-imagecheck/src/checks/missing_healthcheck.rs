use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0005",
        name: "missing-healthcheck",
        kind: FindingKind::Configuration,
        title: Text { en: "The image has no HEALTHCHECK", ja: "HEALTHCHECK がない" },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Docker and ECS then see only whether the process runs, so a service that \
                 hangs, also after an attack, keeps its traffic. Kubernetes asks its own \
                 probes instead.",
            ja: "Docker と ECS はプロセスの有無しか見ないため、攻撃などで応答しなくなったサー\
                 ビスにも通信が流れ続ける。Kubernetes は独自のプローブを使う。",
        },
        remediation: Text {
            en: "Add `HEALTHCHECK CMD [\"/app\", \"--health\"]`, or state a healthCheck in \
                 the task definition.",
            ja: "`HEALTHCHECK CMD [\"/app\", \"--health\"]` を加えるか、タスク定義に healthCheck \
                 を書く。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.6"),
    },
    run,
};

const STARTS_NOTHING: Outcome = Outcome::NotApplicable {
    because: Text { en: "the image starts nothing", ja: "イメージは何も起動しない" },
};

/// What base images start: a shell or an interpreter that waits for somebody to type.
const PROMPTS: [&str; 7] = ["sh", "bash", "ash", "python", "python3", "node", "irb"];

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let starts: Vec<&str> =
        config.entrypoint.iter().chain(&config.cmd).map(String::as_str).collect();
    let is_prompt = |word: &str| PROMPTS.contains(&word.rsplit('/').next().unwrap_or(word));
    match starts.as_slice() {
        [] => STARTS_NOTHING,
        [only] if is_prompt(only) => STARTS_NOTHING,
        _ if config.healthcheck.is_empty() => {
            Outcome::fail("no HEALTHCHECK is set", "HEALTHCHECK の指定がない")
        }
        _ => Outcome::Pass,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_service_that_cannot_be_asked_fails() {
        assert_eq!(shown(&CHECK, &subject()), "Low: no HEALTHCHECK is set");
    }

    #[test]
    fn a_service_that_can_be_asked_passes() {
        let test = vec!["CMD".to_owned(), "/app".to_owned(), "--health".to_owned()];
        let image = subject().with(|config| config.healthcheck = test);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn a_base_image_is_no_service() {
        let image = subject().with(|config| config.entrypoint = vec!["/bin/bash".to_owned()]);
        assert_eq!(shown(&CHECK, &image), "not applicable: the image starts nothing");
    }
}
