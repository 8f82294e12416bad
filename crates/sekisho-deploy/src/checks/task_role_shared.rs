use std::collections::BTreeSet;

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::shown, role::role_name,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-2103",
        name: "task-role-shared",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Several applications have one role",
            ja: "複数のアプリケーションが同じロールを使う",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever takes over one of them may do what all of them may together, and nobody dares to take a permission away.",
            ja: "一つを乗っ取れば全アプリケーションの権限が使え、誰も権限を減らせなくなる。",
        },
        remediation: Text {
            en: "Give each task definition a task role of its own.",
            ja: "タスク定義ごとに専用のタスクロールを与える。",
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
    let because = Text { en: "no task has a role", ja: "ロールを持つタスクがない" };
    deployment.ask_tasks(because, |at, task| {
        let Some(role) = task.task_role.text() else {
            return match &task.task_role {
                Field::Unknown(place) => Answer::Unknown(*place),
                Field::Known(..) | Field::Absent => Answer::NotApplicable,
            };
        };
        let others: BTreeSet<&str> = deployment
            .tasks
            .iter()
            .filter(|other| other.name != task.name)
            .filter(|other| other.task_role.text().map(role_name) == Some(role_name(role)))
            .map(|other| other.name.as_str())
            .collect();
        if others.is_empty() {
            return Answer::Pass;
        }
        let others: Vec<&str> = others.into_iter().take(MAX_NAMED).collect();
        let others = others.join(", ");
        at.fail(
            task.task_role.place(),
            format!("{} is also the role of {others}", shown(role)),
            format!("{} は {others} のロールでもある", shown(role)),
        )
    })
}

/// Most tasks that are named.
const MAX_NAMED: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, testing::fargate};

    #[test]
    fn a_role_that_two_families_share_is_found_on_both_sides() {
        let one = fargate().task_definition();
        let two = fargate().set("/family", "billing").task_definition();
        let files = [("a.json", one.as_bytes()), ("b.json", two.as_bytes())];
        let outcome = run(&Deployment::read(&files, Settings::default()));
        let Outcome::Fail(failures) = outcome else { panic!("{outcome:?}") };
        let shown: Vec<String> = failures.into_iter().map(|it| it.message.en).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        arn:aws:iam::123456789012:role/shop-task is also the role of billing
        arn:aws:iam::123456789012:role/shop-task is also the role of shop
        ");
    }

    #[test]
    fn a_role_of_ones_own_passes() {
        fargate().is_clean();
        fargate().without("/taskRoleArn").does_not_ask(&CHECK);
    }
}
