use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0802",
        name: "unknown-volumes-from",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Volumes are taken from a container that is not there",
            ja: "存在しないコンテナのボリュームを借りている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses the task definition.",
            ja: "API がタスク定義を拒否する。",
        },
        remediation: Text {
            en: "Correct the name in `volumesFrom`.",
            ja: "`volumesFrom` の名前を直す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no volumes of others are taken", ja: "他のボリュームを借りていない"
    };
    deployment.ask_containers(because, |at, container| {
        if container.volumes_from.is_empty() {
            return Answer::NotApplicable;
        }
        let failures = container.volumes_from.iter().filter_map(|mount| {
            let name = mount.source.whole()?;
            let is_there = name != container.name && at.task.container(name).is_some();
            (!is_there && !at.task.containers.is_open).then(|| {
                at.failure(
                    Some(mount.place),
                    name,
                    format!("there is no other container {name:?}"),
                    format!("{name:?} という他のコンテナがない"),
                )
            })
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn volumes_of_nobody_are_found() {
        let from = json!([{"sourceContainer": "data", "readOnly": true}]);
        let want = "there is no other container \"data\"";
        fargate().web("volumesFrom", from).finds(&CHECK, want);
        fargate().does_not_ask(&CHECK);
    }
}
