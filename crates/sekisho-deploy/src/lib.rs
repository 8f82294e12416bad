//! What is deployed: task definitions and what stands around them, read from many notations into
//! one model, and judged.
//!
//! [`Deployment::read`] takes the files of one deployment and never fails: what cannot be read is
//! a [`Problem`] at its place. Every value is known, absent, or known only at deployment; the last
//! is never taken for either of the others. The checks of [`ALL`] see the model alone.
//!
//! # Invariants
//!
//! * The same files give the same answer; nothing else is read, and no program is run.
//! * Time and memory are bounded by the size of the files, whatever is in them.
//! * Every place that is reported lies in one of the files.

mod ask;
mod check;
mod checks;
mod conform;
mod deployment;
mod detect;
mod field;
mod host_path;
mod image_name;
mod json;
mod judge;
mod node;
mod notations;
mod problem;
mod read;
mod resource;
mod role;
mod schema;
mod secret_name;
mod size;
mod source;
mod task;
#[cfg(test)]
mod testing;
mod user;
mod yaml;

pub use check::{DeployCheck, Fix, Level};
pub use checks::ALL;
pub use deployment::{Deployment, FindSecret, Profile, Settings};
pub use detect::{is_likely, is_named};
pub use field::{Field, List, Pair, Spot};
pub use judge::{Answer, judge};
pub use problem::Problem;
pub use resource::{Resource, ResourceKind};
pub use source::{Place, Position, Source, Span};
pub use task::{
    Container, Device, DockerVolume, EfsVolume, Firelens, Log, Mistake, MistakeKind, Mount,
    Notation, Port, RestartPolicy, Task, Tmpfs, Ulimit, Volume,
};

/// Largest file that is read. The longest templates that CloudFormation takes are an eighth of it.
pub const MAX_FILE_BYTES: usize = 8 << 20;
