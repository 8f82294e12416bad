//! Packages of languages in a merged image, beside those of the operating system.

use std::{fmt::Write as _, sync::Arc};

use sekisho_testkit::{
    Bundle, ImageBuilder, LayerBuilder, maven_jar,
    packages::{DebPackage, install_debs, install_npm, install_wheel},
};

use crate::{Config, Progress, Target, scan};

const EGG_INFO: &str = "usr/lib/python3/dist-packages/six-1.16.0.egg-info";
const NODE: &str = "usr/share/nodejs/semver/package.json";
const JAR: &str = "usr/share/java/commons-lang3-3.12.0.jar";
const GEMSPEC: &str = "usr/share/rubygems-integration/all/specifications/rack-2.2.22.gemspec";

/// A line a package: layer, kind, name and version, owner, paths.
fn packages(layers: &mut [&mut LayerBuilder]) -> String {
    let mut builder = ImageBuilder::new();
    for layer in layers {
        builder.layer(layer.finish(), "RUN step");
    }
    let image = builder.build();
    let directory = tempfile::tempdir().unwrap();
    Bundle::oci(&[("tag", &image)]).write_to(directory.path()).unwrap();
    let target: Target = format!("oci-dir:{}", directory.path().display()).parse().unwrap();
    let report = scan(&target, &Config::default(), &Arc::new(Progress::default())).unwrap();
    let mut shown = String::new();
    for package in report.packages {
        let layer = image.layers.iter().position(|layer| Some(layer.diff_id) == package.layer);
        let owner = package.owned_by.map(|owner| format!(" owned by {owner}")).unwrap_or_default();
        let (kind, name, version) = (package.kind, package.name, package.version);
        let paths = package.paths.join(" ");
        writeln!(shown, "{} {kind} {name} {version}{owner}: {paths}", layer.unwrap()).unwrap();
    }
    for unknown in report.unknowns {
        writeln!(shown, "unknown {}: {}", unknown.path, unknown.reason).unwrap();
    }
    shown
}

fn six() -> &'static str {
    "Metadata-Version: 1.2\nName: six\nVersion: 1.16.0\n"
}

fn semver() -> &'static str {
    r#"{"name":"semver","version":"7.3.5"}"#
}

fn rack() -> &'static str {
    "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.22 ruby lib\n"
}

/// Debian packages of four languages, as apt leaves them.
fn debian() -> LayerBuilder {
    let deb = |name: &str, version: &str, file: &str| DebPackage {
        files: vec!["/.".to_owned(), "/usr".to_owned(), format!("/{file}")],
        ..DebPackage::new(name, version)
    };
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    install_debs(
        &mut layer,
        &[
            deb("python3-six", "1.16.0-4", EGG_INFO),
            deb("node-semver", "7.3.5-2", NODE),
            deb("libcommons-lang3-java", "3.12.0-2", JAR),
            deb("ruby-rack", "2.2.22-0", GEMSPEC),
        ],
    );
    layer
        .file(EGG_INFO, six())
        .file(NODE, semver())
        .file(JAR, maven_jar("org.apache.commons", "commons-lang3", "3.12.0").finish())
        .file(GEMSPEC, rack())
        .symlink("usr/share/java/commons-lang3.jar", "commons-lang3-3.12.0.jar");
    layer
}

