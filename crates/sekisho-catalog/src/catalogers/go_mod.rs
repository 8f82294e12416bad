//! Modules that a `go.mod` requires; it does not tell which serve tests only.
//!
//! Format: go.dev/ref/mod, "go.mod files". Since Go 1.17 a file names all modules that the build
//! needs; before, what only other modules require is missing. What is replaced by a folder keeps
//! its name and has the version `(devel)`. `go.sum` is not read: it also has what was only looked
//! at to choose versions.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "go-mod",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/go.mod"]),
    parse,
};

/// Path and version of a module.
type Module<'a> = (&'a str, &'a str);

#[derive(Default)]
struct GoMod<'a> {
    /// Minor version of the `go` directive, `1.minor`.
    go_minor: Option<u32>,
    required: Vec<Module<'a>>,
    excluded: BTreeSet<Module<'a>>,
    /// By path and version; the version is empty for all of them.
    replaced: BTreeMap<Module<'a>, Module<'a>>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let text = file.text(limits::LOCK_FILE_BYTES)?;
    let mut go_mod = GoMod::default();
    let mut block = None;
    for (number, line) in (1..).zip(text.lines()) {
        let words = words(line);
        let words = words.as_slice();
        let is_read = match (block, words) {
            (_, []) => true,
            (Some(_), [")"]) => {
                block = None;
                true
            }
            (Some(directive), words) => go_mod.add(directive, words),
            (None, [directive, "("]) => {
                block = Some(*directive);
                true
            }
            (None, [directive, words @ ..]) => go_mod.add(directive, words),
        };
        if !is_read {
            out.damage_at_line(number, "not a directive of go.mod");
        }
    }
    go_mod.finish(out)
}

impl<'a> GoMod<'a> {
    /// Takes in a directive; false when it is none.
    fn add(&mut self, directive: &str, words: &[&'a str]) -> bool {
        match (directive, words) {
            ("require", [path, version]) => self.required.push((path, version)),
            ("exclude", [path, version]) => drop(self.excluded.insert((path, version))),
            ("replace", [path, "=>", with @ ..]) => return self.replace((path, ""), with),
            ("replace", [path, version, "=>", with @ ..]) => {
                return self.replace((path, version), with);
            }
            ("go", [version]) => {
                self.go_minor = version.strip_prefix("1.").and_then(|minor| {
                    minor.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
                });
            }
            ("require" | "exclude" | "replace" | "go", _) => return false,
            // `module`, `retract`, `tool` and what later versions bring name no requirement.
            _ => (),
        }
        true
    }

    fn replace(&mut self, module: Module<'a>, with: &[&'a str]) -> bool {
        match with {
            [path, version] => drop(self.replaced.insert(module, (path, version))),
            [_folder] => drop(self.replaced.insert(module, (module.0, "(devel)"))),
            _ => return false,
        }
        true
    }

    fn finish(self, out: &mut Cataloged) -> Result<(), CatalogError> {
        for module in self.required {
            if self.excluded.contains(&module) {
                out.damage(format!("the version of {:?} that is required is excluded", module.0));
                continue;
            }
            let replacement =
                self.replaced.get(&module).or_else(|| self.replaced.get(&(module.0, "")));
            let (path, version) = replacement.copied().unwrap_or(module);
            out.declare(PackageKind::Golang, path, version)?;
        }
        if self.go_minor.is_some_and(|minor| minor < 17) {
            out.damage("before Go 1.17 modules that only other modules require are not all named");
        }
        Ok(())
    }
}

/// The words of a line without its comment and the quotes around words.
fn words(line: &str) -> Vec<&str> {
    let words = line.split_whitespace().take_while(|word| !word.starts_with("//"));
    words.map(|word| word.trim_matches(['"', '`'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    fn read(text: &str) -> String {
        shown(&CATALOGER, "app/go.mod", text)
    }

    #[test]
    fn requirements_are_listed_as_they_are_replaced() {
        insta::assert_snapshot!(read(r#"
module example.org/app // the app

go 1.22.1
toolchain go1.22.3

require example.org/alone v1.0.0
require (
	example.org/a v1.2.3
	"example.org/quoted" v0.1.0 // indirect
	// example.org/comment v1.0.0
	example.org/b v2.0.0+incompatible
	k8s.io/api v0.0.0
)

replace example.org/a v1.2.3 => example.org/fork/a v1.2.4
replace (
	example.org/b v1.0.0 => example.org/never v1.0.0
	k8s.io/api => ./staging/api
)
exclude example.org/b v1.9.0
retract [v1.0.0, v1.1.0]
"#), @"
        golang example.org/alone v1.0.0
        golang example.org/fork/a v1.2.4
        golang example.org/quoted v0.1.0
        golang example.org/b v2.0.0+incompatible
        golang k8s.io/api (devel)
        ");
    }

    #[test]
    fn an_old_file_names_not_all() {
        insta::assert_snapshot!(read("module a\ngo 1.16\nrequire b v1.0.0\n"), @"
        golang b v1.0.0
        damage: before Go 1.17 modules that only other modules require are not all named
        ");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        insta::assert_snapshot!(read("require a\nreplace a =>\n)\nrequire (\nb v1 v2\nexclude c v1\n"), @"
        damage line 1: not a directive of go.mod
        damage line 2: not a directive of go.mod
        damage line 5: not a directive of go.mod
        damage line 6: not a directive of go.mod
        ");
        insta::assert_snapshot!(read("require a v1\nexclude a v1\n"), @r#"damage: the version of "a" that is required is excluded"#);
    }
}
