//! Lists of modules: a folder in which each file is one thing, and a constant that names all.

use std::{fmt::Write as _, path::Path};

use anyhow::ensure;

use super::Output;

/// A folder of modules, each with one constant.
struct List {
    /// Folder of the modules; the list is written beside it.
    folder: &'static str,
    /// The constant each module has, and its type.
    constant: &'static str,
    item: &'static str,
    /// Doc comment of the list.
    doc: &'static str,
}

const LISTS: &[List] = &[
    List {
        folder: "crates/sekisho-catalog/src/catalogers",
        constant: "CATALOGER",
        item: "Cataloger",
        doc: "Every cataloger, by id.",
    },
    List {
        folder: "crates/sekisho-imagecheck/src/checks",
        constant: "CHECK",
        item: "ImageCheck",
        doc: "Every check of an image, by the name of its file.",
    },
    List {
        folder: "crates/sekisho-deploy/src/checks",
        constant: "CHECK",
        item: "DeployCheck",
        doc: "Every check of what is deployed, by name.",
    },
    List {
        folder: "crates/sekisho-dockerfile/src/checks",
        constant: "CHECK",
        item: "DockerfileCheck",
        doc: "Every check of Dockerfiles, by name.",
    },
    List {
        folder: "crates/sekisho-report/src/formats",
        constant: "FORMAT",
        item: "Format",
        doc: "Every output format, by name.",
    },
];

/// As rustfmt.toml says.
const MAX_WIDTH: usize = 100;

/// The lists of all folders that exist.
pub(super) fn outputs(root: &Path) -> anyhow::Result<Vec<Output>> {
    let mut outputs = Vec::new();
    for list in LISTS {
        if root.join(list.folder).is_dir() {
            let path = Path::new(list.folder).with_extension("rs");
            outputs.push(Output { path, text: list.text(&modules(root, list)?) });
        }
    }
    outputs.extend(builtin_files(root)?);
    Ok(outputs)
}

/// The list of the files of `rules/` that the program takes in.
fn builtin_files(root: &Path) -> anyhow::Result<Option<Output>> {
    let rules = root.join("rules");
    if !rules.is_dir() {
        return Ok(None);
    }
    let mut files = Vec::new();
    for folder in fs_err::read_dir(&rules)? {
        let folder = folder?;
        if folder.file_type()?.is_dir() {
            let kind = folder.file_name().to_string_lossy().into_owned();
            add_files(&folder.path(), &kind, "", &mut files)?;
        }
    }
    files.sort_unstable();
    let mut text = "// Written by `cargo xtask codegen` from `rules/`. Do not edit.\n\n\
                    use crate::BuiltinFile;\n\n\
                    /// Every file, by kind and name.\n\
                    pub(crate) const ALL: &[BuiltinFile] = &[\n"
        .to_owned();
    for (kind, name) in files {
        writeln!(text, "    embed!({kind:?}, {name:?}),").expect("a String takes everything");
    }
    text.push_str("];\n");
    Ok(Some(Output { path: "crates/sekisho-builtin/src/files.rs".into(), text }))
}

/// Adds the YAML files below `folder` with their path from the folder of their kind.
fn add_files(
    folder: &Path,
    kind: &str,
    prefix: &str,
    files: &mut Vec<(String, String)>,
) -> anyhow::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            add_files(&entry.path(), kind, &format!("{prefix}{name}/"), files)?;
        } else if let Some(stem) = name.strip_suffix(".yaml") {
            files.push((kind.to_owned(), format!("{prefix}{stem}")));
        }
    }
    Ok(())
}

/// Names of the modules in the folder, in the order of rustfmt, which is also that of ids.
fn modules(root: &Path, list: &List) -> anyhow::Result<Vec<String>> {
    let declaration = format!("const {}: {} =", list.constant, list.item);
    let mut modules = Vec::new();
    for entry in fs_err::read_dir(root.join(list.folder))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        ensure!(
            fs_err::read_to_string(&path)?.contains(&declaration),
            "{} has no `{declaration}`: each file beside it is one {}; what several share \
             belongs above the folder",
            path.display(),
            list.item,
        );
        modules.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    modules.sort_unstable_by_key(|module| module.replace('_', "-"));
    Ok(modules)
}

