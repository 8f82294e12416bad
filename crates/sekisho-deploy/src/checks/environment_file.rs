use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    node::shown,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0307",
        name: "environment-file",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Variables are read from a file in S3",
            ja: "S3 のファイルから環境変数を読んでいる",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "What is in the file is seen by whoever may read the bucket, is not versioned with the task, and no check of task definitions sees it. Secrets end up there first.",
            ja: "中身はバケットを読める者に見え、タスクと一緒に版管理されず、タスク定義の検査からも見えない。秘密は真っ先にそこに入る。",
        },
        remediation: Text {
            en: "Name settings in `environment` and secrets in `secrets`.",
            ja: "設定は `environment`、秘密は `secrets` に書く。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let files = &container.environment_files;
        let failures = files.iter().map(|file| {
            let name = shown(&file.value);
            let (en, ja) = (format!("{name} is read"), format!("{name} を読んでいる"));
            at.failure(Some(file.place), &file.value, en, ja)
        });
        Answer::or_unknown(failures.collect(), files.place.filter(|_| files.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn a_file_of_variables_is_found() {
        let files = json!([{"value": "arn:aws:s3:::shop/web.env", "type": "s3"}]);
        let want = "arn:aws:s3:::shop/web.env is read";
        fargate().web("environmentFiles", files).finds(&CHECK, want);
    }
}
