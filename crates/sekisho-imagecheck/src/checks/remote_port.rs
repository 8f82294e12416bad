use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0021",
        name: "remote-port",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A port for remote login is exposed",
            ja: "リモートログイン用のポートが公開されている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The image announces a way in for people beside its service; security groups \
                 and publish-all options open what an image exposes.",
            ja: "サービス以外に人の入口があると宣言しており、公開設定やセキュリティーグループ\
                 がそのまま開けてしまう。",
        },
        remediation: Text {
            en: "Remove the EXPOSE line and the server behind it; use the engine's exec.",
            ja: "EXPOSE の行とその先のサーバーを除き、エンジンの exec を使う。",
        },
        references: &["https://www.cisecurity.org/benchmark/docker"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.7"),
    },
    run,
};

const PORTS: [(&str, &str); 7] = [
    ("21", "FTP"),
    ("22", "SSH"),
    ("23", "telnet"),
    ("512", "rexec"),
    ("513", "rlogin"),
    ("514", "rsh"),
    ("3389", "RDP"),
];

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let failures = config.exposed_ports.iter().filter_map(|exposed| {
        let (port, protocol) = exposed.split_once('/').unwrap_or((exposed, "tcp"));
        let (_, name) = PORTS.iter().find(|(number, _)| *number == port && protocol == "tcp")?;
        let message =
            Message::new(format!("{exposed} is {name}"), format!("{exposed} は {name} のポート"));
        Some(Failure::new(exposed, message))
    });
    Outcome::of(failures.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn exposing(ports: &[&str]) -> ImageSubject {
        let ports = ports.iter().map(|&port| port.to_owned()).collect();
        subject().with(|config| config.exposed_ports = ports)
    }

    #[test]
    fn ssh_fails() {
        assert_eq!(shown(&CHECK, &exposing(&["22/tcp", "80/tcp"])), "Medium: 22/tcp is SSH");
    }

    #[test]
    fn ports_of_services_pass() {
        assert_eq!(shown(&CHECK, &exposing(&["8080/tcp", "514/udp"])), "pass");
    }

    #[test]
    fn a_directory_exposes_nothing() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}
