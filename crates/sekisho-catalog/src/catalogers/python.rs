//! Python packages that pip, setuptools or a distribution installed.
//!
//! Format: a directory `<name>-<version>.dist-info` with `METADATA`, or before wheels
//! `*.egg-info`, a file or a directory with `PKG-INFO`; packaging.python.org, "Core metadata
//! specifications" and "Recording installed projects". An egg holds `EGG-INFO/PKG-INFO`; as a
//! zip it stays packed. `RECORD` and `installed-files.txt` list the files of a package.
//!
//! Where a directory `site-packages` or `dist-packages` is part of the path, a package lies
//! directly in it, as `pip list` sees it. Deeper ones are test data, or copies that setuptools
//! carries in `_vendor` for itself: they are on no import path and change only together with
//! the package around them, whose advisories speak for them.

use sekisho_archive::{Spool, limits, zip::ZipDirectory};
use sekisho_types::{ImagePath, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Owned, Record, Scope, Selects, identity,
    text_budget::TextBudget,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "python",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "**/*.dist-info/METADATA",
        "**/*.dist-info/RECORD",
        "**/*.egg-info",
        "**/*.egg-info/PKG-INFO",
        "**/*.egg-info/installed-files.txt",
        "**/EGG-INFO/PKG-INFO",
        "**/*.egg",
    ]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if !is_installed(file.path.as_bytes()) {
        return Ok(());
    }
    if file.path.file_name().ends_with(b".egg") {
        return parse_egg(file.content, out);
    }
    let directory = file.path.parent().unwrap_or_default();
    let key = directory.to_str_lossy().into_owned();
    let text = file.text(limits::PACKAGE_MANIFEST_BYTES)?;
    match file.path.file_name() {
        b"RECORD" => {
            let base = directory.parent().unwrap_or_default();
            let paths = text.lines().filter_map(recorded_path);
            out.owned.push(owned(key, &base, paths)?);
        }
        b"installed-files.txt" => out.owned.push(owned(key, &directory, text.lines())?),
        _ => parse_metadata(&text, Some(key), None, out),
    }
    Ok(())
}

/// Reads the metadata in an egg that stayed a zip archive.
fn parse_egg(content: &mut Spool, out: &mut Cataloged) -> Result<(), CatalogError> {
    const NAME: &str = "EGG-INFO/PKG-INFO";

    let wrong = |source| CatalogError::Zip { source };
    let directory = ZipDirectory::open(content).map_err(wrong)?;
    for entry in directory.entries() {
        let entry = entry.map_err(wrong)?;
        if entry.name == NAME.as_bytes() {
            let text = entry.read(content, limits::PACKAGE_MANIFEST_BYTES).map_err(wrong)?;
            parse_metadata(&String::from_utf8_lossy(&text), None, Some(NAME), out);
        }
    }
    Ok(())
}

fn is_installed(path: &[u8]) -> bool {
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let is_site = |part: &&[u8]| matches!(*part, b"site-packages" | b"dist-packages");
    match parts.iter().rposition(is_site) {
        Some(site) => match parts.get(site + 1..).unwrap_or_default() {
            [_] | [_, _] => true,
            [_, egg_info, _] => *egg_info == b"EGG-INFO",
            _ => false,
        },
        None => !parts.contains(&b"_vendor".as_slice()),
    }
}

