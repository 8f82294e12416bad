use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, host_path::is_runtime_socket,
    node::shown,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0201",
        name: "runtime-socket",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The socket of the container runtime is mounted",
            ja: "コンテナランタイムのソケットをマウントしている",
        },
        severity: Severity::Critical,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever talks to Docker or containerd starts privileged containers with the root of the host inside. A read-only mount changes nothing, since a socket is not written to as a file is.",
            ja: "Docker や containerd と話せる者は、ホストのルートを中に入れた特権コンテナを起動できる。ソケットへの書き込みはファイルとは別なので、読み取り専用のマウントでも変わらない。",
        },
        remediation: Text {
            en: "Remove the volume; give an agent that needs facts of containers the ECS metadata endpoint.",
            ja: "ボリュームを消す。コンテナの情報が要るエージェントには ECS のメタデータエンドポイントを使わせる。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html",
            "https://docs.docker.com/engine/security/protect-access/",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.32"),
    },
    level: Level::Baseline,
    fix: Fix::Report,
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
                    if is_runtime_socket(path) {
                        failures.push(at.failure(
                            Some(*place),
                            path,
                            format!("{:?} leads to the container runtime", shown(path)),
                            format!("{:?} からコンテナランタイムに届く", shown(path)),
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

    use crate::testing::{UNKNOWN, ec2};

    #[test]
    fn sockets_and_their_directories_are_found() {
        for path in
            ["/var/run/docker.sock", "/run/containerd/containerd.sock", "/var/run", "//run/"]
        {
            let volume = json!([{"name": "run", "host": {"sourcePath": path}}]);
            let want = format!("{path:?} leads to the container runtime");
            ec2().set("/volumes", volume).finds(&CHECK, &want);
        }
    }

    #[test]
    fn volumes_without_a_path_are_not_asked() {
        ec2().set("/volumes", json!([{"name": "data"}])).does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        let volume = json!([{"name": "run", "host": {"sourcePath": UNKNOWN}}]);
        ec2().set("/volumes", volume).leaves_open(&CHECK);
    }
}
