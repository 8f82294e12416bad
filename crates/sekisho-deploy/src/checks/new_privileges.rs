use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0111",
        name: "new-privileges",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Programs may gain privileges", ja: "プログラムが権限を増やせる"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A setuid program in the image, or one with file capabilities, makes root of a plain user. With no-new-privileges the kernel ignores both.",
            ja: "イメージに setuid のプログラムやファイルケーパビリティがあれば、一般ユーザーが root になれる。no-new-privileges があればカーネルはどちらも無視する。",
        },
        remediation: Text {
            en: "Add `\"dockerSecurityOptions\": [\"no-new-privileges\"]`. Fargate does not take it.",
            ja: "`\"dockerSecurityOptions\": [\"no-new-privileges\"]` を加える。Fargate では使えない。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
            "https://docs.kernel.org/userspace-api/no_new_privs.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.26"),
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no task runs on instances", ja: "インスタンスで動くタスクがない"
    };
    deployment.ask_containers(because, |at, container| {
        let options = &container.security_options;
        match deployment.runs_on_instances(at.task) {
            _ if at.task.is_windows() => return Answer::NotApplicable,
            // What has to be fit for Fargate as well cannot have it.
            Some(true) if !deployment.wants_fargate(at.task) => (),
            Some(_) => return Answer::NotApplicable,
            None => return Answer::Unknown(at.task.place),
        }
        if options.iter().any(|it| is_no_new_privileges(&it.value)) {
            return Answer::Pass;
        }
        if options.is_open {
            return Answer::Unknown(options.place.unwrap_or(container.place));
        }
        at.fail(
            options.place,
            "no-new-privileges is not among the security options",
            "セキュリティオプションに no-new-privileges がない",
        )
    })
}

fn is_no_new_privileges(option: &str) -> bool {
    matches!(option, "no-new-privileges" | "no-new-privileges:true" | "no-new-privileges=true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn a_container_without_the_option_is_found() {
        let want = "no-new-privileges is not among the security options";
        ec2().without_web("dockerSecurityOptions").finds(&CHECK, want);
        ec2().web("dockerSecurityOptions", json!(["apparmor:shop"])).finds(&CHECK, want);
    }

    #[test]
    fn fargate_does_not_take_it() {
        fargate().does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().web("dockerSecurityOptions", json!([UNKNOWN])).leaves_open(&CHECK);
    }
}
