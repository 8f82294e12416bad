use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, node::shown, role::role_name};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-2102",
        name: "one-role-for-both",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Program and agent have one role",
            ja: "プログラムとエージェントが同じロールを使う",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The program may then do what the agent may: read every secret of the task, at any time, and pull images. What the program needs, the agent has as well.",
            ja: "プログラムがエージェントと同じことを、つまりタスクの全秘密をいつでも読み、イメージを取得できる。逆にエージェントもプログラムの権限を持つ。",
        },
        remediation: Text {
            en: "Give the agent a role with ECR, logs and secrets, and the program one with what it uses.",
            ja: "エージェントには ECR、ログ、秘密だけのロール、プログラムには使うものだけのロールを与える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["CKV_AWS_249"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because =
        Text { en: "no task has both roles", ja: "両方のロールを持つタスクがない" };
    deployment.ask_tasks(because, |at, task| {
        let (own, agent) = (&task.task_role, &task.execution_role);
        if own.is_absent() || agent.is_absent() {
            return Answer::NotApplicable;
        }
        let (Some(role), Some(other)) = (own.text(), agent.text()) else {
            return Answer::Unknown(own.place().unwrap_or(task.place));
        };
        if role_name(role) != role_name(other) {
            return Answer::Pass;
        }
        at.fail(
            own.place(),
            format!("{} is the role of both", shown(role)),
            format!("両方のロールが {} である", shown(role)),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn one_role_for_both_is_found() {
        let role = "arn:aws:iam::123456789012:role/shop-execution";
        let case = fargate().set("/taskRoleArn", role);
        case.finds(&CHECK, &format!("{role} is the role of both"));
        let case = fargate().set("/taskRoleArn", "shop-execution");
        case.finds(&CHECK, "shop-execution is the role of both");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().set("/taskRoleArn", UNKNOWN).leaves_open(&CHECK);
    }
}
