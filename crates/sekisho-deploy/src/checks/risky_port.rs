use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0505",
        name: "risky-port",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A port for administration or debugging is open",
            ja: "管理用またはデバッグ用のポートが開いている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "These ports give whoever reaches them a shell, the container runtime or the inside of the program, and a container needs none of them.",
            ja: "これらのポートは、届いた者にシェル、コンテナランタイム、プログラムの内部を与える。コンテナには不要である。",
        },
        remediation: Text {
            en: "Remove the port; ECS Exec gives a shell to those who may have one.",
            ja: "ポートを消す。シェルが必要な者には ECS Exec がある。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.7"),
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

/// Ports, and what listens there.
const PORTS: &[(i64, &str)] = &[
    (22, "SSH"),
    (23, "telnet"),
    (2375, "Docker"),
    (2376, "Docker"),
    (3389, "RDP"),
    (5005, "the debugger of Java"),
    (5900, "VNC"),
    (9229, "the debugger of Node"),
    (10_250, "the kubelet"),
];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no container listens", ja: "待ち受けるコンテナがない" };
    deployment.ask_containers(because, |at, container| {
        if container.ports.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        let mut unknown = container.ports.place.filter(|_| container.ports.is_open);
        for port in &container.ports {
            match &port.container {
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(number, place) => {
                    if let Some((_, what)) = PORTS.iter().find(|(risky, _)| risky == number) {
                        failures.push(at.failure(
                            Some(*place),
                            &number.to_string(),
                            format!("port {number} is for {what}"),
                            format!("ポート {number} は {what} 用である"),
                        ));
                    }
                }
                Field::Absent => (),
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    const PORT: &str = "portMappings/0/containerPort";

    #[test]
    fn ports_for_administration_are_found() {
        fargate().web(PORT, 2375).finds(&CHECK, "port 2375 is for Docker");
        fargate().web(PORT, 9229).finds(&CHECK, "port 9229 is for the debugger of Node");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web(PORT, UNKNOWN).leaves_open(&CHECK);
    }
}
