use proptest::{collection::vec, prelude::*, sample::select};
use sekisho_archive::Spool;
use sekisho_catalog::{ALL, Cataloged, File, Selection};
use sekisho_types::ImagePath;

/// A path that each package database is selected by.
const DATABASES: &[(&str, &str)] = &[
    ("apk", "lib/apk/db/installed"),
    ("apk", "usr/lib/apk/db/installed"),
    ("dpkg", "usr/lib/opkg/status"),
    ("dpkg", "var/lib/dpkg/info/x.list"),
    ("dpkg", "var/lib/dpkg/status"),
    ("dpkg", "var/lib/dpkg/status.d/x.md5sums"),
    ("pacman", "var/lib/pacman/local/x-1/desc"),
    ("pacman", "var/lib/pacman/local/x-1/files"),
    ("rpm-bdb", "usr/lib/sysimage/rpm/Packages"),
    ("rpm-bdb", "usr/share/rpm/Packages"),
    ("rpm-bdb", "var/lib/rpm/Packages"),
    ("rpm-manifest", "var/lib/rpmmanifest/container-manifest-2"),
    ("rpm-ndb", "var/lib/rpm/Packages.db"),
    ("rpm-sqlite", "var/lib/rpm/rpmdb.sqlite"),
    ("rpm-sqlite", "var/lib/rpm/rpmdb.sqlite-journal"),
    ("rpm-sqlite", "var/lib/rpm/rpmdb.sqlite-wal"),
];

fn catalog(id: &str, path: &str, bytes: Vec<u8>) -> Cataloged {
    let cataloger = ALL.iter().find(|cataloger| cataloger.id == id).unwrap();
    let path = ImagePath::parse(path.as_bytes()).unwrap();
    let mut out = Cataloged::default();
    let mut content = Spool::from_bytes(bytes);
    // Damage and an error are both fine; the result up to it is what the caller keeps.
    if (cataloger.parse)(&mut File { path: &path, content: &mut content }, &mut out).is_err() {
        out.damage("ended early");
    }
    out
}

/// Bytes with pieces in them that the formats know.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "\n",
        "\n\n",
        "\t",
        ": ",
        ":",
        "P:",
        "V:",
        "F:",
        "R:",
        "Package: ",
        "Version: ",
        "Status: ",
        "%NAME%\n",
        "%VERSION%\n",
        "%FILES%\n",
        "a  b",
        "../",
        "/",
        "(none)",
        "-1.src.rpm",
    ]);
    let piece = prop_oneof![
        4 => known.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..8),
    ];
    vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

#[test]
fn every_path_of_a_database_selects_its_cataloger() {
    let selection = Selection::new(false);
    for (id, path) in DATABASES {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let ids: Vec<_> = selection.for_path(&path).iter().map(|cataloger| cataloger.id).collect();
        assert_eq!(ids, [*id], "{path}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_twice(database in select(DATABASES), bytes in text()) {
        let (id, path) = database;
        prop_assert_eq!(catalog(id, path, bytes.clone()), catalog(id, path, bytes));
    }
}
