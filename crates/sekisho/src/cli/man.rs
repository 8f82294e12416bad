use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Write the page of every command into DIR, for packagers
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    all: Option<PathBuf>,
    /// The subcommand, as in `sekisho man image scan`; the program itself without one
    command: Vec<String>,
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<Exit> {
        let mut command = super::command();
        // Gives each subcommand the name of its page, `sekisho-image-scan`.
        command.build();
        if let Some(directory) = &self.all {
            write_pages(&command, directory)?;
            return Ok(Exit::Clean);
        }
        let mut command = &command;
        for part in &self.command {
            let Some(found) = command.find_subcommand(part) else {
                bail!("`{}` has no subcommand {part:?}", command.get_name());
            };
            command = found;
        }
        crate::output::print(&page(command)?)?;
        Ok(Exit::Clean)
    }
}

fn write_pages(command: &clap::Command, directory: &Path) -> anyhow::Result<()> {
    fs_err::write(directory.join(format!("{}.1", name(command))), page(command)?)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        write_pages(subcommand, directory)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name(command)).render(&mut page)?;
    Ok(page)
}

fn name(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or("sekisho")
}
