//! Layers: tar files built entry by entry.

use std::collections::BTreeSet;

use sekisho_types::Digest;

use crate::{
    sha256,
    tar_header::{BLOCK_BYTES, MTIME, TarHeader, put_number, seal},
};

/// An uncompressed layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    pub tar: Vec<u8>,
    pub diff_id: Digest,
}

impl Layer {
    /// Takes any bytes for a layer, damaged ones too.
    pub fn from_tar(tar: Vec<u8>) -> Self {
        let diff_id = sha256(&tar);
        Self { tar, diff_id }
    }
}

/// Who owns an entry and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    /// Seconds since 1970.
    pub mtime: u64,
    /// Raw value of `security.capability`; empty for none.
    pub capability: Vec<u8>,
}

impl Attributes {
    /// Owned by root.
    pub fn mode(mode: u32) -> Self {
        Self { mode, uid: 0, gid: 0, mtime: MTIME, capability: Vec::new() }
    }
}

/// How a name is written that does not fit into the header block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LongNames {
    #[default]
    Pax,
    Gnu,
}

/// How a sparse file is stored; the GNU tar manual, "Storing Sparse Files".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SparseFormat {
    /// A type flag of its own, the map in the header block: at most four runs here.
    OldGnu,
    /// The map in one PAX record.
    Pax01,
    /// The map in front of the data.
    Pax10,
}

/// Builds a layer.
#[derive(Debug, Default)]
pub struct LayerBuilder {
    tar: Vec<u8>,
    long_names: LongNames,
    with_parents: bool,
    directories: BTreeSet<Vec<u8>>,
}

