use std::{io, path::PathBuf, time::Duration};

use sekisho_engine::EngineError;

use crate::Ran;

/// Why a command has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("Error creating container")]
    Engine {
        #[source]
        source: EngineError,
    },
    /// The reason is the runtime's, or ours where the command is not there.
    #[error("Error creating container: {reason}")]
    Start { reason: String },
    /// A step before the main command.
    #[error("error in setup")]
    Setup {
        #[source]
        source: Box<Self>,
    },
    #[error("{command:?} exited with {exit_code}: {stderr:?}")]
    Exit { command: Vec<String>, exit_code: i64, stderr: String },
    #[error("the command did not end within {} s and was killed", timeout.as_secs_f64())]
    Timeout { timeout: Duration, ran: Box<Ran> },
    #[error("the command wrote more than {limit} bytes and was killed")]
    Output { limit: usize, ran: Box<Ran> },
    #[error("interrupted")]
    Stopped,
    #[error("failed to lay out the files of the image in {path:?}")]
    Layout {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "the layers of this target can be read only once: write it to a file without compression"
    )]
    Once,
    #[error("failed to start {program:?}")]
    Program {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{what}: {text:?}")]
    Option { what: &'static str, text: String },
}

impl RunError {
    /// The failure of a step before the main command.
    pub(crate) fn in_setup(self) -> Self {
        Self::Setup { source: Box::new(self) }
    }

    /// What the command did until it was ended.
    pub fn ran(&self) -> Option<&Ran> {
        match self {
            Self::Timeout { ran, .. } | Self::Output { ran, .. } => Some(ran),
            Self::Engine { .. }
            | Self::Start { .. }
            | Self::Setup { .. }
            | Self::Exit { .. }
            | Self::Stopped
            | Self::Layout { .. }
            | Self::Once
            | Self::Program { .. }
            | Self::Option { .. } => None,
        }
    }

    /// Whether it says nothing about the image.
    pub fn is_unanswered(&self) -> bool {
        if let Self::Setup { source } = self {
            return source.is_unanswered();
        }
        matches!(
            self,
            Self::Engine { .. }
                | Self::Stopped
                | Self::Layout { .. }
                | Self::Once
                | Self::Program { .. }
        )
    }
}
