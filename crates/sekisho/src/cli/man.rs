use anyhow::bail;

use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// The subcommand, as in `sekisho man image scan`; the program itself without one
    command: Vec<String>,
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<Exit> {
        let mut command = super::command();
        // Gives each subcommand the name of its page, `sekisho-image-scan`.
        command.build();
        let mut command = &command;
        for part in &self.command {
            let Some(found) = command.find_subcommand(part) else {
                bail!("`{}` has no subcommand {part:?}", command.get_name());
            };
            command = found;
        }
        let mut page = Vec::new();
        let name = command.get_display_name().unwrap_or("sekisho").to_owned();
        clap_mangen::Man::new(command.clone()).title(name).render(&mut page)?;
        crate::output::print(&page)?;
        Ok(Exit::Clean)
    }
}
