//! Packages that Composer installed.
//!
//! Format: `vendor/composer/installed.json`: until Composer 2 an array of packages, since then
//! an object with the array as `packages`; `Composer\Repository\InstalledFilesystemRepository`.
//! Versions are as the author tagged them, `v1.2.3`.

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, identity,
    json::{List, Strings, Text},
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "php",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["**/composer/installed.json"]),
    parse,
};

#[derive(Deserialize)]
struct Installed {
    #[serde(default)]
    packages: List<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    version: Text,
    #[serde(default)]
    license: Strings,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::PACKAGE_MANIFEST_BYTES)?;
    let wrong = |source| CatalogError::Json { source };
    let packages = if text.trim_start().starts_with('[') {
        serde_json::from_str(&text).map_err(wrong)?
    } else {
        serde_json::from_str::<Installed>(&text).map_err(wrong)?.packages
    };
    for entry in packages.0 {
        let package =
            identity::package(PackageKind::Composer, entry.name.as_str(), entry.version.as_str());
        let Some(mut package) = package else {
            out.damage("a package without a name or a version");
            continue;
        };
        for license in &entry.license.0 {
            identity::add_license(&mut package, license);
        }
        out.add_record(Record { package, key: None, inner_path: None })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    fn read(text: &str) -> String {
        let path = ImagePath::parse(b"app/vendor/composer/installed.json").unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        let result = parse(&mut File { path: &path, content: &mut content }, &mut out);
        let packages = out.packages.iter().map(|record| {
            let package = &record.package;
            format!("{} {} {:?}", package.name, package.version, package.licenses)
        });
        let damages = out.damages.iter().map(|damage| damage.reason.clone());
        let err = result.err().map(|err| err.to_string());
        packages.chain(damages).chain(err).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn both_layouts_list_the_same() {
        let packages = r#"[
            {"name":"monolog/monolog","version":"v1.2.3","license":["MIT"],"extra":{"a":[1]}},
            {"name":"a/b","version":"dev-main","license":"proprietary"},
            {"name":"a/c"}
        ]"#;
        let object = format!(r#"{{"packages":{packages},"dev":true,"dev-package-names":[]}}"#);
        assert_eq!(read(packages), read(&object));
        insta::assert_snapshot!(read(packages), @r#"
        monolog/monolog v1.2.3 ["MIT"]
        a/b dev-main ["proprietary"]
        a package without a name or a version
        "#);
    }

    #[test]
    fn what_is_not_json_gives_an_error_and_no_package() {
        for text in ["", "[", "[1]", "{\"packages\":1}", "<?php return [];"] {
            assert_eq!(read(text), "not valid JSON of the expected shape", "{text}");
        }
    }
}
