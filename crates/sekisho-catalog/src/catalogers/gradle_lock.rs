//! Packages that a `gradle.lockfile` pins, without those that only tests use.
//!
//! Format: Gradle's manual, "Locking dependency versions": lines `group:name:version=` with the
//! configurations that use it. Until Gradle 6 each configuration has a file of its own in
//! `gradle/dependency-locks`. Lock files of the build itself are not read.

use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "gradle-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/gradle.lockfile", "**/gradle/dependency-locks/*.lockfile"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::LOCK_FILE_BYTES)?;
    let name = String::from_utf8_lossy(file.path.file_name());
    let own = name.strip_suffix(".lockfile").filter(|name| *name != "gradle");
    if own.is_some_and(|own| is_for_tests(own) || own == "buildscript-classpath") {
        return Ok(());
    }
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let (module, configurations) = line.split_once('=').unwrap_or((line, ""));
        let mut configurations =
            configurations.split(',').filter(|name| !name.is_empty()).peekable();
        if configurations.peek().is_some() && configurations.all(is_for_tests) {
            continue;
        }
        match module.rsplit_once(':') {
            Some((name, version)) if name.contains(':') => {
                out.declare(PackageKind::Maven, name, version)?;
            }
            _ => out.damage_at_line(number, "not a group, a name and a version"),
        }
    }
    Ok(())
}

/// Of `testRuntimeClasspath`, `androidTestDebugCompileClasspath`, `debugUnitTestRuntimeClasspath`.
fn is_for_tests(configuration: &str) -> bool {
    configuration.starts_with("test")
        || configuration.starts_with("androidTest")
        || configuration.contains("UnitTest")
        || configuration.contains("AndroidTest")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn what_only_tests_use_is_left_out() {
        insta::assert_snapshot!(shown(&CATALOGER, "app/gradle.lockfile", "\
# This is a Gradle generated file for dependency locking.
org.slf4j:slf4j-api:2.0.9=compileClasspath,runtimeClasspath,testRuntimeClasspath
junit:junit:4.13.2=testCompileClasspath,testRuntimeClasspath
org.example:no-use:1.0=
org.example:lost
empty=annotationProcessor
"), @"
        maven org.slf4j:slf4j-api 2.0.9
        maven org.example:no-use 1.0
        damage line 5: not a group, a name and a version
        ");
    }

    #[test]
    fn an_old_file_is_named_after_its_configuration() {
        let read = |name: &str| {
            let path = format!("app/gradle/dependency-locks/{name}.lockfile");
            shown(&CATALOGER, &path, "org.slf4j:slf4j-api:2.0.9\n")
        };
        assert_eq!(read("runtimeClasspath"), "maven org.slf4j:slf4j-api 2.0.9\n");
        assert_eq!(read("testRuntimeClasspath"), "");
        assert_eq!(read("buildscript-classpath"), "");
    }
}
