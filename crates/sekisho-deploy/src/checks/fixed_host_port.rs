use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0504",
        name: "fixed-host-port",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A port of the host is taken", ja: "ホストのポートを占有している"
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Two such tasks do not fit on an instance, so an update has to stop the old one first, and the port is open to whoever may reach the instance.",
            ja: "同じインスタンスに二つ置けず、更新時に古いものを先に止めることになる。ポートはインスタンスに届く者全員に開く。",
        },
        remediation: Text {
            en: "Set `hostPort` to 0, and let the load balancer find it.",
            ja: "`hostPort` を 0 にし、ロードバランサーに見つけさせる。",
        },
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
    let because = Text { en: "no task uses a bridge", ja: "bridge を使うタスクがない" };
    deployment.ask_containers(because, |at, container| {
        let is_bridge = match &at.task.network_mode {
            Field::Known(mode, _) => mode == "bridge",
            Field::Absent => !deployment.wants_fargate(at.task),
            Field::Unknown(_) => false,
        };
        if !is_bridge {
            return Answer::NotApplicable;
        }
        let failures = container.ports.iter().filter_map(|port| {
            let host = port.host.known().filter(|host| **host != 0)?;
            Some(at.failure(
                port.host.place(),
                &host.to_string(),
                format!("hostPort is {host}"),
                format!("hostPort が {host} である"),
            ))
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ec2;

    #[test]
    fn a_fixed_port_of_the_host_is_found() {
        let bridge = ec2().set("/networkMode", "bridge");
        bridge
            .clone()
            .web("portMappings/0/hostPort", 80)
            .finds_among_others(&CHECK, "hostPort is 80");
        bridge.web("portMappings/0/hostPort", 0).finds_among_others(&CHECK, "");
        ec2().does_not_ask(&CHECK);
    }
}
