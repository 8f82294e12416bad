//! The commands. Each subcommand is a file beside this one.

mod access_options;
mod check;
mod completions;
mod db_build;
mod db_export;
mod db_import;
mod db_key;
mod db_options;
mod db_place;
mod db_status;
mod db_update;
mod db_why;
mod explain;
mod image_sbom;
mod image_scan;
mod image_test;
mod judging_options;
mod man;
mod target_options;
mod vulnerability_options;

use std::{io::Write, process::ExitCode};

use clap::{ArgAction, CommandFactory, Parser, Subcommand};
use sekisho_report::Language;

use crate::{db_settings::hint, exit::Exit, output::is_broken_pipe, settings::Settings};

/// Guard Linux containers at every checkpoint of their life
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, propagate_version = true, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Read settings from FILE instead of the first sekisho.yaml from here upward
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Print nothing but results and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print what is done on the way
    #[arg(long, short, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Show no progress
    #[arg(long, global = true)]
    no_progress: bool,
    /// Speak to people in this language
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = ["en", "ja"])]
    lang: Option<String>,
}

impl Common {
    /// The language of what people read: the flag, else the settings, else English.
    pub(crate) fn language(&self, settings: &Settings) -> Language {
        let code = self.lang.as_ref().or(settings.lang.as_ref());
        // Both were understood when they were read.
        code.and_then(|code| Language::parse(code)).unwrap_or_default()
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look into container images
    #[command(subcommand)]
    Image(Box<ImageCommand>),
    /// Check files that describe containers: Dockerfiles, task definitions
    Check(check::Check),
    /// Keep the advisory database
    #[command(subcommand)]
    Db(DbCommand),
    /// Say why a check or rule exists and how to fix what it finds
    Explain(explain::Explain),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print a manual page
    #[command(hide = true)]
    Man(man::Man),
}

#[derive(Debug, Subcommand)]
enum ImageCommand {
    /// List what an image holds and judge it
    Scan(image_scan::ImageScan),
    /// Write the bill of materials of an image
    Sbom(image_sbom::ImageSbom),
    /// Test an image by a policy file; compatible with container-structure-test
    Test(image_test::ImageTest),
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Fetch what has changed in the feeds and bring the database up to date
    Update(db_update::DbUpdate),
    /// Make the database of a directory of feeds
    Build(db_build::DbBuild),
    /// Show how old the database is and what it consists of
    Status(db_status::DbStatus),
    /// Show which source says that a package has a vulnerability
    Why(db_why::DbWhy),
    /// Hand the database on, as a file or as an artifact of a registry
    Export(db_export::DbExport),
    /// Take in a database that was exported
    Import(db_import::DbImport),
    /// Print the public key of whoever builds the database here
    Key(db_key::DbKey),
}

/// The definition of the command line, for manual, completions and reference.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs what the arguments of this process say.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => return clap_exit(&err),
    };
    start_logging(&cli.common);
    let result = match cli.command {
        Command::Image(command) => match *command {
            ImageCommand::Scan(scan) => scan.run(&cli.common),
            ImageCommand::Sbom(sbom) => sbom.run(&cli.common),
            ImageCommand::Test(test) => test.run(&cli.common),
        },
        Command::Db(command) => match command {
            DbCommand::Update(update) => update.run(&cli.common),
            DbCommand::Build(build) => build.run(&cli.common),
            DbCommand::Status(status) => status.run(&cli.common),
            DbCommand::Why(why) => why.run(&cli.common),
            DbCommand::Export(export) => export.run(&cli.common),
            DbCommand::Import(import) => import.run(&cli.common),
            DbCommand::Key(key) => key.run(),
        },
        Command::Check(check) => check.run(&cli.common),
        Command::Explain(explain) => explain.run(&cli.common),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(err) if is_broken_pipe(&err) => Exit::Clean.into(),
        Err(err) => {
            print_error(&err);
            Exit::of_error(&err).into()
        }
    }
}

fn clap_exit(err: &clap::Error) -> ExitCode {
    // Help and version are printed through the same type, and nobody may be listening.
    drop(err.print());
    if err.use_stderr() { Exit::Usage.into() } else { Exit::Clean.into() }
}

pub(crate) fn print_error(err: &anyhow::Error) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let mut stderr = anstream::stderr().lock();
    // There is no other place to complain.
    drop(writeln!(stderr, "{style}error:{style:#} {err:#}"));
    if let Some(hint) = hint(err) {
        let style = anstyle::AnsiColor::Cyan.on_default().bold();
        drop(writeln!(stderr, "{style}hint:{style:#} {hint}"));
    }
}

fn start_logging(common: &Common) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => tracing::Level::ERROR,
        (false, 0) => tracing::Level::WARN,
        (false, 1) => tracing::Level::INFO,
        (false, 2) => tracing::Level::DEBUG,
        (false, _) => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .without_time()
        .with_target(false)
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }
}
