use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::shown};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0204",
        name: "writable-volumes-from",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Volumes of another container are taken writable",
            ja: "他のコンテナのボリュームを書き込み可能で借りている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Every file that the other container works with can then be changed from this one. Writable is what applies without a word.",
            ja: "相手のコンテナが使う全ファイルを、このコンテナから書き換えられる。指定がなければ書き込み可能になる。",
        },
        remediation: Text {
            en: "Set `readOnly` to true, or say `\"readOnly\": false` where this container has to write.",
            ja: "`readOnly` を true にする。書く必要があれば `\"readOnly\": false` と明示する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html",
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
        en: "no volumes of others are taken", ja: "他のボリュームを借りていない"
    };
    deployment.ask_containers(because, |at, container| {
        let volumes = &container.volumes_from;
        if volumes.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        let mut unknown = volumes.place.filter(|_| volumes.is_open);
        for mount in volumes {
            match &mount.read_only {
                Field::Known(..) => (),
                Field::Unknown(place) => unknown = Some(*place),
                Field::Absent => {
                    let name = mount.source.text().map(shown).unwrap_or_default();
                    failures.push(at.failure(
                        Some(mount.place),
                        &name,
                        format!("the volumes of {name:?} are taken without readOnly"),
                        format!("{name:?} のボリュームに readOnly の指定がない"),
                    ));
                }
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn volumes_taken_without_a_word_are_found() {
        let case = fargate().with_sidecar();
        let from = json!([{"sourceContainer": "sidecar"}]);
        let want = "the volumes of \"sidecar\" are taken without readOnly";
        case.clone().web("volumesFrom", from).finds(&CHECK, want);
        let from = json!([{"sourceContainer": "sidecar", "readOnly": true}]);
        case.web("volumesFrom", from).is_clean();
    }
}
