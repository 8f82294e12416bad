use sekisho_types::Package;

/// Sets the source package from the name of its file, `glibc-2.34-60.el9.src.rpm`.
///
/// The epoch is no part of that name, so the versions are compared without it.
pub(crate) fn set_source(package: &mut Package, file_name: &str) {
    let stem = file_name.strip_suffix(".src.rpm").or_else(|| file_name.strip_suffix(".nosrc.rpm"));
    let Some((rest, release)) = stem.and_then(|stem| stem.rsplit_once('-')) else { return };
    let Some((name, version)) = rest.rsplit_once('-') else { return };
    let version = format!("{version}-{release}");
    let own = package.version.split_once(':').map_or(&*package.version, |(_, version)| version);
    package.source_version = (version != own).then_some(version);
    package.source_name = (name != package.name).then(|| name.to_owned());
}

#[cfg(test)]
mod tests {
    use sekisho_types::PackageKind;

    use super::*;

    #[test]
    fn only_what_differs_from_the_package_is_kept() {
        for (file_name, want) in [
            ("glibc-2.34-60.el9.src.rpm", (Some("glibc"), None)),
            ("glibc-common-2.34-60.el9.src.rpm", (None, None)),
            (
                "gcc-toolset-12-gcc-12.2.1-7.nosrc.rpm",
                (Some("gcc-toolset-12-gcc"), Some("12.2.1-7")),
            ),
            ("(none)", (None, None)),
            ("x.src.rpm", (None, None)),
        ] {
            let mut package = Package::new(PackageKind::Rpm, "glibc-common", "1:2.34-60.el9");
            set_source(&mut package, file_name);
            let got = (package.source_name.as_deref(), package.source_version.as_deref());
            assert_eq!(got, want, "{file_name}");
        }
    }
}
