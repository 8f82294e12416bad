use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0406",
        name: "ulimit-excessive",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A limit is too high to limit anything", ja: "制限が高すぎて意味がない"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Core dumps write the memory of a program to disk, locked memory cannot be reclaimed, and descriptors and processes without end starve the instance.",
            ja: "コアダンプはメモリーをディスクに書き、ロックされたメモリーは回収できず、際限ない記述子とプロセスはインスタンスを枯渇させる。",
        },
        remediation: Text {
            en: "Lower it to what the program needs.",
            ja: "プログラムに必要な値まで下げる。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html"],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

/// Most that still limits, by name; every number below zero is without end.
const MOST: &[(&str, i64)] =
    &[("core", 0), ("memlock", 1 << 30), ("nofile", 1_048_576), ("nproc", 65_536)];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there are no limits", ja: "制限がない" };
    deployment.ask_containers(because, |at, container| {
        if container.ulimits.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        let mut unknown = container.ulimits.place.filter(|_| container.ulimits.is_open);
        for ulimit in &container.ulimits {
            let Some(name) = ulimit.name.text() else { continue };
            let Some((_, most)) = MOST.iter().find(|(limit, _)| *limit == name) else { continue };
            match &ulimit.hard {
                Field::Known(hard, place) if !(0..=*most).contains(hard) => {
                    failures.push(at.failure(
                        Some(*place),
                        name,
                        format!("{name} is {hard}"),
                        format!("{name} が {hard} である"),
                    ));
                }
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(..) | Field::Absent => (),
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn limits_without_end_are_found() {
        fargate().web("ulimits/2/hardLimit", -1).finds_among_others(&CHECK, "core is -1");
        let memlock = json!({"name": "memlock", "softLimit": -1, "hardLimit": -1});
        fargate().web("ulimits/-", memlock).finds(&CHECK, "memlock is -1");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("ulimits/1/hardLimit", UNKNOWN).leaves_open(&CHECK);
    }
}
