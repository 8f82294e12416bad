//! Packages that a `composer.lock` pins, without those of `packages-dev`.
//!
//! Format: JSON; composer's documentation, "Basic usage", and
//! `src/Composer/Package/Locker.php`. Versions stand as the repository tags them, often with a
//! leading `v`.

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, identity,
    json::{List, Strings},
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "composer-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/composer.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: List<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    license: Strings,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.json(limits::LOCK_FILE_BYTES)?;
    for Entry { name, version, license } in lock.packages.0 {
        let Some(mut package) = identity::package(PackageKind::Composer, &name, &version) else {
            out.damage("a package without a name or a version");
            continue;
        };
        for license in &license.0 {
            identity::add_license(&mut package, license);
        }
        out.add_record(Record { package, key: None, inner_path: None })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn packages_of_development_are_left_out() {
        let text = r#"{
            "content-hash": "00",
            "packages": [
                {"name": "symfony/http-kernel", "version": "v6.4.1", "license": ["MIT"], "source": {}},
                {"name": "a/b", "version": "dev-main"}
            ],
            "packages-dev": [{"name": "phpunit/phpunit", "version": "10.5.0"}]
        }"#;
        insta::assert_snapshot!(shown(&CATALOGER, "composer.lock", text), @r#"
        composer symfony/http-kernel v6.4.1 ["MIT"]
        composer a/b dev-main
        "#);
        assert_eq!(shown(&CATALOGER, "vendor/a/b/composer.lock", text), "");
    }
}
