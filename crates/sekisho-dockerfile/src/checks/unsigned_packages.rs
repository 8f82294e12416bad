use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0051",
        name: "unsigned-packages",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Packages are installed without checking signatures",
            ja: "署名を確かめずにパッケージを入れている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Signatures are what keeps a mirror, a proxy or anyone on the way from replacing a package. Without them their scripts run as root in the build.",
            ja: "ミラー、プロキシ、経路上の者によるすり替えを防ぐのは署名である。確かめなければ、そのスクリプトがビルド中に root で動く。",
        },
        remediation: Text {
            en: "Put the key of the archive in /etc/apt/keyrings and name it with `signed-by`; take the option out.",
            ja: "アーカイブの鍵を /etc/apt/keyrings に置き `signed-by` で指定し、オプションを外す。",
        },
        references: &[
            "https://wiki.debian.org/DebianRepository/UseThirdParty",
            "https://manpages.debian.org/stable/apt/apt-secure.8.en.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.11"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let by = switch(command)?;
        let failure = subject.failure(
            command.span,
            by,
            format!("{by} leaves signatures out"),
            format!("{by} では署名が確かめられない"),
        );
        // The key is checked, but it is trusted for every archive from then on.
        let severity = (by == "apt-key").then_some(Severity::Medium);
        Some(Failure { severity, ..failure })
    })
}

fn switch(command: &ShellCommand) -> Option<&'static str> {
    let has = |part: &str| command.args().iter().any(|word| word.text.contains(part));
    match command.program() {
        "apt-key" if command.verb() == "add" || has("adv") => Some("apt-key"),
        "apt" | "apt-get" | "aptitude" => {
            let options = [
                "--allow-unauthenticated",
                "--force-yes",
                "--allow-insecure-repositories",
                "--no-gpg-check",
            ];
            let named = options.into_iter().find(|option| command.has_flag(option));
            named.or_else(|| {
                let lower: Vec<String> =
                    command.args().iter().map(|it| it.text.to_lowercase()).collect();
                let is_off = |it: &String| {
                    it.contains("allowunauthenticated=true")
                        || it.contains("allowunauthenticated=1")
                        || it.contains("allowinsecurerepositories=true")
                        || it.contains("allowinsecurerepositories=1")
                };
                lower.iter().any(is_off).then_some("AllowUnauthenticated")
            })
        }
        "yum" | "dnf" | "microdnf" | "tdnf" => {
            let is_off = command.has_flag("--nogpgcheck")
                || command.has_flag("--no-gpgchecks")
                || has("gpgcheck=0")
                || has("gpgcheck=false");
            is_off.then_some("--nogpgcheck")
        }
        "rpm" => {
            let is_off = command.has_any_flag(&["--nosignature", "--nodigest"]);
            is_off.then_some("--nosignature")
        }
        "zypper" => {
            let is_off = command.has_any_flag(&[
                "--no-gpg-checks",
                "--allow-unsigned-rpm",
                "--allow-unsigned",
            ]);
            is_off.then_some("--no-gpg-checks")
        }
        "apk" => command.has_flag("--allow-untrusted").then_some("--allow-untrusted"),
        "echo" | "printf" | "tee" => has("[trusted=yes").then_some("[trusted=yes]"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn commands_without_signatures_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get install -y --allow-unauthenticated a && yum install -y --nogpgcheck b\nRUN curl https://example.org/k | apt-key add -\nRUN apk add --allow-untrusted /a.apk\n"
            ),
            "2:5 --allow-unauthenticated leaves signatures out\n2:53 --nogpgcheck leaves signatures out\n3:34 apt-key leaves signatures out\n4:5 --allow-untrusted leaves signatures out"
        );
    }

    #[test]
    fn usual_commands_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN apt-get install -y a && dnf install -y b && apt-key list\n"),
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
