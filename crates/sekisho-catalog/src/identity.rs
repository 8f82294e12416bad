//! What may stand in the name, the version and the licence of a package.
//!
//! Manifests of languages are written by whoever made the package, so their fields may be empty,
//! whole documents, or control characters for the terminal.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

/// A package of the two; none where one of them cannot be what it says.
pub(crate) fn package(kind: PackageKind, name: &str, version: &str) -> Option<Package> {
    Some(Package::new(kind, field(name)?, field(version)?))
}

/// A name or a version without the space around it; none when it is empty, too long, or has
/// control characters.
pub(crate) fn field(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_sound = !text.is_empty()
        && text.len() <= limits::PACKAGE_NAME_BYTES
        && !text.chars().any(char::is_control);
    is_sound.then_some(text)
}

/// Adds a licence as it is stated; an empty one, one that is there, and the text of a whole
/// licence are left out.
pub(crate) fn add_license(package: &mut Package, text: &str) {
    let text = text.trim();
    let is_name = !text.is_empty()
        && text.len() <= limits::LICENSE_BYTES
        && !text.chars().any(char::is_control);
    let licenses = &mut package.licenses;
    if is_name
        && licenses.len() < limits::PACKAGE_LICENSES
        && licenses.iter().all(|license| license != text)
    {
        licenses.push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_a_name_and_a_version_that_can_be_shown() {
        let is_package = |name: &str, version: &str| package(PackageKind::Npm, name, version);
        assert_eq!(is_package(" a ", "1\n").unwrap().version, "1");
        for (name, version) in [("", "1"), ("a", " "), ("a\x1b[31m", "1"), ("a", "1\n2")] {
            assert_eq!(is_package(name, version), None, "{name:?} {version:?}");
        }
        assert_eq!(is_package(&"a".repeat(1000), "1"), None);
    }

    #[test]
    fn the_text_of_a_licence_is_not_its_name() {
        let mut package = Package::new(PackageKind::Pypi, "a", "1");
        for license in ["MIT", "MIT ", "", "Copyright\nPermission", &"long".repeat(100), "BSD"] {
            add_license(&mut package, license);
        }
        assert_eq!(package.licenses, ["MIT", "BSD"]);
    }
}
