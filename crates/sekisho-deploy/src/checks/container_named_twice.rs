use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    node::is_whole,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0805",
        name: "container-named-twice",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Two containers have one name", ja: "二つのコンテナが同じ名前である"
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses the task definition.",
            ja: "API がタスク定義を拒否する。",
        },
        remediation: Text {
            en: "Give each container a name of its own.",
            ja: "コンテナごとに別の名前を付ける。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
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
        let containers = &task.containers.items;
        let failures = containers.iter().enumerate().filter_map(|(index, container)| {
            let name = &container.name;
            let is_known = is_whole(name) && !name.contains('…') && !name.is_empty();
            let is_twice = containers.iter().take(index).any(|before| before.name == *name);
            (is_known && is_twice).then(|| {
                at.failure(
                    Some(container.place),
                    name,
                    format!("there are two containers {name:?}"),
                    format!("{name:?} というコンテナが二つある"),
                )
            })
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn a_name_that_is_taken_is_found() {
        let case = fargate().with_sidecar().set("/containerDefinitions/1/name", "web");
        case.finds(&CHECK, "there are two containers \"web\"");
    }
}
