use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Pair,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0114",
        name: "system-control",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A kernel setting is weakened", ja: "カーネルの設定を弱めている"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "These settings decide whose packets the task believes and forwards, and who may listen where. With awsvpc a setting of the network holds for every container of the task.",
            ja: "これらの設定は、タスクが誰のパケットを信じて転送するか、誰がどこで待ち受けるかを決める。awsvpc ではネットワークの設定がタスクの全コンテナに効く。",
        },
        remediation: Text {
            en: "Remove the setting, or keep it in a task of its own.",
            ja: "設定を消すか、別のタスクに分ける。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html",
            "https://docs.kernel.org/networking/ip-sysctl.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

/// Settings by the end of their name, and the values that weaken.
const WEAK: &[(&str, &[&str])] = &[
    ("accept_redirects", &["1"]),
    ("accept_source_route", &["1"]),
    ("forwarding", &["1"]),
    ("ip_forward", &["1"]),
    ("ip_nonlocal_bind", &["1"]),
    ("ip_unprivileged_port_start", &["0"]),
    ("log_martians", &["0"]),
    ("ping_group_range", &["0 2147483647"]),
    ("rp_filter", &["0"]),
    ("send_redirects", &["1"]),
    ("tcp_syncookies", &["0"]),
];

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let controls = &container.system_controls;
        let mut failures = Vec::new();
        let mut unknown = controls.place.filter(|_| controls.is_open);
        for Pair { name, value, place } in controls {
            let last = name.rsplit('.').next().unwrap_or(name);
            let Some((_, values)) = WEAK.iter().find(|(weak, _)| *weak == last) else { continue };
            match value.whole() {
                Some(value) if values.contains(&value.trim()) => failures.push(at.failure(
                    Some(*place),
                    name,
                    format!("{name} is {value}"),
                    format!("{name} が {value} である"),
                )),
                Some(_) => (),
                None => unknown = unknown.or(Some(*place)),
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn settings_that_weaken_are_found() {
        let controls = json!([{"namespace": "net.ipv4.ip_forward", "value": "1"}]);
        fargate().web("systemControls", controls).finds(&CHECK, "net.ipv4.ip_forward is 1");
    }

    #[test]
    fn other_settings_pass() {
        let controls = json!([
            {"namespace": "net.core.somaxconn", "value": "1024"},
            {"namespace": "net.ipv4.ip_forward", "value": "0"},
        ]);
        fargate().web("systemControls", controls).is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        let controls = json!([{"namespace": "net.ipv4.ip_forward", "value": UNKNOWN}]);
        fargate().web("systemControls", controls).leaves_open(&CHECK);
    }
}
