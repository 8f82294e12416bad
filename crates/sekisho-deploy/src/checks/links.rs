use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Spot,
    node::{HOLE, shown},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0503",
        name: "links",
        kind: FindingKind::Configuration,
        title: Text { en: "Containers are linked", ja: "コンテナをリンクしている" },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A link puts the whole environment of the other container, secrets with it, into this one. Docker gave links up long ago.",
            ja: "リンクは相手のコンテナの環境変数を、秘密も含めて丸ごとこのコンテナに入れる。Docker ではとうに廃れた機能である。",
        },
        remediation: Text {
            en: "Use `awsvpc` and localhost within a task, and Service Connect between tasks.",
            ja: "タスク内は `awsvpc` と localhost、タスク間は Service Connect を使う。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
            "https://docs.docker.com/engine/network/links/",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let links = &container.links;
        let failures = links.iter().map(|Spot { value, place }| {
            let name = value.split(':').next().unwrap_or_default();
            let is_known = value.contains(HOLE)
                || (name != container.name && at.task.container(name).is_some());
            let (name, place) = (shown(name), Some(*place));
            let failure = at.failure(
                place,
                value,
                if is_known {
                    format!("{name} is linked")
                } else {
                    format!("{name} is linked, which is no other container")
                },
                if is_known {
                    format!("{name} をリンクしている")
                } else {
                    format!("リンク先の {name} という他のコンテナがない")
                },
            );
            let severity = if is_known { Severity::Medium } else { Severity::High };
            Failure { severity: Some(severity), ..failure }
        });
        Answer::or_unknown(failures.collect(), links.place.filter(|_| links.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    #[test]
    fn links_are_found() {
        let case = ec2().with_sidecar().set("/networkMode", "bridge");
        case.clone()
            .web("links", json!(["sidecar:s"]))
            .finds_among_others(&CHECK, "sidecar is linked");
        let want = "auth is linked, which is no other container";
        case.web("links", json!(["auth"])).finds_among_others(&CHECK, want);
    }
}
