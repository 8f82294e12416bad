#![no_main]
//! Walks a tar twice, by reading and by seeking: both must see the same.

use std::io::{BufRead, Cursor, Read as _};

use libfuzzer_sys::fuzz_target;
use sekisho_archive::tar::{Entry, TarReader};
use sekisho_types::ImagePath;

/// Content beyond this is not read: a hole of a sparse file may be of any size.
const CONTENT_BYTES: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let streamed = walk(TarReader::new(data));
    let seeked = walk(TarReader::seeking(Cursor::new(data)));
    assert_eq!(streamed, seeked);
});

/// Entries, the number of bytes read of each, and how the archive ended.
fn walk<R: BufRead>(mut reader: TarReader<R>) -> (Vec<(Entry, u64)>, Result<(), String>) {
    let mut entries = Vec::new();
    loop {
        match reader.next_entry() {
            Ok(None) => return (entries, Ok(())),
            Err(err) => return (entries, Err(err.to_string())),
            Ok(Some(entry)) => {
                drop(ImagePath::parse(&entry.name));
                drop(ImagePath::default().join(&entry.link));
                // Every other content is left to be skipped.
                let limit = if entries.len() % 2 == 0 { CONTENT_BYTES } else { 0 };
                let mut content = Vec::new();
                let whole = (&mut reader).take(limit).read_to_end(&mut content);
                let n_bytes = content.len() as u64;
                assert!(n_bytes <= entry.size_bytes);
                if whole.is_ok() {
                    assert_eq!(n_bytes, entry.size_bytes.min(limit));
                }
                entries.push((entry, n_bytes));
            }
        }
    }
}
