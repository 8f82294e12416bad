use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0049",
        name: "tls-verification-off",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The certificate of a server is not checked",
            ja: "サーバー証明書を検証していない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever stands between the builder and the server can hand over any file, and it runs as root in the build or ships in the image.",
            ja: "ビルダーとサーバーの間にいる者が、どんなファイルでも渡せる。それがビルド中に root で動き、イメージで出荷される。",
        },
        remediation: Text {
            en: "Take the option out; add a private authority with `update-ca-certificates`.",
            ja: "オプションを外す。私設の認証局は `update-ca-certificates` で加える。",
        },
        references: &[
            "https://curl.se/docs/sslcerts.html",
            "https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

/// Variables that switch the check off, with the values that do.
const VARIABLES: &[(&str, &[&str])] = &[
    ("GIT_SSL_NO_VERIFY", &["1", "true", "yes"]),
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["0"]),
    ("NPM_CONFIG_STRICT_SSL", &["false"]),
    ("PYTHONHTTPSVERIFY", &["0"]),
    ("npm_config_strict_ssl", &["false"]),
];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut has_env = false;
    for (_, instruction) in subject.instructions() {
        let pairs = match &instruction.kind {
            Kind::Env(pairs) => &pairs.pairs,
            Kind::Arg(pairs) => pairs,
            _ => continue,
        };
        has_env = true;
        for pair in pairs {
            let (name, Some(value)) = (&pair.name.value, &pair.value) else { continue };
            if is_off(name, &value.value) {
                failures.push(failure(subject, pair.name.span.to(value.span), name));
            }
        }
    }
    for (_, command) in subject.commands() {
        for assignment in &command.assignments {
            if is_off(&assignment.name, &assignment.value.text) {
                failures.push(failure(subject, assignment.value.span, &assignment.name));
            }
        }
        if let Some(by) = switch(command) {
            failures.push(failure(subject, command.span, &by));
        }
    }
    match (has_env, failures.is_empty()) {
        (true, true) => match subject.of_scripts(failures) {
            Outcome::NotApplicable { .. } => Outcome::Pass,
            other => other,
        },
        _ => subject.of_scripts(failures),
    }
}

fn failure(subject: &Subject, span: crate::Span, by: &str) -> Failure {
    subject.failure(
        span,
        by,
        format!("{by} switches the check of certificates off"),
        format!("{by} が証明書の検証を無効にする"),
    )
}

fn is_off(name: &str, value: &str) -> bool {
    VARIABLES.iter().any(|(known, off)| *known == name && off.contains(&value))
}

/// What switches the check off, as a reader would look for it.
fn switch(command: &ShellCommand) -> Option<String> {
    let words = || command.args().iter().map(|word| word.text.as_str());
    let has_pair = |first: &str, values: &[&str]| {
        let all: Vec<&str> = words().collect();
        all.windows(2).any(|pair| matches!(pair, [a, b] if *a == first && values.contains(b)))
            || words().any(|it| {
                it.split_once(['=', ' ']).is_some_and(|(a, b)| a == first && values.contains(&b))
            })
    };
    let program = command.program();
    let found = match program {
        "curl" => command.has_any_flag(&["-k", "--insecure", "--proxy-insecure"]).then_some("-k"),
        "wget" => command.has_flag("--no-check-certificate").then_some("--no-check-certificate"),
        "npm" | "yarn" | "pnpm" => {
            let is_off = has_pair("strict-ssl", &["false"]) || has_pair("--strict-ssl", &["false"]);
            is_off.then_some("strict-ssl=false")
        }
        "git" => {
            let is_off = has_pair("http.sslVerify", &["false", "0"])
                || has_pair("http.sslverify", &["false", "0"]);
            is_off.then_some("http.sslVerify=false")
        }
        "apt-get" | "apt" => {
            let is_off = words().any(|it| it.contains("Verify-Peer=false"));
            is_off.then_some("Verify-Peer=false")
        }
        "yum" | "dnf" | "microdnf" => {
            let is_off = words().any(|it| {
                matches!(it.trim_start_matches("--setopt="), "sslverify=false" | "sslverify=0")
            });
            is_off.then_some("sslverify=false")
        }
        "apk" => command.has_flag("--no-check-certificate").then_some("--no-check-certificate"),
        _ if crate::libraries::is_pip(command) => {
            command.has_flag("--trusted-host").then_some("--trusted-host")
        }
        _ => None,
    }?;
    // `-k` of a bundle such as `-fsSLk` is written so for people.
    Some(format!("{program} {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn switches_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nRUN curl -fsSLk https://example.org && wget --no-check-certificate https://example.org\nRUN npm config set strict-ssl false && git -c http.sslVerify=false clone x\nRUN pip install --trusted-host example.org a==1 && GIT_SSL_NO_VERIFY=1 git clone y\n"
            ),
            "2:5 NODE_TLS_REJECT_UNAUTHORIZED switches the check of certificates off\n3:5 curl -k switches the check of certificates off\n3:40 wget --no-check-certificate switches the check of certificates off\n4:5 npm strict-ssl=false switches the check of certificates off\n4:40 git http.sslVerify=false switches the check of certificates off\n5:5 pip --trusted-host switches the check of certificates off\n5:52 GIT_SSL_NO_VERIFY switches the check of certificates off"
        );
    }

    #[test]
    fn usual_commands_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nENV NODE_ENV=production\nRUN curl -fsSL https://example.org && npm config set strict-ssl true\n"
            ),
            "pass"
        );
    }

    #[test]
    fn variables_alone_are_asked_too() {
        assert_eq!(ask(&CHECK, "FROM a:1\nENV A=b\n"), "pass");
    }

    #[test]
    fn a_file_without_either_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}
