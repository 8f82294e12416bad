use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0115",
        name: "terminal",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The container keeps a terminal or input open",
            ja: "コンテナが端末か入力を開いたままにする",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A terminal and an open standard input are for people at a keyboard. A program in production has neither, and some change how they behave when they see one.",
            ja: "端末と開いた標準入力は、人がキーボードで使うもの。本番のプログラムには不要で、端末があると振る舞いを変えるものもある。",
        },
        remediation: Text {
            en: "Remove `interactive` and `pseudoTerminal`.",
            ja: "`interactive` と `pseudoTerminal` を消す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let mut failures = Vec::new();
        let mut unknown = None;
        let members = [
            ("interactive", &container.interactive),
            ("pseudoTerminal", &container.pseudo_terminal),
        ];
        for (name, field) in members {
            match field {
                Field::Known(true, place) => failures.push(at.failure(
                    Some(*place),
                    name,
                    format!("{name} is on"),
                    format!("{name} が有効である"),
                )),
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(false, _) | Field::Absent => (),
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_terminal_and_an_open_input_are_found() {
        fargate().web("interactive", true).finds(&CHECK, "interactive is on");
        fargate().web("pseudoTerminal", true).finds(&CHECK, "pseudoTerminal is on");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("interactive", UNKNOWN).leaves_open(&CHECK);
    }
}
