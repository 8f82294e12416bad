//! Zip archives, and what stands in those that are jars.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// 2024-01-01 in the format of MS-DOS.
const DATE: u16 = ((2024 - 1980) << 9) | (1 << 5) | 1;

/// Builds a zip.
///
/// # Source
///
/// APPNOTE 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record).
#[derive(Debug, Default)]
pub struct ZipBuilder {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    n_entries: u16,
}

impl ZipBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// A compressed entry.
    pub fn deflated(&mut self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &mut Self {
        let content = content.as_ref();
        self.entry(name.as_ref(), content, size(content.len()), true)
    }

    /// An entry as it is, as Spring Boot stores the jars inside its own.
    pub fn stored(&mut self, name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &mut Self {
        let content = content.as_ref();
        self.entry(name.as_ref(), content, size(content.len()), false)
    }

    /// A compressed entry whose headers claim another unpacked size.
    pub fn lying(&mut self, name: &str, content: &[u8], claimed_bytes: u32) -> &mut Self {
        self.entry(name.as_bytes(), content, claimed_bytes, true)
    }

    /// Writes the central directory and empties the builder.
    pub fn finish(&mut self) -> Vec<u8> {
        let Self { mut bytes, directory, n_entries } = std::mem::take(self);
        let offset = size(bytes.len());
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend([n_entries, n_entries].iter().flat_map(|n| n.to_le_bytes()));
        let words = [size(directory.len()), offset];
        bytes.extend(words.iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend([0, 0]);
        bytes
    }

    fn entry(&mut self, name: &[u8], content: &[u8], claimed: u32, deflate: bool) -> &mut Self {
        let offset = size(self.bytes.len());
        let data = if deflate { deflated(content) } else { content.to_vec() };
        let mut crc = Crc::new();
        crc.update(content);
        let mut fields = Vec::new();
        // Version 2.0, UTF-8 names, method, time, date.
        let method = if deflate { 8 } else { 0 };
        fields.extend([20, 0x800, method, 0, DATE].iter().flat_map(|n: &u16| n.to_le_bytes()));
        let words = [crc.sum(), size(data.len()), claimed];
        fields.extend(words.iter().flat_map(|n| n.to_le_bytes()));
        let name_bytes = u16::try_from(name.len()).expect("a name is shorter than 64 KiB");
        fields.extend([name_bytes, 0].iter().flat_map(|n| n.to_le_bytes()));

        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend_from_slice(&fields);
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(&data);

        // Made by version 2.0 on Unix.
        self.directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        self.directory.extend_from_slice(&fields);
        // No comment, disk 0, no internal attributes; a regular file of mode 0644.
        self.directory.extend([0; 6]);
        let words = [0o100_644 << 16, offset];
        self.directory.extend(words.iter().flat_map(|n: &u32| n.to_le_bytes()));
        self.directory.extend_from_slice(name);
        self.n_entries += 1;
        self
    }
}

/// A jar as Maven builds it: a manifest and `pom.properties`.
pub fn maven_jar(group: &str, artifact: &str, version: &str) -> ZipBuilder {
    let mut jar = ZipBuilder::new();
    let path = format!("META-INF/maven/{group}/{artifact}/pom.properties");
    jar.deflated("META-INF/MANIFEST.MF", manifest(&[("Implementation-Version", version)]));
    jar.deflated(path, pom_properties(group, artifact, version));
    jar
}

pub fn pom_properties(group: &str, artifact: &str, version: &str) -> String {
    format!("version={version}\ngroupId={group}\nartifactId={artifact}\n")
}

/// The main section of `MANIFEST.MF`.
pub fn manifest(attributes: &[(&str, &str)]) -> String {
    let mut text = "Manifest-Version: 1.0\r\n".to_owned();
    text.extend(attributes.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    text + "\r\n"
}

fn deflated(content: &[u8]) -> Vec<u8> {
    const TO_MEMORY: &str = "writing to memory does not fail";
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(content).expect(TO_MEMORY);
    encoder.finish().expect(TO_MEMORY)
}

fn size(n: usize) -> u32 {
    u32::try_from(n).expect("a zip of the test kit is smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use std::{
        fmt::Write as _,
        io::{Cursor, Read as _},
    };

    use super::*;

    /// A line an entry, entries that are zips themselves after it.
    fn list(bytes: &[u8], indent: usize) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut shown = String::new();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let (name, n_bytes) = (entry.name().unwrap().into_owned(), entry.size());
            writeln!(shown, "{:indent$}{name} {n_bytes}", "").unwrap();
            if content.starts_with(b"PK") {
                shown += &list(&content, indent + 2);
            }
        }
        shown
    }

    #[test]
    fn a_jar_in_a_jar_reads_back() {
        let log4j = maven_jar("org.apache.logging.log4j", "log4j-core", "2.14.1").finish();
        let app = maven_jar("org.example", "app", "1.0")
            .stored("BOOT-INF/lib/log4j-core-2.14.1.jar", log4j)
            .finish();
        insta::assert_snapshot!(list(&app, 0), @r"
        META-INF/MANIFEST.MF 54
        META-INF/maven/org.example/app/pom.properties 47
        BOOT-INF/lib/log4j-core-2.14.1.jar 461
          META-INF/MANIFEST.MF 57
          META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties 70
        ");
    }

    #[test]
    fn a_lie_about_the_size_stands_in_both_headers() {
        let zip = ZipBuilder::new().lying("bomb", &[0; 5000], 10).finish();
        let archive = zip::ZipArchive::new(Cursor::new(&zip)).unwrap();
        assert_eq!(archive.decompressed_size(), Some(10));
    }
}
