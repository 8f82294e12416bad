//! Reference pages: what the product says of itself, as Markdown; and the table of rules.

mod checks;
mod command_line;
mod deployments;
mod image_policy;

use std::{fmt::Write as _, path::Path};

use anyhow::Context as _;
use sekisho_catalog::{Cataloger, Scope, Selects};

use super::Output;

/// Every page.
pub(super) fn outputs(root: &Path) -> anyhow::Result<Vec<Output>> {
    let mut outputs = vec![catalogers(root)?, command_line::output()?, deployments::output()?];
    outputs.extend(checks::outputs()?);
    outputs.push(secret_rules()?);
    outputs.extend(image_policy::outputs()?);
    Ok(outputs)
}

/// The table of the rules for secrets, which takes less time to read than their files.
fn secret_rules() -> anyhow::Result<Output> {
    let (path, text) = sekisho_secret::builtin_table().map_err(|wrong| {
        let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("rules for secrets are wrong\n{}", wrong.join("\n"))
    })?;
    Ok(Output { path: path.into(), text })
}

/// The support matrix of catalogers.
fn catalogers(root: &Path) -> anyhow::Result<Output> {
    let mut text = "\
<!-- Written by `cargo xtask codegen` from crates/sekisho-catalog. Do not edit. -->

# Catalogers

A cataloger reads the files that one package manager leaves behind. Those that read what is
installed look into images and directories; those that read what was asked for (lock files) look
into `dir:` targets only, since in an image such files are left-overs of a build.

What only development or tests need is left out where a lock file tells it apart; the list says
which do not. Lock files below `node_modules`, `vendor`, `site-packages` and `dist-packages` came
with an installed package and are not read. What a file names without a version is reported as
unknown.

| cataloger | what it finds | images | `dir:` | files |
|---|---|---|---|---|
"
    .to_owned();
    for cataloger in sekisho_catalog::ALL {
        let finds = first_paragraph(root, cataloger)?;
        let in_images = match cataloger.scope {
            Scope::Installed => "yes",
            Scope::Declared => "no",
        };
        let files = files(cataloger);
        writeln!(text, "| `{}` | {finds} | {in_images} | yes | {files} |", cataloger.id)?;
    }
    text.push_str("\nGlobs stand for whole paths: `*` stays within a directory, `**` does not.\n");
    Ok(Output { path: "docs/reference/catalogers.md".into(), text })
}

fn files(cataloger: &Cataloger) -> String {
    match cataloger.selects {
        Selects::Elf => "every ELF file".to_owned(),
        Selects::Paths(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            paths.join("<br>")
        }
    }
}

/// The first paragraph of the module's documentation, on one line.
fn first_paragraph(root: &Path, cataloger: &Cataloger) -> anyhow::Result<String> {
    let module = cataloger.id.replace('-', "_");
    let path = root.join(format!("crates/sekisho-catalog/src/catalogers/{module}.rs"));
    let text = fs_err::read_to_string(&path)
        .with_context(|| format!("a cataloger's file is named after its id, {:?}", cataloger.id))?;
    let lines: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    anyhow::ensure!(!lines.is_empty(), "{} starts without `//!`", path.display());
    Ok(lines.join(" ").replace('|', "\\|"))
}
