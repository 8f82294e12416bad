//! The page of the checks of what is deployed: their profiles, and their names elsewhere.

use std::fmt::Write as _;

use sekisho_deploy::{ALL, DeployCheck, Level};

use super::Output;

const HEAD: &str = "\
<!-- Written by `cargo xtask codegen` from crates/sekisho-deploy. Do not edit. -->

# Checks of what is deployed

The number of a check says its subject: 01 privileges, 02 storage, 03 secrets, 04 resources and
life cycle, 05 network, 06 image, 07 logs, 08 what ECS would refuse, 11 services and clusters,
21 roles, 41 repositories. `baseline` stands for the profiles baseline, fargate and ec2.

| check | finds | profiles | can be mended | elsewhere |
|---|---|---|---|---|
";

pub(super) fn output() -> anyhow::Result<Output> {
    let mut checks: Vec<&DeployCheck> = ALL.to_vec();
    checks.sort_by_key(|check| check.about.id);
    let mut text = HEAD.to_owned();
    for check in checks {
        let (id, title) = (check.about.id, check.about.title.en);
        let profiles = match check.level {
            Level::Baseline => "baseline, talk",
            Level::Strict => "talk",
        };
        let (mended, elsewhere) = (check.fix.as_str(), check.aliases.join(", "));
        writeln!(
            text,
            "| [{id}](checks/{id}.md) | {title} | {profiles} | {mended} | {elsewhere} |"
        )?;
    }
    Ok(Output { path: "docs/reference/deployments.md".into(), text })
}
