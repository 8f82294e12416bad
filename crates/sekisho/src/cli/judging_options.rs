use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use sekisho_advisory::Database;
use sekisho_policy::{Policy, Threshold};
use sekisho_sbom::vex::VexSet;
use sekisho_scan::Target;
use sekisho_types::report::FindingKind;

use crate::settings::Settings;

/// Largest policy file.
const MAX_POLICY_BYTES: u64 = 4 << 20;

/// What is said of a subject, and what of it fails.
#[derive(Debug, clap::Args)]
pub(super) struct JudgingOptions {
    /// Say only findings of these kinds
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_parser = finding_kind)]
    only: Vec<FindingKind>,
    /// Fail from this severity on: none, info, low, medium, high (as by default) or critical
    #[arg(long, value_name = "SEVERITY", value_parser = Threshold::parse)]
    fail_on: Option<Threshold>,
    /// Judge by the policy in FILE instead of the one in the settings
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// The answer to what is wanted of a scan.
#[derive(Debug, Default)]
pub(super) struct Judging {
    /// None for all.
    pub(super) kinds: Option<Vec<FindingKind>>,
    pub(super) policy: Policy,
    /// None where vulnerabilities are not looked for.
    pub(super) database: Option<Arc<Database>>,
    pub(super) vex: VexSet,
    pub(super) attached_vex: bool,
    pub(super) bases: Vec<Target>,
}

impl Judging {
    /// An inventory, without any judgement.
    pub(super) fn none() -> Self {
        Self { kinds: Some(Vec::new()), ..Self::default() }
    }
}

impl JudgingOptions {
    pub(super) fn judging(&self, settings: &Settings) -> anyhow::Result<Judging> {
        let mut policy = match &self.policy {
            Some(path) => {
                let metadata = fs_err::metadata(path)?;
                if !metadata.is_file() || metadata.len() > MAX_POLICY_BYTES {
                    let limit = MAX_POLICY_BYTES;
                    bail!("{} is no file of at most {limit} bytes", path.display());
                }
                let text = fs_err::read_to_string(path)?;
                let mut policy = Policy::parse(&text)
                    .with_context(|| format!("failed to read {}", path.display()))?;
                policy.name.get_or_insert_with(|| path.display().to_string());
                policy
            }
            None => settings.policy.clone(),
        };
        if let Some(fail_on) = self.fail_on {
            policy.fail_on = fail_on;
        }
        let kinds = if self.only.is_empty() { None } else { Some(self.only.clone()) };
        Ok(Judging { kinds, policy, ..Judging::default() })
    }
}

fn finding_kind(text: &str) -> anyhow::Result<FindingKind> {
    let found = FindingKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    found.with_context(|| {
        let kinds = FindingKind::ALL.map(FindingKind::as_str).join(", ");
        format!("there is no kind {text:?} of findings: take one of {kinds}")
    })
}
