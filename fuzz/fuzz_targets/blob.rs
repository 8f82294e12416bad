#![no_main]
//! Unpacks a blob; what comes out is the same each time.

use std::io::{Cursor, Read as _};

use libfuzzer_sys::fuzz_target;
use sekisho_archive::{BlobExpectation, BlobReader, sha256};

/// More than this is not unpacked: a small input may be a bomb, which would only take time.
const UNPACKED_BYTES: u64 = 16 << 20;

fuzz_target!(|data: &[u8]| {
    let open = || {
        let expected = BlobExpectation { digest: Some(sha256(data)), ..BlobExpectation::default() };
        BlobReader::new(Box::new(Cursor::new(data.to_vec())), expected).expect("sha256 is known")
    };
    let mut unpacked = Vec::new();
    let mut reader = open();
    let is_readable = (&mut reader).take(UNPACKED_BYTES).read_to_end(&mut unpacked).is_ok();
    if is_readable && (unpacked.len() as u64) < UNPACKED_BYTES {
        let summary = reader.finish().expect("all of it was read");
        assert_eq!(
            (summary.diff_id, summary.size_bytes),
            (sha256(&unpacked), unpacked.len() as u64)
        );
    }
});
