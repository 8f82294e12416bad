use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0401",
        name: "memory-unlimited",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nothing limits the memory of the container",
            ja: "コンテナのメモリーに上限がない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "One leak, or one request made to leak, then takes the memory of the instance, and the kernel ends whatever it likes: other tasks, or the agent.",
            ja: "一つの漏れ、あるいは漏れを狙ったリクエストがインスタンスのメモリーを使い切り、カーネルが他のタスクやエージェントを終わらせる。",
        },
        remediation: Text {
            en: "Set `memory` of the container, above `memoryReservation`, or `memory` of the task.",
            ja: "コンテナの `memory` を `memoryReservation` より大きく設定するか、タスクの `memory` を設定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.11"),
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
    deployment.ask_containers(because, |at, container| {
        match deployment.runs_on_instances(at.task) {
            Some(true) => (),
            Some(false) => return Answer::NotApplicable,
            None => return Answer::Unknown(at.task.place),
        }
        if container.memory.is_absent() && at.task.memory.is_absent() {
            return at.fail(
                container.memory_reservation.place(),
                "neither the container nor the task has a limit",
                "コンテナにもタスクにも上限がない",
            );
        }
        Answer::Pass
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn a_container_without_any_limit_is_found() {
        let case = ec2().without_web("memory").without("/memory").web("memoryReservation", 128);
        case.finds(&CHECK, "neither the container nor the task has a limit");
    }

    #[test]
    fn a_limit_of_the_task_is_enough() {
        ec2().without_web("memory").is_clean();
        ec2().web("memory", UNKNOWN).finds_among_others(&CHECK, "");
        fargate().does_not_ask(&CHECK);
    }
}
