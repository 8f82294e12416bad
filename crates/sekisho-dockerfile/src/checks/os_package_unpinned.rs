use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, ShellWord, Subject,
    packages::{Install, Manager, install, is_name},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0027",
        name: "os-package-unpinned",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A package is installed without its version",
            ja: "バージョンを指定せずにパッケージを入れている",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "The next build takes what the archive has by then: two images of one commit differ, and a bad upload is shipped unseen. Distributions that delete old versions make pins break; a snapshot archive or a base pinned by digest serves there.",
            ja: "次のビルドはその時点のものを使う。同じコミットから違うイメージができ、悪意ある更新も気付かれず出荷される。古い版を消すディストリビューションでは指定が壊れるので、スナップショットやダイジェストで固定したベースを使う。",
        },
        remediation: Text {
            en: "Append versions: apt `curl=7.88.1-10*`, apk `curl=~8.9`, dnf `curl-8.6.0`, zypper `curl=8.6.0`.",
            ja: "バージョンを付ける: apt `curl=7.88.1-10*`、apk `curl=~8.9`、dnf `curl-8.6.0`、zypper `curl=8.6.0`",
        },
        references: &[
            "https://docs.docker.com/build/building/best-practices/#apt-get",
            "https://snapshot.debian.org/",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

/// Most packages that a message names.
const MAX_NAMES: usize = 4;

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let Install { manager, packages } = install(command)?;
        let loose: Vec<&str> = packages
            .into_iter()
            .filter(|word| is_name(word) && !is_pinned(manager, word))
            .map(|word| word.text.as_str())
            .collect();
        if loose.is_empty() {
            return None;
        }
        let mut names = loose.iter().take(MAX_NAMES).copied().collect::<Vec<&str>>().join(", ");
        let (mut en, mut ja) = (String::new(), String::new());
        if loose.len() > MAX_NAMES {
            let more = loose.len() - MAX_NAMES;
            (en, ja) = (format!(" and {more} more"), format!(" ほか {more} 個"));
        }
        en.insert_str(0, &names);
        names.push_str(&ja);
        Some(subject.failure(
            command.span,
            &loose.join(" "),
            format!("no version is given for {en}"),
            format!("バージョン指定なし: {names}"),
        ))
    })
}

fn is_pinned(manager: Manager, word: &ShellWord) -> bool {
    let text = word.text.as_str();
    match manager {
        // `curl/bookworm` takes the version of a release.
        Manager::Apt => text.contains(['=', '/']) || text.ends_with(['-', '+']),
        // A name with `.` in front is a set made with `--virtual`.
        Manager::Apk => text.contains(['=', '~', '<', '>']) || text.starts_with('.'),
        Manager::Zypper => text.contains(['=', '<', '>', ':']),
        Manager::Pacman => text.contains('='),
        Manager::Dnf | Manager::Yum => {
            let mut parts = text.split('-').skip(1);
            let has_version = parts.any(|it| it.starts_with(|char: char| char.is_ascii_digit()));
            has_version || text.starts_with('@')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn packages_without_version_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get update && apt-get install -y -t stable curl vim=1 \\\n  && apk add --virtual .x git\nRUN yum -y install httpd && zypper in -y a b c d e\n"
            ),
            "2:23 no version is given for curl\n3:6 no version is given for git\n4:5 no version is given for httpd\n4:29 no version is given for a, b, c, d and 1 more"
        );
    }

    #[test]
    fn pinned_packages_files_and_variables_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get install a=1 b/sid ./c.deb $PACKAGES && apk add a=1 'b>2' c~3\nRUN dnf install -y httpd-2.4.6 @minimal && zypper in a=1\n"
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
