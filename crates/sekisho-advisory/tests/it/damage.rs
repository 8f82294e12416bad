use std::path::{Path, PathBuf};

use sekisho_advisory::{Database, OpenError, SigningKey, TrustedKeys};

use crate::sample::{builder, ecosystem, key, trust};

/// Everything that the sample can be asked, or the error that came instead.
fn ask_everything(directory: &Path) -> Result<String, String> {
    let database = Database::open(directory, &trust()).map_err(|err| err.to_string())?;
    let ask = || -> Result<String, sekisho_advisory::StoreError> {
        let mut shown = Vec::new();
        for (of, package) in
            [("Debian:12", "openssl"), ("Debian:11", "openssl"), ("npm", "left-pad"), ("npm", "x")]
        {
            for entry in database.entries(&ecosystem(of), package)? {
                shown.push(format!("{entry:?} {:?}", database.details(&entry)?));
            }
        }
        for cve in ["CVE-2024-1234", "CVE-1"] {
            shown.push(format!("{:?}", database.known_exploited(cve)?));
            shown.push(format!("{:?} {:?}", database.epss(cve)?, database.severity(cve)?));
        }
        Ok(shown.join("\n"))
    };
    ask().map_err(|err| err.to_string())
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let segments = fs_err::read_dir(directory.join("segments")).unwrap();
    let mut files: Vec<PathBuf> = segments.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.push(directory.join("manifest"));
    files
}

#[test]
fn a_flipped_byte_is_an_error_or_makes_no_difference() {
    let directory = tempfile::tempdir().unwrap();
    builder().write(directory.path(), &key()).unwrap();
    let sound = ask_everything(directory.path()).unwrap();
    let mut n_errors = 0;
    for path in files(directory.path()) {
        let bytes = fs_err::read(&path).unwrap();
        // Some of all bytes, and each of the first and the last forty.
        let positions =
            (0..bytes.len()).filter(|at| at % 37 == 0 || *at < 40 || *at + 40 > bytes.len());
        for at in positions {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x20;
            fs_err::write(&path, &flipped).unwrap();
            match ask_everything(directory.path()) {
                Ok(answer) => assert_eq!(answer, sound, "{path:?} at {at}"),
                Err(err) => {
                    n_errors += 1;
                    assert!(err.contains("advisory database"), "{err}");
                }
            }
        }
        fs_err::write(&path, &bytes).unwrap();
    }
    // The segment of a package that was not asked is the only one whose damage may go unseen.
    assert!(n_errors > 300, "{n_errors}");
    assert_eq!(ask_everything(directory.path()).unwrap(), sound);
}

#[test]
fn a_truncated_segment_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    builder().write(directory.path(), &key()).unwrap();
    for path in files(directory.path()) {
        let bytes = fs_err::read(&path).unwrap();
        for n_kept in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            fs_err::write(&path, &bytes[..n_kept]).unwrap();
            let err = ask_everything(directory.path()).unwrap_err();
            assert!(err.contains("advisory database"), "{err}");
        }
        fs_err::remove_file(&path).unwrap();
        ask_everything(directory.path()).unwrap_err();
        fs_err::write(&path, &bytes).unwrap();
    }
}

#[test]
fn an_old_manifest_put_back_is_refused() {
    for is_apart in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let records = tempfile::tempdir().unwrap();
        let trust = if is_apart { trust().remembering_in(records.path()) } else { trust() };
        builder().write(directory.path(), &key()).unwrap();
        let manifest = directory.path().join("manifest");
        let old = fs_err::read(&manifest).unwrap();
        builder().write(directory.path(), &key()).unwrap();
        Database::open(directory.path(), &trust).unwrap();
        fs_err::write(&manifest, &old).unwrap();
        let err = Database::open(directory.path(), &trust).unwrap_err();
        assert!(matches!(err, OpenError::RolledBack { .. }), "{err}");
    }
}

#[test]
fn another_key_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let other = SigningKey::from_seed(&[8; 32]);
    builder().write(directory.path(), &other).unwrap();
    let err = Database::open(directory.path(), &trust()).unwrap_err();
    assert!(matches!(err, OpenError::Untrusted { .. }), "{err}");
    // A manifest that claims a trusted key needs its signature.
    let manifest = directory.path().join("manifest");
    let text = fs_err::read_to_string(&manifest).unwrap();
    let claimed = text.replace(&other.public().id(), &key().public().id());
    fs_err::write(&manifest, claimed).unwrap();
    let err = Database::open(directory.path(), &trust()).unwrap_err();
    assert!(matches!(err, OpenError::Signature { .. }), "{err}");
    let err = Database::open(directory.path(), &TrustedKeys::default()).unwrap_err();
    assert!(matches!(err, OpenError::Untrusted { .. }), "{err}");
}

#[test]
fn no_database_is_told_apart_from_a_damaged_one() {
    let directory = tempfile::tempdir().unwrap();
    let err = Database::open(directory.path(), &trust()).unwrap_err();
    assert!(matches!(err, OpenError::Missing { .. }), "{err}");
}
