use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::{Field, Pair},
    node::shown,
    secret_name::{can_be_secret, is_secret_name},
    source::Place,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0207",
        name: "docker-volume",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A Docker volume is shared, foreign or holds a secret",
            ja: "Docker ボリュームが共有、外部ドライバー、または秘密入り",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A shared volume is met by later tasks of whoever names it. A driver from elsewhere runs as root on the host. Options of a driver are printed to everyone who may describe the task definition.",
            ja: "共有ボリュームは、名前を知る後のタスクからも使える。外部のドライバーはホストで root として動く。ドライバーのオプションは、タスク定義を見られる者全員に見える。",
        },
        remediation: Text {
            en: "Use the scope `task` and the driver `local`, or EFS; keep passwords out of `driverOpts`.",
            ja: "スコープは `task`、ドライバーは `local` にするか、EFS を使う。`driverOpts` にパスワードを書かない。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DockerVolumeConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no Docker volume", ja: "Docker ボリュームがない" };
    deployment.ask_tasks(because, |at, task| {
        let mut failures = Vec::new();
        let mut is_asked = false;
        for volume in &task.volumes {
            let Field::Known(docker, _) = &volume.docker else { continue };
            is_asked = true;
            let name = volume.name.text().map(shown).unwrap_or_default();
            let mut fail = |place: Option<Place>, key: &str, en: String, ja: String| {
                failures.push(at.failure(place, &format!("{name}\n{key}"), en, ja));
            };
            if docker.scope.text() == Some("shared") && docker.autoprovision.is(&true) {
                fail(
                    docker.autoprovision.place(),
                    "shared",
                    format!("{name:?} is shared and made when it is missing"),
                    format!("{name:?} は共有で、なければ作られる"),
                );
            }
            if let Some(driver) = docker.driver.whole().filter(|driver| *driver != "local") {
                fail(
                    docker.driver.place(),
                    "driver",
                    format!("{name:?} is handled by the driver {driver:?}"),
                    format!("{name:?} をドライバー {driver:?} が扱う"),
                );
            }
            for Pair { name: option, value, place: at } in &docker.driver_options {
                let has_password =
                    |text: &str| text.split(',').any(|part| part.trim().starts_with("password="));
                if value.whole().is_some_and(|value| {
                    has_password(value) || (is_secret_name(option) && can_be_secret(value))
                }) {
                    fail(
                        value.place().or(Some(*at)),
                        option,
                        format!("{name:?} has a password in its option {option:?}"),
                        format!("{name:?} のオプション {option:?} にパスワードがある"),
                    );
                }
            }
        }
        if is_asked { Answer::of(failures) } else { Answer::NotApplicable }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    fn volume(docker: &serde_json::Value) -> crate::testing::Case {
        ec2().set("/volumes", json!([{"name": "data", "dockerVolumeConfiguration": docker}]))
    }

    #[test]
    fn shared_foreign_and_telling_volumes_are_found() {
        volume(&json!({"scope": "shared", "autoprovision": true}))
            .finds(&CHECK, "\"data\" is shared and made when it is missing");
        volume(&json!({"scope": "task", "driver": "rexray/ebs"}))
            .finds(&CHECK, "\"data\" is handled by the driver \"rexray/ebs\"");
        volume(
            &json!({"scope": "task", "driver": "local", "driverOpts": {"o": "user=a,password=b"}}),
        )
        .finds(&CHECK, "\"data\" has a password in its option \"o\"");
    }

    #[test]
    fn a_local_volume_of_the_task_passes() {
        volume(&json!({"scope": "task", "driver": "local"})).is_clean();
        ec2().does_not_ask(&CHECK);
    }
}
