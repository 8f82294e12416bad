use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0040",
        name: "shell-replaced-by-link",
        kind: FindingKind::Configuration,
        title: Text {
            en: "/bin/sh is replaced by a link", ja: "/bin/sh をリンクで置き換えている"
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A link in place of /bin/sh changes the shell of every program and package script in the image, not only of this build; updates of the base put it back at any time.",
            ja: "/bin/sh をリンクにすると、このビルドだけでなくイメージ内の全プログラムとパッケージのスクリプトのシェルが変わり、ベースの更新でいつでも元に戻る。",
        },
        remediation: Text {
            en: "Write `SHELL [\"/bin/bash\", \"-c\"]`.",
            ja: "`SHELL [\"/bin/bash\", \"-c\"]` と書く。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#shell"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let links = command.is_run_as(&["ln"])
            && command
                .args()
                .last()
                .is_some_and(|it| matches!(it.text.as_str(), "/bin/sh" | "/usr/bin/sh"));
        links.then(|| {
            let (en, ja) = (
                "every script of the image changes its shell",
                "イメージの全スクリプトのシェルが変わる",
            );
            subject.failure(command.span, "/bin/sh", en, ja)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_link_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN ln -sf /bin/bash /bin/sh\n"),
            "2:5 every script of the image changes its shell"
        );
    }

    #[test]
    fn other_links_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN ln -s /bin/sh /opt/sh\n"), "pass");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}
