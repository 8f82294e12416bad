use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-2101",
        name: "task-role-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The task has no role of its own", ja: "タスクに専用のロールがない"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "On an instance, a program without a role finds that of the instance, which may pull every image and speak for the agent, unless the host keeps tasks from it.",
            ja: "インスタンスでロールのないプログラムは、ホストが遮らない限り、インスタンスのロールを見つける。それは全イメージを取得でき、エージェントとして振る舞える。",
        },
        remediation: Text {
            en: "Name a role in `taskRoleArn`, if only one that may do nothing, and set `ECS_AWSVPC_BLOCK_IMDS=true` on the hosts.",
            ja: "何も許さないロールでもよいので `taskRoleArn` に指定し、ホストで `ECS_AWSVPC_BLOCK_IMDS=true` を設定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no task runs on instances", ja: "インスタンスで動くタスクがない"
    };
    deployment.ask_tasks(because, |at, task| match deployment.runs_on_instances(task) {
        Some(false) => Answer::NotApplicable,
        None => Answer::Unknown(task.place),
        Some(true) if task.task_role.is_absent() => {
            at.fail(None, "taskRoleArn is not set", "taskRoleArn の指定がない")
        }
        Some(true) => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn a_task_on_instances_without_a_role_is_found() {
        ec2().without("/taskRoleArn").finds(&CHECK, "taskRoleArn is not set");
        ec2().set("/taskRoleArn", UNKNOWN).finds_among_others(&CHECK, "");
        fargate().without("/taskRoleArn").does_not_ask(&CHECK);
    }
}
