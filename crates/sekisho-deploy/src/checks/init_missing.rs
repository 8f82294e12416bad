use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::{Field, Spot},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0118",
        name: "init-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nothing looks after orphaned processes",
            ja: "孤児プロセスの面倒を見るものがない",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "The first process of a container gets no default action for signals and inherits every orphan. Shells and interpreters do neither job: the task is killed after its timeout, in the middle of its work.",
            ja: "コンテナの最初のプロセスにはシグナルの既定動作がなく、孤児プロセスを全て引き継ぐ。シェルやインタープリターはその役を果たさず、タスクは制限時間の後、作業の途中で強制終了される。",
        },
        remediation: Text {
            en: "Set `initProcessEnabled` to true in `linuxParameters`.",
            ja: "`linuxParameters` の `initProcessEnabled` を true にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

/// Programs that are poor first processes.
const POOR: &[&str] =
    &["sh", "bash", "ash", "dash", "node", "npm", "python", "python3", "ruby", "php"];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no command is named", ja: "コマンドの指定がない" };
    deployment.ask_containers(because, |at, container| {
        if at.task.is_windows() || container.init.is(&true) {
            return Answer::Pass;
        }
        let first = container.entry_point.iter().chain(&container.command).next();
        let Some(Spot { value, place }) = first else { return Answer::NotApplicable };
        let name = value.rsplit('/').next().unwrap_or(value);
        if !POOR.contains(&name) {
            return Answer::Pass;
        }
        match &container.init {
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Known(..) | Field::Absent => at.fail(
                Some(*place),
                format!("{name} is the first process"),
                format!("{name} が最初のプロセスである"),
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    const INIT: &str = "linuxParameters/initProcessEnabled";

    #[test]
    fn an_interpreter_as_the_first_process_is_found() {
        let case = fargate().web("command", json!(["/usr/bin/node", "app.js"])).web(INIT, false);
        case.finds(&CHECK, "node is the first process");
    }

    #[test]
    fn an_init_process_or_a_program_of_ones_own_passes() {
        fargate().web("command", json!(["node", "app.js"])).is_clean();
        fargate().web("command", json!(["/web"])).without_web(INIT).is_clean();
        fargate().web(INIT, false).does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        let case = fargate().web("command", json!(["node"])).web(INIT, UNKNOWN);
        case.leaves_open(&CHECK);
    }
}
