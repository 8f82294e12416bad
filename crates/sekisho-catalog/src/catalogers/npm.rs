//! Packages that npm, yarn, pnpm or bun installed into `node_modules`.
//!
//! Format: package.json, `npm help package.json`. A package is a directory directly in
//! `node_modules`, or below a scope there, and may have a `node_modules` of its own. Manifests
//! anywhere else inside a package are its test data or mark the module system of a directory,
//! and `npm ls` knows nothing of them; so do we. Where a store of links lies in between, as with
//! pnpm (`node_modules/.pnpm/a@1/node_modules/a`), the package in the store counts.
//!
//! The manifest of an application itself is not listed: no registry answers for it. Outside of
//! `node_modules` stand only what Debian packages (`usr/share/nodejs`), what corepack fetched,
//! and yarn as the images of Node.js unpack it.

use bstr::ByteSlice;
use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Scope, Selects, identity,
    json::{Members, Strings},
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "npm",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "**/node_modules/*/package.json",
        "**/node_modules/@*/*/package.json",
        "**/node_modules/.store/*/package/package.json",
        "usr/{lib,share}/nodejs/*/package.json",
        "usr/{lib,share}/nodejs/@*/*/package.json",
        "usr/lib/*/nodejs/*/package.json",
        "usr/lib/*/nodejs/@*/*/package.json",
        "**/node/corepack/{npm,pnpm,yarn}/*/package.json",
        "**/node/corepack/v1/{npm,pnpm,yarn}/*/package.json",
        "opt/yarn-v*/package.json",
    ]),
    parse,
};

/// Directories in `node_modules` that hold a directory a package, to which links lead.
const STORES: [&[u8]; 4] = [b".pnpm", b".bun", b".store", b".vlt"];

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if !is_installed(file.path.as_bytes()) {
        return Ok(());
    }
    let manifest: Members<Strings> = file.json(limits::PACKAGE_MANIFEST_BYTES)?;
    // As `JSON.parse` does, the last of two members of one name counts.
    let member = |name: &str| manifest.0.iter().rev().find(|(key, _)| key == name);
    let strings = |name: &str| member(name).map(|(_, strings)| strings.0.as_slice());
    let first = |name: &str| strings(name).and_then(<[String]>::first).map(String::as_str);
    let (name, version) = (first("name"), first("version"));
    if name.is_none() && version.is_none() {
        return Ok(());
    }
    let package =
        identity::package(PackageKind::Npm, name.unwrap_or_default(), version.unwrap_or_default());
    let Some(mut package) = package else {
        out.damage("a package without a name or a version");
        return Ok(());
    };
    for field in ["license", "licenses"] {
        for license in strings(field).unwrap_or_default() {
            identity::add_license(&mut package, license);
        }
    }
    out.package(package);
    Ok(())
}

/// Whether packages follow each other without anything in between, from the first
/// `node_modules` on.
fn is_installed(path: &[u8]) -> bool {
    let mut parts = path.split_str("/");
    if !parts.any(|part| part == b"node_modules") {
        return true;
    }
    loop {
        let Some(name) = parts.next() else { return false };
        if STORES.contains(&name) {
            // The name of the package in the store, then its `node_modules` or itself.
            parts.next();
            match parts.next() {
                Some(b"node_modules") => continue,
                Some(b"package") => (),
                _ => return false,
            }
        } else if name.starts_with(b".") {
            return false;
        } else if name.starts_with(b"@") {
            parts.next();
        }
        match parts.next() {
            Some(b"node_modules") => (),
            Some(b"package.json") => return parts.next().is_none(),
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    fn read_at(path: &str, text: &str) -> String {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        let packages = out.packages.iter().map(|record| {
            let package = &record.package;
            format!("{} {} {:?}", package.name, package.version, package.licenses)
        });
        let damages = out.damages.iter().map(|damage| damage.reason.clone());
        packages.chain(damages).collect::<Vec<_>>().join("\n")
    }

    fn read(text: &str) -> String {
        read_at("app/node_modules/a/package.json", text)
    }

    #[test]
    fn licences_are_read_in_each_of_their_forms() {
        insta::assert_snapshot!(
            read(r#"{"name":"@a/b","version":"1.2.3","license":"(MIT OR Apache-2.0)"}"#),
            @r#"@a/b 1.2.3 ["(MIT OR Apache-2.0)"]"#
        );
        insta::assert_snapshot!(
            read(r#"{"name":"a","version":"1","license":{"type":"MIT","url":"x"}}"#),
            @r#"a 1 ["MIT"]"#
        );
        insta::assert_snapshot!(
            read(r#"{"name":"a","version":"1","licenses":[{"type":"MIT"},"BSD"],"license":["MIT"]}"#),
            @r#"a 1 ["MIT", "BSD"]"#
        );
    }

    #[test]
    fn a_manifest_that_only_marks_a_directory_is_no_package() {
        assert_eq!(read(r#"{"type":"module","private":true}"#), "");
        assert_eq!(read(r#"{"name":"a"}"#), "a package without a name or a version");
        assert_eq!(read(r#"{"name":"a","version":7}"#), "a package without a name or a version");
    }

    #[test]
    fn the_last_of_two_members_counts_and_a_mark_before_the_text_does_not() {
        let text = "\u{feff}{\"name\":\"a\",\"version\":\"1\",\"version\":\"2\"}";
        assert_eq!(read(text), "a 2 []");
    }

    #[test]
    fn test_data_inside_a_package_is_not_installed() {
        let listed = |path: &str| !read_at(path, r#"{"name":"a","version":"1"}"#).is_empty();
        for path in [
            "node_modules/a/package.json",
            "usr/lib/node_modules/npm/node_modules/@npmcli/a/package.json",
            "app/node_modules/@s/b/node_modules/a/package.json",
            "app/node_modules/.pnpm/a@1/node_modules/a/package.json",
            "app/node_modules/.pnpm/@s+a@1_b@2/node_modules/@s/a/package.json",
            "app/node_modules/.store/a-npm-1-00/package/package.json",
            "app/node_modules/.store/a-npm-1-00/package/node_modules/b/package.json",
            "usr/share/nodejs/a/node_modules/b/package.json",
            "opt/yarn-v1.22.19/package.json",
        ] {
            assert!(listed(path), "{path}");
        }
        for path in [
            "app/node_modules/resolve/test/node_modules/a/package.json",
            "app/node_modules/@s/b/fixtures/node_modules/@s/c/package.json",
            "app/node_modules/.cache/a/package.json",
            "app/node_modules/.pnpm/a@1/fixtures/node_modules/a/package.json",
            "app/node_modules/package.json",
        ] {
            assert!(!listed(path), "{path}");
        }
    }
}
