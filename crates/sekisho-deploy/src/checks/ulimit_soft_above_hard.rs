use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0407",
        name: "ulimit-soft-above-hard",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A soft limit is above its hard limit",
            ja: "ソフトリミットがハードリミットを超える",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The container does not start: the kernel refuses such a pair.",
            ja: "カーネルがこの組を拒否し、コンテナが起動しない。",
        },
        remediation: Text {
            en: "Lower `softLimit` to `hardLimit` or below.",
            ja: "`softLimit` を `hardLimit` 以下にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html",
            "https://man7.org/linux/man-pages/man2/getrlimit.2.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there are no limits", ja: "制限がない" };
    deployment.ask_containers(because, |at, container| {
        if container.ulimits.is_empty() {
            return Answer::NotApplicable;
        }
        let failures = container.ulimits.iter().filter_map(|ulimit| {
            let (soft, hard) = (*ulimit.soft.known()?, *ulimit.hard.known()?);
            // Without end is above everything.
            let value = |limit: i64| if limit < 0 { i64::MAX } else { limit };
            let name = ulimit.name.text().unwrap_or_default();
            (value(soft) > value(hard)).then(|| {
                at.failure(
                    ulimit.soft.place(),
                    name,
                    format!("{name} is {soft}, above {hard}"),
                    format!("{name} の {soft} が {hard} を超える"),
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
    fn a_soft_limit_above_the_hard_one_is_found() {
        let case = fargate().web("ulimits/1/softLimit", 1024);
        case.finds(&CHECK, "nproc is 1024, above 512");
        fargate().web("ulimits/1/softLimit", -1).finds(&CHECK, "nproc is -1, above 512");
    }

    #[test]
    fn containers_without_limits_are_not_asked() {
        fargate().without_web("ulimits").finds_among_others(&CHECK, "");
    }
}
