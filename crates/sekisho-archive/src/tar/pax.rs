//! PAX extended headers: `25 path=a/long/name\n`.

use super::sparse::Fragment;
use crate::limits;

/// The records of an extended header that say what or where an entry is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PaxRecords {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size_bytes: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) mtime: Option<i64>,
    pub(super) capability: Vec<u8>,
    pub(super) sparse: Option<PaxSparse>,
}

/// GNU's sparse formats 0.0, 0.1 and 1.0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PaxSparse {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size_bytes: Option<u64>,
    pub(super) fragments: Vec<Fragment>,
    /// Format 1.0: the map stands at the start of the data.
    pub(super) in_data: bool,
}

impl PaxRecords {
    /// `None` where the header is damaged.
    pub(super) fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut records = Self::default();
        let mut pending_offset = None;
        while !bytes.is_empty() {
            let (key, value, rest) = split_record(bytes)?;
            bytes = rest;
            records.set(key, value, &mut pending_offset)?;
        }
        // Ids of the sparse formats: 1.0 says so; 0.x have neither version nor map in the data.
        if let Some(sparse) = &mut records.sparse {
            sparse.in_data &= sparse.fragments.is_empty();
        }
        Some(records)
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn set(&mut self, key: &[u8], value: &[u8], pending_offset: &mut Option<u64>) -> Option<()> {
        if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
            return self.set_sparse(key, value, pending_offset);
        }
        if key == b"SCHILY.xattr.security.capability" {
            self.capability = value.to_vec();
            return Some(());
        }
        // An empty value leaves what the header block says.
        if value.is_empty() {
            return Some(());
        }
        match key {
            b"path" if value.contains(&0) => return None,
            b"linkpath" if value.contains(&0) => return None,
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size_bytes = Some(decimal(value)?),
            b"uid" => self.uid = Some(decimal(value)?),
            b"gid" => self.gid = Some(decimal(value)?),
            b"mtime" => self.mtime = Some(seconds(value)?),
            _ => (),
        }
        Some(())
    }

    fn set_sparse(
        &mut self,
        key: &[u8],
        value: &[u8],
        pending_offset: &mut Option<u64>,
    ) -> Option<()> {
        let sparse = self.sparse.get_or_insert_default();
        match key {
            b"major" => sparse.in_data = value == b"1",
            b"name" => sparse.name = Some(value.to_vec()),
            b"size" | b"realsize" => sparse.size_bytes = Some(decimal(value)?),
            b"offset" => *pending_offset = Some(decimal(value)?),
            b"numbytes" => {
                let (offset, n_bytes) = (pending_offset.take()?, decimal(value)?);
                sparse.fragments.push(Fragment { offset, n_bytes });
            }
            b"map" => sparse.fragments = map(value)?,
            _ => (),
        }
        (sparse.fragments.len() <= limits::TAR_SPARSE_FRAGMENTS).then_some(())
    }
}

/// Format 0.1: `offset,length,offset,length`.
fn map(value: &[u8]) -> Option<Vec<Fragment>> {
    if value.is_empty() {
        return Some(Vec::new());
    }
    let numbers = value.split(|byte| *byte == b',').map(decimal).collect::<Option<Vec<_>>>()?;
    let (pairs, rest) = numbers.as_chunks::<2>();
    let fragments =
        pairs.iter().map(|[offset, n_bytes]| Fragment { offset: *offset, n_bytes: *n_bytes });
    rest.is_empty().then(|| fragments.collect())
}

/// Splits `<length> <key>=<value>\n` off the front; the length counts itself.
fn split_record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(bytes.get(..space)?)?).ok()?;
    let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let key = record.get(..equals).filter(|key| !key.is_empty())?;
    Some((key, record.get(equals + 1..)?, bytes.get(length..)?))
}

/// A decimal number of at most 2^63 - 1, as Go's reader has it: sums of two cannot overflow.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let number = text.iter().try_fold(0_i64, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    })?;
    u64::try_from(number).ok()
}

/// Whole seconds of `-12.5`.
fn seconds(text: &[u8]) -> Option<i64> {
    let whole = text.split(|byte| *byte == b'.').next()?;
    match whole.strip_prefix(b"-") {
        Some(digits) => decimal(digits).and_then(|n| i64::try_from(n).ok()).map(|n| -n),
        None => decimal(whole).and_then(|n| i64::try_from(n).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let records = PaxRecords::parse(b"12 path=a=b\n13 size=1234\n15 mtime=-5.25\n").unwrap();
        assert_eq!(records.path.unwrap(), b"a=b");
        assert_eq!((records.size_bytes, records.mtime), (Some(1234), Some(-5)));
    }

    #[test]
    fn a_record_that_lies_about_its_length_is_damage() {
        for bytes in [
            &b"11 path=a=b\n"[..],
            b"99 path=a\n",
            b"0 path=a\n",
            b"path=a\n",
            b"10 =value\n",
            b"14 size=12x4z\n",
            b"99999999999999999999 a=b\n",
            b"28 size=9223372036854775808\n",
        ] {
            assert_eq!(PaxRecords::parse(bytes), None, "{bytes:?}");
        }
    }
}
