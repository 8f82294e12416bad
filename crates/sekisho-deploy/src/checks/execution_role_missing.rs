use std::collections::BTreeSet;

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0810",
        name: "execution-role-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The agent has no role for what the task needs",
            ja: "タスクに必要な処理のロールがエージェントにない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The task does not start: the agent fetches secrets, logs to CloudWatch on Fargate, and logs in to registries with the execution role alone.",
            ja: "秘密の取得、Fargate での CloudWatch へのログ、レジストリへのログインは実行ロールでしか行えず、タスクが起動しない。",
        },
        remediation: Text {
            en: "Name a role in `executionRoleArn` that may do just that.",
            ja: "それだけを許されたロールを `executionRoleArn` に指定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| {
        if !task.execution_role.is_absent() {
            return Answer::Pass;
        }
        let is_fargate = deployment.wants_fargate(task);
        let mut needs = BTreeSet::new();
        for container in &task.containers {
            if !container.secrets.items.is_empty() {
                needs.insert("secrets");
            }
            if !container.repository_credentials.is_absent() {
                needs.insert("repositoryCredentials");
            }
            if let Some(log) = container.log.known() {
                if is_fargate && log.driver.text() == Some("awslogs") {
                    needs.insert("awslogs");
                }
                if !log.secret_options.items.is_empty() {
                    needs.insert("secretOptions");
                }
            }
        }
        if needs.is_empty() {
            return Answer::Pass;
        }
        let needs: Vec<&str> = needs.into_iter().collect();
        let needs = needs.join(", ");
        at.fail(
            None,
            format!("executionRoleArn is missing, needed for {needs}"),
            format!("executionRoleArn がない（必要とするもの: {needs}）"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ec2, fargate};

    #[test]
    fn what_needs_the_role_is_named() {
        let want = "executionRoleArn is missing, needed for awslogs, secrets";
        fargate().without("/executionRoleArn").finds(&CHECK, want);
        let case = ec2().without("/executionRoleArn");
        case.finds(&CHECK, "executionRoleArn is missing, needed for secrets");
        ec2().without("/executionRoleArn").without_web("secrets").is_clean();
    }
}
