use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, node::shown};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0117",
        name: "tmpfs-options",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A file system in memory takes programs",
            ja: "メモリー上のファイルシステムでプログラムを動かせる",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "What is written to such a file system can be started from it, which is how a downloaded tool runs in a container whose root is read-only. Without an owner or mode, everyone in the container writes to it.",
            ja: "そこに書いたものはそこから起動できる。ルートが読み取り専用のコンテナで、取り込んだ道具を動かす手口である。所有者やモードがなければ、コンテナ内の誰もが書き込める。",
        },
        remediation: Text {
            en: "Mount it with `noexec`, `nosuid`, `nodev`, and a `mode` or `uid`.",
            ja: "`noexec`、`nosuid`、`nodev` と、`mode` または `uid` を付けてマウントする。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html"],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no tmpfs", ja: "tmpfs がない" };
    deployment.ask_containers(because, |at, container| {
        if container.tmpfs.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        let mut unknown = None;
        for tmpfs in &container.tmpfs {
            let has = |name: &str| tmpfs.options.iter().any(|it| it.value == name);
            let starts = |start: &str| tmpfs.options.iter().any(|it| it.value.starts_with(start));
            let mut missing: Vec<&str> =
                ["noexec", "nosuid", "nodev"].into_iter().filter(|name| !has(name)).collect();
            if !starts("mode=") && !starts("uid=") {
                missing.push("mode");
            }
            if missing.is_empty() {
                continue;
            }
            if tmpfs.options.is_open {
                unknown = Some(tmpfs.place);
                continue;
            }
            let path = tmpfs.path.text().map(shown).unwrap_or_default();
            let missing = missing.join(", ");
            failures.push(at.failure(
                tmpfs.options.place.or(Some(tmpfs.place)),
                &path,
                format!("{path:?} is mounted without {missing}"),
                format!("{path:?} に {missing} がない"),
            ));
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    const TMPFS: &str = "linuxParameters/tmpfs/0/mountOptions";

    #[test]
    fn missing_options_are_named() {
        let case = fargate().web(TMPFS, json!(["nosuid", "nodev", "mode=0700"]));
        case.finds(&CHECK, "\"/tmp\" is mounted without noexec");
        let case = fargate().without_web(TMPFS);
        case.finds(&CHECK, "\"/tmp\" is mounted without noexec, nosuid, nodev, mode");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web(TMPFS, UNKNOWN).leaves_open(&CHECK);
    }
}
