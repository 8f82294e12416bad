//! Databases that are handed on: as a file, on a stream, and through a registry.

use std::path::Path;

use sekisho_testkit::{RegistryAccess, RegistryServer};
use tempfile::TempDir;

use crate::{
    db::{build, db, home_with_feeds, why, write_alpine},
    program::run_with_home_and_input,
};

/// A home that believes what `home` builds.
fn friend_of(home: &Path) -> TempDir {
    let friend = tempfile::tempdir().unwrap();
    let key = db(home, &["key"]).stdout;
    let settings = format!("db: {{trusted_keys: [{:?}]}}\n", key.trim());
    fs_err::write(friend.path().join("sekisho.yaml"), settings).unwrap();
    friend
}

#[test]
fn a_file_brings_the_database_to_a_machine_without_a_network() {
    let home = home_with_feeds();
    build(home.path());
    let file = home.path().join("sekisho.db");
    let file = file.to_str().unwrap();
    assert_eq!(db(home.path(), &["export", file]).code, 0);
    let friend = friend_of(home.path());
    let run = db(friend.path(), &["import", file]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(why(friend.path()).unwrap(), why(home.path()).unwrap());
    let bytes = fs_err::read(file).unwrap();
    let again = run_with_home_and_input(friend.path(), &["db", "import", "-"], bytes);
    assert_eq!((again.code, &again.stdout), (0, &run.stdout), "{}", again.stderr);
    let stranger = tempfile::tempdir().unwrap();
    let run = db(stranger.path(), &["import", file]);
    assert!(run.code == 3 && run.stderr.contains("is not trusted"), "{}", run.stderr);
}

#[test]
fn an_older_file_is_refused() {
    let home = home_with_feeds();
    build(home.path());
    let old = home.path().join("old.db");
    assert_eq!(db(home.path(), &["export", old.to_str().unwrap()]).code, 0);
    build(home.path());
    let new = home.path().join("new.db");
    assert_eq!(db(home.path(), &["export", new.to_str().unwrap()]).code, 0);
    let friend = friend_of(home.path());
    assert_eq!(db(friend.path(), &["import", new.to_str().unwrap()]).code, 0);
    let run = db(friend.path(), &["import", old.to_str().unwrap()]);
    assert!(run.code == 4 && run.stderr.contains("an older one"), "{}", run.stderr);
    why(friend.path()).unwrap();
}

#[test]
fn a_damaged_file_leaves_the_database_as_it_was() {
    let home = home_with_feeds();
    build(home.path());
    let friend = friend_of(home.path());
    let file = home.path().join("sekisho.db");
    let file = file.to_str().unwrap();
    assert_eq!(db(home.path(), &["export", file]).code, 0);
    assert_eq!(db(friend.path(), &["import", file]).code, 0);
    let before = why(friend.path()).unwrap();
    write_alpine(&home.path().join("feeds"), "9.9.9-r0");
    build(home.path());
    assert_eq!(db(home.path(), &["export", file]).code, 0);
    let whole = fs_err::read(file).unwrap();
    let cut = [0, 7, 16, 300, whole.len() / 2, whole.len() - 1].map(|n| whole[..n].to_vec());
    let flipped = (0..whole.len()).step_by(whole.len() / 20).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    });
    let mut is_taken = false;
    for bytes in cut.into_iter().chain(flipped) {
        fs_err::write(file, &bytes).unwrap();
        let run = db(friend.path(), &["import", file]);
        let answer = why(friend.path()).unwrap();
        // What is in no segment and not signed may differ: the flags of the stream.
        is_taken |= run.code == 0;
        assert!(run.code == 0 || run.stderr.starts_with("error: "), "{}", run.stderr);
        assert_eq!(
            answer,
            if is_taken { before.replace("8.0.0-r1", "9.9.9-r0") } else { before.clone() }
        );
    }
    fs_err::write(file, &whole).unwrap();
    assert_eq!(db(friend.path(), &["import", file]).code, 0);
    assert!(why(friend.path()).unwrap().contains("< 9.9.9-r0"));
}

#[test]
fn a_registry_hands_on_only_what_is_new() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Open) else { return };
    let reference = format!("registry:{}/security/sekisho-db:latest", registry.host);
    let home = home_with_feeds();
    build(home.path());
    let pushed = db(home.path(), &["export", &reference]);
    assert_eq!(pushed.code, 0, "{}", pushed.stderr);
    assert!(pushed.stdout.starts_with("sha256:"), "{}", pushed.stdout);
    let friend = friend_of(home.path());
    let run = db(friend.path(), &["import", &reference]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(why(friend.path()).unwrap(), why(home.path()).unwrap());
    // Only the packages of Alpine change.
    let segments = friend.path().join(".cache/sekisho/db/segments");
    let names = || {
        let entries = fs_err::read_dir(&segments).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = names();
    write_alpine(&home.path().join("feeds"), "9.9.9-r0");
    build(home.path());
    assert_eq!(db(home.path(), &["export", &reference]).code, 0);
    assert_eq!(db(friend.path(), &["import", &reference]).code, 0);
    assert_eq!((before.len(), names().difference(&before).count()), (3, 1));
    assert!(why(friend.path()).unwrap().contains("< 9.9.9-r0"));
    // By digest, the one before is an old one.
    let old = format!("registry:{}/security/sekisho-db@{}", registry.host, pushed.stdout.trim());
    let run = db(friend.path(), &["import", &old]);
    assert!(run.code == 4 && run.stderr.contains("an older one"), "{}", run.stderr);
    let none = format!("registry:{}/security/none:latest", registry.host);
    let run = db(friend.path(), &["import", &none]);
    assert!(run.error().contains("security/none"), "{}", run.stderr);
}
