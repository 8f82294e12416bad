//! Looks for secrets in archives that lie among the files of an image: zip archives by whatever
//! name, tar archives, and those tar archives that are packed with gzip or zstd.
//!
//! What is not an archive after all, or is a damaged one, has nothing that could be looked into
//! here. Whoever catalogues archives says so.

use std::io::{BufReader, Read, Seek as _};

use sekisho_archive::{
    Spool, decompress, limits,
    tar::{EntryKind, TarReader},
    zip::ZipDirectory,
};
use sekisho_secret::{RuleSet, Sighting};

/// Largest archive that is looked into; larger ones hold data.
pub(crate) const MAX_BYTES: u64 = 512 << 20;

/// Largest file in an archive that is looked into, unless it is an archive itself. Settings and
/// keys are small.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Most bytes that are unpacked of one archive and all that are inside it, and beyond them most
/// for a byte of it. A release of a large application has some hundred megabytes.
const FREE_BYTES: u64 = 64 << 20;
const RATIO: u64 = 16;
const MAX_UNPACKED_BYTES: u64 = 1 << 30;

/// Most secrets of one archive that are kept.
const MAX_SIGHTINGS: usize = 100;

/// Longest name in an archive, as on Linux.
const MAX_NAME_BYTES: usize = 4096;

/// Where the magic of a tar header stands, and bytes of a file up to the end of it.
const USTAR_AT: usize = 257;
pub(crate) const START_BYTES: u64 = USTAR_AT as u64 + 5;

/// Ends of names of compressed tar archives. By their content alone, manuals and logs would be
/// unpacked as well.
const PACKED_TAR: &[&[u8]] = &[b".tar.gz", b".tgz", b".tar.zst", b".tar.zstd"];

/// Code and pictures, most of what archives hold.
const SKIPPED: &[&[u8]] = &[
    b".class",
    b".css",
    b".dll",
    b".gif",
    b".html",
    b".jpg",
    b".kotlin_metadata",
    b".map",
    b".png",
    b".so",
    b".svg",
    b".ttf",
    b".woff",
    b".woff2",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar,
    PackedTar,
}

impl Kind {
    /// By name and first bytes.
    pub(crate) fn of(name: &[u8], start: &[u8]) -> Option<Self> {
        if start.starts_with(b"PK\x03\x04") {
            return Some(Self::Zip);
        }
        if start.get(USTAR_AT..).is_some_and(|rest| rest.starts_with(b"ustar")) {
            return Some(Self::Tar);
        }
        let is_packed = start.starts_with(b"\x1f\x8b") || start.starts_with(b"\x28\xb5\x2f\xfd");
        let is_tar = PACKED_TAR.iter().any(|end| name.ends_with(end));
        (is_packed && is_tar).then_some(Self::PackedTar)
    }
}

/// What an archive holds.
#[derive(Debug, Default)]
pub(crate) struct Inside {
    pub(crate) found: Vec<Sighting>,
    /// What was not looked into.
    pub(crate) notes: Vec<String>,
}

/// Looks into the archive, and into archives in it.
pub(crate) fn look(rules: &RuleSet, kind: Kind, content: &mut Spool) -> Inside {
    let size_bytes = content.size_bytes().unwrap_or_default();
    let most = size_bytes.saturating_mul(RATIO).saturating_add(FREE_BYTES).min(MAX_UNPACKED_BYTES);
    let mut walk = Walk {
        rules,
        left_bytes: most,
        left_archives: limits::ZIP_NESTED_ARCHIVES,
        is_cut: false,
        inside: Inside::default(),
    };
    walk.archive(kind, content, "", 0);
    if walk.is_cut {
        let note = format!("more is packed in this archive than the {most} bytes that are read");
        walk.inside.notes.push(note);
    }
    walk.inside
}

struct Walk<'a> {
    rules: &'a RuleSet,
    left_bytes: u64,
    left_archives: u32,
    is_cut: bool,
    inside: Inside,
}

