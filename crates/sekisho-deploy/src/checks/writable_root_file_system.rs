use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0102",
        name: "writable-root-file-system",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The root file system is writable",
            ja: "ルートファイルシステムに書き込める",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever gets into the program can put tools beside it, change it, and stay until the task ends. On a read-only root file system the files of the image are all there is.",
            ja: "プログラムに侵入した者が、道具を置き、プログラムを書き換え、タスクが終わるまで居座れる。読み取り専用なら、イメージのファイルしか存在しない。",
        },
        remediation: Text {
            en: "Set `readonlyRootFilesystem` to true, and give each path that is written to a `tmpfs` or a volume.",
            ja: "`readonlyRootFilesystem` を true にし、書き込むパスには `tmpfs` かボリュームを与える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.13"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["CKV_AWS_336", "ECS.5"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.readonly_root {
        _ if at.task.is_windows() => Answer::NotApplicable,
        Field::Known(true, _) => Answer::Pass,
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(false, _) | Field::Absent => at.fail(
            container.readonly_root.place(),
            "every file of the image can be changed",
            "イメージの全ファイルを書き換えられる",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_writable_root_is_found_said_or_not() {
        let want = "every file of the image can be changed";
        fargate().web("readonlyRootFilesystem", false).finds(&CHECK, want);
        fargate().without_web("readonlyRootFilesystem").finds(&CHECK, want);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("readonlyRootFilesystem", UNKNOWN).leaves_open(&CHECK);
    }
}
