//! The command line, as each command's long help states it.

use std::fmt::Write as _;

use clap::Command;

use super::Output;

/// The page's width, whatever terminal this runs in.
const WIDTH: usize = 100;

pub(super) fn output() -> anyhow::Result<Output> {
    let mut text = "\
<!-- Written by `cargo xtask codegen` from crates/sekisho/src/cli. Do not edit. -->

# Command line

What `sekisho COMMAND --help` prints. Results go to standard output, everything else to standard
error.
"
    .to_owned();
    let mut command = sekisho::command().term_width(WIDTH);
    command.build();
    write_command(&mut text, &command, "sekisho")?;
    Ok(Output { path: "docs/reference/cli.md".into(), text })
}

/// Writes a command and those below it. `name` is what is typed.
fn write_command(text: &mut String, command: &Command, name: &str) -> anyhow::Result<()> {
    let help = command.clone().term_width(WIDTH).render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end())?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        write_command(text, subcommand, &format!("{name} {}", subcommand.get_name()))?;
    }
    Ok(())
}
