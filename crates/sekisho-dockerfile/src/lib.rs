//! Dockerfiles: what they say, and what is wrong with it.
//!
//! [`Dockerfile::parse`] reads a file as BuildKit does and never fails: what the builder would
//! refuse becomes a [`Problem`] at its place, next to everything that could be read. The checks of
//! [`ALL`] then judge it. What a comment in the file excuses stays in the report, excused, and what
//! can be mended without changing what the build does comes with an [`Edit`].
//!
//! # Invariants
//!
//! * The same bytes give the same answer; nothing else is read, and no program is run.
//! * Time and memory are bounded by the size of the file, whatever is in it.
//! * Every place that is reported lies in the file.

mod checks;
mod directive;
mod dockerfile;
mod edit;
mod expand;
mod heredoc;
mod image_name;
mod instruction;
mod judge;
mod libraries;
mod lines;
mod packages;
mod parse;
#[cfg(test)]
mod probe;
mod problem;
mod script;
mod secret_shape;
mod span;
mod stage;
mod subject;
mod suppression;
mod word;

pub use checks::ALL;
pub use directive::{Directive, Directives};
pub use dockerfile::{Dockerfile, MAX_FILE_BYTES};
pub use edit::{Edit, fix, unified_diff};
pub use image_name::ImageName;
pub use instruction::{Command, Copy, Flag, Form, From, Heredoc, Instruction, Kind, Pair, Pairs};
pub use judge::{Answer, judge};
pub use lines::Comment;
pub use problem::{Problem, ProblemKind};
pub use script::{Assignment, Pipe, Reading, Redirect, Script, ShellCommand, ShellWord};
pub use span::{Joined, Position, Source, Span};
pub use stage::{Base, Stage};
pub use subject::{Context, DockerfileCheck, Settings, Subject};
pub use suppression::HADOLINT;
pub use word::Word;
