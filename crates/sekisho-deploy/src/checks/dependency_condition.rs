use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Pair};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0804",
        name: "dependency-condition",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A container waits for what cannot happen",
            ja: "起こりえない状態を待っている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "A container without a health check never becomes healthy, and an essential one ends the task when it ends: the API refuses both.",
            ja: "ヘルスチェックのないコンテナは HEALTHY にならず、必須のコンテナが終わるとタスクも終わる。どちらも API が拒否する。",
        },
        remediation: Text {
            en: "Add a `healthCheck`, or wait for `START`; make a container that ends `\"essential\": false`.",
            ja: "`healthCheck` を加えるか `START` を待つ。終わるコンテナは `\"essential\": false` にする。",
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
        let mut unknown = None;
        let mut failures = Vec::new();
        for Pair { name, value, place } in &container.depends_on {
            let Some(other) = at.task.container(name) else { continue };
            let Some(condition) = value.whole() else {
                unknown = Some(*place);
                continue;
            };
            let is_essential = !other.essential.is(&false);
            let (en, ja) = match condition {
                "HEALTHY" if other.health_check.is_absent() => (
                    format!("{name:?} has no healthCheck"),
                    format!("{name:?} に healthCheck がない"),
                ),
                "COMPLETE" | "SUCCESS" if other.essential.is_unknown() => {
                    unknown = Some(*place);
                    continue;
                }
                "COMPLETE" | "SUCCESS" if is_essential => {
                    (format!("{name:?} is essential"), format!("{name:?} は必須である"))
                }
                "START" | "COMPLETE" | "SUCCESS" | "HEALTHY" => continue,
                other => (
                    format!("there is no condition {other:?}"),
                    format!("{other:?} という条件はない"),
                ),
            };
            failures.push(at.failure(value.place().or(Some(*place)), name, en, ja));
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{Case, UNKNOWN, fargate};

    fn waiting(condition: &str) -> Case {
        let on = json!([{"containerName": "sidecar", "condition": condition}]);
        fargate().with_sidecar().web("dependsOn", on)
    }

    #[test]
    fn conditions_that_never_hold_are_found() {
        waiting("HEALTHY").is_clean();
        let case = waiting("HEALTHY").without("/containerDefinitions/1/healthCheck");
        case.finds(&CHECK, "\"sidecar\" has no healthCheck");
        waiting("SUCCESS").finds(&CHECK, "\"sidecar\" is essential");
        waiting("SUCCESS").set("/containerDefinitions/1/essential", false).is_clean();
        waiting("READY").finds(&CHECK, "there is no condition \"READY\"");
        waiting(UNKNOWN).leaves_open(&CHECK);
    }
}
