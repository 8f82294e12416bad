//! The schema of image policies: a page for people and a JSON Schema for editors.

use crate::codegen::Output;

pub(super) fn outputs() -> anyhow::Result<[Output; 2]> {
    let mut schema = serde_json::to_string_pretty(&sekisho_imagetest::json_schema())?;
    schema.push('\n');
    let text = format!(
        "\
<!-- Written by `cargo xtask codegen` from crates/sekisho-imagetest. Do not edit. -->

# Image policies: `sekisho/1`

Files for `sekisho image test` that begin with `schemaVersion: sekisho/1`. What is left out is not asked for. An
editor that knows JSON Schema completes and checks them with
[image-policy.schema.json](image-policy.schema.json):
`# yaml-language-server: $schema=image-policy.schema.json`.

`${{{{ name }}}}` in any text is filled in: from `--var`, then a file of `--vars`, then `variables`; `${{{{ env.NAME }}}}` is
a variable of the environment. Patterns of paths are matched from the root; a pattern of regular expressions is in the
dialect of Go.

{}",
        sekisho_imagetest::reference()
    );
    Ok([
        Output { path: "docs/reference/image-policy.md".into(), text },
        Output { path: "docs/reference/image-policy.schema.json".into(), text: schema },
    ])
}
