//! The program as a script sees it: arguments in, report and exit code out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod advisories;
mod attached;
mod cache;
mod check;
mod db;
mod db_exchange;
mod db_faults;
mod db_update;
mod errors;
mod formats;
mod guides;
mod hostile_archives;
mod hostile_files;
mod hostile_jars;
mod hostile_layers;
mod hostile_secrets;
mod hostile_sizes;
mod image_test;
mod inventory;
mod program;
mod registry;
mod sample;
mod sbom;
mod secrets;
mod settings;
mod sources;
mod truth;
mod vulnerabilities;