impl List {
    fn text(&self, modules: &[String]) -> String {
        let Self { constant, item, doc, .. } = self;
        let mut text = "// Written by `cargo xtask codegen` from the files beside it. \
                        Do not edit.\n\n"
            .to_owned();
        for module in modules {
            writeln!(text, "mod {module};").expect("a String takes everything");
        }
        let items: Vec<String> =
            modules.iter().map(|module| format!("&{module}::{constant}")).collect();
        let array = array(&format!("pub const ALL: &[&{item}] ="), &items);
        write!(text, "\nuse crate::{item};\n\n/// {doc}\n{array}\n")
            .expect("a String takes everything");
        text
    }
}

/// Lays a constant out as rustfmt does: on one line, on two, or with a line an item.
fn array(head: &str, items: &[String]) -> String {
    let value = format!("&[{}];", items.join(", "));
    if head.len() + 1 + value.len() <= MAX_WIDTH {
        return format!("{head} {value}");
    }
    if 4 + value.len() <= MAX_WIDTH {
        return format!("{head}\n    {value}");
    }
    format!("{head} &[\n    {},\n];", items.join(",\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(folder: &'static str) -> List {
        List { folder, constant: "RULE", item: "Rule", doc: "Every rule." }
    }

    #[test]
    fn a_list_has_a_line_and_an_entry_for_each_file() {
        let root = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(root.path().join("rules/apk")).unwrap();
        for name in ["apk_tools.rs", "apk.rs", "apk2.rs"] {
            let text = "pub(super) const RULE: Rule = Rule {};\n";
            fs_err::write(root.path().join("rules").join(name), text).unwrap();
        }
        let list = list("rules");
        insta::assert_snapshot!(list.text(&modules(root.path(), &list).unwrap()), @"
        // Written by `cargo xtask codegen` from the files beside it. Do not edit.

        mod apk;
        mod apk_tools;
        mod apk2;

        use crate::Rule;

        /// Every rule.
        pub const ALL: &[&Rule] = &[&apk::RULE, &apk_tools::RULE, &apk2::RULE];
        ");
    }

    #[test]
    fn the_files_of_rules_are_listed_by_kind_and_name() {
        let root = tempfile::tempdir().unwrap();
        assert!(builtin_files(root.path()).unwrap().is_none());
        for name in ["secret/b.yaml", "secret/a.yaml", "run/x/c.yaml", "schema/a.json", "README.md"]
        {
            let path = root.path().join("rules").join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        let output = builtin_files(root.path()).unwrap().unwrap();
        insta::assert_snapshot!(output.text, @r#"
        // Written by `cargo xtask codegen` from `rules/`. Do not edit.

        use crate::BuiltinFile;

        /// Every file, by kind and name.
        pub(crate) const ALL: &[BuiltinFile] = &[
            embed!("run", "x/c"),
            embed!("secret", "a"),
            embed!("secret", "b"),
        ];
        "#);
    }

    #[test]
    fn a_file_without_the_constant_is_refused() {
        let root = tempfile::tempdir().unwrap();
        fs_err::write(root.path().join("lines.rs"), "fn lines() {}\n").unwrap();
        let err = modules(root.path(), &list(".")).unwrap_err().to_string();
        assert!(err.contains("lines.rs has no `const RULE: Rule =`"), "{err}");
    }

    #[test]
    fn long_lists_break_as_rustfmt_breaks_them() {
        let head = "pub const ALL: &[&Cataloger] =";
        let items = |n| vec!["&abcdefgh::CATALOGER".to_owned(); n];
        assert_eq!(array(head, &items(3)).lines().count(), 1);
        assert_eq!(array(head, &items(4)).lines().count(), 2);
        insta::assert_snapshot!(array(head, &items(5)), @"
        pub const ALL: &[&Cataloger] = &[
            &abcdefgh::CATALOGER,
            &abcdefgh::CATALOGER,
            &abcdefgh::CATALOGER,
            &abcdefgh::CATALOGER,
            &abcdefgh::CATALOGER,
        ];
        ");
    }
}
