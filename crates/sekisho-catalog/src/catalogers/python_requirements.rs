//! Packages that a `requirements.txt` pins with `==`; files whose name speaks of development or
//! tests are left out.
//!
//! Format: pip's documentation, "Requirements File Format". A requirement of several versions is
//! not a package. Other files that one includes are read when they bear such a name themselves.

use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "python-requirements",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/requirements*.txt"]),
    parse,
};

/// Parts of a file name that tell what is not needed to run.
const DEVELOPMENT: [&[u8]; 9] =
    [b"ci", b"dev", b"develop", b"development", b"docs", b"lint", b"test", b"testing", b"tests"];

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let name = file.path.file_name().to_ascii_lowercase();
    let mut parts = name.split(|byte| !byte.is_ascii_alphanumeric());
    if file.is_of_installed_package() || parts.any(|part| DEVELOPMENT.contains(&part)) {
        return Ok(());
    }
    let text = file.text(limits::LOCK_FILE_BYTES)?;
    let mut n_open = 0_usize;
    let mut requirement = String::new();
    // An empty line ends what the last one goes on with.
    for line in text.lines().chain([""]) {
        let line = match line.strip_prefix('#') {
            Some(_) => "",
            None => line.split_once(" #").map_or(line, |(line, _)| line),
        };
        if let Some(line) = line.strip_suffix('\\') {
            requirement.push_str(line);
            continue;
        }
        requirement.push_str(line);
        match Requirement::parse(&requirement) {
            Requirement::None => (),
            Requirement::Open => n_open += 1,
            Requirement::Pinned(name, version) => out.declare(PackageKind::Pypi, name, version)?,
        }
        requirement.clear();
    }
    if n_open > 0 {
        out.damage(format!("{n_open} requirements do not say one version"));
    }
    Ok(())
}

enum Requirement<'a> {
    /// An option, or nothing.
    None,
    /// Of no version that the file tells.
    Open,
    Pinned(&'a str, &'a str),
}

impl<'a> Requirement<'a> {
    /// # Source
    ///
    /// PEP 508, the grammar of dependency specifiers: name, extras, versions, marker.
    fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if text.is_empty() || text.starts_with('-') {
            return Self::None;
        }
        let text = text.split_once(" --").map_or(text, |(text, _)| text);
        let text = text.split_once(';').map_or(text, |(text, _)| text);
        let Some((name, version)) = text.split_once("==") else { return Self::Open };
        let name = name.split_once('[').map_or(name, |(name, _)| name).trim();
        // The third sign of `===` asks for equal text.
        let version = version.trim_start_matches('=').trim();
        let is_letter = |letter: char| letter.is_alphanumeric() || "._-+!".contains(letter);
        let is_pinned = !version.is_empty()
            && version.chars().all(is_letter)
            && name.chars().all(|letter| letter.is_alphanumeric() || "._-".contains(letter));
        if is_pinned { Self::Pinned(name, version) } else { Self::Open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn only_pins_are_packages() {
        insta::assert_snapshot!(shown(&CATALOGER, "app/requirements.txt", "\
# a comment
--index-url https://example.org/simple
-r other.txt
flask==2.0.1 # the web
Django[argon2, bcrypt] == 4.2.1 ; python_version >= '3.8'
numpy===1.24.4
hashed==1.0 \\
    --hash=sha256:00 \\
    --hash=sha256:01
local==1!2.0.post1+cu118

open>=1.0
several==1.*
both==1.0,<2
plain
git+https://example.org/a.git@v1.0#egg=a==1
./folder
last==3.0 \\"), @"
        pypi flask 2.0.1
        pypi Django 4.2.1
        pypi numpy 1.24.4
        pypi hashed 1.0
        pypi local 1!2.0.post1+cu118
        pypi last 3.0
        damage: 6 requirements do not say one version
        ");
    }

    #[test]
    fn the_name_of_a_file_tells_development() {
        let names = [
            "requirements.txt",
            "requirements-dev.txt",
            "requirements_test.txt",
            "requirements.prod.txt",
        ];
        let lists = names.map(|name| shown(&CATALOGER, &format!("app/{name}"), "a==1"));
        insta::assert_snapshot!(lists.join("-\n"), @"
        pypi a 1
        -
        -
        -
        pypi a 1
        ");
        let path = "usr/lib/python3/dist-packages/a/requirements.txt";
        assert_eq!(shown(&CATALOGER, path, "a==1"), "");
    }
}