impl Walk<'_> {
    /// `place` is where the archive is inside the file, with a slash at its end.
    fn archive(&mut self, kind: Kind, content: &mut Spool, place: &str, depth: u32) {
        let Some(left) = self.left_archives.checked_sub(1) else {
            self.is_cut = true;
            return;
        };
        self.left_archives = left;
        if content.rewind().is_err() {
            return;
        }
        match kind {
            Kind::Zip => self.zip(content, place, depth),
            Kind::Tar | Kind::PackedTar => self.tar(content, place, depth),
        }
    }

    fn zip(&mut self, content: &mut Spool, place: &str, depth: u32) {
        let Ok(directory) = ZipDirectory::open(content) else { return };
        for entry in directory.entries() {
            let Ok(entry) = entry else { return };
            if !is_wanted(entry.name, entry.size_bytes, depth) {
                continue;
            }
            let Some(left) = self.left_bytes.checked_sub(entry.size_bytes) else {
                self.is_cut = true;
                return;
            };
            self.left_bytes = left;
            if let Ok(inner) = entry.spool(content, entry.size_bytes) {
                self.file(entry.name, inner, place, depth);
            }
        }
    }

    fn tar(&mut self, content: &mut Spool, place: &str, depth: u32) {
        let Ok((_, unpacked)) = decompress(BufReader::new(content)) else { return };
        let left = self.left_bytes;
        let mut tar = TarReader::new(BufReader::new(unpacked.take(left)));
        // Damage, and the end of what may be unpacked.
        while let Ok(Some(entry)) = tar.next_entry() {
            if entry.kind != EntryKind::File || !is_wanted(&entry.name, entry.size_bytes, depth) {
                continue;
            }
            // A sparse file is larger than what stands in the archive.
            let Some(rest) = self.left_bytes.checked_sub(entry.size_bytes) else { break };
            let Ok(inner) = Spool::fill(&mut tar, entry.size_bytes) else { break };
            self.left_bytes = rest;
            self.file(&entry.name, inner, place, depth);
        }
        let n_read = tar.offset();
        self.is_cut |= n_read >= left;
        self.left_bytes = self.left_bytes.min(left.saturating_sub(n_read));
    }

    fn file(&mut self, name: &[u8], mut content: Spool, place: &str, depth: u32) {
        let text = String::from_utf8_lossy(name);
        let inner = format!("{place}{}", text.trim_start_matches("./"));
        let mut start = Vec::new();
        let is_read = (&mut content).take(START_BYTES).read_to_end(&mut start).is_ok();
        if !is_read || content.rewind().is_err() {
            return;
        }
        if let Some(kind) = Kind::of(name, &start)
            && depth < limits::NESTED_ARCHIVES
        {
            self.archive(kind, &mut content, &format!("{inner}!/"), depth + 1);
            return;
        }
        let Ok(bytes) = content.content(MAX_FILE_BYTES) else { return };
        let seen = self.rules.scan(name, &bytes);
        let notes = seen.notes.iter().map(|note| format!("{inner}: secrets: {note}"));
        self.inside.notes.extend(notes);
        for sighting in seen.found {
            if self.inside.found.len() >= MAX_SIGHTINGS {
                let note = format!("more than {MAX_SIGHTINGS} secrets, the rest is not shown");
                if !self.inside.notes.contains(&note) {
                    self.inside.notes.push(note);
                }
                return;
            }
            let inside = Some(inner.clone());
            self.inside.found.push(Sighting { inside, ..sighting });
        }
    }
}

/// Whether a file is looked into, by its name and size.
fn is_wanted(name: &[u8], size_bytes: u64, depth: u32) -> bool {
    let may_be_archive = depth < limits::NESTED_ARCHIVES && is_archive_name(name);
    let most = if may_be_archive { MAX_BYTES } else { MAX_FILE_BYTES };
    name.len() <= MAX_NAME_BYTES
        && (1..=most).contains(&size_bytes)
        && !SKIPPED.iter().any(|end| name.ends_with(end))
}

/// Archives in archives are told by their names, so that large data is not unpacked.
fn is_archive_name(name: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[b".zip", b".jar", b".war", b".ear", b".tar", b".whl", b".nupkg"];
    ENDS.iter().chain(PACKED_TAR).any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use sekisho_testkit::{ImageBuilder, LayerBuilder, ZipBuilder};

    use super::*;

    const SETTINGS: &str = "database.url=postgres://shop:hv7-Lw2qp@db.example/shop\n";

    /// Building them takes a while.
    static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);

    fn shown(name: &str, bytes: Vec<u8>) -> String {
        let mut start = bytes.clone();
        start.truncate(300);
        let kind = Kind::of(name.as_bytes(), &start).unwrap();
        let Inside { found, notes } = look(&RULES, kind, &mut Spool::from_bytes(bytes));
        let found = found.iter().map(|it| format!("{}:{}", it.inside.as_deref().unwrap(), it.line));
        found.chain(notes).collect::<Vec<_>>().join("\n")
    }

    fn zip(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
        ZipBuilder::new().deflated(name, content).finish()
    }

    fn tar(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
        LayerBuilder::new().file(name, content).finish().tar
    }

    #[test]
    fn secrets_in_archives_are_found_at_their_place() {
        let jar = zip("application.properties", SETTINGS);
        let war = ZipBuilder::new().deflated("a.css", SETTINGS).stored("lib/a.jar", jar).finish();
        assert_eq!(shown("shop.war", war), "lib/a.jar!/application.properties:1");
        let backup = tar("./backup.zip", zip("srv/.env", format!("A=b\n{SETTINGS}")));
        assert_eq!(shown("a.tar", backup), "backup.zip!/srv/.env:2");
    }

    #[test]
    fn packed_archives_are_unpacked_by_their_name() {
        let layer = LayerBuilder::new().file("home/.env", SETTINGS).finish();
        let image = ImageBuilder::new().layer(layer, "COPY . /").build();
        let packed = image.blobs().find(|blob| blob.bytes.starts_with(b"\x1f\x8b")).unwrap();
        let packed = packed.bytes.clone();
        assert_eq!(Kind::of(b"manual.1.gz", &packed), None);
        assert_eq!(shown("home.tar.gz", packed), "home/.env:1");
    }

    #[test]
    fn archives_in_archives_end_somewhere() {
        let mut bytes = zip(".env", SETTINGS);
        for _ in 0..100 {
            bytes = zip("inner.zip", bytes);
        }
        assert_eq!(shown("matryoshka.zip", bytes), "");
    }

    #[test]
    fn damage_is_not_taken_for_a_secret() {
        let whole = zip("application.properties", SETTINGS);
        for end in 4..whole.len() {
            assert_eq!(shown("a.zip", whole[..end].to_vec()), "", "{end}");
        }
    }

    #[test]
    fn what_unpacks_to_more_than_is_read_says_so() {
        let zeros = vec![0; 1 << 20];
        let mut many = ZipBuilder::new();
        for number in 0..70 {
            many.deflated(format!("{number}.txt"), &zeros);
        }
        let bomb = many.finish();
        let most = FREE_BYTES + RATIO * bomb.len() as u64;
        let shown = shown("bomb.zip", bomb);
        let want = format!("more is packed in this archive than the {most} bytes that are read");
        assert_eq!(shown, want);
    }
}
