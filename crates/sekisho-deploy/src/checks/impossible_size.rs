use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    size::{cpu_units, mebibytes},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0404",
        name: "impossible-size",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Fargate has no tasks of this size",
            ja: "Fargate にこの大きさのタスクはない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Fargate runs fixed pairs of processors and memory; the API refuses every other, and a task for Fargate without a size.",
            ja: "Fargate の CPU とメモリーの組み合わせは決まっており、それ以外も、大きさのないタスクも API が拒否する。",
        },
        remediation: Text {
            en: "Take the next pair that is large enough.",
            ja: "足りる組み合わせのうち最小のものを選ぶ。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

/// Units of processors, least and most memory in MiB, and its steps.
const SIZES: &[(i64, i64, i64, i64)] = &[
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
    (32_768, 62_464, 249_856, 8192),
];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no task is for Fargate", ja: "Fargate 用のタスクがない" };
    deployment.ask_tasks(because, |at, task| {
        if !deployment.wants_fargate(task) {
            return Answer::NotApplicable;
        }
        if let Some(field) = [&task.cpu, &task.memory].into_iter().find(|it| it.is_absent()) {
            let name = if std::ptr::eq(field, &raw const task.cpu) { "cpu" } else { "memory" };
            return at.fail(None, format!("{name} is not set"), format!("{name} の指定がない"));
        }
        let (Some(cpu), Some(memory)) = (cpu_units(&task.cpu), mebibytes(&task.memory)) else {
            let place = task.cpu.place().or(task.memory.place());
            return Answer::Unknown(place.unwrap_or(task.place));
        };
        let fits = SIZES.iter().any(|(units, least, most, step)| {
            let is_step = (memory - least) % step == 0 || (*units == 256 && memory != 1536);
            *units == cpu && (*least..=*most).contains(&memory) && is_step
        });
        if fits {
            return Answer::Pass;
        }
        at.fail(
            task.memory.place(),
            format!("{cpu} of cpu and {memory} MiB of memory are no pair"),
            format!("CPU {cpu} とメモリー {memory} MiB の組み合わせはない"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn pairs_that_do_not_exist_are_found() {
        let case = fargate().set("/memory", "4096");
        case.finds(&CHECK, "256 of cpu and 4096 MiB of memory are no pair");
        fargate().without("/memory").finds(&CHECK, "memory is not set");
    }

    #[test]
    fn pairs_that_exist_pass() {
        fargate().set("/cpu", "1 vCPU").set("/memory", "2 GB").is_clean();
        ec2().set("/memory", "4096").does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().set("/memory", UNKNOWN).leaves_open(&CHECK);
    }
}
