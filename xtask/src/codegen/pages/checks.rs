//! A page for each check, and the table of all.

use std::fmt::Write as _;

use sekisho_check::Explanation;
use sekisho_types::Severity;

use super::Output;

const HEAD: &str =
    "<!-- Written by `cargo xtask codegen` from the checks themselves. Do not edit. -->";

const CHECKS: &str = "\
The severity is by impact in the default setting; each page argues it. What is looked for in the
content of files is listed under [secrets](secrets.md).";

const SECRETS: &str = "\
A rule is a file of `rules/secret`, with examples that a test runs. The severity is by what the
secret opens; the confidence says how sure its shape is.";

pub(super) fn outputs() -> anyhow::Result<Vec<Output>> {
    let mut all = sekisho::explanations();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let (rules, explanations): (Vec<Explanation>, Vec<Explanation>) =
        all.into_iter().partition(|explanation| explanation.id.starts_with("SEK-SECRET-"));
    let mut outputs = vec![
        table("checks", "Checks", CHECKS, &explanations)?,
        table("secrets", "Secrets", SECRETS, &rules)?,
    ];
    for explanation in explanations.iter().chain(&rules) {
        outputs.push(page(explanation)?);
    }
    Ok(outputs)
}

fn table(
    name: &str,
    title: &str,
    introduction: &str,
    explanations: &[Explanation],
) -> anyhow::Result<Output> {
    let mut text = format!(
        "{HEAD}\n\n# {title}\n\n{introduction}\n\n\
         | check | severity | kind | finds |\n|---|---|---|---|\n"
    );
    for Explanation { id, severity, kind, title, .. } in explanations {
        let (severity, kind) = (lower(*severity), kind.as_str());
        writeln!(text, "| [{id}](checks/{id}.md) | {severity} | {kind} | {} |", title.en)?;
    }
    Ok(Output { path: format!("docs/reference/{name}.md").into(), text })
}

fn page(explanation: &Explanation) -> anyhow::Result<Output> {
    let Explanation { id, name, kind, severity, title, rationale, remediation, .. } = explanation;
    let mut text = format!(
        "{HEAD}\n\n# {id}: {}\n\n`{name}` · severity {} · kind {}",
        title.en,
        lower(*severity),
        kind.as_str(),
    );
    if let Some(benchmark) = &explanation.benchmark {
        write!(text, " · {benchmark}")?;
    }
    write!(
        text,
        "\n\n## Why it matters\n\n{}\n\n## What to do\n\n{}\n\n## 日本語\n\n**{}**\n\n{}\n\n{}\n\n\
         ## References\n\n",
        rationale.en, remediation.en, title.ja, rationale.ja, remediation.ja,
    )?;
    for reference in &explanation.references {
        writeln!(text, "- <{reference}>")?;
    }
    Ok(Output { path: format!("docs/reference/checks/{id}.md").into(), text })
}

/// As reports spell it.
fn lower(severity: Severity) -> String {
    format!("{severity:?}").to_lowercase()
}
