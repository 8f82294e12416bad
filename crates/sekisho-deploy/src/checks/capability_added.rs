use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Spot,
    node::HOLE,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0109",
        name: "capability-added",
        kind: FindingKind::Configuration,
        title: Text { en: "A capability is added", ja: "ケーパビリティを加えている" },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Capabilities are the powers of root in pieces. Several of them lead out of a container by themselves: SYS_ADMIN mounts, SYS_MODULE loads code into the kernel, SYS_PTRACE takes over processes.",
            ja: "ケーパビリティは root の権限を分けたもの。単独でコンテナの外に出られるものもある。SYS_ADMIN はマウントでき、SYS_MODULE はカーネルにコードを読み込め、SYS_PTRACE はプロセスを乗っ取れる。",
        },
        remediation: Text {
            en: "Remove it; a port below 1024 needs no capability behind a load balancer that maps it.",
            ja: "消す。1024 未満のポートは、ロードバランサーが写せばケーパビリティなしで済む。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html",
            "https://man7.org/linux/man-pages/man7/capabilities.7.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.4"),
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

/// Those that a program started by a user may need, and that open nothing else.
const HARMLESS: &[&str] = &["NET_BIND_SERVICE"];

/// Those that lead out of a container, or to all of its files and processes.
const DANGEROUS: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "NET_ADMIN",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let mut failures = Vec::new();
        let mut unknown = None;
        for Spot { value, place } in &container.capabilities_add {
            let upper = value.to_ascii_uppercase();
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            if value.contains(HOLE) {
                unknown = Some(*place);
            } else if !HARMLESS.contains(&name) {
                let failure = at.failure(
                    Some(*place),
                    name,
                    format!("{name} is added"),
                    format!("{name} を加えている"),
                );
                let severity =
                    if DANGEROUS.contains(&name) { Severity::High } else { Severity::Medium };
                failures.push(Failure { severity: Some(severity), ..failure });
            }
        }
        if container.capabilities_add.is_open {
            unknown = unknown.or(container.capabilities_add.place).or(Some(container.place));
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, ec2, fargate};

    const ADD: &str = "linuxParameters/capabilities/add";

    #[test]
    fn each_capability_is_found() {
        let case = ec2().web(ADD, json!(["SYS_ADMIN", "CAP_CHOWN"]));
        case.finds(&CHECK, "SYS_ADMIN is added\nCHOWN is added");
        fargate().web(ADD, json!(["SYS_PTRACE"])).finds(&CHECK, "SYS_PTRACE is added");
    }

    #[test]
    fn a_port_may_be_bound() {
        ec2().web(ADD, json!(["NET_BIND_SERVICE"])).is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().web(ADD, json!([UNKNOWN])).leaves_open(&CHECK);
    }
}
