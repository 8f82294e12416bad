use sekisho_types::report::Report;
use sha2::{Digest as _, Sha256};

/// The identifier of the document about one report, as a UUID of version 8.
///
/// It follows from the subject and from every package found in it, so the same findings about the
/// same image have the same identifier, and a later Sekisho that sees more has another.
///
/// # Source
///
/// RFC 9562, section 5.8.
pub(crate) fn document_uuid(report: &Report) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    part(&report.tool.version);
    part(&report.subject.name);
    if let Some(digest) = report.subject.digest {
        part(&digest.to_string());
    }
    for package in &report.packages {
        part(&package.purl);
        package.paths.iter().for_each(|path| part(path));
    }
    for executable in &report.executables {
        part(&executable.path);
        part(&executable.sha256);
    }
    uuid(&hash.finalize())
}

/// Twelve hexadecimal digits that follow from `parts`, to tell apart what has one name.
pub(crate) fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(hash.finalize().get(..6).unwrap_or_default())
}

fn uuid(hash: &[u8]) -> String {
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash) {
        *byte = *hashed;
    }
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let mut rest = bytes.as_slice();
    [4, 2, 2, 2, 6]
        .map(|n_bytes| {
            let (group, after) = rest.split_at(n_bytes);
            rest = after;
            hex(group)
        })
        .join("-")
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        assert_eq!(uuid(&[0xff; 32]), "ffffffff-ffff-8fff-bfff-ffffffffffff");
        assert_eq!(uuid(&[0x00; 32]), "00000000-0000-8000-8000-000000000000");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(short_hash(&["ab", "c"]), short_hash(&["a", "bc"]));
    }
}
