use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, user::is_root};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0506",
        name: "low-port",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A plain user listens on a port below 1024",
            ja: "一般ユーザーが 1024 未満のポートで待ち受ける",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whether the kernel lets a user without capabilities bind such a port depends on a setting of the host: the container may fail to start, and is then given root.",
            ja: "ケーパビリティのないユーザーがこのポートを使えるかはホストの設定次第である。起動に失敗し、そのため root を与えることになりがちである。",
        },
        remediation: Text {
            en: "Listen on a port above 1023, such as 8080, and map the low one at the load balancer.",
            ja: "8080 など 1024 以上で待ち受け、低いポートはロードバランサーで写す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
            "https://docs.kernel.org/networking/ip-sysctl.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no container without powers listens",
        ja: "権限のないコンテナで待ち受けるものがない",
    };
    deployment.ask_containers(because, |at, container| {
        let is_plain = container.user.whole().and_then(is_root) == Some(false);
        let drops_all = container.capabilities_drop.iter().any(|it| it.value == "ALL");
        let may_bind =
            container.capabilities_add.iter().any(|it| it.value.contains("NET_BIND_SERVICE"))
                || container
                    .system_controls
                    .iter()
                    .any(|it| it.name.ends_with("ip_unprivileged_port_start"));
        if !is_plain || !drops_all || may_bind || container.ports.is_empty() {
            return Answer::NotApplicable;
        }
        let failures = container.ports.iter().filter_map(|port| {
            let number = port.container.known().filter(|number| **number < 1024)?;
            // Others say that nobody should listen there at all.
            if matches!(number, 22 | 23) {
                return None;
            }
            Some(at.failure(
                port.container.place(),
                &number.to_string(),
                format!("port {number}"),
                format!("ポート {number}"),
            ))
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    const PORT: &str = "portMappings/0/containerPort";

    #[test]
    fn a_low_port_of_a_plain_user_is_found() {
        fargate().web(PORT, 80).finds(&CHECK, "port 80");
    }

    #[test]
    fn whoever_may_bind_it_passes() {
        let case = fargate().web(PORT, 80);
        let case = case.web("linuxParameters/capabilities/add", json!(["NET_BIND_SERVICE"]));
        case.finds_among_others(&CHECK, "");
    }
}
