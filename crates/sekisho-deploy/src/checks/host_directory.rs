use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Field,
    host_path::{is_runtime_socket, is_system_directory},
    node::shown,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0202",
        name: "host-directory",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A directory of the system is mounted from the host",
            ja: "ホストのシステムディレクトリをマウントしている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "These directories hold the configuration, credentials, processes and other containers of the host. What a program reads there it takes along; what it writes there the host runs.",
            ja: "これらにはホストの設定、認証情報、プロセス、他のコンテナがある。プログラムはそこで読めるものを持ち出せ、書いたものはホストが実行する。",
        },
        remediation: Text {
            en: "Mount the one file or directory that is needed, below a path of its own, with `readOnly`.",
            ja: "必要な一つのファイルかディレクトリだけを、専用のパスから `readOnly` でマウントする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html",
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
        en: "no volume is a path of the host",
        ja: "ホストのパスのボリュームがない",
    };
    deployment.ask_tasks(because, |at, task| {
        let mut failures = Vec::new();
        let mut unknown = task.volumes.place.filter(|_| task.volumes.is_open);
        let mut is_asked = false;
        for volume in &task.volumes {
            match &volume.host_path {
                Field::Absent => (),
                Field::Unknown(place) => unknown = unknown.or(Some(*place)),
                Field::Known(path, place) => {
                    is_asked = true;
                    // Of sockets another check says enough.
                    if is_system_directory(path) && !is_runtime_socket(path) {
                        failures.push(at.failure(
                            Some(*place),
                            path,
                            format!("{:?} is mounted from the host", shown(path)),
                            format!("ホストの {:?} をマウントしている", shown(path)),
                        ));
                    }
                }
            }
        }
        if !is_asked && failures.is_empty() && unknown.is_none() {
            return Answer::NotApplicable;
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    #[test]
    fn directories_of_the_system_are_found() {
        for path in ["/", "/etc/ecs/ecs.config", "/proc", "/var/lib/docker/vfs", "/root"] {
            let volume = json!([{"name": "host", "host": {"sourcePath": path}}]);
            let want = format!("{path:?} is mounted from the host");
            ec2().set("/volumes", volume).finds(&CHECK, &want);
        }
    }

    #[test]
    fn a_directory_of_the_application_passes() {
        let volume = json!([{"name": "data", "host": {"sourcePath": "/srv/shop"}}]);
        ec2().set("/volumes", volume).is_clean();
    }
}
