use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    packages::{Manager, install},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0031",
        name: "recommended-packages",
        kind: FindingKind::Configuration,
        title: Text {
            en: "apt also installs what packages only recommend",
            ja: "apt が推奨パッケージまで入れている",
        },
        severity: Severity::Info,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Recommended packages are software nobody asked for: more to patch, more for an intruder to use, often twice the size.",
            ja: "推奨パッケージは誰も頼んでいないソフトウェアで、修正すべきものと侵入者が使えるものを増やし、サイズもしばしば倍になる。",
        },
        remediation: Text {
            en: "Add `--no-install-recommends`, and name what is really needed.",
            ja: "`--no-install-recommends` を付け、必要なものだけを書く。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#apt-get"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let is_configured = subject.scripts().any(|(_, _, script)| {
        script.commands.iter().any(|command| {
            !command.redirects.is_empty()
                && command.words.iter().any(|word| {
                    let text = word.text.to_lowercase();
                    text.contains("install-recommends") && !text.contains("--no-install")
                })
        })
    });
    if is_configured {
        return subject.of_scripts(Vec::new());
    }
    subject.ask_commands(|subject, _, command| {
        let install = install(command).filter(|it| it.manager == Manager::Apt)?;
        let is_off = command.has_flag("--no-install-recommends")
            || command.args().iter().any(|word| {
                let text = word.text.to_lowercase();
                text.contains("install-recommends=") && !text.ends_with("true")
            });
        if is_off || install.packages.is_empty() {
            return None;
        }
        let names: Vec<&str> = install.packages.iter().map(|it| it.text.as_str()).collect();
        let (en, ja) = ("--no-install-recommends is missing", "--no-install-recommends がない");
        Some(subject.failure(command.span, &names.join(" "), en, ja))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn installing_with_recommendations_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN apt-get install -y a\n"),
            "2:5 --no-install-recommends is missing"
        );
    }

    #[test]
    fn without_them_it_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get install -y --no-install-recommends a && apt-get -o APT::Install-Recommends=false install b && apk add c\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}
