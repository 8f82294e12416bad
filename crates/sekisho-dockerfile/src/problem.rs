use sekisho_check::Message;

use crate::Span;

/// Something that the builder would refuse, or soon will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub kind: ProblemKind,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file cannot be built.
    Broken,
    /// The builder warns, and may refuse it one day.
    Deprecated,
    /// A limit of this reader was met: what follows was not read.
    Unread,
}

impl Problem {
    pub(crate) fn broken(span: Span, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { span, kind: ProblemKind::Broken, message: Message::new(en, ja) }
    }

    pub(crate) fn unread(span: Span, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { span, kind: ProblemKind::Unread, message: Message::new(en, ja) }
    }

    pub(crate) fn empty_continuation(span: Span) -> Self {
        Self {
            span,
            kind: ProblemKind::Deprecated,
            message: Message::new("an empty line inside an instruction", "命令の途中に空行がある"),
        }
    }
}
