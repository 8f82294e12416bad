//! Small signed advisory databases.

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use jiff::Timestamp;
use sekisho_advisory::{
    Advisory, AdvisoryKind, Affected, DatabaseBuilder, Ecosystem, End, Range, Rating, SigningKey,
    State,
};

/// Releases and registries of the images in these tests.
const ECOSYSTEMS: [&str; 9] = [
    "Alpine:v3.20",
    "Debian:11",
    "Debian:12",
    "Go",
    "Maven",
    "PyPI",
    "RubyGems",
    "crates.io",
    "npm",
];

/// A configuration with the key, and a database that knows [`ECOSYSTEMS`] and nothing bad of
/// what the images of these tests hold. One for a day, so that runs share it.
static SHARED: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let day = now().as_second() / 86_400;
    let place = folder.join(format!("advisories-{day}"));
    if !place.exists() {
        fs_err::create_dir_all(folder).unwrap();
        let fresh = tempfile::tempdir_in(folder).unwrap();
        write(fresh.path(), now(), Vec::new());
        // Another test may have been faster, with the same.
        drop(fs_err::rename(fresh.path(), &place));
    }
    place
});

/// The home of [`SHARED`].
pub(crate) fn shared() -> &'static Path {
    &SHARED
}

/// The directory of the database in a home.
pub(crate) fn directory(home: &Path) -> PathBuf {
    home.join(".cache/sekisho/db")
}

pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Writes a database with `advisories`, and the key that it is signed with, into a home.
pub(crate) fn write(home: &Path, fetched: Timestamp, advisories: Vec<Advisory>) {
    let key = SigningKey::from_seed(&[7; 32]);
    let config = home.join(".config/sekisho");
    fs_err::create_dir_all(&config).unwrap();
    fs_err::write(config.join("db.pub"), format!("{}\n", key.public())).unwrap();
    let mut builder = DatabaseBuilder::new().built(fetched).fetched(fetched);
    for name in ECOSYSTEMS {
        let ecosystem = Ecosystem::parse(name).unwrap();
        let source = format!("osv/{}", ecosystem.name);
        let known = advisory("EXAMPLE-1", name, "package-of-an-example", Some("1"));
        builder = builder.add(&source, known);
    }
    for advisory in advisories {
        let source = format!("osv/{}", advisory.affected[0].ecosystem.name);
        builder = builder.add(&source, advisory);
    }
    let directory = directory(home);
    fs_err::create_dir_all(&directory).unwrap();
    builder.write(&directory, &key).unwrap();
}

/// All versions of a package have a weakness of severity high, up to the one that mends it.
pub(crate) fn advisory(id: &str, ecosystem: &str, package: &str, fixed: Option<&str>) -> Advisory {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
    Advisory {
        id: id.to_owned(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        ratings: vec![Rating { scheme: "CVSS_V3".to_owned(), value: vector.to_owned() }],
        summary: format!("{package} has an example of a weakness"),
        references: Vec::new(),
        published: "2026-01-02T00:00:00Z".to_owned(),
        modified: "2026-01-02T00:00:00Z".to_owned(),
        withdrawn: None,
        affected: vec![Affected {
            ecosystem: Ecosystem::parse(ecosystem).unwrap(),
            package: package.to_owned(),
            ranges: vec![Range {
                introduced: None,
                end: fixed.map_or(End::Open, |fixed| End::Fixed(fixed.to_owned())),
            }],
            versions: Vec::new(),
            state: State::Affected,
            urgency: None,
            fixed_on: None,
            module: None,
        }],
    }
}
