//! Secrets for GitLab's security pages: a secret detection report.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json, gitlab};

pub(super) const FORMAT: Format = Format { id: "gitlab-secrets", write };

fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(&gitlab::secret_detection(report, options.now), out)
}
