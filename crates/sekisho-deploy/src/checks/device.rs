use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    node::shown,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0113",
        name: "device",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A device of the host is given to the container",
            ja: "ホストのデバイスをコンテナに渡している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "A device is a door in the kernel: memory and disks are the whole host, and the permission to make nodes opens more doors, since it is granted when nothing is said.",
            ja: "デバイスはカーネルへの扉である。メモリーやディスクはホストそのもので、ノードを作る権限は、何も言わなければ与えられ、さらに扉を開く。",
        },
        remediation: Text {
            en: "Remove the device, or name the permissions it needs: `\"permissions\": [\"read\"]`.",
            ja: "デバイスを消すか、必要な権限だけを指定する: `\"permissions\": [\"read\"]`",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Device.html"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.18"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

/// Beginnings of devices that are the whole host.
const WHOLE_HOST: &[&str] = &[
    "/dev/mem",
    "/dev/kmem",
    "/dev/kmsg",
    "/dev/port",
    "/dev/sd",
    "/dev/nvme",
    "/dev/xvd",
    "/dev/vd",
    "/dev/dm-",
];

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let devices = &container.devices;
        let failures = devices.iter().map(|device| {
            let path = device.host_path.text().map(shown).unwrap_or_default();
            let is_whole = WHOLE_HOST.iter().any(|start| path.starts_with(start));
            let may_make = device.permissions.items.is_empty()
                || device.permissions.iter().any(|it| it.value == "mknod");
            let (en, ja) = match (is_whole, may_make) {
                (true, _) => ("which is the whole host", "ホスト全体に等しい"),
                (false, true) => ("with the permission to make nodes", "ノードを作る権限付き"),
                (false, false) => ("without the permission to make nodes", "ノードを作る権限なし"),
            };
            let failure = at.failure(
                device.host_path.place().or(Some(device.place)),
                &path,
                format!("{path:?}, {en}"),
                format!("{path:?}（{ja}）"),
            );
            let severity = match (is_whole, may_make) {
                (true, _) => Severity::Critical,
                (false, true) => Severity::High,
                (false, false) => Severity::Medium,
            };
            Failure { severity: Some(severity), ..failure }
        });
        Answer::or_unknown(failures.collect(), devices.place.filter(|_| devices.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    const DEVICES: &str = "linuxParameters/devices";

    #[test]
    fn devices_are_found_with_what_they_mean() {
        let case = ec2().web(DEVICES, json!([{"hostPath": "/dev/mem"}]));
        case.finds(&CHECK, "\"/dev/mem\", which is the whole host");
        let case = ec2().web(DEVICES, json!([{"hostPath": "/dev/fuse"}]));
        case.finds(&CHECK, "\"/dev/fuse\", with the permission to make nodes");
        let fuse = json!([{"hostPath": "/dev/fuse", "permissions": ["read", "write"]}]);
        let want = "\"/dev/fuse\", without the permission to make nodes";
        ec2().web(DEVICES, fuse).finds(&CHECK, want);
    }
}
