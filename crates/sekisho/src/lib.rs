//! The command line of Sekisho: settings, subcommands, printing and exit codes.
//!
//! Everything that reads the environment, prints, or decides what a failure means to a script
//! is here; the other crates know nothing of it. A subcommand is a file of `cli/`.

mod cli;
mod db_age;
mod db_artifact;
mod db_settings;
mod db_sources;
mod engines;
mod environment;
mod exit;
mod explanations;
mod image_test;
mod output;
mod progress_bar;
mod registry_config;
mod secret_settings;
mod settings;
mod static_file;

pub use cli::{command, run};
pub use explanations::explanations;
