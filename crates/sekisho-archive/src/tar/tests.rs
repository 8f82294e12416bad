use std::io::{BufReader, Cursor, Write as _};

use super::*;

/// A header block with a valid checksum.
fn header(name: &[u8], type_flag: u8, size_bytes: usize) -> [u8; BLOCK_BYTES] {
    let mut block = [0; BLOCK_BYTES];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0004755");
    block[108..115].copy_from_slice(b"0001750");
    block[124..135].copy_from_slice(format!("{size_bytes:011o}").as_bytes());
    block[156] = type_flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(block)
}

fn seal(mut block: [u8; BLOCK_BYTES]) -> [u8; BLOCK_BYTES] {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn entry(name: &str, type_flag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name.as_bytes(), type_flag, content.len()).to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
    bytes
}

fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (key, value) in records {
        let rest = format!(" {key}={value}\n");
        let mut length = rest.len() + 1;
        while length.to_string().len() + rest.len() != length {
            length = length.to_string().len() + rest.len();
        }
        text.push_str(&length.to_string());
        text.push_str(&rest);
    }
    entry("PaxHeader", b'x', text.as_bytes())
}

/// Lists `archive`: name, kind, size and content of each entry, then how it ended.
fn list(archive: &[u8]) -> Vec<String> {
    let seeking = || TarReader::seeking(BufReader::with_capacity(7, Cursor::new(archive)));
    let streamed = drain(TarReader::new(BufReader::with_capacity(7, archive)), copied);
    assert_eq!(streamed, drain(seeking(), copied), "a stream and a file must read the same");
    assert_eq!(streamed, drain(seeking(), borrowed), "content must read the same where it lies");
    streamed
}

fn copied<R: BufRead>(reader: &mut TarReader<R>) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    reader.read_to_end(&mut content)?;
    Ok(content)
}

fn borrowed<R: BufRead>(reader: &mut TarReader<R>) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let bytes = reader.fill_buf()?;
        content.extend_from_slice(bytes);
        match bytes.len() {
            0 => return Ok(content),
            n => reader.consume(n),
        }
    }
}

fn drain<R: BufRead>(
    mut reader: TarReader<R>,
    content: fn(&mut TarReader<R>) -> io::Result<Vec<u8>>,
) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        match reader.next_entry() {
            Ok(None) => return lines,
            Ok(Some(entry)) => {
                // Some content is left unread, to be skipped.
                let is_skipped = entry.name.starts_with(b"skip");
                let content = if is_skipped { Vec::new() } else { content(&mut reader).unwrap() };
                let name = String::from_utf8_lossy(&entry.name).into_owned();
                let content = String::from_utf8_lossy(&content).replace('\0', "0");
                lines.push(format!("{name} {:?} {} {content}", entry.kind, entry.size_bytes));
            }
            Err(err) => {
                lines.push(format!("error: {err}"));
                return lines;
            }
        }
    }
}

const END: [u8; 2 * BLOCK_BYTES] = [0; 2 * BLOCK_BYTES];

#[test]
fn files_links_and_directories_are_listed() {
    let mut link = header(b"sh", b'2', 0);
    link[157..161].copy_from_slice(b"dash");
    let archive = [
        entry("bin/", b'5', b""),
        entry("skip", b'0', &[1; 700]),
        entry("bin/dash", b'0', b"ELF"),
        seal(link).to_vec(),
        entry("old-directory/", 0, b""),
        END.to_vec(),
        b"trailing bytes are not part of the archive".to_vec(),
    ];
    assert_eq!(
        list(&archive.concat()),
        [
            "bin/ Directory 0 ",
            "skip File 700 ",
            "bin/dash File 3 ELF",
            "sh Symlink 0 ",
            "old-directory/ Directory 0 "
        ]
    );
}

#[test]
fn mode_and_owner_are_read() {
    let archive = entry("su", b'0', b"");
    let entry = TarReader::new(&archive[..]).next_entry().unwrap().unwrap();
    assert_eq!((entry.mode, entry.uid, entry.gid), (0o4755, 1000, 0));
}

#[test]
fn long_names_come_from_pax_or_gnu_headers() {
    let long = "d/".repeat(200);
    let archive = [
        pax(&[("path", &format!("{long}pax")), ("size", "2")]),
        // The header block lies about the size; the PAX record decides.
        header(b"short", b'0', 9999).to_vec(),
        b"ok".to_vec(),
        vec![0; 510],
        entry("././@LongLink", b'L', format!("{long}gnu\0").as_bytes()),
        entry("cut", b'0', b"x"),
        END.to_vec(),
    ];
    assert_eq!(
        list(&archive.concat()),
        [format!("{long}pax File 2 ok"), format!("{long}gnu File 1 x")]
    );
}

#[test]
fn a_link_with_a_size_has_no_content() {
    let archive = [header(b"hard", b'1', 4096).to_vec(), entry("next", b'0', b"x")];
    assert_eq!(list(&archive.concat()), ["hard HardLink 0 ", "next File 1 x"]);
}

