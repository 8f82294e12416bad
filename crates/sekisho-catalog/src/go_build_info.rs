//! What the Go linker writes into every program: the version of Go, and the modules as text.
//!
//! Format: Go's `debug/buildinfo`. A header of 32 bytes that starts with 14 bytes of magic and
//! lies at a multiple of 16; since Go 1.18 two strings after it, each behind its length as a
//! varint; before, the addresses of two string headers, in the byte order and pointer size that
//! the header states.

use std::io::{Read as _, Seek as _, SeekFrom};

use bstr::ByteSlice;
use sekisho_archive::{Spool, limits};

use crate::{
    CatalogError,
    elf_layout::{ElfLayout, Extent},
};

const MAGIC: &[u8] = b"\xff Go buildinf:";

const HEADER_BYTES: u64 = 32;

const ALIGN: u64 = 16;

/// Most of a data segment that is searched when no section says where the header is. Go puts it
/// first; what is linked with C may stand before it.
const SEARCH_BYTES: u64 = 64 << 20;

const CHUNK_BYTES: u64 = 1 << 20;

/// Marks around the text of the modules, `runtime/debug`; only their length counts.
const MARK_BYTES: usize = 16;

/// Longest varint of 64 bits.
const VARINT_BYTES: u64 = 10;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GoBuildInfo {
    /// `go1.22.1`.
    pub(crate) version: String,
    /// Lines as `go version -m` shows them; empty for what was built without modules.
    pub(crate) modules: String,
}

/// Reads the build information of a program; none when Go did not build it.
///
/// # Errors
///
/// When there is a header and what it points to is not there.
pub(crate) fn read(content: &mut Spool) -> Result<Option<GoBuildInfo>, CatalogError> {
    // A damaged table of sections is named by others, and the segments are enough here.
    let layout = ElfLayout::read(content, Some(b".go.buildinfo"))
        .unwrap_or_else(|_| ElfLayout::read_segments(content));
    let Some(layout) = layout else { return Ok(None) };
    let data = layout.segments.iter().find(|segment| segment.is_writable_data);
    let Some(extent) = layout.section.or(data.map(|segment| segment.extent)) else {
        return Ok(None);
    };
    let Some(found) = find(content, extent) else { return Ok(None) };
    let damaged = || CatalogError::Damaged { what: "Go build information", offset: found.offset };
    let strings = read_strings(content, &layout, found).ok_or_else(damaged)?;
    let [version, modules] = strings;
    let modules = match modules.len().checked_sub(2 * MARK_BYTES) {
        Some(n_bytes) => modules.get(MARK_BYTES..).and_then(|text| text.get(..n_bytes)),
        None => None,
    };
    Ok(Some(GoBuildInfo {
        version: version.to_str_lossy().into_owned(),
        modules: modules.unwrap_or_default().to_str_lossy().into_owned(),
    }))
}

/// Looks for the header.
fn find(content: &mut Spool, extent: Extent) -> Option<Extent> {
    let size_bytes = content.size_bytes().ok()?;
    let end = extent.n_bytes.min(SEARCH_BYTES).min(size_bytes.saturating_sub(extent.offset));
    let mut chunk = Vec::new();
    let mut at = 0;
    while at < end {
        let n_bytes = CHUNK_BYTES.min(end - at);
        chunk.resize(usize::try_from(n_bytes).ok()?, 0);
        content.seek(SeekFrom::Start(extent.offset + at)).ok()?;
        content.read_exact(&mut chunk).ok()?;
        for hit in chunk.find_iter(MAGIC) {
            let found = extent.skip(at + hit as u64)?;
            if found.address.is_multiple_of(ALIGN) {
                return Some(found);
            }
        }
        // The magic may lie across the end of the chunk.
        at += n_bytes;
        if at < end {
            at -= MAGIC.len() as u64 - 1;
        }
    }
    None
}

/// The two strings of the header at `found`.
fn read_strings(content: &mut Spool, layout: &ElfLayout, found: Extent) -> Option<[Vec<u8>; 2]> {
    let header = found.content(content, HEADER_BYTES).ok()?;
    let (pointer_bytes, flags) = (*header.get(14)?, *header.get(15)?);
    if flags & 2 != 0 {
        let (version, rest) = read_inline(content, found.skip(HEADER_BYTES)?)?;
        // A program without modules may end here.
        let modules = match rest {
            Some(rest) => read_inline(content, rest)?.0,
            None => Vec::new(),
        };
        return Some([version, modules]);
    }
    let memory =
        Memory { layout, pointer_bytes: pointer_bytes.into(), is_big_endian: flags & 1 != 0 };
    let pointers = header.get(16..)?;
    let (version, rest) = memory.number(pointers)?;
    let (modules, _) = memory.number(rest)?;
    Some([memory.string(content, version)?, memory.string(content, modules)?])
}

