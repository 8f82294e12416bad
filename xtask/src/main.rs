//! Chores of this repository: `cargo xtask VERB`.
//!
//! What keeps the tree in order without being run by hand is a test: [`codegen`] has one for
//! stale files, `tidy` has the rules of STYLE.md that a machine can check.

#![expect(clippy::print_stderr, reason = "a chore talks to whoever runs it")]

mod codegen;
mod demo;
mod fuzz;
mod install;
mod oracles;
mod schemas;
mod test;
#[cfg(test)]
mod tidy;

use std::path::Path;

use anyhow::{Context as _, bail};

const USAGE: &str = "\
Usage: cargo xtask VERB

Verbs:
  codegen [--check]          Write the generated lists and pages, or only say which are stale
  demo [DIR]                 Assemble an image with many faults as an OCI layout and scan it
  fuzz [TARGET] [--seconds]  Run every fuzz target, or one, for 60 s each
  fuzz --seeds               Run every fuzz target on its seeds only
  schemas                    Fetch the schemas that tests validate against
  test [ARG…]                Install what is missing and run every test; ARG goes to nextest";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (verb, rest) = args.split_first().context(USAGE)?;
    match verb.as_str() {
        "codegen" => codegen::run(rest),
        "demo" => demo::run(rest),
        "fuzz" => fuzz::run(rest),
        "schemas" => schemas::run(rest),
        "test" => test::run(rest),
        _ => bail!("no verb {verb:?}\n\n{USAGE}"),
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}