#[test]
fn sparse_files_read_with_their_holes() {
    let v0_1 = [
        pax(&[("GNU.sparse.map", "2,3,7,1"), ("GNU.sparse.size", "9"), ("GNU.sparse.name", "a")]),
        entry("GNUSparseFile.0/a", b'0', b"abcd"),
    ]
    .concat();
    let v0_0 = [
        pax(&[
            ("GNU.sparse.size", "9"),
            ("GNU.sparse.offset", "2"),
            ("GNU.sparse.numbytes", "3"),
            ("GNU.sparse.offset", "7"),
            ("GNU.sparse.numbytes", "1"),
        ]),
        entry("a", b'0', b"abcd"),
    ]
    .concat();
    let mut in_data = b"2\n2\n3\n7\n1\n".to_vec();
    in_data.resize(BLOCK_BYTES, 0);
    in_data.extend_from_slice(b"abcd");
    let v1 = [
        pax(&[
            ("GNU.sparse.major", "1"),
            ("GNU.sparse.minor", "0"),
            ("GNU.sparse.name", "a"),
            ("GNU.sparse.realsize", "9"),
        ]),
        entry("GNUSparseFile.0/a", b'0', &in_data),
    ]
    .concat();
    let mut old = header(b"a", b'S', 4);
    old[257..265].copy_from_slice(b"ustar  \0");
    for (at, number) in [(386, 2), (398, 3), (410, 7), (422, 1), (483, 9)] {
        old[at..at + 11].copy_from_slice(format!("{number:011o}").as_bytes());
    }
    let mut old = seal(old).to_vec();
    old.extend_from_slice(b"abcd");
    old.resize(2 * BLOCK_BYTES, 0);
    for archive in [v0_1, v0_0, v1, old] {
        let archive = [archive, entry("next", b'0', b"x")].concat();
        assert_eq!(list(&archive), ["a File 9 00abc00d0", "next File 1 x"]);
    }
}

#[test]
fn a_sparse_map_that_lies_is_damage() {
    for map in ["7,1,2,3", "0,99", "1,2,3", "0,3"] {
        let archive =
            [pax(&[("GNU.sparse.map", map), ("GNU.sparse.size", "9")]), entry("a", b'0', b"abcd")];
        let shown = list(&archive.concat());
        assert!(shown.last().unwrap().starts_with("error: the tar has a damaged"), "{shown:?}");
    }
}

#[test]
fn damage_is_an_error_with_its_place() {
    let whole = [entry("first", b'0', &[7; 600]), entry("second", b'0', b"x")].concat();
    let mut flipped = whole.clone();
    flipped[1536 + 3] ^= 1;
    for (archive, want) in [
        (&whole[..700], "the tar ends inside the content of a file at byte"),
        (&whole[..1536 + 100], "the tar ends inside a header at byte"),
        (&flipped, "the tar has a damaged header (checksum) at byte 1536"),
        (&[&[0; 512], &whole[..]].concat(), "the tar has a damaged end mark at byte 0"),
        (&pax(&[("path", "a")]), "the tar ends inside an extended header at byte 1024"),
    ] {
        let mut reader = TarReader::new(archive);
        let err = loop {
            match reader.next_entry() {
                Ok(Some(_)) => (),
                Ok(None) => panic!("no error: {want}"),
                Err(err) => break err.to_string(),
            }
        };
        assert!(err.starts_with(want), "{err}");
    }
}

#[test]
fn a_cut_content_ends_at_the_same_byte_for_a_stream_and_a_file() {
    let whole = entry("skip", b'0', &[7; 3000]);
    for n_bytes in [512, 513, 1000, 3511] {
        let want = format!("error: the tar ends inside the content of a file at byte {n_bytes}");
        assert_eq!(list(&whole[..n_bytes]).last(), Some(&want));
    }
}

#[test]
fn sizes_at_the_end_of_the_range_are_truncation_or_damage() {
    for (size, want) in [
        ("9223372036854775807", "error: the tar ends inside the content of a file at byte 1536"),
        ("18446744073709551615", "error: the tar has a damaged PAX header at byte 0"),
    ] {
        let archive = [&pax(&[("size", size)])[..], &header(b"skip", b'0', 0)].concat();
        assert_eq!(list(&archive).last().map(String::as_str), Some(want));
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&archive).unwrap();
        file.rewind().unwrap();
        let shown = drain(TarReader::seeking(BufReader::new(file)), copied);
        assert_eq!(shown.last().map(String::as_str), Some(want));
    }
}

#[test]
fn an_endless_long_name_is_refused() {
    let archive = header(b"././@LongLink", b'L', 1 << 30);
    let err = TarReader::new(&archive[..]).next_entry().unwrap_err();
    assert!(matches!(err, TarError::TooLong { .. }), "{err}");
}
