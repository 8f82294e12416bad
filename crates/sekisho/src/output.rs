//! Where results go: each format to its file, one of them to standard output.

use std::{
    io::{BufWriter, IsTerminal, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};
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

impl Plan {
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().map(|(format, _)| format.id)
    }

    /// Writes the report in every format.
    pub(crate) fn write(
        &self,
        report: &Report,
        _common: &Common,
        _: &Settings,
    ) -> anyhow::Result<()> {
        for (format, file) in &self.parts {
            let failed = || format!("failed to write {} to {}", format.id, place(file.as_ref()));
            match file {
                Some(path) => {
                    let mut file = BufWriter::new(fs_err::File::create(path)?);
                    (format.write)(report, &Options { color: false }, &mut file)
                        .with_context(failed)?;
                    file.flush().with_context(failed)?;
                }
                None => {
                    let stdout = std::io::stdout();
                    let color = stdout.is_terminal();
                    let mut out = BufWriter::with_capacity(64 * 1024, stdout.lock());
                    (format.write)(report, &Options { color }, &mut out).with_context(failed)?;
                    out.flush().with_context(failed)?;
                }
            }
        }
        Ok(())
    }
}

fn place(file: Option<&PathBuf>) -> String {
    file.map_or("standard output".to_owned(), |file| file.display().to_string())
}

/// Prints what is no report: completions, a manual.
pub(crate) fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}
