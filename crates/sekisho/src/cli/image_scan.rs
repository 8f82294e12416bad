use crate::{
    cli::{
        Common, judging_options::JudgingOptions, target_options::TargetOptions,
        vulnerability_options::VulnerabilityOptions,
    },
    exit::{self, Exit},
    output::Outputs,
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho image scan alpine:3.20
  sekisho image scan --format json=report.json --format table oci-dir:./build/image",
    after_long_help = exit::HELP
)]
pub(super) struct ImageScan {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    judging: JudgingOptions,
    #[command(flatten)]
    vulnerabilities: VulnerabilityOptions,
    #[command(flatten)]
    outputs: Outputs,
}

impl ImageScan {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let outputs = self.outputs.plan(&settings.format, "table")?;
        let mut judging = self.judging.judging(&settings)?;
        self.vulnerabilities.add(&mut judging, &settings)?;
        let report = self.target.scan(common, &settings, judging)?;
        outputs.write(&report, common, &settings)?;
        Ok(Exit::of(&report.verdict))
    }
}
