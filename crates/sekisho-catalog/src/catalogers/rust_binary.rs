//! Crates that a Rust program was built from, where cargo-auditable built it; what only the build
//! needed is left out.
//!
//! Format: JSON under zlib in the section `.dep-v0`; cargo-auditable's `PARSING.md` and
//! `cargo-auditable.schema.json`. The program itself is among the packages.

use sekisho_archive::{inflate_zlib, limits};
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Scope, Selects, elf_layout::ElfLayout, json::List,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rust-binary",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Elf,
    parse,
};

#[derive(Deserialize)]
struct Dependencies {
    packages: List<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    kind: Kind,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Build,
    #[default]
    #[serde(other)]
    Runtime,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let layout = ElfLayout::read(file.content, Some(b".dep-v0"))?;
    let Some(section) = layout.and_then(|layout| layout.section) else { return Ok(()) };
    let damaged = || CatalogError::Damaged { what: "list of crates", offset: section.offset };
    if section.n_bytes > limits::BUILD_INFO_BYTES {
        let limit = limits::BUILD_INFO_BYTES;
        return Err(CatalogError::TooMany { what: "bytes in the list of crates", limit });
    }
    let packed = section.content(file.content, section.n_bytes).map_err(|_| damaged())?;
    let json = inflate_zlib(&packed, limits::BUILD_INFO_BYTES).map_err(|_| damaged())?;
    let dependencies: Dependencies =
        serde_json::from_slice(&json).map_err(|source| CatalogError::Json { source })?;
    for Entry { name, version, kind } in dependencies.packages.0 {
        if kind == Kind::Runtime {
            out.declare(PackageKind::Cargo, &name, &version)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{Elf, rust_dep_section};

    use super::*;
    use crate::shown::shown;

    fn read(section: Vec<u8>) -> String {
        shown(&CATALOGER, "usr/bin/a", Elf::dynamic(&[]).section(".dep-v0", section).to_bytes())
    }

    #[test]
    fn what_only_the_build_needed_is_left_out() {
        insta::assert_snapshot!(read(rust_dep_section(r#"{"packages":[
            {"name":"app","version":"0.1.0","source":"local","dependencies":[1,2,3],"root":true},
            {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},
            {"name":"forked","version":"2.0.0","source":"git"},
            {"name":"serde","version":"1.0.229","source":"registry","kind":"runtime"},
            {"name":"later","version":"1.0.0","source":"crates.io","kind":"of the future"},
            {"name":"","version":"1.0.0","source":"crates.io"}
        ],"format":1}"#)), @"
        cargo app 0.1.0
        cargo forked 2.0.0
        cargo serde 1.0.229
        cargo later 1.0.0
        damage: a package without a name
        ");
    }

    #[test]
    fn a_damaged_list_is_named() {
        let mut section = rust_dep_section(r#"{"packages":[]}"#);
        assert_eq!(read(section.clone()), "");
        section.truncate(8);
        insta::assert_snapshot!(read(section), @"error: a damaged list of crates at byte 608");
        insta::assert_snapshot!(read(Vec::new()), @"error: a damaged list of crates at byte 608");
        insta::assert_snapshot!(read(rust_dep_section("{}")), @"error: not valid JSON of the expected shape: missing field `packages` at line 1 column 2");
        let bomb = " ".repeat(usize::try_from(limits::BUILD_INFO_BYTES).unwrap() + 1);
        insta::assert_snapshot!(read(rust_dep_section(&bomb)), @"error: a damaged list of crates at byte 608");
    }

    #[test]
    fn other_programs_give_nothing() {
        assert_eq!(shown(&CATALOGER, "usr/bin/a", Elf::dynamic(&["libc.so.6"]).to_bytes()), "");
    }
}
