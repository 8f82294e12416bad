use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0022",
        name: "ssh-port-exposed",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The port of SSH is exposed", ja: "SSH のポートを公開している"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A server for logins in a container is one more way in, with passwords or keys of its own that nobody rotates; `docker exec` and `kubectl exec` need none.",
            ja: "コンテナ内のログインサーバーは侵入口を一つ増やし、誰も更新しないパスワードや鍵を持ち込む。`docker exec` や `kubectl exec` には要らない。",
        },
        remediation: Text {
            en: "Take `EXPOSE 22` and the server out; enter with `docker exec`.",
            ja: "`EXPOSE 22` とサーバーを取り除き、`docker exec` で入る。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#expose"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let Kind::Expose(ports) = &instruction.kind else { continue };
        is_asked = true;
        for port in ports {
            if matches!(port.value.to_lowercase().as_str(), "22" | "22/tcp") {
                let (en, ja) = ("port 22 is for SSH", "22 番は SSH のポートである");
                failures.push(subject.failure(port.span, "22", en, ja));
            }
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because = Text { en: "there is no EXPOSE", ja: "EXPOSE がない" };
        Outcome::NotApplicable { because }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn port_22_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nARG P=22\nEXPOSE 80 $P\n"), "3:11 port 22 is for SSH");
    }

    #[test]
    fn other_ports_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nEXPOSE 2222 22/udp\n"), "pass");
    }

    #[test]
    fn a_file_without_ports_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no EXPOSE");
    }
}
