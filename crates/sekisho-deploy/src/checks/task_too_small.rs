use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Field,
    size::{cpu_units, mebibytes},
    task::Container,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0403",
        name: "task-too-small",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The containers need more than the task has",
            ja: "コンテナの合計がタスクの大きさを超える",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses a task whose containers together ask for more than it has.",
            ja: "コンテナの合計がタスクより大きければ、API が拒否する。",
        },
        remediation: Text {
            en: "Make the task larger, or the containers smaller.",
            ja: "タスクを大きくするか、コンテナを小さくする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no task has a size", ja: "大きさを持つタスクがない" };
    deployment.ask_tasks(because, |at, task| {
        let sum = |of: fn(&Container) -> &Field<i64>| {
            task.containers
                .iter()
                .filter_map(|it| of(it).known())
                .fold(0_i64, |sum, it| sum.saturating_add(*it))
        };
        // Memory that is reserved counts where there is no limit.
        let memory = sum(|it| match it.memory_reservation {
            Field::Absent => &it.memory,
            _ => &it.memory_reservation,
        });
        let sizes = [
            ("cpu", sum(|it| &it.cpu), cpu_units(&task.cpu), task.cpu.place()),
            ("memory", memory, mebibytes(&task.memory), task.memory.place()),
        ];
        if task.cpu.is_absent() && task.memory.is_absent() {
            return Answer::NotApplicable;
        }
        let failures = sizes.into_iter().filter_map(|(name, wanted, size, place)| {
            let size = size.filter(|size| *size < wanted)?;
            Some(at.failure(
                place,
                name,
                format!("the containers ask for {wanted} of {name}, the task has {size}"),
                format!("コンテナの {name} の合計 {wanted} に対し、タスクは {size} である"),
            ))
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn containers_that_do_not_fit_are_found() {
        let case = fargate().web("cpu", 512);
        case.finds(&CHECK, "the containers ask for 512 of cpu, the task has 256");
        let case = fargate().web("memory", 2048).web("memoryReservation", 1024);
        case.finds(&CHECK, "the containers ask for 1024 of memory, the task has 512");
    }

    #[test]
    fn sizes_may_have_units() {
        fargate().set("/cpu", ".25 vCPU").set("/memory", "0.5 GB").is_clean();
    }
}
