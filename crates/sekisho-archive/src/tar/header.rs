//! The 512-byte header block.

use super::{BLOCK_BYTES, Entry, EntryKind, sparse::OldMap};

/// A header whose checksum holds.
#[derive(Debug)]
pub(super) struct Block([u8; BLOCK_BYTES]);

/// Which dialect a header is in, told by its magic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V7,
    Ustar,
    Star,
    Gnu,
}

impl Block {
    /// Takes a block with a valid checksum, the sum of signed or of unsigned bytes.
    pub(super) fn parse(block: &[u8; BLOCK_BYTES]) -> Option<Self> {
        let header = Self(*block);
        let stored = parse_octal(header.field(148, 8))?;
        let bytes = || {
            let field = 148..156;
            block.iter().enumerate().map(move |(i, b)| if field.contains(&i) { b' ' } else { *b })
        };
        let unsigned: u64 = bytes().map(u64::from).sum();
        let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
        let valid = stored == unsigned || i64::try_from(stored).is_ok_and(|s| s == signed);
        valid.then_some(header)
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.0[156]
    }

    pub(super) fn size_bytes(&self) -> Option<u64> {
        parse_number(self.field(124, 12)).and_then(|n| u64::try_from(n).ok())
    }

    /// The fields that every dialect has.
    ///
    /// # Errors
    ///
    /// The name of the field that holds no number.
    pub(super) fn entry(&self) -> Result<Entry, &'static str> {
        let unsigned = |at, length, what| {
            parse_number(self.field(at, length)).and_then(|n| u64::try_from(n).ok()).ok_or(what)
        };
        let kind = kind(self.type_flag()).ok_or("type of entry")?;
        let is_device = matches!(kind, EntryKind::CharDevice | EntryKind::BlockDevice);
        let device = if is_device && self.dialect() != Dialect::V7 {
            (unsigned(329, 8, "device number")?, unsigned(337, 8, "device number")?)
        } else {
            (0, 0)
        };
        let mode = unsigned(100, 8, "mode")? & 0o7777;
        Ok(Entry {
            name: self.name(),
            kind,
            mode: u16::try_from(mode).map_err(|_| "mode")?,
            uid: unsigned(108, 8, "user id")?,
            gid: unsigned(116, 8, "group id")?,
            mtime: parse_number(self.field(136, 12)).ok_or("modification time")?,
            size_bytes: self.size_bytes().ok_or("size")?,
            link: text(self.field(157, 100)).to_vec(),
            device,
            capability: Vec::new(),
        })
    }

    /// The first part of a GNU sparse map, and the real size of the file.
    pub(super) fn old_sparse(&self) -> Option<(OldMap, u64)> {
        if self.dialect() != Dialect::Gnu {
            return None;
        }
        let map = OldMap::parse(self.field(386, 96), self.0[482])?;
        let real_bytes = parse_number(self.field(483, 12)).and_then(|n| u64::try_from(n).ok())?;
        Some((map, real_bytes))
    }

    fn name(&self) -> Vec<u8> {
        let name = text(self.field(0, 100));
        let prefix = match self.dialect() {
            Dialect::Ustar => text(self.field(345, 155)),
            Dialect::Star => text(self.field(345, 131)),
            Dialect::V7 | Dialect::Gnu => b"",
        };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    fn dialect(&self) -> Dialect {
        match (self.field(257, 6), self.field(263, 2), self.field(508, 4)) {
            (b"ustar\0", _, b"tar\0") => Dialect::Star,
            (b"ustar\0", _, _) => Dialect::Ustar,
            (b"ustar ", b" \0", _) => Dialect::Gnu,
            _ => Dialect::V7,
        }
    }

    fn field(&self, at: usize, length: usize) -> &[u8] {
        self.0.get(at..at + length).unwrap_or_default()
    }
}

fn kind(type_flag: u8) -> Option<EntryKind> {
    Some(match type_flag {
        // '7' is a contiguous file, 'S' a sparse one; a type nobody knows is data to skip, and
        // POSIX says to take it for a file.
        0 | b'0' | b'7' | b'S' => EntryKind::File,
        b'1' => EntryKind::HardLink,
        b'2' => EntryKind::Symlink,
        b'3' => EntryKind::CharDevice,
        b'4' => EntryKind::BlockDevice,
        b'5' => EntryKind::Directory,
        b'6' => EntryKind::Fifo,
        b'A'..=b'Z' | b'a'..=b'z' | b'8' | b'9' => EntryKind::File,
        _ => return None,
    })
}

/// A field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal digits, or base 256 in two's complement when the first bit is set.
pub(super) fn parse_number(field: &[u8]) -> Option<i64> {
    let Some((&first, rest)) = field.split_first() else { return Some(0) };
    if first & 0x80 == 0 {
        return parse_octal(field).and_then(|n| i64::try_from(n).ok());
    }
    let is_negative = first & 0x40 != 0;
    // The sign is bit 6; bits 0 to 5 are the highest of the number.
    let head = if is_negative { first | 0x80 } else { first & 0x7f };
    let mut number = i128::from(head.cast_signed());
    for byte in rest {
        number = number.checked_mul(256)? | i128::from(*byte);
    }
    i64::try_from(number).ok()
}

/// Octal digits between spaces and NULs; an empty field is 0.
fn parse_octal(field: &[u8]) -> Option<u64> {
    let is_filler = |byte: &u8| matches!(*byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_filler(byte)).unwrap_or(field.len());
    let digits = text(field.get(start..).unwrap_or_default()).trim_ascii_end();
    digits.iter().try_fold(0_u64, |number, byte| match byte {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        for (field, want) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"  17 \0", Some(0o17)),
            (b"\0\0\0\0", Some(0)),
            (b"9", None),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\x02", Some(258)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
            (b"\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ] {
            assert_eq!(parse_number(field), want, "{field:?}");
        }
    }
}
