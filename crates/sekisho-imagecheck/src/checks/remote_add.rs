use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};

use crate::{ImageCheck, ImageSubject, subject::NO_HISTORY};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0006",
        name: "remote-add",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A file was added from a URL without a checksum",
            ja: "URL からチェックサムなしで追加されたファイルがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever controls the server or the way to it decides what is in the image, \
                 and the next build may get something else.",
            ja: "サーバーや経路を握る者がイメージの中身を決められ、次のビルドでは別のものが入\
                 りうる。",
        },
        remediation: Text {
            en: "Write `ADD --checksum=sha256:… URL DEST`, or download and verify in one RUN.",
            ja: "`ADD --checksum=sha256:… URL DEST` と書くか、一つの RUN で取得と検証をする。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.9"),
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    let steps = image.steps();
    if steps.is_empty() {
        return NO_HISTORY;
    }
    let mut failures = Vec::new();
    for step in steps.iter().filter(|step| step.instruction == "ADD") {
        if step.arguments.contains("--checksum=") {
            continue;
        }
        for url in step.arguments.split_whitespace().filter(|word| is_url(word)) {
            let message = Message::new(format!("ADD {url:?}"), format!("ADD {url:?}"));
            let location = image.location_of(step);
            failures.push(Failure { location, ..Failure::new(url, message) });
        }
    }
    Outcome::of(failures)
}

fn is_url(word: &str) -> bool {
    ["http://", "https://", "ftp://"].iter().any(|scheme| word.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_url_without_a_checksum_fails() {
        let image = subject().history(&["+ADD https://e.example/a.tgz /opt/ # buildkit"]);
        assert_eq!(shown(&CHECK, &image), "Medium: ADD \"https://e.example/a.tgz\"");
    }

    #[test]
    fn a_file_or_a_checksum_passes() {
        let image = subject().history(&[
            "+ADD a.tgz /opt/ # buildkit",
            "+ADD --checksum=sha256:00 https://e.example/a.tgz /opt/ # buildkit",
        ]);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn an_image_without_history_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: the image has no history");
    }
}
