use std::sync::Arc;

use sekisho_scan::{Progress, Target, scan};
use sekisho_types::report::Report;

use crate::{
    cli::{Common, access_options::AccessOptions, judging_options::Judging},
    progress_bar::ProgressLine,
    settings::Settings,
};

/// What to look into, and how.
#[derive(Debug, clap::Args)]
pub(super) struct TargetOptions {
    /// Image, archive or directory; a prefix says where it is, `-` is an archive on stdin
    ///
    /// docker:REF, podman:REF, containerd:REF, registry:REF, docker-archive:PATH,
    /// oci-archive:PATH, oci-dir:PATH, dir:PATH, and sbom:PATH for a bill of materials in
    /// CycloneDX or SPDX. PATH:NAME is one of several images in a file or layout. Without a
    /// prefix a path is recognised by what lies there, and a reference is looked up in Docker,
    /// containerd, Podman and then its registry.
    target: Target,
    #[command(flatten)]
    access: AccessOptions,
}

impl TargetOptions {
    /// Scans the target, with progress for whoever watches.
    pub(super) fn scan(
        &self,
        common: &Common,
        settings: &Settings,
        judging: Judging,
    ) -> anyhow::Result<Report> {
        let config = self.access.config(settings, judging)?;
        let progress = Arc::new(Progress::default());
        let line = ProgressLine::start(&progress, !common.quiet && !common.no_progress);
        let report = scan(&self.target, &config, &progress);
        drop(line);
        Ok(report?)
    }
}
