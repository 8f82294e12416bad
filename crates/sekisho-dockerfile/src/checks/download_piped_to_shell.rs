use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    script::{Script, ShellCommand},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0017",
        name: "download-piped-to-shell",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A download is run without being looked at",
            ja: "ダウンロードしたものを確かめずに実行している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever controls the address, the host or its certificate runs commands as root in the build, can serve them to this build alone, and leaves no file to examine.",
            ja: "URL、ホスト、その証明書のどれかを握る者が、ビルド中に root でコマンドを実行できる。このビルドにだけ別の内容を返すこともでき、調べるべきファイルも残らない。",
        },
        remediation: Text {
            en: "Download to a file, check its SHA-256 (`echo \"<sum>  file\" | sha256sum -c`), then run it; or install the package of the distribution.",
            ja: "ファイルに保存し、SHA-256 を確かめてから実行する（`echo \"<sum>  file\" | sha256sum -c`）。または、ディストリビューションのパッケージを使う。",
        },
        references: &[
            "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
            "https://docs.docker.com/build/building/best-practices/#run",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

const FETCHERS: &[&str] = &["aria2c", "curl", "http", "https", "wget"];

/// Programs that run what they are given.
const RUNNERS: &[&str] = &[
    "ash", "bash", "dash", "ksh", "node", "perl", "php", "python", "python2", "python3", "ruby",
    "sh", "source", "zsh", ".", "eval",
];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for (_, _, script) in subject.scripts() {
        failures.extend(runs(script).into_iter().map(|(fetch, runner)| {
            let from = fetch.operands().find(|it| it.text.contains("://") || it.has_expansion);
            let (fetch_name, run_name) = (fetch.program(), runner.program());
            subject.failure(
                fetch.span,
                from.map_or("", |word| word.text.as_str()),
                format!("{run_name} runs what {fetch_name} fetches"),
                format!("{fetch_name} で取得したものを {run_name} がそのまま実行する"),
            )
        }));
    }
    subject.of_scripts(failures)
}

/// Commands that fetch, each with the command that runs what they got.
fn runs(script: &Script) -> Vec<(&ShellCommand, &ShellCommand)> {
    let commands = &script.commands;
    let fetches = commands.iter().filter(|it| it.is_run_as(FETCHERS));
    fetches
        .filter_map(|fetch| {
            let runner = commands.iter().find(|it| {
                it.is_run_as(RUNNERS) && (is_behind(fetch, it) || is_inside(fetch, it))
            })?;
            Some((fetch, runner))
        })
        .collect()
}

/// Later in the same pipeline, and reading the script from it.
fn is_behind(fetch: &ShellCommand, runner: &ShellCommand) -> bool {
    let reads_input = runner.operands().next().is_none()
        || runner.args().iter().any(|it| matches!(it.text.as_str(), "-" | "-s" | "/dev/stdin"));
    let takes_code = runner.has_any_flag(&["-c", "-e"]);
    fetch.pipe.id == runner.pipe.id
        && fetch.pipe.index < runner.pipe.index
        && reads_input
        && !takes_code
}

/// In `sh -c "$(…)"` or `bash <(…)`.
fn is_inside(fetch: &ShellCommand, runner: &ShellCommand) -> bool {
    runner.args().iter().any(|word| {
        word.has_expansion && fetch.span != runner.span && word.span.contains(fetch.span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_pipe_into_a_shell_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN curl -fsSL https://example.org/i.sh | bash -s -- -y\n"),
            "2:5 bash runs what curl fetches"
        );
    }

    #[test]
    fn sudo_and_filters_between_hide_nothing() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN wget -qO- https://example.org/i | tee /log | sudo -E bash -\n"
            ),
            "2:5 bash runs what wget fetches"
        );
    }

    #[test]
    fn substitutions_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN sh -c \"$(curl -fsSL https://example.org/i)\" && bash <(curl https://example.org/j)\n"
            ),
            "2:14 sh runs what curl fetches\n2:59 bash runs what curl fetches"
        );
    }

    #[test]
    fn other_pipes_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN curl https://example.org/a | tar xz && curl https://example.org/k | python3 -c 'import sys'\n"
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
