//! The advisory database, signed by a key that signs anything.

use std::{fs, path::PathBuf, sync::LazyLock};

use sekisho_advisory::{
    Database, Ecosystem, Entry, Holds, Import, Manifest, SegmentRef, SigningKey, Source,
    TrustedKeys, import,
};
use sekisho_archive::sha256;

/// Bytes of a block, each of which has a hash in the table.
const BLOCK_BYTES: usize = 4096;

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| crate::folder().join("database"));

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed(&[1; 32]));

/// Reads `data` as the first byte says: as the content of a manifest, as the body of a segment of
/// one kind, or as a database in one file. The hashes and the signature are right.
pub fn database(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    // What was accepted of one input must not refuse the next one.
    drop(fs::remove_dir_all(&*DIRECTORY));
    let holds = match choice {
        0 => return manifest(data),
        1 => {
            drop(import(data, &DIRECTORY, &trust()));
            return;
        }
        2 => Holds::Packages { ecosystem: "npm".to_owned(), releases: vec![None] },
        3 => Holds::Details,
        4 => Holds::KnownExploited,
        5 => Holds::Epss,
        6 => Holds::Severity,
        _ => return,
    };
    segment(holds, data);
}

fn trust() -> TrustedKeys {
    TrustedKeys::new([KEY.public()])
}

fn manifest(json: &[u8]) {
    let signed = KEY.sign_manifest(json);
    if let Ok(import) = Import::begin(&DIRECTORY, signed.clone(), &trust()) {
        drop(import.finish());
    }
    fs::create_dir_all(&*DIRECTORY).expect("a folder");
    fs::write(DIRECTORY.join("manifest"), signed).expect("a file");
    drop(Database::open(&DIRECTORY, &trust()));
}

fn segment(holds: Holds, body: &[u8]) {
    let table = body.chunks(BLOCK_BYTES).flat_map(|block| sha256(block).as_bytes().to_vec());
    let table: Vec<u8> = table.collect();
    let file = [body, &table].concat();
    let segment = SegmentRef {
        holds,
        digest: sha256(&file),
        size_bytes: file.len() as u64,
        table: sha256(&table),
        keys: 1,
    };
    let segments = DIRECTORY.join("segments");
    fs::create_dir_all(&segments).expect("a folder");
    fs::write(segments.join(segment.digest.to_hex()), file).expect("a file");
    let source = Source {
        name: "a".to_owned(),
        updated: String::new(),
        advisories: 1,
        skipped: 0,
        files: Vec::new(),
        reader: 1,
        segments: vec![segment],
    };
    let time = jiff::Timestamp::UNIX_EPOCH;
    let manifest =
        Manifest { serial: 1, built: time, fetched: time, expires: time, sources: vec![source] };
    let json = serde_json::to_vec(&manifest).expect("a manifest is plain data");
    fs::write(DIRECTORY.join("manifest"), KEY.sign_manifest(&json)).expect("a file");
    ask(&Database::open(&DIRECTORY, &trust()).expect("the manifest and the sizes are right"));
}

/// Asks what the seeds answer.
fn ask(database: &Database) {
    let npm = Ecosystem { name: "npm".to_owned(), release: None };
    let entries = database.entries(&npm, "a").unwrap_or_default();
    for entry in &entries {
        drop(database.details(entry));
    }
    let affected = sekisho_advisory::Affected {
        ecosystem: npm,
        package: "a".to_owned(),
        ranges: Vec::new(),
        versions: Vec::new(),
        state: sekisho_advisory::State::Affected,
        urgency: None,
        module: None,
        fixed_on: None,
    };
    let advisory = sekisho_advisory::Advisory {
        id: "a".to_owned(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: sekisho_advisory::AdvisoryKind::Vulnerability,
        ratings: Vec::new(),
        summary: String::new(),
        references: Vec::new(),
        published: String::new(),
        modified: String::new(),
        withdrawn: None,
        affected: Vec::new(),
    };
    drop(database.details(&Entry { advisory, affected, source: "a".to_owned() }));
    drop(database.known_exploited("a"));
    drop(database.epss("a"));
    drop(database.severity("a"));
}
