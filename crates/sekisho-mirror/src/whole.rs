use std::{
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use sekisho_archive::{Spool, UnpackReader, zip::ZipDirectory};

/// How many bytes at an end of a text are looked at.
const END_BYTES: u64 = 4096;

/// Why the file at `path`, which is to be called `name`, cannot be all that its publisher has; a
/// sentence without a full stop.
pub(crate) fn fault(path: &Path, name: &str) -> io::Result<Option<String>> {
    let mut file = fs_err::File::open(path)?.into_file();
    let kind = name.rsplit('.').next().unwrap_or_default();
    let fault = match kind {
        "zip" => ZipDirectory::open(&mut Spool::Disk(file)).err().map(|err| err.to_string()),
        "gz" | "zst" => {
            let mut start = [0; 4];
            let is_packed = file.read_exact(&mut start).is_ok()
                && matches!(start, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd]);
            file.rewind()?;
            if is_packed {
                let whole = UnpackReader::new(Box::new(file)).and_then(UnpackReader::finish);
                whole.err().map(|err| err.to_string())
            } else {
                Some("it is not compressed".to_owned())
            }
        }
        "json" => {
            let is_object = first(&mut file)? == Some(b'{') && last(&mut file)? == Some(b'}');
            (!is_object).then(|| "it is no JSON object from its start to its end".to_owned())
        }
        _ => None,
    };
    Ok(fault)
}

/// The first byte that is no space.
fn first(file: &mut (impl Read + Seek)) -> io::Result<Option<u8>> {
    file.rewind()?;
    let mut start = Vec::new();
    file.take(END_BYTES).read_to_end(&mut start)?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    Ok(start.trim_ascii().first().copied())
}

/// The last byte that is no space.
fn last(file: &mut (impl Read + Seek)) -> io::Result<Option<u8>> {
    let size_bytes = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(size_bytes.saturating_sub(END_BYTES)))?;
    let mut end = Vec::new();
    file.take(END_BYTES).read_to_end(&mut end)?;
    Ok(end.trim_ascii().last().copied())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn fault_of(name: &str, content: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        fault(file.path(), name).unwrap().unwrap_or_default()
    }

    #[test]
    fn a_file_without_its_end_is_found() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&[7; 10_000]).unwrap();
        let gzip = gzip.finish().unwrap();
        let zip = sekisho_testkit::ZipBuilder::new().deflated("a.json", "{}").finish();
        assert_eq!(fault_of("all.zip", &zip), "");
        assert_eq!(fault_of("a.csv.gz", &gzip), "");
        assert_eq!(fault_of("a.json", b" {\"a\":1}\n"), "");
        assert_eq!(fault_of("a.csv", b"anything"), "");
        let cut = |bytes: &[u8]| bytes[..bytes.len() - 3].to_vec();
        insta::assert_snapshot!(fault_of("all.zip", &cut(&zip)), @"not a zip archive, or one that was cut off: it has no end record");
        insta::assert_snapshot!(fault_of("a.csv.gz", &cut(&gzip)), @"unexpected end of file");
        insta::assert_snapshot!(fault_of("a.json", b"{\"a\":1"), @"it is no JSON object from its start to its end");
        insta::assert_snapshot!(fault_of("a.csv.gz", b"<html>sorry</html>"), @"it is not compressed");
    }
}
