use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    node::HOLE,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0110",
        name: "capabilities-kept",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The capabilities of Docker are kept",
            ja: "Docker 既定のケーパビリティを残している",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Docker gives a container fourteen capabilities, among them raw sockets and changing the owner of files. Programs that start as a plain user need none, and whoever becomes root in the container has them all.",
            ja: "Docker はコンテナに 14 のケーパビリティを与える。生ソケットやファイル所有者の変更も含まれる。一般ユーザーで始まるプログラムには不要だが、コンテナ内で root になった者には全て渡る。",
        },
        remediation: Text {
            en: "Drop all: `\"capabilities\": {\"drop\": [\"ALL\"]}`, and add what the program turns out to need.",
            ja: "全て落とす: `\"capabilities\": {\"drop\": [\"ALL\"]}`。必要と分かったものだけ加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.4"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let drop = &container.capabilities_drop;
        if at.task.is_windows() {
            return Answer::NotApplicable;
        }
        if drop.iter().any(|it| it.value.eq_ignore_ascii_case("ALL")) {
            return Answer::Pass;
        }
        if drop.is_open || drop.iter().any(|it| it.value.contains(HOLE)) {
            return Answer::Unknown(drop.place.unwrap_or(container.place));
        }
        at.fail(drop.place, "drop does not name ALL", "drop に ALL がない")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    const DROP: &str = "linuxParameters/capabilities/drop";

    #[test]
    fn capabilities_that_are_kept_are_found() {
        fargate().web(DROP, json!(["NET_RAW"])).finds(&CHECK, "drop does not name ALL");
        let none = fargate().without_web("linuxParameters/capabilities");
        none.finds(&CHECK, "drop does not name ALL");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web(DROP, json!([UNKNOWN])).leaves_open(&CHECK);
        fargate().web("linuxParameters/capabilities", UNKNOWN).finds_among_others(&CHECK, "");
    }
}
