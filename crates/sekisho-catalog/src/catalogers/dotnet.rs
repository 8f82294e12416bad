//! Packages of NuGet that a .NET program brings along.
//!
//! Format: `<program>.deps.json`, which the build writes beside the program and the host reads
//! at its start; dotnet/sdk, "runtime-configuration-file". `libraries` names each package as
//! `<name>/<version>` with its type, `targets` the files that each brings for the platform of
//! `runtimeTarget`. A package that brings none is only named by others: the framework has
//! replaced it, or it was used to compile.

use std::collections::BTreeMap;

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, identity,
    json::{Members, Text},
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "dotnet",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["**/*.deps.json"]),
    parse,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    runtime_target: RuntimeTarget,
    #[serde(default)]
    targets: Members<Members<Assets>>,
    #[serde(default)]
    libraries: Members<Library>,
}

#[derive(Default, Deserialize)]
struct RuntimeTarget {
    #[serde(default)]
    name: Text,
}

#[derive(Deserialize)]
struct Library {
    #[serde(default, rename = "type")]
    kind: Text,
}

/// The files a library brings, by what they are for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assets {
    #[serde(default)]
    runtime: Members<serde::de::IgnoredAny>,
    #[serde(default)]
    native: Members<serde::de::IgnoredAny>,
    #[serde(default)]
    runtime_targets: Members<serde::de::IgnoredAny>,
    #[serde(default)]
    resources: Members<serde::de::IgnoredAny>,
}

impl Assets {
    fn is_empty(&self) -> bool {
        // `_._` stands for "nothing on this platform".
        [&self.runtime, &self.native, &self.runtime_targets, &self.resources]
            .iter()
            .all(|files| files.0.iter().all(|(path, _)| path.ends_with("/_._")))
    }
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let document: Document = file.json(limits::PACKAGE_MANIFEST_BYTES)?;
    let runtime_target = document.runtime_target.name.as_str();
    let target = document.targets.0.iter().find(|(name, _)| name == runtime_target);
    let assets: BTreeMap<&str, &Assets> = target
        .into_iter()
        .flat_map(|(_, libraries)| &libraries.0)
        .map(|(library, assets)| (library.as_str(), assets))
        .collect();
    for (library, Library { kind }) in &document.libraries.0 {
        let library_name = match kind.as_str() {
            "package" => library.as_str(),
            // The framework of a program that brings its own.
            "runtimepack" => library.strip_prefix("runtimepack.").unwrap_or(library),
            // The program itself, its other projects, and files without a package.
            _ => continue,
        };
        if assets.get(library.as_str()).is_some_and(|assets| assets.is_empty()) {
            continue;
        }
        let (name, version) = library_name.split_once('/').unwrap_or((library_name, ""));
        match identity::package(PackageKind::Nuget, name, version) {
            Some(package) => out.add_record(Record { package, key: None, inner_path: None })?,
            None => out.damage("a library that is not a name, a slash and a version"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    fn read(text: &str) -> String {
        let path = ImagePath::parse(b"app/Shop.deps.json").unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        let result = parse(&mut File { path: &path, content: &mut content }, &mut out);
        let packages = out.packages.iter().map(|record| {
            let package = &record.package;
            format!("{} {}", package.name, package.version)
        });
        let damages = out.damages.iter().map(|damage| damage.reason.clone());
        let err = result.err().map(|err| err.to_string());
        packages.chain(damages).chain(err).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn only_packages_that_bring_files_are_there() {
        insta::assert_snapshot!(read(r#"{
          "runtimeTarget": {"name": ".NETCoreApp,Version=v6.0/linux-x64", "signature": ""},
          "targets": {
            ".NETCoreApp,Version=v6.0": {},
            ".NETCoreApp,Version=v6.0/linux-x64": {
              "Shop/1.0.0": {"dependencies": {"Newtonsoft.Json": "12.0.1"}, "runtime": {"Shop.dll": {}}},
              "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1": {"runtime": {"System.dll": {}}},
              "Newtonsoft.Json/12.0.1": {"runtime": {"lib/netstandard2.0/Newtonsoft.Json.dll": {}}},
              "System.Net.Http/4.3.0": {"dependencies": {"System.IO": "4.3.0"}},
              "System.IO/4.3.0": {"runtime": {"lib/net45/_._": {}}},
              "SQLite/1.0": {"native": {"runtimes/linux-x64/native/libe_sqlite3.so": {}}}
            }
          },
          "libraries": {
            "Shop/1.0.0": {"type": "project", "serviceable": false},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1": {"type": "runtimepack"},
            "Newtonsoft.Json/12.0.1": {"type": "package", "sha512": ""},
            "System.Net.Http/4.3.0": {"type": "package"},
            "System.IO/4.3.0": {"type": "package"},
            "SQLite/1.0": {"type": "package"},
            "Unlisted/2.0": {"type": "package"},
            "broken": {"type": "package"}
          }
        }"#), @r"
        Microsoft.NETCore.App.Runtime.linux-x64 6.0.1
        Newtonsoft.Json 12.0.1
        SQLite 1.0
        Unlisted 2.0
        a library that is not a name, a slash and a version
        ");
    }

    #[test]
    fn a_document_of_another_shape_gives_an_error_and_no_package() {
        assert_eq!(read("{}"), "");
        for text in ["", "7", "{\"libraries\":[]}", "{\"libraries\":{\"a/1\":7}}"] {
            assert_eq!(read(text), "not valid JSON of the expected shape", "{text}");
        }
    }
}
