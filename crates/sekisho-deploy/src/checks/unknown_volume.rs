use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0801",
        name: "unknown-volume",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A volume is mounted that the task does not have",
            ja: "タスクにないボリュームをマウントしている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses the task definition.",
            ja: "API がタスク定義を拒否する。",
        },
        remediation: Text {
            en: "Add the volume to `volumes`, or correct the name.",
            ja: "`volumes` にボリュームを加えるか、名前を直す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
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
        Text { en: "no volume is mounted", ja: "マウントしたボリュームがない" };
    deployment.ask_containers(because, |at, container| {
        if container.mounts.is_empty() {
            return Answer::NotApplicable;
        }
        let mut unknown = container.mounts.place.filter(|_| container.mounts.is_open);
        let mut failures = Vec::new();
        for mount in &container.mounts {
            let Some(name) = mount.source.whole() else {
                unknown = unknown.or(mount.source.place());
                continue;
            };
            if at.task.volume(name).is_some() {
                continue;
            }
            if at.task.volumes.is_open || at.task.volumes.iter().any(|it| it.name.whole().is_none())
            {
                unknown = Some(mount.place);
            } else {
                failures.push(at.failure(
                    Some(mount.place),
                    name,
                    format!("there is no volume {name:?}"),
                    format!("{name:?} というボリュームがない"),
                ));
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
    fn a_mount_of_nothing_is_found() {
        let mounts = json!([{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}]);
        let case = fargate().web("mountPoints", mounts);
        case.clone().finds(&CHECK, "there is no volume \"data\"");
        case.set("/volumes", json!([{"name": "data"}])).is_clean();
        let mounts = json!([{"sourceVolume": UNKNOWN, "containerPath": "/data", "readOnly": true}]);
        fargate().web("mountPoints", mounts).leaves_open(&CHECK);
    }
}
