use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0014",
        name: "cd-in-run",
        kind: FindingKind::Configuration,
        title: Text {
            en: "RUN only changes the directory",
            ja: "RUN がディレクトリを変えるだけになっている",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "The directory of a RUN ends with it. A cd that begins a script hides from readers and from the next instruction where work is done; one that stands alone does nothing.",
            ja: "RUN の作業場所はその命令で終わる。スクリプト冒頭の cd は、どこで作業しているかを読み手と次の命令から隠し、単独の cd は何もしない。",
        },
        remediation: Text { en: "Put `WORKDIR` before it.", ja: "前に `WORKDIR` を置く。" },
        references: &["https://docs.docker.com/reference/dockerfile/#workdir"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for (_, _, script) in subject.scripts() {
        // Further in, a cd may be meant for a part of the script.
        let Some(first) = script.commands.first() else { continue };
        if first.program() == "cd" && first.pipe.length <= 1 {
            let to = first.args().first().map_or("", |word| word.text.as_str());
            failures.push(subject.failure(
                first.span,
                to,
                "the script starts with cd",
                "スクリプトが cd で始まっている",
            ));
        }
    }
    subject.of_scripts(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_script_that_starts_with_cd_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN cd /src && make\n"), "2:5 the script starts with cd");
    }

    #[test]
    fn other_scripts_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN make && (cd /src; make)\n"), "pass");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}
