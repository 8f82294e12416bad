use anyhow::bail;

use crate::{
    cli::{Common, judging_options::Judging, target_options::TargetOptions},
    exit::{self, Exit},
    output::Outputs,
    settings::Settings,
};

/// Formats that are bills of materials.
const SBOM_FORMATS: [&str; 2] = ["cyclonedx", "spdx"];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho image sbom alpine:3.20 > alpine.cdx.json
  sekisho image sbom --format spdx=image.spdx.json docker-archive:image.tar",
    after_long_help = exit::HELP
)]
pub(super) struct ImageSbom {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    outputs: Outputs,
}

impl ImageSbom {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let outputs = self.outputs.plan(&[], "cyclonedx")?;
        if let Some(other) = outputs.ids().find(|id| !SBOM_FORMATS.contains(id)) {
            bail!(
                "{other:?} is no bill of materials: take cyclonedx or spdx, or `sekisho image scan`"
            );
        }
        let report = self.target.scan(common, &settings, Judging::none())?;
        outputs.write(&report, common, &settings)?;
        Ok(Exit::of(&report.verdict))
    }
}
