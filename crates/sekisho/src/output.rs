//! Where results go: each format to its file, one of them to standard output.

use std::{
    fmt,
    io::{self, BufWriter, ErrorKind, Stdout, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, bail};
use jiff::Timestamp;
use sekisho_report::{ALL, Format, Options};
use sekisho_types::report::Report;

use crate::{cli::Common, settings::Settings};

/// How results are written.
#[derive(Debug, clap::Args)]
pub(crate) struct Outputs {
    /// Write the result as FORMAT, to FILE where it is given; repeatable
    #[arg(long, short, value_name = "FORMAT[=FILE]", help = help())]
    format: Vec<String>,
    /// Write what has no file of its own to FILE; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn help() -> String {
    let ids: Vec<&str> = ALL.iter().map(|format| format.id).collect();
    format!(
        "Write the result as FORMAT, to FILE where it is given; repeatable [{}]",
        ids.join(", ")
    )
}

/// Outputs whose names have been understood.
pub(crate) struct Plan {
    parts: Vec<(&'static Format, Option<PathBuf>)>,
}

impl Outputs {
    /// Understands what was asked for: flags, else what `defaults` of the settings say, else
    /// `fallback`.
    ///
    /// # Errors
    ///
    /// On an unknown format, and when two would be mixed in one file.
    pub(crate) fn plan(&self, defaults: &[String], fallback: &str) -> anyhow::Result<Plan> {
        let fallback = [fallback.to_owned()];
        let asked = match (self.format.as_slice(), defaults) {
            ([], []) => &fallback[..],
            ([], defaults) => defaults,
            (flags, _) => flags,
        };
        let mut parts = Vec::new();
        for text in asked {
            let (id, file) = match text.split_once('=') {
                Some((id, file)) => (id, Some(PathBuf::from(file))),
                None => (text.as_str(), self.output.clone()),
            };
            let Some(format) = ALL.iter().copied().find(|format| format.id == id) else {
                let ids: Vec<&str> = ALL.iter().map(|format| format.id).collect();
                bail!("there is no format {id:?}: take one of {}", ids.join(", "));
            };
            parts.push((format, file.filter(|file| file.as_os_str() != "-")));
        }
        for (index, (format, file)) in parts.iter().enumerate() {
            if parts.iter().skip(index + 1).any(|(_, other)| other == file) {
                bail!(
                    "{} and another format would be mixed in one place: give each a file, as in \
                     --format {}=FILE",
                    format.id,
                    format.id
                );
            }
        }
        Ok(Plan { parts })
    }
}

/// Where a format goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Stdout,
    File(PathBuf),
}

impl Outputs {
    /// What was asked for as `FORMAT[=FILE]`, without the other flags.
    pub(crate) fn of(format: Vec<String>) -> Self {
        Self { format, output: None }
    }

    /// Takes out a format that a command writes by itself, also where nothing was asked for: its
    /// file, none for standard output. The rest is left as it was asked for.
    pub(crate) fn take(&self, id: &str, defaults: &[String]) -> (Option<Place>, Vec<String>) {
        let fallback = [id.to_owned()];
        let asked = match (self.format.as_slice(), defaults) {
            ([], []) => &fallback[..],
            ([], defaults) => defaults,
            (flags, _) => flags,
        };
        let mut taken = None;
        let mut rest = Vec::new();
        for text in asked {
            let (name, file) = match text.split_once('=') {
                Some((name, file)) => (name, Some(PathBuf::from(file))),
                None => (text.as_str(), self.output.clone()),
            };
            let file = file.filter(|file| file.as_os_str() != "-");
            match (name == id, file) {
                (true, Some(file)) => taken = Some(Place::File(file)),
                (true, None) => taken = Some(Place::Stdout),
                (false, Some(file)) => rest.push(format!("{name}={}", file.display())),
                (false, None) => rest.push(name.to_owned()),
            }
        }
        (taken, rest)
    }
}

impl Plan {
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().map(|(format, _)| format.id)
    }

    /// Writes the report in every format.
    ///
    /// Whoever closes standard output early has seen enough: the other formats are written all
    /// the same, and the verdict stays what it is.
    pub(crate) fn write(
        &self,
        report: &Report,
        common: &Common,
        settings: &Settings,
    ) -> anyhow::Result<()> {
        #[expect(clippy::disallowed_methods, reason = "the binary reads the clock")]
        let now = SystemTime::now();
        let options = Options {
            language: common.language(settings),
            now: Timestamp::try_from(now).ok(),
            ..Options::default()
        };
        for (format, file) in &self.parts {
            match write_one(format, file.as_deref(), report, &options) {
                Err(err) if file.is_none() && is_broken_pipe(&err) => {
                    tracing::info!("standard output was closed before the report ended");
                }
                result => {
                    let place = file.as_ref().map_or_else(
                        || "standard output".to_owned(),
                        |file| file.display().to_string(),
                    );
                    result.context(OutputError { format: format.id, place })?;
                }
            }
        }
        Ok(())
    }
}

fn write_one(
    format: &Format,
    file: Option<&Path>,
    report: &Report,
    options: &Options,
) -> anyhow::Result<()> {
    let Some(path) = file else {
        let stdout = io::stdout();
        let color = AutoStream::choice(&stdout) != ColorChoice::Never;
        let options = Options { color, width: columns(&stdout), ..options.clone() };
        let mut out = BufWriter::with_capacity(64 * 1024, stdout.lock());
        (format.write)(report, &options, &mut out)?;
        return Ok(out.flush()?);
    };
    let mut file = BufWriter::new(fs_err::File::create(path)?);
    (format.write)(report, options, &mut file)?;
    Ok(file.flush()?)
}

/// The width of the terminal, where it is one.
fn columns(stdout: &Stdout) -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(stdout).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// A result that did not reach its reader.
#[derive(Debug)]
pub(crate) struct OutputError {
    format: &'static str,
    place: String,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to write {} to {:?}", self.format, self.place)
    }
}

/// Whoever read our output has seen enough.
pub(crate) fn is_broken_pipe(err: &anyhow::Error) -> bool {
    err.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|err| err.kind() == ErrorKind::BrokenPipe)
    })
}

/// Prints what is no report: completions, a manual.
pub(crate) fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}
