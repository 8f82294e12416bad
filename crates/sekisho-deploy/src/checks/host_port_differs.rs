use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0808",
        name: "host-port-differs",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A host port differs from the port of the container",
            ja: "ホストのポートがコンテナのポートと異なる",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "With a network of its own, or that of the host, nothing translates ports: the API refuses the mapping.",
            ja: "専用のネットワークやホストのネットワークではポートを変換するものがなく、API が拒否する。",
        },
        remediation: Text { en: "Remove `hostPort`.", ja: "`hostPort` を消す。" },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "every port is translated", ja: "全ポートが変換される" };
    deployment.ask_containers(because, |at, container| {
        let mode = at.task.network_mode.text();
        if !matches!(mode, Some("awsvpc" | "host")) || container.ports.is_empty() {
            return Answer::NotApplicable;
        }
        let failures = container.ports.iter().filter_map(|port| {
            let (host, own) = (port.host.known()?, port.container.known()?);
            (host != own).then(|| {
                at.failure(
                    port.host.place(),
                    &own.to_string(),
                    format!("hostPort is {host}, containerPort {own}"),
                    format!("hostPort が {host}、containerPort が {own} である"),
                )
            })
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn another_port_of_the_host_is_found() {
        let case = fargate().web("portMappings/0/hostPort", 80);
        case.finds(&CHECK, "hostPort is 80, containerPort 8080");
        fargate().web("portMappings/0/hostPort", 8080).is_clean();
    }
}
