//! Packages of a distroless image of Azure Linux (CBL-Mariner), which has no rpm database.
//!
//! Format: a package a line, ten fields with a tab between two, as rpm prints them for the
//! query `NAME VERSION-RELEASE INSTALLTIME BUILDTIME VENDOR EPOCH SIZE ARCH EPOCHNUM SOURCERPM`;
//! `(none)` stands for a field that the package does not have.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, rpm};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rpm-manifest",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["var/lib/rpmmanifest/container-manifest-2"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::PACKAGE_TEXT_BYTES)?;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<_> = line.split('\t').take(11).collect();
        let Ok(fields) = <[&str; 10]>::try_from(fields) else {
            out.damage_at_line(number, "not the ten fields of a package");
            continue;
        };
        let [name, version, _, _, vendor, epoch, _, arch, _, source] = fields.map(stated);
        let (Some(name), Some(version)) = (name, version) else {
            out.damage_at_line(number, "a package without a name or a version");
            continue;
        };
        // A key that signs packages, which rpm keeps among them.
        if name == "gpg-pubkey" {
            continue;
        }
        let version = match epoch {
            Some(epoch) => format!("{epoch}:{version}"),
            None => version.to_owned(),
        };
        let mut package = Package::new(PackageKind::Rpm, name, version);
        package.arch = arch.map(str::to_owned);
        package.supplier = vendor.map(str::to_owned);
        if let Some(source) = source {
            rpm::set_source(&mut package, source);
        }
        let key = Some(rpm::identity(&package));
        out.add_record(Record { package, key, inner_path: None })?;
    }
    Ok(())
}

fn stated(field: &str) -> Option<&str> {
    Some(field.trim()).filter(|field| !matches!(*field, "" | "(none)"))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    /// Shows what the file at `path` proves, a line each: packages, owned paths, damage.
    fn read(path: &str, text: &str) -> String {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        let mut shown = String::new();
        for Record { package, key, .. } in out.packages {
            let Package { name, version, arch, source_name, licenses, supplier, .. } = package;
            let (arch, source) = (arch.unwrap_or_default(), source_name.unwrap_or_default());
            let (key, supplier) = (key.unwrap(), supplier.unwrap_or_default());
            writeln!(shown, "{name} {version} {arch} [{key}] {source:?} {licenses:?} {supplier}")
                .unwrap();
        }
        for damage in out.damages {
            writeln!(shown, "line {:?}: {}", damage.line, damage.reason).unwrap();
        }
        shown
    }

    #[test]
    fn fields_that_rpm_does_not_have_are_left_out() {
        insta::assert_snapshot!(read("var/lib/rpmmanifest/container-manifest-2", "\
libgcc\t11.2.0-2.cm2\t1653816591\t1650703043\tMicrosoft Corporation\t(none)\t104864\tx86_64\t0\tgcc-11.2.0-2.cm2.src.rpm
krb5\t1.19.2-1\t1653816591\t1650703043\t(none)\t2\t4\tx86_64\t2\tkrb5-1.19.2-1.src.rpm
gpg-pubkey\t3135ce90-5e6fda74\t1653816591\t1650703043\t(none)\t(none)\t4\t(none)\t0\t(none)

tzdata\t2022a
"), @r#"
        libgcc 11.2.0-2.cm2 x86_64 [libgcc-11.2.0-2.cm2.x86_64] "gcc" [] Microsoft Corporation
        krb5 2:1.19.2-1 x86_64 [krb5-2:1.19.2-1.x86_64] "" [] 
        line Some(5): not the ten fields of a package
        "#);
    }
}
