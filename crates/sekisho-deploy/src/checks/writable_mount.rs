use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::shown, task::Volume,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0203",
        name: "writable-mount",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A shared volume is mounted writable",
            ja: "共有ボリュームを書き込み可能でマウントしている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "What lies on the host, on EFS or in a volume of other containers outlives the container and is read by others: whoever can write to it can reach them, or stay. Writable is what applies without a word.",
            ja: "ホスト、EFS、他のコンテナのボリュームにあるものは、コンテナより長く残り、他から読まれる。書き込める者は、そこに届き、居座れる。指定がなければ書き込み可能になる。",
        },
        remediation: Text {
            en: "Set `readOnly` to true where the program only reads, and say `\"readOnly\": false` where it has to write.",
            ja: "読むだけなら `readOnly` を true にし、書く必要があれば `\"readOnly\": false` と明示する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.6"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no shared volume is mounted", ja: "共有ボリュームのマウントがない"
    };
    deployment.ask_containers(because, |at, container| {
        let mut failures = Vec::new();
        let mut unknown = container.mounts.place.filter(|_| container.mounts.is_open);
        let mut is_asked = false;
        for mount in &container.mounts {
            let volume = mount.source.text().and_then(|name| at.task.volume(name));
            let is_shared =
                |volume: &Volume| !volume.host_path.is_absent() || !volume.efs.is_absent();
            let Some(volume) = volume.filter(|volume| is_shared(volume)) else { continue };
            is_asked = true;
            match &mount.read_only {
                // Who says so has thought of it.
                Field::Known(..) => (),
                Field::Unknown(place) => unknown = unknown.or(Some(*place)),
                Field::Absent => {
                    let name = volume.name.text().map(shown).unwrap_or_default();
                    failures.push(at.failure(
                        Some(mount.place),
                        &name,
                        format!("{name:?} is mounted without readOnly"),
                        format!("{name:?} に readOnly の指定がない"),
                    ));
                }
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

    use crate::testing::{UNKNOWN, ec2};

    fn mounted(read_only: serde_json::Value) -> crate::testing::Case {
        let mut mount = json!({"sourceVolume": "data", "containerPath": "/data"});
        if !read_only.is_null() {
            mount["readOnly"] = read_only;
        }
        ec2()
            .set("/volumes", json!([{"name": "data", "host": {"sourcePath": "/srv/shop"}}]))
            .web("mountPoints", json!([mount]))
    }

    #[test]
    fn a_mount_that_says_nothing_is_found() {
        mounted(json!(null)).finds(&CHECK, "\"data\" is mounted without readOnly");
    }

    #[test]
    fn a_mount_that_says_it_passes() {
        mounted(json!(true)).is_clean();
        mounted(json!(false)).is_clean();
    }

    #[test]
    fn volumes_of_the_task_alone_are_not_asked() {
        mounted(json!(null)).set("/volumes", json!([{"name": "data"}])).does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        mounted(json!(UNKNOWN)).leaves_open(&CHECK);
    }
}
