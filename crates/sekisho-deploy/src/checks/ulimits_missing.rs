use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0405",
        name: "ulimits-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nothing limits processes, files and core dumps",
            ja: "プロセス、ファイル、コアダンプに制限がない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A loop that forks or opens files then takes what others on the instance need, and a crash may write the memory of the program, secrets with it, to disk.",
            ja: "プロセスやファイルを増やし続けるループが他の分まで使い切り、クラッシュ時にはプログラムのメモリーが、秘密も含めてディスクに書かれうる。",
        },
        remediation: Text {
            en: "Add `ulimits` for `nofile`, `nproc`, and `core` with 0.",
            ja: "`ulimits` に `nofile`、`nproc`、0 の `core` を加える。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.19"),
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        if at.task.is_windows() {
            return Answer::NotApplicable;
        }
        let ulimits = &container.ulimits;
        let has = |name: &str| ulimits.iter().any(|it| it.name.text() == Some(name));
        let missing: Vec<&str> =
            ["nofile", "nproc", "core"].into_iter().filter(|name| !has(name)).collect();
        if missing.is_empty() {
            return Answer::Pass;
        }
        if ulimits.is_open {
            return Answer::Unknown(ulimits.place.unwrap_or(container.place));
        }
        let missing = missing.join(", ");
        at.fail(
            ulimits.place,
            format!("there is no limit for {missing}"),
            format!("制限がない: {missing}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn missing_limits_are_named() {
        let case = fargate().without_web("ulimits");
        case.finds(&CHECK, "there is no limit for nofile, nproc, core");
        let ulimits = json!([
            {"name": "nofile", "softLimit": 1024, "hardLimit": 4096},
            {"name": "core", "softLimit": 0, "hardLimit": 0},
        ]);
        fargate().web("ulimits", ulimits).finds(&CHECK, "there is no limit for nproc");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("ulimits", UNKNOWN).leaves_open(&CHECK);
    }
}
