//! What catalogers of lock files have in common: bounded documents, and the packages they name.

use sekisho_archive::limits;
use sekisho_types::{ImagePath, PackageKind};
use serde::de::DeserializeOwned;

use crate::{CatalogError, Cataloged, File, Record, identity};

/// Most nodes of a YAML document. A lock file with 20,000 packages has about 500,000.
const YAML_NODES: usize = 4_000_000;

/// Folders of installed packages. A lock file in one came with a package: what its authors
/// locked for themselves was never installed.
const INSTALLED: [&[u8]; 4] = [b"node_modules", b"vendor", b"site-packages", b"dist-packages"];

impl File<'_> {
    /// Reads the file as TOML.
    pub(crate) fn toml<T: DeserializeOwned>(&mut self) -> Result<T, CatalogError> {
        let text = self.text(limits::LOCK_FILE_BYTES)?;
        toml::from_str(&text).map_err(|err| {
            let start = err.span().and_then(|span| text.as_bytes().get(..span.start));
            CatalogError::Document {
                format: "TOML",
                line: start.map(line_after),
                reason: err.message().to_owned(),
            }
        })
    }

    /// Reads the file as YAML. Lock files have no anchors; a document that has some is refused,
    /// so that nothing can be repeated.
    pub(crate) fn yaml<T: DeserializeOwned>(&mut self) -> Result<T, CatalogError> {
        let text = self.text(limits::LOCK_FILE_BYTES)?;
        let budget = serde_saphyr::budget! {
            max_anchors: 0,
            max_aliases: 0,
            max_merge_keys: 0,
            max_depth: limits::LOCK_FILE_DEPTH,
            max_nodes: YAML_NODES,
            max_events: 2 * YAML_NODES,
        };
        // A snippet in the message would repeat hostile text over many lines.
        let options = serde_saphyr::options! { budget: budget, with_snippet: false };
        serde_saphyr::from_str_with_options(&text, options).map_err(|err| CatalogError::Document {
            format: "YAML",
            line: err.location().map(|location| location.line()),
            reason: err.to_string(),
        })
    }

    /// Whether the file came with an installed package, and says nothing of this project.
    pub(crate) fn is_of_installed_package(&self) -> bool {
        is_in(self.path, &INSTALLED)
    }
}

fn is_in(path: &ImagePath, folders: &[&[u8]]) -> bool {
    path.as_bytes().split(|byte| *byte == b'/').any(|part| folders.contains(&part))
}

fn line_after(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').count() as u64
}

impl Cataloged {
    /// Adds a package that a lock file names.
    ///
    /// Where a package without a version comes from is not repeated: addresses may hold
    /// passwords.
    pub(crate) fn declare(
        &mut self,
        kind: PackageKind,
        name: &str,
        version: &str,
    ) -> Result<(), CatalogError> {
        let Some(package) = identity::package(kind, name, version) else {
            self.damage(match identity::field(name) {
                Some(name) => format!("no version of {name:?}"),
                None => "a package without a name".to_owned(),
            });
            return Ok(());
        };
        self.add_record(Record { package, key: None, inner_path: None })
    }
}

/// Which of `n_nodes` can be reached from `roots`; `next` adds the neighbours of a node.
pub(crate) fn reachable(
    n_nodes: usize,
    roots: impl IntoIterator<Item = usize>,
    mut next: impl FnMut(usize, &mut Vec<usize>),
) -> Vec<bool> {
    let mut reached = vec![false; n_nodes];
    let mut open: Vec<usize> = roots.into_iter().collect();
    while let Some(node) = open.pop() {
        if let Some(reached) = reached.get_mut(node).filter(|reached| !**reached) {
            *reached = true;
            next(node, &mut open);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use serde::de::IgnoredAny;

    use super::*;

    fn input(text: &str) -> (ImagePath, Spool) {
        let path = ImagePath::parse(b"app/a.lock").unwrap();
        (path, Spool::from_bytes(text.as_bytes().to_vec()))
    }

    fn yaml(text: &str) -> String {
        let (path, mut content) = input(text);
        let mut file = File { path: &path, content: &mut content };
        file.yaml::<IgnoredAny>().unwrap_err().to_string()
    }

    fn toml(text: &str) -> String {
        let (path, mut content) = input(text);
        let mut file = File { path: &path, content: &mut content };
        file.toml::<IgnoredAny>().unwrap_err().to_string()
    }

    #[test]
    fn a_document_says_on_which_line_it_ends() {
        insta::assert_snapshot!(toml("a = 1\nb = \"x\ny\""), @r#"not valid TOML at line 3: "key with no value, expected `=`""#);
        insta::assert_snapshot!(yaml("a: 1\nb: [\n"), @r#"not valid YAML at line 2: "unclosed bracket '[' at line 2, column 4""#);
    }

    #[test]
    fn what_repeats_or_nests_without_end_is_refused() {
        insta::assert_snapshot!(yaml("a: &a [x, x]\nb: [*a, *a]\n"), @r#"not valid YAML at line 1: "budget breached: Anchors { anchors: 1 } at line 1, column 7""#);
        insta::assert_snapshot!(yaml(&"[".repeat(10_000)), @r#"not valid YAML at line 1: "recursion limit exceeded at line 1, column 256""#);
        insta::assert_snapshot!(toml(&format!("a = {}", "[".repeat(100_000))), @r#"not valid TOML at line 1: "cannot recurse further; max recursion depth met""#);
        insta::assert_snapshot!(yaml(&"- - ".repeat(100_000)), @r#"not valid YAML at line 1: "budget breached: Depth { depth: 65 } at line 1, column 129""#);
    }

    #[test]
    fn a_circle_is_walked_once() {
        let edges: [&[usize]; 4] = [&[1], &[0, 2, 9], &[], &[2]];
        let reached = reachable(4, [0], |node, open| open.extend(edges[node]));
        assert_eq!(reached, [true, true, true, false]);
    }
}