impl LayerBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the long names of the entries that follow are written.
    pub fn long_names(&mut self, long_names: LongNames) -> &mut Self {
        self.long_names = long_names;
        self
    }

    /// Has the directories above each entry that follows written before it, as builders of
    /// images do.
    pub fn with_parents(&mut self) -> &mut Self {
        self.with_parents = true;
        self
    }

    /// A file of mode 0644.
    pub fn file(&mut self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &mut Self {
        self.file_with(path, content, &Attributes::mode(0o644))
    }

    /// A file of mode 0755.
    pub fn executable(&mut self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &mut Self {
        self.file_with(path, content, &Attributes::mode(0o755))
    }

    pub fn file_with(
        &mut self,
        path: impl AsRef<[u8]>,
        content: impl AsRef<[u8]>,
        attributes: &Attributes,
    ) -> &mut Self {
        let content = content.as_ref();
        let mut header = TarHeader::new(path, b'0');
        header.size_bytes = content.len() as u64;
        self.entry(header, attributes).content(content)
    }

    pub fn directory(&mut self, path: impl AsRef<[u8]>) -> &mut Self {
        self.directory_with(path, &Attributes::mode(0o755))
    }

    pub fn directory_with(&mut self, path: impl AsRef<[u8]>, attributes: &Attributes) -> &mut Self {
        let mut path = path.as_ref().to_vec();
        if path.last() != Some(&b'/') {
            path.push(b'/');
        }
        self.directories.insert(path.clone());
        self.entry(TarHeader::new(path, b'5'), attributes)
    }

    pub fn symlink(&mut self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> &mut Self {
        let mut header = TarHeader::new(path, b'2');
        header.link = target.as_ref().to_vec();
        self.entry(header, &Attributes::mode(0o777))
    }

    /// A second name of the file at `target`, which is relative to the root.
    pub fn hard_link(&mut self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> &mut Self {
        let mut header = TarHeader::new(path, b'1');
        header.link = target.as_ref().to_vec();
        self.entry(header, &Attributes::mode(0o644))
    }

    pub fn char_device(&mut self, path: impl AsRef<[u8]>, major: u64, minor: u64) -> &mut Self {
        self.device(path, b'3', (major, minor))
    }

    pub fn block_device(&mut self, path: impl AsRef<[u8]>, major: u64, minor: u64) -> &mut Self {
        self.device(path, b'4', (major, minor))
    }

    pub fn fifo(&mut self, path: impl AsRef<[u8]>) -> &mut Self {
        self.entry(TarHeader::new(path, b'6'), &Attributes::mode(0o644))
    }

    /// Deletes `path` of the layers below.
    ///
    /// # Source
    ///
    /// OCI image specification, layer.md, "Whiteouts".
    pub fn whiteout(&mut self, path: impl AsRef<[u8]>) -> &mut Self {
        let (parent, name) = split(path.as_ref());
        self.file([parent, b".wh.", name].concat(), "")
    }

    /// Hides what the layers below have in `directory`; empty for the root.
    pub fn opaque(&mut self, directory: impl AsRef<[u8]>) -> &mut Self {
        let directory = directory.as_ref();
        let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
        self.file([directory, slash, b".wh..wh..opq"].concat(), "")
    }

    /// A file of `size_bytes` with data in `runs` (offset and bytes, in order) and zeros between.
    pub fn sparse(
        &mut self,
        path: impl AsRef<[u8]>,
        format: SparseFormat,
        size_bytes: u64,
        runs: &[(u64, &[u8])],
    ) -> &mut Self {
        let path = path.as_ref();
        let mut data = runs.iter().flat_map(|(_, bytes)| *bytes).copied().collect::<Vec<_>>();
        let numbers = || runs.iter().flat_map(|(offset, bytes)| [*offset, bytes.len() as u64]);
        let size = size_bytes.to_string();
        match format {
            SparseFormat::OldGnu => {
                assert!(runs.len() <= 4, "the header block has room for four runs");
                let mut header = TarHeader::new(path, b'S');
                header.is_gnu = true;
                header.size_bytes = data.len() as u64;
                let mut block = header.to_block();
                for (at, number) in (386..).step_by(12).zip(numbers()) {
                    put_number(&mut block, at, number, 12);
                }
                put_number(&mut block, 483, size_bytes, 12);
                seal(&mut block);
                return self.raw(block).content(&data);
            }
            SparseFormat::Pax01 => {
                let map = numbers().map(|number| number.to_string()).collect::<Vec<_>>().join(",");
                self.pax(&[
                    (b"GNU.sparse.name", path),
                    (b"GNU.sparse.size", size.as_bytes()),
                    (b"GNU.sparse.map", map.as_bytes()),
                ]);
            }
            SparseFormat::Pax10 => {
                self.pax(&[
                    (b"GNU.sparse.major", b"1"),
                    (b"GNU.sparse.minor", b"0"),
                    (b"GNU.sparse.name", path),
                    (b"GNU.sparse.realsize", size.as_bytes()),
                ]);
                let mut map = format!("{}\n", runs.len());
                map.extend(numbers().map(|number| format!("{number}\n")));
                let mut map = map.into_bytes();
                map.resize(map.len().next_multiple_of(BLOCK_BYTES), 0);
                data.splice(..0, map);
            }
        }
        let (_, name) = split(path);
        let mut header = TarHeader::new([b"GNUSparseFile.0/", name].concat(), b'0');
        header.size_bytes = data.len() as u64;
        self.raw(header.to_block()).content(&data)
    }

    /// A PAX extended header, which speaks for the entry after it.
    pub fn pax(&mut self, records: &[(&[u8], &[u8])]) -> &mut Self {
        let text: Vec<u8> =
            records.iter().flat_map(|(key, value)| pax_record(key, value)).collect();
        let mut header = TarHeader::new("PaxHeaders.0/entry", b'x');
        header.size_bytes = text.len() as u64;
        self.raw(header.to_block()).content(&text)
    }

    /// Any bytes, as they are: a header from [`TarHeader`], or what no tar may hold.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.tar.extend_from_slice(bytes.as_ref());
        self
    }

    /// Bytes, then zeros up to a whole block: the content of a header written by [`Self::raw`].
    pub fn content(&mut self, bytes: &[u8]) -> &mut Self {
        self.raw(bytes);
        self.tar.resize(self.tar.len().next_multiple_of(BLOCK_BYTES), 0);
        self
    }

    /// Ends the archive and empties the builder.
    pub fn finish(&mut self) -> Layer {
        self.raw([0; 2 * BLOCK_BYTES]);
        Layer::from_tar(std::mem::take(self).tar)
    }

    fn device(&mut self, path: impl AsRef<[u8]>, type_flag: u8, device: (u64, u64)) -> &mut Self {
        let mut header = TarHeader::new(path, type_flag);
        header.device = device;
        self.entry(header, &Attributes::mode(0o666))
    }

    /// Writes a header, with extended headers for what does not fit.
    fn entry(&mut self, mut header: TarHeader, attributes: &Attributes) -> &mut Self {
        if self.with_parents {
            self.parents(&header.name);
        }
        header.mode = attributes.mode;
        header.uid = attributes.uid;
        header.gid = attributes.gid;
        header.mtime = attributes.mtime;
        let mut records: Vec<(&[u8], &[u8])> = Vec::new();
        let is_pax = self.long_names == LongNames::Pax;
        for (key, gnu_type, value) in
            [(&b"path"[..], b'L', &header.name), (b"linkpath", b'K', &header.link)]
        {
            if value.len() <= 100 {
                continue;
            }
            if is_pax {
                records.push((key, value));
            } else {
                let mut long = TarHeader::new("././@LongLink", gnu_type);
                long.is_gnu = true;
                long.size_bytes = value.len() as u64 + 1;
                self.raw(long.to_block()).content(&[&value[..], b"\0"].concat());
            }
        }
        if !attributes.capability.is_empty() {
            records.push((b"SCHILY.xattr.security.capability", &attributes.capability));
        }
        if !records.is_empty() {
            self.pax(&records);
        }
        self.raw(header.to_block())
    }

    fn parents(&mut self, name: &[u8]) {
        let name = name.strip_suffix(b"/").unwrap_or(name);
        for (at, _) in name.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if !self.directories.contains(&name[..=at]) {
                self.directory(&name[..=at]);
            }
        }
    }
}

/// Parent with its slash, and name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    path.split_at(start)
}

