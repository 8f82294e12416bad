use std::collections::BTreeSet;

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Pair, node::is_whole, task::Task,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0803",
        name: "dependency-impossible",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A container waits for one that never comes",
            ja: "決して来ないコンテナを待っている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses a dependency on a container that is not there, and a circle of them.",
            ja: "存在しないコンテナへの依存や循環は API が拒否する。",
        },
        remediation: Text {
            en: "Correct the name, or take one dependency out of the circle.",
            ja: "名前を直すか、循環から依存を一つ外す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because =
        Text { en: "no container depends on another", ja: "依存のあるコンテナがない" };
    deployment.ask_containers(because, |at, container| {
        if container.depends_on.is_empty() {
            return Answer::NotApplicable;
        }
        let failures = container.depends_on.iter().filter_map(|Pair { name, place, .. }| {
            let is_known = !is_whole(name) || at.task.containers.is_open;
            let (en, ja) = if at.task.container(name).is_none() && !is_known {
                (
                    format!("there is no container {name:?}"),
                    format!("{name:?} というコンテナがない"),
                )
            } else if leads_to(at.task, name, &container.name) {
                (
                    format!("{name:?} waits for this container"),
                    format!("{name:?} もこのコンテナを待っている"),
                )
            } else {
                return None;
            };
            Some(at.failure(Some(*place), name, en, ja))
        });
        Answer::of(failures.collect())
    })
}

/// Whether a container waits for another, through others or not.
fn leads_to(task: &Task, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if !seen.insert(name) {
            continue;
        }
        let Some(container) = task.container(name) else { continue };
        open.extend(container.depends_on.iter().map(|it| it.name.as_str()));
        open.extend(container.volumes_from.iter().filter_map(|it| it.source.whole()));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn a_dependency_on_nobody_is_found() {
        let on = json!([{"containerName": "db", "condition": "START"}]);
        fargate().web("dependsOn", on).finds(&CHECK, "there is no container \"db\"");
    }

    #[test]
    fn a_circle_is_found_on_both_sides() {
        let on = |name: &str| json!([{"containerName": name, "condition": "START"}]);
        let case = fargate().with_sidecar().web("dependsOn", on("sidecar"));
        case.is_clean();
        let case = case.set("/containerDefinitions/1/dependsOn", on("web"));
        let want = "\"sidecar\" waits for this container\n\"web\" waits for this container";
        case.finds(&CHECK, want);
    }
}
