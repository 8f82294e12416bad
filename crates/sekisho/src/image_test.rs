//! Files of tests: found, read, run and told about.

mod commands;
mod env_file;
mod files;
mod mistakes;

pub(crate) use commands::{Choice, Commands, Place, Planned};
pub(crate) use env_file::read_env_file;
pub(crate) use files::{Failure, TestFile, find};
pub(crate) use mistakes::show;