/// `25 path=a/long/name\n`: the length counts its own digits.
fn pax_record(key: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = [b" ", key, b"=", value, b"\n"].concat();
    let mut n_bytes = rest.len() + 1;
    while n_bytes.to_string().len() + rest.len() != n_bytes {
        n_bytes = n_bytes.to_string().len() + rest.len();
    }
    [n_bytes.to_string().as_bytes(), &rest].concat()
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, io::Read as _};

    use sekisho_archive::tar::{EntryKind, TarReader};

    use super::*;

    /// A line an entry: kind, mode, owner, name, link, device, content.
    fn list(layer: &Layer) -> Vec<String> {
        let mut reader = TarReader::new(&layer.tar[..]);
        let mut lines = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let mut content = Vec::new();
            reader.read_to_end(&mut content).unwrap();
            let name = String::from_utf8_lossy(&entry.name);
            let mut line =
                format!("{:?} {:o} {}:{} {name}", entry.kind, entry.mode, entry.uid, entry.gid);
            if !entry.link.is_empty() {
                write!(line, " -> {}", String::from_utf8_lossy(&entry.link)).unwrap();
            }
            if matches!(entry.kind, EntryKind::CharDevice | EntryKind::BlockDevice) {
                write!(line, " {:?}", entry.device).unwrap();
            }
            if !entry.capability.is_empty() {
                write!(line, " {:x?}", entry.capability).unwrap();
            }
            if !content.is_empty() {
                let content = String::from_utf8_lossy(&content).replace('\0', "0");
                write!(line, " {content:?}").unwrap();
            }
            lines.push(line);
        }
        lines
    }

    #[test]
    fn every_kind_of_entry_reads_back() {
        let su = Attributes { uid: 1000, gid: 3_000_000, ..Attributes::mode(0o4755) };
        let ping =
            Attributes { capability: vec![1, 0, 0, 2, b'\n', b'='], ..Attributes::mode(0o755) };
        let layer = LayerBuilder::new()
            .directory("bin")
            .file("bin/a", "text")
            .file_with("bin/su", "elf", &su)
            .file_with("bin/ping", "", &ping)
            .symlink("bin/sh", "a")
            .hard_link("bin/b", "bin/a")
            .char_device("dev/null", 1, 3)
            .block_device("dev/sda", 8, 0)
            .fifo("run/pipe")
            .whiteout("etc/gone")
            .whiteout("top")
            .opaque("var/cache")
            .opaque("")
            .file("../escape", "")
            .finish();
        insta::assert_snapshot!(list(&layer).join("\n"), @r#"
        Directory 755 0:0 bin/
        File 644 0:0 bin/a "text"
        File 4755 1000:3000000 bin/su "elf"
        File 755 0:0 bin/ping [1, 0, 0, 2, a, 3d]
        Symlink 777 0:0 bin/sh -> a
        HardLink 644 0:0 bin/b -> bin/a
        CharDevice 666 0:0 dev/null (1, 3)
        BlockDevice 666 0:0 dev/sda (8, 0)
        Fifo 644 0:0 run/pipe
        File 644 0:0 etc/.wh.gone
        File 644 0:0 .wh.top
        File 644 0:0 var/cache/.wh..wh..opq
        File 644 0:0 .wh..wh..opq
        File 644 0:0 ../escape
        "#);
    }

    #[test]
    fn long_names_read_back_in_both_dialects() {
        let long = "d/".repeat(120);
        for dialect in [LongNames::Pax, LongNames::Gnu] {
            let layer = LayerBuilder::new()
                .long_names(dialect)
                .file(format!("{long}f"), "x")
                .symlink(format!("{long}l"), format!("{long}f"))
                .finish();
            assert_eq!(
                list(&layer),
                [
                    format!("File 644 0:0 {long}f \"x\""),
                    format!("Symlink 777 0:0 {long}l -> {long}f")
                ]
            );
        }
    }

    #[test]
    fn sparse_files_read_back_in_every_format() {
        for format in [SparseFormat::OldGnu, SparseFormat::Pax01, SparseFormat::Pax10] {
            let layer = LayerBuilder::new()
                .sparse("d/a", format, 9, &[(2, b"abc"), (7, b"d")])
                .file("next", "x")
                .finish();
            assert_eq!(
                list(&layer),
                ["File 644 0:0 d/a \"00abc00d0\"", "File 644 0:0 next \"x\""],
                "{format:?}"
            );
        }
    }

    #[test]
    fn parents_are_written_once_and_first() {
        let layer = LayerBuilder::new().with_parents().file("a/b/c", "").file("a/d", "").finish();
        assert_eq!(
            list(&layer),
            [
                "Directory 755 0:0 a/",
                "Directory 755 0:0 a/b/",
                "File 644 0:0 a/b/c",
                "File 644 0:0 a/d"
            ]
        );
    }

    #[test]
    fn the_same_calls_give_the_same_digest() {
        let build = || LayerBuilder::new().file("a", "1").finish();
        assert_eq!(build(), build());
        assert_eq!(build().diff_id, sekisho_archive::sha256(&build().tar));
    }
}
