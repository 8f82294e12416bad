use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, deployment::names, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0119",
        name: "shared-isolation",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Secrets are handled in a shared kernel",
            ja: "共有カーネルで秘密を扱っている",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "On Managed Instances a task can run in a sandbox of its own, and a key be released to the approved workload alone. Without it, tasks of the instance share a kernel.",
            ja: "マネージドインスタンスでは、タスクを専用のサンドボックスで動かし、承認されたワークロードにだけ鍵を渡せる。それがなければ、インスタンスのタスクが一つのカーネルを共有する。",
        },
        remediation: Text {
            en: "Set `trustedExecutionConfiguration.isolationMode` to `ISOLATED_SANDBOX` where the instance type has it.",
            ja: "インスタンスタイプが対応していれば `trustedExecutionConfiguration.isolationMode` を `ISOLATED_SANDBOX` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no task with secrets runs on Managed Instances",
        ja: "マネージドインスタンスで秘密を扱うタスクがない",
    };
    deployment.ask_tasks(because, |at, task| {
        let has_secrets = task.containers.iter().any(|container| !container.secrets.is_empty());
        if !names(task, "MANAGED_INSTANCES") || !has_secrets {
            return Answer::NotApplicable;
        }
        match &task.isolation_mode {
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Known(mode, _) if mode != "SHARED" => Answer::Pass,
            Field::Known(..) | Field::Absent => at.fail(
                task.isolation_mode.place(),
                "isolationMode is SHARED",
                "isolationMode が SHARED である",
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, ec2};

    const MODE: &str = "/trustedExecutionConfiguration/isolationMode";

    #[test]
    fn secrets_in_a_shared_kernel_are_found() {
        let managed = ec2().set("/requiresCompatibilities", json!(["MANAGED_INSTANCES"]));
        managed.clone().finds_among_others(&CHECK, "isolationMode is SHARED");
        managed.clone().set(MODE, "ISOLATED_SANDBOX").finds_among_others(&CHECK, "");
        managed.set(MODE, UNKNOWN).finds_among_others(&CHECK, "");
    }

    #[test]
    fn other_places_to_run_are_not_asked() {
        ec2().does_not_ask(&CHECK);
    }
}