/// A string behind its length, and what follows it.
fn read_inline(content: &mut Spool, extent: Extent) -> Option<(Vec<u8>, Option<Extent>)> {
    let start = extent.content(content, extent.n_bytes.min(VARINT_BYTES)).ok()?;
    let (mut length, mut n_read) = (0_u64, 0_u64);
    for (byte, shift) in start.iter().zip((0..64).step_by(7)) {
        length |= u64::from(byte & 0x7f) << shift;
        n_read += 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let text = extent.skip(n_read);
    let Some(text) = text.filter(|_| length > 0) else {
        return (length == 0).then_some((Vec::new(), text));
    };
    let bytes =
        text.content(content, Some(length).filter(|n| *n <= limits::BUILD_INFO_BYTES)?).ok()?;
    Some((bytes, text.skip(length)))
}

/// The program as it is when it starts.
struct Memory<'a> {
    layout: &'a ElfLayout,
    pointer_bytes: usize,
    is_big_endian: bool,
}

impl Memory<'_> {
    /// The number that `bytes` start with, and the rest.
    fn number<'b>(&self, bytes: &'b [u8]) -> Option<(u64, &'b [u8])> {
        if !matches!(self.pointer_bytes, 4 | 8) {
            return None;
        }
        let (bytes, rest) = bytes.split_at_checked(self.pointer_bytes)?;
        let add = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
        let number = if self.is_big_endian {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        };
        Some((number, rest))
    }

    /// The string whose header, address and length, is at `address`.
    fn string(&self, content: &mut Spool, address: u64) -> Option<Vec<u8>> {
        // What was built without modules has no second string.
        if address == 0 {
            return Some(Vec::new());
        }
        let n_bytes = 2 * self.pointer_bytes as u64;
        let header = self.layout.at_address(address)?.content(content, n_bytes).ok()?;
        let (address, rest) = self.number(&header)?;
        let (length, _) = self.number(rest)?;
        if length == 0 {
            return Some(Vec::new());
        }
        let length = Some(length).filter(|length| *length <= limits::BUILD_INFO_BYTES)?;
        self.layout.at_address(address)?.content(content, length).ok()
    }
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{Elf, go_buildinfo};

    use super::*;

    const MODULES: &str = "path\ta\nmod\ta\tv1.0.0\t\n";

    fn read_bytes(bytes: Vec<u8>) -> Result<Option<GoBuildInfo>, CatalogError> {
        read(&mut Spool::from_bytes(bytes))
    }

    fn modules() -> GoBuildInfo {
        GoBuildInfo { version: "go1.17".to_owned(), modules: MODULES.to_owned() }
    }

    /// A program without sections whose one segment, of writable data, holds `data` at `address`.
    fn segment(is_64_bit: bool, is_big_endian: bool, address: u64, data: &[u8]) -> Vec<u8> {
        let number = |value: u64, n_bytes: usize| -> Vec<u8> {
            if is_big_endian {
                value.to_be_bytes()[8 - n_bytes..].to_vec()
            } else {
                value.to_le_bytes()[..n_bytes].to_vec()
            }
        };
        let word = if is_64_bit { 8 } else { 4 };
        let n_header = if is_64_bit { 64 } else { 52 };
        let mut elf = b"\x7fELF".to_vec();
        elf.extend([1 + u8::from(is_64_bit), 1 + u8::from(is_big_endian), 1]);
        elf.resize(16, 0);
        let half = |value| number(value, 2);
        elf.extend([half(2), half(62), number(1, 4), number(address, word)].concat());
        elf.extend([number(n_header, word), number(0, word), number(0, 4)].concat());
        elf.extend([n_header, 8 + 6 * word as u64, 1, 0, 0, 0].map(half).concat());
        let flags = number(6, 4);
        elf.extend(number(1, 4));
        if is_64_bit {
            elf.extend_from_slice(&flags);
        }
        let n_bytes = data.len() as u64;
        elf.extend([256, address, address, n_bytes, n_bytes].map(|n| number(n, word)).concat());
        if !is_64_bit {
            elf.extend_from_slice(&flags);
        }
        elf.extend(number(4096, word));
        elf.resize(256, 0);
        elf.extend_from_slice(data);
        elf
    }

    /// The data of a program of before Go 1.18, to be loaded at 0x10000.
    fn pointers(is_64_bit: bool, is_big_endian: bool) -> Vec<u8> {
        let (word, pointer) = if is_64_bit { (8, 8) } else { (4, 4) };
        let number = |value: u64| {
            if is_big_endian {
                value.to_be_bytes()[8 - word..].to_vec()
            } else {
                value.to_le_bytes()[..word].to_vec()
            }
        };
        let mut data = vec![0; 16];
        data.extend([MAGIC, &[pointer, u8::from(is_big_endian)]].concat());
        data.extend([number(0x10080), number(0x10090)].concat());
        let modules = [&[1; 16][..], MODULES.as_bytes(), &[2; 16]].concat();
        for (at, text_at, n_bytes) in [(0x80, 0x10100, 6), (0x90, 0x10200, modules.len())] {
            data.resize(at, 0);
            data.extend([number(text_at), number(n_bytes as u64)].concat());
        }
        data.resize(0x100, 0);
        data.extend_from_slice(b"go1.17");
        data.resize(0x200, 0);
        data.extend_from_slice(&modules);
        data
    }

    #[test]
    fn pointers_are_followed_in_each_size_and_byte_order() {
        for (is_64_bit, is_big_endian) in
            [(true, false), (true, true), (false, false), (false, true)]
        {
            let data = pointers(is_64_bit, is_big_endian);
            let elf = segment(is_64_bit, is_big_endian, 0x10000, &data);
            assert_eq!(read_bytes(elf).unwrap(), Some(modules()), "{is_64_bit} {is_big_endian}");
        }
    }

    #[test]
    fn a_stripped_program_is_searched() {
        let info = go_buildinfo("go1.17", MODULES);
        let data = [vec![7; 0x1f_fff0], info.clone()].concat();
        assert_eq!(read_bytes(segment(true, false, 0x1000, &data)).unwrap(), Some(modules()));
        let odd = [vec![7; 8], info.clone()].concat();
        assert_eq!(read_bytes(segment(true, false, 0x1000, &odd)).unwrap(), None);
        let across = [vec![7; 0xf_fff8], info].concat();
        assert_eq!(read_bytes(segment(true, false, 0x1008, &across)).unwrap(), Some(modules()));
    }

    #[test]
    fn a_section_says_where_it_is() {
        let elf = Elf::default().section(".go.buildinfo", go_buildinfo("go1.17", MODULES));
        assert_eq!(read_bytes(elf.to_bytes()).unwrap(), Some(modules()));
        let mut cut = elf.to_bytes();
        cut.truncate(cut.len() - 1);
        assert_eq!(read_bytes(cut).unwrap(), Some(modules()), "the segments are enough");
        assert_eq!(read_bytes(Elf::default().to_bytes()).unwrap(), None);
    }

    #[test]
    fn strings_that_are_not_there_are_damage() {
        let mut info = go_buildinfo("go1.17", MODULES);
        info.truncate(60);
        let elf = Elf::default().section(".go.buildinfo", info);
        let err = read_bytes(elf.to_bytes()).unwrap_err().to_string();
        assert!(err.starts_with("a damaged Go build information at byte "), "{err}");
        for damage in [
            [&b"\xff Go buildinf:\x08\x02"[..], &[0; 16], &[0xff; 12]].concat(),
            [&b"\xff Go buildinf:\x08\0"[..], &[0xff; 16]].concat(),
            [&b"\xff Go buildinf:\x03\0"[..], &[0; 16]].concat(),
        ] {
            let elf = Elf::default().section(".go.buildinfo", damage);
            assert!(read_bytes(elf.to_bytes()).is_err());
        }
    }

    #[test]
    fn a_program_without_modules_has_a_version() {
        let info = [&b"\xff Go buildinf:\x08\x02"[..], &[0; 16], b"\x06go1.17\0"].concat();
        let elf = Elf::default().section(".go.buildinfo", info);
        let want = GoBuildInfo { version: "go1.17".to_owned(), modules: String::new() };
        assert_eq!(read_bytes(elf.to_bytes()).unwrap(), Some(want));
    }
}
