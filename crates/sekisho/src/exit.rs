use std::process::ExitCode;

use sekisho_types::report::{Verdict, VerdictResult};

/// What a run means to the script that called it: a contract with users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Clean,
    PolicyFailed,
    /// Usage, configuration or input that cannot be read.
    Usage,
    /// A question stayed unanswered, which is never a pass.
    Incomplete,
}

impl Exit {
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
