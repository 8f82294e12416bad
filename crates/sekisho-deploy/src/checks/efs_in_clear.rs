use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::shown};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0205",
        name: "efs-in-clear",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Traffic to EFS is not encrypted",
            ja: "EFS との通信が暗号化されていない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "NFS has neither encryption nor a check of what arrives: whoever is on the path reads and changes files. It is off unless it is switched on.",
            ja: "NFS には暗号化も改竄検知もない。経路にいる者がファイルを読み、書き換えられる。有効にしない限り無効である。",
        },
        remediation: Text {
            en: "Set `transitEncryption` to `ENABLED` in `efsVolumeConfiguration`.",
            ja: "`efsVolumeConfiguration` の `transitEncryption` を `ENABLED` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_97", "ECS.18"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no EFS volume", ja: "EFS のボリュームがない" };
    deployment.ask_tasks(because, |at, task| {
        let mut failures = Vec::new();
        let mut unknown = task.volumes.place.filter(|_| task.volumes.is_open);
        let mut is_asked = false;
        for volume in &task.volumes {
            let efs = match &volume.efs {
                Field::Absent => continue,
                Field::Unknown(place) => {
                    unknown = Some(*place);
                    continue;
                }
                Field::Known(efs, _) => efs,
            };
            is_asked = true;
            let name = volume.name.text().map(shown).unwrap_or_default();
            match &efs.transit_encryption {
                Field::Known(value, _) if value == "ENABLED" => (),
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(..) | Field::Absent => failures.push(at.failure(
                    efs.transit_encryption.place().or(Some(volume.place)),
                    &name,
                    format!("{name:?} is read and written in clear"),
                    format!("{name:?} を平文で読み書きする"),
                )),
            }
        }
        if !is_asked && unknown.is_none() {
            return Answer::NotApplicable;
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    const ENCRYPTION: &str = "/volumes/1/efsVolumeConfiguration/transitEncryption";

    fn two_volumes() -> crate::testing::Case {
        let efs = json!({
            "fileSystemId": "fs-12345678",
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
        });
        fargate().set(
            "/volumes",
            json!([
                {"name": "one", "efsVolumeConfiguration": efs},
                {"name": "two", "efsVolumeConfiguration": efs},
            ]),
        )
    }

    #[test]
    fn each_volume_in_clear_is_found() {
        two_volumes().is_clean();
        let want = "\"two\" is read and written in clear";
        // What uses IAM or an access point without encryption is refused as well.
        two_volumes().set(ENCRYPTION, "DISABLED").finds_among_others(&CHECK, want);
        two_volumes().without(ENCRYPTION).finds_among_others(&CHECK, want);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        two_volumes().set(ENCRYPTION, UNKNOWN).leaves_open(&CHECK);
    }

    #[test]
    fn other_volumes_are_not_asked() {
        fargate().set("/volumes", json!([{"name": "data"}])).does_not_ask(&CHECK);
    }
}
