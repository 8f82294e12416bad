//! Which of many globs a path matches, in one look at its last component.
//!
//! A layer has a hundred thousand paths, and every cataloger is asked about each. So the globs lie
//! in order of what the name of a file must be or end in: nearly all names stand for none.
//!
//! A glob is over the whole path: `**/` at its start stands for any directories, `*` for any
//! characters of one component, and `{a,b}` for either.

use std::collections::BTreeMap;

/// Globs, each with a number.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    all: Vec<Glob>,
    /// By the whole name of the file.
    by_name: BTreeMap<Vec<u8>, Vec<usize>>,
    /// By what follows the last dot of the name.
    by_extension: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Those that say nothing of the name's end.
    others: Vec<usize>,
}

#[derive(Debug)]
struct Glob {
    number: usize,
    /// Last component first.
    components: Vec<Vec<u8>>,
    is_anywhere: bool,
}

impl Globs {
    /// Adds a glob. Several may have the same number.
    pub(crate) fn add(&mut self, number: usize, glob: &str) {
        for glob in alternatives(glob) {
            let rest = glob.strip_prefix("**/");
            let components: Vec<Vec<u8>> =
                rest.unwrap_or(&glob).rsplit('/').map(|it| it.as_bytes().to_vec()).collect();
            let index = self.all.len();
            let name = components.first().map(Vec::as_slice).unwrap_or_default();
            let after_star = name.rsplit(|byte| *byte == b'*').next().unwrap_or_default();
            if !name.contains(&b'*') {
                self.by_name.entry(name.to_vec()).or_default().push(index);
            } else if after_star.contains(&b'.') {
                let extension = extension(after_star).to_vec();
                self.by_extension.entry(extension).or_default().push(index);
            } else {
                self.others.push(index);
            }
            self.all.push(Glob { number, components, is_anywhere: rest.is_some() });
        }
    }

    /// The numbers of the globs that match, in order, each once.
    pub(crate) fn matches(&self, path: &[u8]) -> Vec<usize> {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let by_name = self.by_name.get(name).into_iter();
        let by_extension = self.by_extension.get(extension(name)).into_iter();
        let mut numbers: Vec<usize> = by_name
            .chain(by_extension)
            .flatten()
            .chain(&self.others)
            .filter_map(|index| self.all.get(*index))
            .filter(|glob| glob.matches(path))
            .map(|glob| glob.number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

impl Glob {
    fn matches(&self, path: &[u8]) -> bool {
        let mut names = path.rsplit(|byte| *byte == b'/');
        let mut is_like = |component: &Vec<u8>| {
            names.next().is_some_and(|name| is_like_component(name, component))
        };
        self.components.iter().all(&mut is_like) && (self.is_anywhere || names.next().is_none())
    }
}

/// What follows the last dot, or all where there is none.
fn extension(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'.').next().unwrap_or_default()
}

/// The globs that one with `{a,b}` stands for.
fn alternatives(glob: &str) -> Vec<String> {
    let Some((before, rest)) = glob.split_once('{') else { return vec![glob.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![glob.to_owned()] };
    let afters = alternatives(after);
    choices
        .split(',')
        .flat_map(|choice| afters.iter().map(move |after| format!("{before}{choice}{after}")))
        .collect()
}

/// A `*` matches as little as the rest allows, and is tried again further on when that fails.
fn is_like_component(mut name: &[u8], mut pattern: &[u8]) -> bool {
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, name) {
            ([b'*', rest @ ..], _) => {
                pattern = rest;
                retry = Some((rest, name));
            }
            ([a, pattern_rest @ ..], [b, name_rest @ ..]) if a == b => {
                (pattern, name) = (pattern_rest, name_rest);
            }
            ([], []) => return true,
            _ => {
                let Some((after, [_, later @ ..])) = retry else { return false };
                retry = Some((after, later));
                (pattern, name) = (after, later);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
    use proptest::prelude::*;

    use super::*;
    use crate::{Selects, catalogers};

    fn globs_of_catalogers() -> Vec<&'static str> {
        let paths = catalogers::ALL.iter().filter_map(|cataloger| match cataloger.selects {
            Selects::Paths(paths) => Some(paths),
            Selects::Elf => None,
        });
        paths.flatten().copied().collect()
    }

    fn ours(list: &[&str]) -> Globs {
        let mut globs = Globs::default();
        for (number, glob) in list.iter().enumerate() {
            globs.add(number, glob);
        }
        globs
    }

    fn theirs(list: &[&str]) -> GlobSet {
        let mut globs = GlobSetBuilder::new();
        for glob in list {
            globs.add(GlobBuilder::new(glob).literal_separator(true).build().unwrap());
        }
        globs.build().unwrap()
    }

    #[test]
    fn names_extensions_and_any_name_are_found() {
        let globs = ours(&["**/*.{jar,war}", "a/b/*", "**/x/pom.xml", "opt/yarn-v*/p.json"]);
        for (path, want) in [
            ("app.jar", vec![0]),
            ("srv/.war", vec![0]),
            ("srv/jar", vec![]),
            ("a/b/c.jar", vec![0, 1]),
            ("a/b/c/d", vec![]),
            ("z/a/b/c", vec![]),
            ("x/pom.xml", vec![2]),
            ("pom.xml", vec![]),
            ("opt/yarn-v1.2/p.json", vec![3]),
            ("opt/yarn/p.json", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(globs.matches(path.as_bytes()), want, "{path}");
        }
    }

    #[test]
    fn the_globs_of_catalogers_have_only_what_is_understood() {
        for glob in globs_of_catalogers() {
            let rest = glob.strip_prefix("**/").unwrap_or(glob);
            assert!(!rest.contains("**") && !rest.contains(['?', '[', ']', '\\', '!']), "{glob}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Paths made of what the globs are made of, so that many match.
        #[test]
        fn paths_match_as_in_globset(
            picks in prop::collection::vec((any::<prop::sample::Index>(), "[a.@]{0,2}"), 1..5),
            cut in 0_usize..6,
        ) {
            let list = globs_of_catalogers();
            let mut path = String::new();
            for (pick, filler) in &picks {
                let glob: &&str = pick.get(&list);
                let globs = alternatives(glob);
                let glob = &globs[filler.len() % globs.len()];
                let glob = glob.replace("**/", "").replace('*', filler);
                path.push_str(&glob);
                path.push('/');
            }
            let parts: Vec<&str> = path.trim_end_matches('/').split('/').filter(|it| !it.is_empty()).collect();
            let path = parts[cut.min(parts.len().saturating_sub(1))..].join("/");
            let mut want = theirs(&list).matches(&path);
            want.sort_unstable();
            prop_assert_eq!(ours(&list).matches(path.as_bytes()), want, "{}", path);
        }
    }
}
