//! Seeds of the advisory database: a choice of the target, then what it reads.

use crate::sha256;

/// A manifest without sources, and a segment of each kind that answers the key `a`.
pub(super) fn database() -> Vec<Vec<u8>> {
    let manifest = br#"{"serial":1,"built":"2026-01-02T03:04:05Z","fetched":"2026-01-02T03:04:05Z","expires":"2026-02-02T03:04:05Z","sources":[]}"#;
    // An advisory `a` without anything else, then what it says of the package: all versions below 2.
    let advisory = b"\0\x01a\0\0\0\x01\x01\0\x01b\0\0\0\0\0";
    let package = b"\0\x01a\x01\x80\x01\0\0\0\0\x01\0\x01\x012\0";
    // The texts of `a`: a zstd frame that says nothing, after its size.
    let details = b"\x05\x28\xb5\x2f\xfd\x20\x05\x29\0\0\x01a\x02\0\0";
    let seeds: [(u8, Vec<u8>); 7] = [
        (0, manifest.to_vec()),
        (1, b"SEKIDB\x01\n\0\0\0\0\0\0\0\0".to_vec()),
        (2, segment(b"\0\x01a", &[advisory, package])),
        (3, segment(b"a", &[details])),
        (4, segment(b"a", &[b"\x01a\x01a\0\0\0"])),
        (5, segment(b"a", &[b"\x01a\0\0\0\x3f\0\0\0\x3f"])),
        (6, segment(b"a", &[b"\x01a\x01\x01\0\x01b"])),
    ];
    seeds.into_iter().map(|(choice, content)| [&[choice], content.as_slice()].concat()).collect()
}

/// The body of a segment: header, records, the one word `w`, and two slots. The key leads to the last
/// of the records.
fn segment(key: &[u8], records: &[&[u8]]) -> Vec<u8> {
    let mut body = vec![0; 64];
    let mut place = 0;
    for record in records.iter().copied().chain([b"w".as_slice()]) {
        if record != b"w" {
            place = body.len();
        }
        body.push(u8::try_from(record.len()).unwrap_or_default());
        body.extend_from_slice(record);
    }
    let word = u32::try_from(body.len() - 2).unwrap_or_default();
    let words_offset = body.len() as u64;
    body.extend_from_slice(&word.to_le_bytes());
    let slots_offset = body.len() as u64;
    let hash = sha256(key);
    let (first, rest) = hash.as_bytes().split_at(4);
    let mut slots = [0; 16];
    let at = if first.first().is_some_and(|byte| byte & 1 == 1) { 8 } else { 0 };
    let slot = rest.iter().take(4).copied();
    let slot = slot.chain(u32::try_from(place).unwrap_or_default().to_le_bytes());
    for (byte, value) in slots.iter_mut().skip(at).zip(slot) {
        *byte = value;
    }
    body.extend_from_slice(&slots);
    let header = [words_offset, 1, slots_offset, 2].map(u64::to_le_bytes).concat();
    let header = b"SEKISEG\x01".iter().copied().chain(header);
    for (byte, value) in body.iter_mut().zip(header) {
        *byte = value;
    }
    body
}
