use std::fmt::Write as _;

use sekisho_archive::Spool;
use sekisho_testkit::{ZipBuilder, manifest, maven_jar, pom_properties};

use super::read;
use crate::Cataloged;

/// Shows what the archive `name` proves, a line each: packages, then damage.
fn shown(name: &str, bytes: Vec<u8>) -> String {
    let mut out = Cataloged::default();
    let result = read(&mut Spool::from_bytes(bytes), name, &mut out);
    let mut shown = String::new();
    for record in out.packages {
        let (package, inner) = (record.package, record.inner_path.unwrap_or_default());
        let (name, version, licenses) = (package.name, package.version, package.licenses);
        writeln!(shown, "{name} {version} {licenses:?} {:?} {inner}", package.confidence).unwrap();
    }
    for damage in out.damages {
        let inner = damage.inner_path.unwrap_or_default();
        writeln!(shown, "damage in {inner}: {}", damage.reason).unwrap();
    }
    if let Err(err) = result {
        writeln!(shown, "error: {err}").unwrap();
    }
    shown
}

#[test]
fn an_application_holds_its_libraries() {
    let library = maven_jar("org.slf4j", "slf4j-api", "2.0.7").finish();
    let war = ZipBuilder::new()
        .deflated("WEB-INF/lib/slf4j-api-2.0.7.jar", &library)
        .deflated(
            "WEB-INF/classes/META-INF/maven/org.example/web/pom.properties",
            pom_properties("org.example", "web", "1.0"),
        )
        .finish();
    let ear = ZipBuilder::new()
        .stored("web.war", war)
        .stored("lib/slf4j-api-2.0.7.jar", library)
        .finish();
    insta::assert_snapshot!(shown("shop.ear", ear), @r"
    org.example:web 1.0 [] High web.war
    org.slf4j:slf4j-api 2.0.7 [] High web.war!/WEB-INF/lib/slf4j-api-2.0.7.jar
    org.slf4j:slf4j-api 2.0.7 [] High lib/slf4j-api-2.0.7.jar
    ");
}

#[test]
fn shaded_packages_stand_beside_the_jar_itself() {
    let jar = maven_jar("org.example", "app", "1.0")
        .deflated(
            "META-INF/maven/com.google.guava/guava/pom.properties",
            pom_properties("com.google.guava", "guava", "31.1-jre"),
        )
        .deflated(
            "META-INF/maven/com.google.guava/guava/pom.xml",
            "<project><licenses><license><name>Apache-2.0</name></license></licenses></project>",
        )
        .deflated(
            "META-INF/maven/org.example/only-xml/pom.xml",
            "<project><parent><version>3</version></parent></project>",
        )
        .finish();
    insta::assert_snapshot!(shown("app-1.0.jar", jar), @r#"
    com.google.guava:guava 31.1-jre ["Apache-2.0"] High META-INF/maven/com.google.guava/guava
    org.example:app 1.0 [] High 
    org.example:only-xml 3 [] High META-INF/maven/org.example/only-xml
    "#);
}

#[test]
fn without_a_pom_the_manifest_and_the_name_have_to_do() {
    let jar = ZipBuilder::new()
        .deflated(
            "META-INF/MANIFEST.MF",
            manifest(&[
                ("Bundle-SymbolicName", "org.apache.commons.lang3"),
                ("Bundle-Version", "3.12.0"),
                ("Bundle-License", "Apache-2.0"),
            ]),
        )
        .finish();
    insta::assert_snapshot!(
        shown("commons-lang3-3.12.0.jar", jar),
        @r#"org.apache.commons:commons-lang3 3.12.0 ["Apache-2.0"] Medium "#
    );
    let empty = || ZipBuilder::new().finish();
    insta::assert_snapshot!(shown("a-1.0.jar", empty()), @"a 1.0 [] Low ");
    insta::assert_snapshot!(shown("app.jar", empty()), @"");
}

#[test]
fn damage_inside_leaves_the_rest() {
    let good = maven_jar("g", "good", "1").finish();
    let jar = maven_jar("g", "app", "1")
        .stored("lib/broken.jar", "no zip archive")
        .stored("lib/cut.jar", &good[..good.len() / 2])
        .lying("lib/bomb.jar", &vec![0; 1 << 20], 30)
        .stored("lib/good.jar", &good)
        .deflated("lib/adapter.rar", "Rar!")
        .finish();
    insta::assert_snapshot!(shown("app-1.jar", jar), @r"
    g:app 1 [] High 
    g:good 1 [] High lib/good.jar
    damage in lib/broken.jar: the archive cannot be read: not a zip archive, or one that was cut off: it has no end record
    damage in lib/cut.jar: the archive cannot be read: not a zip archive, or one that was cut off: it has no end record
    damage in lib/bomb.jar: the archive cannot be read: the entry unpacks to more than the 30 bytes that it claims
    ");
}

#[test]
fn a_thousand_archives_in_each_other_end_at_the_limit() {
    let mut jar = maven_jar("g", "innermost", "1").finish();
    for _ in 0..1_000 {
        jar = ZipBuilder::new().stored("a.jar", jar).finish();
    }
    insta::assert_snapshot!(
        shown("a.jar", jar),
        @"damage in a.jar!/a.jar!/a.jar!/a.jar!/a.jar!/a.jar!/a.jar!/a.jar!/a.jar: archives nested deeper than 8"
    );
}

#[test]
fn entries_that_share_their_bytes_are_read_once() {
    let mut zip = ZipBuilder::new();
    for name in ["a.jar", "b.jar", "c.jar"] {
        zip.stored(name, maven_jar("g", "a", "1").finish());
    }
    let mut bytes = zip.finish();
    // All three headers of the central directory name the first entry.
    let magic = b"PK\x01\x02";
    let at: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == magic).map(|(at, _)| at).collect();
    for at in at {
        let is_outer =
            bytes[at + 46..].starts_with(b"b.jar") || bytes[at + 46..].starts_with(b"c.jar");
        if is_outer {
            bytes[at + 42..at + 46].fill(0);
        }
    }
    insta::assert_snapshot!(shown("outer.jar", bytes), @r"
    g:a 1 [] High a.jar
    damage in b.jar: it shares its bytes with another entry
    damage in c.jar: it shares its bytes with another entry
    ");
}

#[test]
fn a_bomb_of_archives_ends_at_what_the_file_is_worth() {
    let bomb = ZipBuilder::new().deflated("zeros", vec![0; 12 << 20]).finish();
    let padded = ZipBuilder::new().stored("x", vec![0; 12 << 20]).finish();
    let mut zip = ZipBuilder::new();
    zip.stored("small.jar", bomb);
    for number in 0..3 {
        zip.deflated(format!("{number}.jar"), &padded);
    }
    insta::assert_snapshot!(shown("outer.jar", zip.finish()), @r"
    damage in 1.jar: the archive cannot be read: the entry takes 12583012 bytes, and 5772166 are read
    damage in 2.jar: the archive cannot be read: the entry takes 12583012 bytes, and 5772166 are read
    ");
}
