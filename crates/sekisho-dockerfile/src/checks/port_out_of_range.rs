use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0021",
        name: "port-out-of-range",
        kind: FindingKind::Configuration,
        title: Text {
            en: "EXPOSE names a port that does not exist",
            ja: "EXPOSE のポート番号が存在しない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Ports end at 65535. The builder may refuse the file, or rules made from the image open nothing or something else.",
            ja: "ポートは 65535 までである。ビルダーが拒否するか、イメージから作った規則が、何も開かないか別のものを開く。",
        },
        remediation: Text {
            en: "Write a port from 1 to 65535: `EXPOSE 8080/tcp`.",
            ja: "1 から 65535 の番号を書く: `EXPOSE 8080/tcp`",
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
        for port in ports.iter().filter(|port| port.is_known && !is_range(&port.value)) {
            let text = &port.value;
            failures.push(subject.failure(
                port.span,
                text,
                format!("{text:?} is no port"),
                format!("{text:?} はポートではない"),
            ));
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because = Text { en: "there is no EXPOSE", ja: "EXPOSE がない" };
        Outcome::NotApplicable { because }
    }
}

/// `PORT[-PORT][/PROTOCOL]`.
fn is_range(text: &str) -> bool {
    let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port > 0);
    is_port(first)
        && is_port(last)
        && ["tcp", "udp", "sctp"].iter().any(|it| protocol.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn ports_out_of_range_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nEXPOSE 80 80000 http\n"),
            "2:11 \"80000\" is no port\n2:17 \"http\" is no port"
        );
    }

    #[test]
    fn ports_ranges_and_variables_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nEXPOSE 80/tcp 53/UDP 8000-8010 $PORT\n"), "pass");
    }

    #[test]
    fn a_file_without_ports_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no EXPOSE");
    }
}
