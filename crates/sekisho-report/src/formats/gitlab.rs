//! Vulnerabilities for GitLab's security pages: a container scanning report.
//!
//! GitLab takes one kind of finding a file; secrets are in `gitlab-secrets`.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json, gitlab};

pub(super) const FORMAT: Format = Format { id: "gitlab", write };

fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(&gitlab::container_scanning(report, options.now), out)
}
