use clap_complete::Shell;

use crate::exit::Exit;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sekisho completions bash > /etc/bash_completion.d/sekisho
  sekisho completions zsh > ~/.zfunc/_sekisho
  sekisho completions fish > ~/.config/fish/completions/sekisho.fish")]
pub(super) struct Completions {
    /// The shell to print them for
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "sekisho", &mut script);
        crate::output::print(&script)?;
        Ok(Exit::Clean)
    }
}
