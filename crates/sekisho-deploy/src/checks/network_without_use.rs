use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0508",
        name: "network-without-use",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A network is switched off and used",
            ja: "切ったはずのネットワークを使っている",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A container without a network cannot listen: either the ports or the switch is a mistake.",
            ja: "ネットワークのないコンテナは待ち受けられない。ポートかスイッチのどちらかが誤りである。",
        },
        remediation: Text {
            en: "Remove `disableNetworking`, or the ports.",
            ja: "`disableNetworking` かポートの一方を消す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no network is switched off",
        ja: "ネットワークを切ったコンテナがない",
    };
    deployment.ask_containers(because, |at, container| match &container.disable_networking {
        Field::Known(true, place) if !container.ports.items.is_empty() => at.fail(
            Some(*place),
            "disableNetworking is on, and there are ports",
            "disableNetworking が有効なのにポートがある",
        ),
        Field::Known(true, _) => Answer::Pass,
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(false, _) | Field::Absent => Answer::NotApplicable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2};

    #[test]
    fn ports_without_a_network_are_found() {
        let want = "disableNetworking is on, and there are ports";
        ec2().web("disableNetworking", true).finds(&CHECK, want);
        ec2().web("disableNetworking", false).does_not_ask(&CHECK);
        ec2().web("disableNetworking", UNKNOWN).leaves_open(&CHECK);
    }
}