#[test]
fn a_package_of_a_language_that_a_deb_brought_is_marked() {
    insta::assert_snapshot!(packages(&mut [&mut debian()]), @r"
    0 deb libcommons-lang3-java 3.12.0-2: var/lib/dpkg/status
    0 deb node-semver 7.3.5-2: var/lib/dpkg/status
    0 deb python3-six 1.16.0-4: var/lib/dpkg/status
    0 deb ruby-rack 2.2.22-0: var/lib/dpkg/status
    0 gem rack 2.2.22 owned by pkg:deb/ruby-rack@2.2.22-0?arch=amd64: usr/share/rubygems-integration/all/specifications/rack-2.2.22.gemspec
    0 maven org.apache.commons:commons-lang3 3.12.0 owned by pkg:deb/libcommons-lang3-java@3.12.0-2?arch=amd64: usr/share/java/commons-lang3-3.12.0.jar
    0 npm semver 7.3.5 owned by pkg:deb/node-semver@7.3.5-2?arch=amd64: usr/share/nodejs/semver/package.json
    0 pypi six 1.16.0 owned by pkg:deb/python3-six@1.16.0-4?arch=amd64: usr/lib/python3/dist-packages/six-1.16.0.egg-info
    ");
}

#[test]
fn a_copy_that_a_later_layer_made_of_the_files_brings_nothing_new() {
    // What `RUN chmod -R` leaves: the files again, and nothing of dpkg.
    let mut copy_up = LayerBuilder::new();
    copy_up
        .with_parents()
        .file(EGG_INFO, six())
        .file(NODE, semver())
        .file(JAR, maven_jar("org.apache.commons", "commons-lang3", "3.12.0").finish())
        .file(GEMSPEC, rack());
    let plain = packages(&mut [&mut debian()]);
    assert_eq!(packages(&mut [&mut debian(), &mut copy_up]), plain);
}

#[test]
fn what_a_person_installed_beside_it_is_not_marked() {
    let mut own = LayerBuilder::new();
    own.with_parents();
    install_wheel(&mut own, "usr/local/lib/python3.11/dist-packages", "six", "1.17.0");
    install_npm(&mut own, "srv/app/node_modules", "semver", "7.5.4");
    own.file(
        "srv/app.jar",
        maven_jar("org.example", "app", "1.0")
            .stored(
                "BOOT-INF/lib/commons-lang3-3.12.0.jar",
                maven_jar("org.apache.commons", "commons-lang3", "3.12.0").finish(),
            )
            .finish(),
    );
    let mut both = String::new();
    for line in packages(&mut [&mut debian(), &mut own]).lines() {
        if line.starts_with('1') {
            writeln!(both, "{line}").unwrap();
        }
    }
    insta::assert_snapshot!(both, @r"
    1 maven org.apache.commons:commons-lang3 3.12.0: srv/app.jar!/BOOT-INF/lib/commons-lang3-3.12.0.jar
    1 maven org.example:app 1.0: srv/app.jar
    1 npm semver 7.5.4: srv/app/node_modules/semver/package.json
    1 pypi six 1.17.0: usr/local/lib/python3.11/dist-packages/six-1.17.0.dist-info/METADATA
    ");
}

#[test]
fn a_package_that_was_replaced_or_deleted_is_gone() {
    let mut first = LayerBuilder::new();
    first.with_parents();
    install_npm(&mut first, "srv/node_modules", "a", "1.0.0");
    install_npm(&mut first, "srv/node_modules", "b", "1.0.0");
    install_wheel(&mut first, "usr/lib/python3/site-packages", "c", "1.0");
    let mut second = LayerBuilder::new();
    second.with_parents();
    install_npm(&mut second, "srv/node_modules", "a", "2.0.0");
    second.whiteout("srv/node_modules/b").opaque("usr/lib/python3/site-packages");
    insta::assert_snapshot!(
        packages(&mut [&mut first, &mut second]),
        @"1 npm a 2.0.0: srv/node_modules/a/package.json"
    );
}

#[test]
fn a_damaged_archive_is_named_and_the_rest_is_listed() {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    layer.file("a!/b-1.0.jar", maven_jar("g", "b", "1.0").stored("x.jar", "x").finish());
    layer.file("srv/node_modules/d/package.json", "{");
    insta::assert_snapshot!(packages(&mut [&mut layer]), @r#"
    0 maven g:b 1.0: a!/b-1.0.jar
    unknown a!/b-1.0.jar: java: "x.jar": the archive cannot be read: not a zip archive, or one that was cut off: it has no end record
    unknown srv/node_modules/d/package.json: npm: not valid JSON of the expected shape: EOF while parsing an object at line 1 column 1
    "#);
}
