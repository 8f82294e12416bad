use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::shown};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0206",
        name: "efs-for-all",
        kind: FindingKind::Configuration,
        title: Text {
            en: "EFS is mounted without an access point and IAM",
            ja: "EFS をアクセスポイントと IAM なしでマウントしている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Then every client in the network may mount the file system, and the task sees all of it. An access point fixes directory and user; IAM asks who mounts.",
            ja: "ネットワーク内の誰もがマウントでき、タスクには全体が見える。アクセスポイントはディレクトリとユーザーを固定し、IAM は誰がマウントするかを問う。",
        },
        remediation: Text {
            en: "Add `\"authorizationConfig\": {\"accessPointId\": \"fsap-…\", \"iam\": \"ENABLED\"}`.",
            ja: "`\"authorizationConfig\": {\"accessPointId\": \"fsap-…\", \"iam\": \"ENABLED\"}` を加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
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
            let mut missing = Vec::new();
            if efs.access_point.is_absent() {
                missing.push("an access point");
            }
            match &efs.iam {
                Field::Known(value, _) if value == "ENABLED" => (),
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(..) | Field::Absent => missing.push("IAM"),
            }
            if !missing.is_empty() {
                let missing = missing.join(", ");
                failures.push(at.failure(
                    Some(volume.place),
                    &name,
                    format!("{name:?} is mounted without {missing}"),
                    format!("{name:?} に指定がない: {missing}"),
                ));
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

    const EFS: &str = "/volumes/0/efsVolumeConfiguration";

    fn efs(authorization: serde_json::Value) -> crate::testing::Case {
        let efs = json!({"fileSystemId": "fs-12345678", "transitEncryption": "ENABLED"});
        let case =
            fargate().set("/volumes", json!([{"name": "data", "efsVolumeConfiguration": efs}]));
        case.set(&format!("{EFS}/authorizationConfig"), authorization)
    }

    #[test]
    fn what_is_missing_is_named() {
        efs(json!({})).finds(&CHECK, "\"data\" is mounted without an access point, IAM");
        let no_iam = efs(json!({"accessPointId": "fsap-1"}));
        no_iam.finds(&CHECK, "\"data\" is mounted without IAM");
        let no_point = efs(json!({"iam": "ENABLED"}));
        no_point.finds(&CHECK, "\"data\" is mounted without an access point");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        efs(json!({"accessPointId": "fsap-1", "iam": UNKNOWN})).leaves_open(&CHECK);
    }
}
