//! Files that describe containers without being one. A kind of file is a file of `static_file/`.

mod deployment;
mod dockerfile;
mod grouped;
mod snippet;

use std::path::Path;

use sekisho_report::Language;
use sekisho_types::{
    Unknown,
    report::{CheckOutcome, CheckResult, Finding},
};

use crate::settings::CheckSettings;

/// Writes every finding of a file for people: with its line, or by what in the file is meant.
pub(crate) fn show(
    file: &StaticFile,
    findings: &[Finding],
    language: Language,
    color: bool,
) -> String {
    let findings: Vec<&Finding> = findings.iter().filter(|it| is_in(it, file)).collect();
    let (grouped, single): (Vec<&Finding>, Vec<&Finding>) = findings
        .into_iter()
        .partition(|it| it.location.as_ref().is_some_and(|it| it.subject.is_some()));
    let mut shown = snippet::show(file, &single, language, color);
    shown.push_str(&grouped::show(file, &grouped, language, color));
    shown
}

/// Whether the finding is about the file; those without a place are about all of a run.
fn is_in(finding: &Finding, file: &StaticFile) -> bool {
    finding.location.as_ref().is_some_and(|location| location.path == file.name)
}

/// A kind of file that can be checked.
pub(crate) struct FileKind {
    pub(crate) name: &'static str,
    /// How users know it: `Dockerfile, Containerfile, *.dockerfile`.
    pub(crate) names: &'static str,
    /// Whether a file of this name is one.
    pub(crate) is_named: fn(&Path) -> bool,
    /// Whether a file of this name may be one; what a walk through a directory looks into.
    pub(crate) may_be_named: fn(&Path) -> bool,
    /// Whether a text of unknown name is one.
    pub(crate) is_likely: fn(&[u8]) -> bool,
    /// Judges files that belong together.
    pub(crate) judge: fn(&[&StaticFile], &CheckSettings) -> Judged,
    /// The file with everything mended that can be; none where nothing can.
    pub(crate) fix: fn(&StaticFile, &CheckSettings) -> Option<String>,
    pub(crate) max_bytes: u64,
}

/// Every kind, by name.
pub(crate) const KINDS: &[&FileKind] = &[&dockerfile::KIND, &deployment::KIND];

/// A file that was read.
#[derive(Debug)]
pub(crate) struct StaticFile {
    /// As it is shown.
    pub(crate) name: String,
    /// None for standard input.
    pub(crate) path: Option<std::path::PathBuf>,
    pub(crate) bytes: Vec<u8>,
}

/// What the checks of its kind say.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) unknowns: Vec<Unknown>,
}

impl Judged {
    /// Puts answers to those about other files: of each check the worst counts.
    pub(crate) fn add(
        &mut self,
        findings: Vec<Finding>,
        results: Vec<CheckResult>,
        unknowns: Vec<Unknown>,
    ) {
        let weight = |outcome: CheckOutcome| match outcome {
            CheckOutcome::Fail => 3,
            CheckOutcome::Unknown => 2,
            CheckOutcome::Pass => 1,
            CheckOutcome::NotApplicable => 0,
        };
        self.findings.extend(findings);
        self.unknowns.extend(unknowns);
        for result in results {
            match self.results.iter_mut().find(|it| it.check == result.check) {
                Some(known) if weight(known.outcome) < weight(result.outcome) => *known = result,
                Some(_) => (),
                None => self.results.push(result),
            }
        }
    }
}

impl StaticFile {
    /// The file with its kind, told by its name and then by what is in it; none where nobody
    /// knows it.
    pub(crate) fn and_kind(self) -> Option<(Self, &'static FileKind)> {
        let by_name =
            KINDS.iter().find(|it| self.path.as_deref().is_some_and(|path| (it.is_named)(path)));
        let kind = by_name.or_else(|| KINDS.iter().find(|it| (it.is_likely)(&self.bytes)))?;
        Some((self, kind))
    }
}

/// What can be checked, for messages.
pub(crate) fn supported() -> String {
    let kinds: Vec<String> =
        KINDS.iter().map(|kind| format!("{} ({})", kind.name, kind.names)).collect();
    kinds.join(", ")
}
