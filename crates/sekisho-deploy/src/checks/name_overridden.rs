use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0507",
        name: "name-overridden",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A name or address of AWS is redirected",
            ja: "AWS の名前かアドレスを差し替えている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Programs trust what these names lead to with credentials. An entry here sends them elsewhere, or to the metadata of the instance.",
            ja: "プログラムはこれらの名前の先を信じて認証情報を渡す。ここの項目は、それを別の場所やインスタンスのメタデータに向ける。",
        },
        remediation: Text { en: "Remove the entry.", ja: "項目を消す。" },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostEntry.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let hosts = container
            .extra_hosts
            .iter()
            .map(|pair| (pair.name.as_str(), pair.value.text().unwrap_or_default(), pair.place));
        let servers = container.dns_servers.iter().map(|it| ("", it.value.as_str(), it.place));
        let failures = hosts.chain(servers).filter_map(|(name, address, place)| {
            let is_aws = name.ends_with(".amazonaws.com") || name.contains("metadata");
            // The resolver of Amazon is at 169.254.169.253.
            let is_metadata = address.starts_with("169.254.") && address != "169.254.169.253";
            let shown = if name.is_empty() { address } else { name };
            (is_aws || is_metadata).then(|| {
                at.failure(
                    Some(place),
                    shown,
                    format!("{shown} leads elsewhere"),
                    format!("{shown} の行き先を変えている"),
                )
            })
        });
        let unknown = container.extra_hosts.place.filter(|_| container.extra_hosts.is_open);
        Answer::or_unknown(failures.collect(), unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::ec2;

    #[test]
    fn names_of_aws_are_found() {
        let hosts = json!([{"hostname": "s3.amazonaws.com", "ipAddress": "10.0.0.1"}]);
        let case = ec2().set("/networkMode", "bridge").web("extraHosts", hosts);
        case.finds_among_others(&CHECK, "s3.amazonaws.com leads elsewhere");
    }
}
