use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0809",
        name: "ports-without-network",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Ports are mapped where there is no network",
            ja: "ネットワークがないのにポートを写している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "With the network mode `none` the API refuses every port mapping.",
            ja: "ネットワークモード `none` では、ポートの写像を API が拒否する。",
        },
        remediation: Text {
            en: "Remove the ports, or choose another `networkMode`.",
            ja: "ポートを消すか、別の `networkMode` を選ぶ。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because =
        Text { en: "every task has a network", ja: "全タスクにネットワークがある" };
    deployment.ask_containers(because, |at, container| {
        if at.task.network_mode.text() != Some("none") {
            return Answer::NotApplicable;
        }
        if container.ports.items.is_empty() {
            return Answer::Pass;
        }
        at.fail(container.ports.place, "networkMode is none", "networkMode が none である")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ec2;

    #[test]
    fn ports_without_a_network_are_found() {
        ec2().set("/networkMode", "none").finds(&CHECK, "networkMode is none");
        ec2().does_not_ask(&CHECK);
    }
}
