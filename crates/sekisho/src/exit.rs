use std::{error::Error, process::ExitCode};

use sekisho_advisory::{BuildError, ExportError, OpenError, StoreError};
use sekisho_mirror::SetupError;
use sekisho_types::report::{Verdict, VerdictResult};

use crate::{db_age::TooOld, db_settings::NoPlace, output::OutputError};

/// What a run means to the script that called it: a contract with users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Clean,
    PolicyFailed,
    /// Usage, configuration or input that cannot be read.
    Usage,
    /// A question stayed unanswered, which is never a pass.
    Incomplete,
    /// The advisory database is missing or too old.
    Database,
}

impl Exit {
    /// What an error means.
    pub(crate) fn of_error(err: &anyhow::Error) -> Self {
        if err.is::<OutputError>() {
            return Self::Incomplete;
        }
        err.chain().find_map(Self::of_cause).unwrap_or(Self::Usage)
    }

    fn of_cause(cause: &(dyn Error + 'static)) -> Option<Self> {
        let of_open = |err: &OpenError| match err {
            OpenError::Missing { .. } | OpenError::RolledBack { .. } => Self::Database,
            OpenError::Read { .. }
            | OpenError::Manifest { .. }
            | OpenError::Untrusted { .. }
            | OpenError::Signature { .. }
            | OpenError::Size { .. } => Self::Incomplete,
        };
        if cause.is::<TooOld>() || cause.is::<NoPlace>() {
            return Some(Self::Database);
        }
        if cause.is::<StoreError>() || cause.is::<ExportError>() {
            return Some(Self::Incomplete);
        }
        if let Some(SetupError::Locked { .. }) = cause.downcast_ref::<SetupError>() {
            return Some(Self::Incomplete);
        }
        if let Some(err) = cause.downcast_ref::<OpenError>() {
            return Some(of_open(err));
        }
        let exit = match cause.downcast_ref::<BuildError>()? {
            BuildError::Open(err) | BuildError::Given { source: err } => of_open(err),
            BuildError::Write { .. } | BuildError::Locked { .. } => Self::Incomplete,
            BuildError::Read { .. }
            | BuildError::TooLarge { .. }
            | BuildError::Releases { .. }
            | BuildError::NoFeeds { .. }
            | BuildError::Segment { .. }
            | BuildError::Content { .. }
            | BuildError::Archive { .. }
            | BuildError::Feed(_) => Self::Usage,
        };
        Some(exit)
    }

    pub(crate) fn of(verdict: &Verdict) -> Self {
        match verdict.result {
            VerdictResult::Pass => Self::Clean,
            VerdictResult::Fail => Self::PolicyFailed,
            VerdictResult::Unknown => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::PolicyFailed => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Database => 4,
        })
    }
}

/// For the long help of every command that judges.
pub(crate) const HELP: &str = "\
Exit codes:
  0  clean
  1  the policy failed
  2  usage, configuration or input that cannot be read
  3  something could not be read or completed, so there is no full answer
  4  the advisory database is missing or too old";
