use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0112",
        name: "confinement-off",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The confinement of the container is off",
            ja: "コンテナの閉じ込めを切っている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "AppArmor, SELinux and seccomp stop what the kernel would otherwise allow. Without them a bug in the kernel, or a capability too many, leads to the host.",
            ja: "AppArmor、SELinux、seccomp は、カーネルなら許すことを止める。それがなければ、カーネルの欠陥や余計なケーパビリティ一つでホストに届く。",
        },
        remediation: Text {
            en: "Remove the option, and write a profile for what the program does need.",
            ja: "そのオプションを消し、プログラムに必要なことだけを許すプロファイルを書く。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.2"),
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let options = &container.security_options;
        let is_off = |option: &str| {
            let option = option.replace('=', ":");
            matches!(
                option.as_str(),
                "apparmor:unconfined"
                    | "seccomp:unconfined"
                    | "label:disable"
                    | "systempaths:unconfined"
                    | "no-new-privileges:false"
            )
        };
        let failures = options.iter().filter(|option| is_off(&option.value)).map(|option| {
            let (value, place) = (&option.value, Some(option.place));
            at.failure(
                place,
                value,
                format!("{value:?} is set"),
                format!("{value:?} を指定している"),
            )
        });
        Answer::or_unknown(failures.collect(), options.place.filter(|_| options.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    #[test]
    fn every_way_to_switch_it_off_is_found() {
        for option in ["apparmor:unconfined", "label:disable"] {
            let case = ec2().web("dockerSecurityOptions", json!(["no-new-privileges", option]));
            case.finds(&CHECK, &format!("{option:?} is set"));
        }
    }

    #[test]
    fn a_profile_passes() {
        ec2()
            .web("dockerSecurityOptions", json!(["no-new-privileges", "apparmor:shop"]))
            .is_clean();
    }
}
