use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0402",
        name: "memory-reservation-too-large",
        kind: FindingKind::Configuration,
        title: Text {
            en: "More memory is reserved than allowed",
            ja: "上限以上のメモリーを予約している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses the task definition: a reservation has to be less than the limit.",
            ja: "予約は上限より小さくなければならず、API がタスク定義を拒否する。",
        },
        remediation: Text {
            en: "Reserve what the container needs when it is idle, and set the limit above it.",
            ja: "普段必要な量を予約し、上限をそれより大きくする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no container has both", ja: "両方を持つコンテナがない" };
    deployment.ask_containers(because, |at, container| {
        let (memory, reservation) = (&container.memory, &container.memory_reservation);
        if let (Some(memory), Some(reserved)) = (memory.known(), reservation.known()) {
            if reserved < memory {
                return Answer::Pass;
            }
            return at.fail(
                reservation.place(),
                format!("{reserved} MiB are reserved of {memory}"),
                format!("上限 {memory} MiB に対し {reserved} MiB を予約している"),
            );
        }
        let unknown = [memory, reservation].into_iter().find(|field| field.is_unknown());
        match unknown.and_then(Field::place) {
            Some(place) if !memory.is_absent() && !reservation.is_absent() => {
                Answer::Unknown(place)
            }
            _ => Answer::NotApplicable,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_reservation_of_the_limit_or_more_is_found() {
        let case = fargate().web("memoryReservation", 512);
        case.finds(&CHECK, "512 MiB are reserved of 512");
    }

    #[test]
    fn one_of_both_alone_is_not_asked() {
        fargate().without_web("memoryReservation").does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("memoryReservation", UNKNOWN).leaves_open(&CHECK);
    }
}
