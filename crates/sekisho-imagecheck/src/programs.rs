//! Programs that have no business in an image, by package and by path.

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::report::{FindingPackage, Location};

use crate::{
    ImageSubject,
    subject::{NO_PROGRAMS, at_executable},
};

/// Fails for each of `packages` that is installed, and for each program at one of `paths` that
/// belongs to none of them.
pub(crate) fn installed(image: &ImageSubject, packages: &[&str], paths: &[&str]) -> Outcome {
    if image.packages.is_empty() && image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    let mut failures = Vec::new();
    let mut found = Vec::new();
    for package in image.packages_named(packages) {
        let (name, version) = (&package.name, &package.version);
        let message = Message::new(
            format!("the package {name} {version} is installed"),
            format!("パッケージ {name} {version} が入っている"),
        );
        let location = package.paths.first().map(|path| Location::of_file(package.layer, path));
        let finding_package = Some(FindingPackage {
            name: name.clone(),
            version: version.clone(),
            purl: package.purl.clone(),
            fixed_version: None,
        });
        found.push(package.purl.as_str());
        failures.push(Failure {
            location,
            package: finding_package,
            ..Failure::new(name, message)
        });
    }
    for file in paths.iter().filter_map(|path| image.executable(path)) {
        if file.package.as_deref().is_none_or(|package| !found.contains(&package)) {
            let message = Message::new("it is installed", "インストールされている");
            failures.push(at_executable(file, message));
        }
    }
    Outcome::of(failures)
}