/// Reads headers, RFC 822, up to the description.
fn parse_metadata(text: &str, key: Option<String>, inner_path: Option<&str>, out: &mut Cataloged) {
    let (mut name, mut version) = ("", "");
    let (mut expression, mut license) = (None, None);
    let mut classifiers = Vec::new();
    let mut field = "";
    for line in text.lines() {
        if line.trim_end().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            // A licence of several lines is its text.
            if field == "License" {
                license = None;
            }
            continue;
        }
        let Some((header, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        field = header;
        match header {
            "Name" if name.is_empty() => name = value,
            "Version" if version.is_empty() => version = value,
            "License-Expression" => expression = Some(value),
            "License" => license = Some(value).filter(|value| *value != "UNKNOWN"),
            "Classifier" => {
                let class =
                    value.strip_prefix("License ::").and_then(|value| value.rsplit("::").next());
                classifiers.extend(class.map(str::trim).filter(|class| *class != "OSI Approved"));
            }
            _ => (),
        }
    }
    let Some(mut package) = identity::package(PackageKind::Pypi, name, version) else {
        let inner_path = inner_path.map(str::to_owned);
        out.damage_in(inner_path, "a package without a name or a version");
        return;
    };
    // The most exact statement: an SPDX expression, else free text, else the fixed list.
    if let Some(license) = expression.or(license) {
        identity::add_license(&mut package, license);
    }
    if package.licenses.is_empty() {
        for class in classifiers {
            identity::add_license(&mut package, class);
        }
    }
    out.packages.push(Record { package, key, inner_path: None });
}

/// The path in a line of `RECORD`: CSV of path, hash and size.
fn recorded_path(line: &str) -> Option<&str> {
    let path = line.rsplitn(3, ',').nth(2)?;
    Some(path.strip_prefix('"').and_then(|path| path.strip_suffix('"')).unwrap_or(path))
}

/// The files that can be programs or libraries; of the others nobody asks for an owner.
fn owned<'a>(
    key: String,
    base: &ImagePath,
    paths: impl Iterator<Item = &'a str>,
) -> Result<Owned, CatalogError> {
    let mut budget = TextBudget::default();
    let mut owned = Owned { kind: PackageKind::Pypi, key, paths: Vec::new() };
    let base = [base.as_bytes(), b"/"].concat();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path);
        if !name.contains('.') || name.contains(".so") || path.contains("bin/") {
            owned.paths.extend(budget.join(&base, path.as_bytes())?);
        }
    }
    Ok(owned)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_testkit::ZipBuilder;

    use super::*;

    const SITE: &str = "usr/lib/python3.11/site-packages";

    fn read_at(path: &str, content: impl AsRef<[u8]>) -> String {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let mut content = Spool::from_bytes(content.as_ref().to_vec());
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        let mut shown = String::new();
        for Record { package, key, .. } in out.packages {
            let (name, version, licenses) = (package.name, package.version, package.licenses);
            let key = key.unwrap_or_default();
            writeln!(shown, "{name} {version} {licenses:?} [{key}]").unwrap();
        }
        for Owned { key, paths, .. } in out.owned {
            writeln!(shown, "{key} owns {paths:?}").unwrap();
        }
        for damage in out.damages {
            writeln!(shown, "{}", damage.reason).unwrap();
        }
        shown
    }

    fn licenses(headers: &str) -> String {
        let text = format!("Metadata-Version: 2.4\nName: a\nVersion: 1\n{headers}\n\nName: b\n");
        let shown = read_at(&format!("{SITE}/a-1.dist-info/METADATA"), &text);
        let shown = shown.strip_prefix("a 1 ").unwrap();
        shown.strip_suffix(&format!(" [{SITE}/a-1.dist-info]\n")).unwrap().to_owned()
    }

    #[test]
    fn the_most_exact_licence_counts() {
        let classifier = "Classifier: License :: OSI Approved :: MIT License";
        for (headers, want) in [
            (
                format!("License: BSD\nLicense-Expression: MIT OR BSD-3-Clause\n{classifier}"),
                "[\"MIT OR BSD-3-Clause\"]",
            ),
            (format!("License: BSD\n{classifier}"), "[\"BSD\"]"),
            (format!("License: UNKNOWN\n{classifier}"), "[\"MIT License\"]"),
            (
                format!("License: Copyright (c) 2020\n  Permission is granted\n{classifier}"),
                "[\"MIT License\"]",
            ),
            ("Classifier: License :: OSI Approved".to_owned(), "[]"),
        ] {
            assert_eq!(licenses(&headers), want, "{headers}");
        }
    }

    #[test]
    fn metadata_without_a_name_is_damage() {
        insta::assert_snapshot!(
            read_at(&format!("{SITE}/a.egg-info/PKG-INFO"), "Version: 1\n\nName: in the text\n"),
            @"a package without a name or a version"
        );
    }

    #[test]
    fn a_record_says_which_programs_a_package_owns() {
        let record = "../../../bin/flask,sha256=AA,210\n\
            numpy/core/_multiarray.cpython-311-x86_64-linux-gnu.so,sha256=AA,1\n\
            \"odd,name\",,\nnumpy/__init__.py,sha256=AA,2\n../../../../../../etc/passwd,,\nno comma\n";
        insta::assert_snapshot!(
            read_at(&format!("{SITE}/numpy-1.dist-info/RECORD"), record),
            @r#"usr/lib/python3.11/site-packages/numpy-1.dist-info owns ["usr/bin/flask", "usr/lib/python3.11/site-packages/numpy/core/_multiarray.cpython-311-x86_64-linux-gnu.so", "usr/lib/python3.11/site-packages/odd,name"]"#
        );
        insta::assert_snapshot!(
            read_at(&format!("{SITE}/a.egg-info/installed-files.txt"), "../a/x.so\nPKG-INFO\n"),
            @r#"usr/lib/python3.11/site-packages/a.egg-info owns ["usr/lib/python3.11/site-packages/a/x.so", "usr/lib/python3.11/site-packages/a.egg-info/PKG-INFO"]"#
        );
    }

    #[test]
    fn an_egg_that_stayed_packed_is_a_package() {
        let egg = ZipBuilder::new()
            .deflated("a/__init__.py", "")
            .deflated("EGG-INFO/PKG-INFO", "Name: a\nVersion: 1.0\nLicense: MIT\n")
            .finish();
        insta::assert_snapshot!(
            read_at(&format!("{SITE}/a-1.0-py3.11.egg"), egg),
            @r#"a 1.0 ["MIT"] []"#
        );
    }

    #[test]
    fn copies_inside_a_package_are_not_installed() {
        let listed = |path: &str| !read_at(path, "Name: a\nVersion: 1\n").is_empty();
        for path in [
            &format!("{SITE}/a-1.dist-info/METADATA"),
            &format!("{SITE}/a-1-py3.11.egg-info"),
            &format!("{SITE}/a-1.egg-info/PKG-INFO"),
            &format!("{SITE}/a-1-py3.11.egg/EGG-INFO/PKG-INFO"),
            "usr/lib/python3/dist-packages/a-1.egg-info",
            "app/lib/a-1.dist-info/METADATA",
            "src/a.egg-info/PKG-INFO",
        ] {
            assert!(listed(path), "{path}");
        }
        for path in [
            &format!("{SITE}/setuptools/_vendor/a-1.dist-info/METADATA"),
            &format!("{SITE}/a/tests/data/b-1.egg/EGG-INFO/PKG-INFO"),
            "opt/setuptools/_vendor/a-1.dist-info/METADATA",
        ] {
            assert!(!listed(path), "{path}");
        }
    }
}
