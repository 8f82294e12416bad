//! Where the parts of an ELF file lie, for readers of what compilers leave in it.

use std::io::{self, Read as _, Seek as _, SeekFrom};

use object::{
    Endianness,
    elf::{self, FileHeader32, FileHeader64},
    read::{
        ReadCache, ReadRef,
        elf::{FileHeader, ProgramHeader, SectionHeader},
    },
};
use sekisho_archive::{Spool, limits};

use crate::CatalogError;

/// Most program headers that are read; the format allows 65,535, real files have about 15.
const MAX_SEGMENTS: usize = 4096;

/// Largest table of the names of sections.
const MAX_NAMES_BYTES: u64 = 16 << 20;

/// A program or a library, in plain numbers.
#[derive(Debug)]
pub(crate) struct ElfLayout {
    /// What is loaded, in file order.
    pub(crate) segments: Vec<Segment>,
    /// The section that was asked for.
    pub(crate) section: Option<Extent>,
}

/// What is loaded from the file to an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) extent: Extent,
    pub(crate) is_writable_data: bool,
}

/// A range of the file, and the address it is loaded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) address: u64,
    pub(crate) n_bytes: u64,
}

impl ElfLayout {
    /// Reads the headers of a program or a library, and looks for `section` by name.
    ///
    /// None for other ELF files, and for one whose header or segments are damaged: who reads
    /// the facts of the executable says so.
    ///
    /// # Errors
    ///
    /// When there is a table of sections and it cannot be read.
    pub(crate) fn read(
        content: &mut Spool,
        section: Option<&[u8]>,
    ) -> Result<Option<Self>, CatalogError> {
        let mut start = [0; 5];
        let is_read = content.rewind().and_then(|()| content.read_exact(&mut start)).is_ok();
        let cache = ReadCache::new(content);
        match start {
            _ if !is_read => Ok(None),
            [0x7f, b'E', b'L', b'F', 1] => read::<FileHeader32<Endianness>>(&cache, section),
            [0x7f, b'E', b'L', b'F', 2] => read::<FileHeader64<Endianness>>(&cache, section),
            _ => Ok(None),
        }
    }

    /// As [`Self::read`], without a look at the sections.
    pub(crate) fn read_segments(content: &mut Spool) -> Option<Self> {
        Self::read(content, None).ok().flatten()
    }

    /// Where in the file the bytes of an address lie, at most to the end of their segment.
    pub(crate) fn at_address(&self, address: u64) -> Option<Extent> {
        self.segments.iter().find_map(|segment| segment.extent.since_address(address))
    }
}

impl Extent {
    /// The part from `address` on.
    pub(crate) fn since_address(self, address: u64) -> Option<Self> {
        self.skip(address.checked_sub(self.address)?)
    }

    /// The part after the first `n_bytes`; none when that is nothing.
    pub(crate) fn skip(self, n_bytes: u64) -> Option<Self> {
        let left_bytes = self.n_bytes.checked_sub(n_bytes).filter(|left| *left > 0)?;
        Some(Self {
            offset: self.offset.checked_add(n_bytes)?,
            address: self.address.checked_add(n_bytes)?,
            n_bytes: left_bytes,
        })
    }

    /// The first `n_bytes` of the extent, which must be there.
    pub(crate) fn content(self, content: &mut Spool, n_bytes: u64) -> io::Result<Vec<u8>> {
        let size_bytes = content.size_bytes()?;
        let is_there = n_bytes <= self.n_bytes
            && self.offset.checked_add(n_bytes).is_some_and(|end| end <= size_bytes);
        let n_bytes = usize::try_from(n_bytes).ok().filter(|_| is_there);
        let n_bytes = n_bytes.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; n_bytes];
        content.seek(SeekFrom::Start(self.offset))?;
        content.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn read<'data, H: FileHeader<Endian = Endianness>>(
    data: impl ReadRef<'data>,
    section: Option<&[u8]>,
) -> Result<Option<ElfLayout>, CatalogError> {
    let Ok(header) = H::parse(data) else { return Ok(None) };
    let Ok(endian) = header.endian() else { return Ok(None) };
    if !matches!(header.e_type(endian), elf::ET_EXEC | elf::ET_DYN) {
        return Ok(None);
    }
    let Ok(headers) = header.program_headers(endian, data) else { return Ok(None) };
    if headers.len() > MAX_SEGMENTS {
        return Ok(None);
    }
    let loaded = headers.iter().filter(|header| header.p_type(endian) == elf::PT_LOAD);
    let segments = loaded.map(|header| {
        let flags = header.p_flags(endian).0 & (elf::PF_W.0 | elf::PF_X.0);
        let extent = Extent {
            offset: header.p_offset(endian).into(),
            address: header.p_vaddr(endian).into(),
            n_bytes: header.p_filesz(endian).into(),
        };
        Segment { extent, is_writable_data: flags == elf::PF_W.0 }
    });
    let segments = segments.collect();
    let section = match section {
        Some(name) => find_section(header, endian, data, name)?,
        None => None,
    };
    Ok(Some(ElfLayout { segments, section }))
}

fn find_section<'data, H: FileHeader<Endian = Endianness>>(
    header: &H,
    endian: Endianness,
    data: impl ReadRef<'data>,
    wanted: &[u8],
) -> Result<Option<Extent>, CatalogError> {
    let offset = header.e_shoff(endian).into();
    let damaged = || CatalogError::Damaged { what: "section header table", offset };
    let n_sections = header.shnum(endian, data).map_err(|_| damaged())?;
    if n_sections > limits::ELF_SECTIONS {
        let limit = limits::ELF_SECTIONS.into();
        return Err(CatalogError::TooMany { what: "sections", limit });
    }
    let sections = header.section_headers(endian, data).map_err(|_| damaged())?;
    if sections.is_empty() {
        return Ok(None);
    }
    let names = header.shstrndx(endian, data).ok().and_then(|index| {
        let names = sections.get(usize::try_from(index).ok()?)?;
        let n_bytes: u64 = names.sh_size(endian).into();
        let n_bytes = Some(n_bytes).filter(|n_bytes| *n_bytes <= MAX_NAMES_BYTES)?;
        data.read_bytes_at(names.sh_offset(endian).into(), n_bytes).ok()
    });
    let names = names.ok_or_else(damaged)?;
    let is_wanted = |section: &&H::SectionHeader| {
        let name = usize::try_from(section.sh_name(endian)).ok().and_then(|at| names.get(at..));
        name.and_then(|name| name.strip_prefix(wanted)).is_some_and(|rest| rest.starts_with(b"\0"))
            && section.sh_type(endian) != elf::SHT_NOBITS
    };
    Ok(sections.iter().find(is_wanted).map(|section| Extent {
        offset: section.sh_offset(endian).into(),
        address: section.sh_addr(endian).into(),
        n_bytes: section.sh_size(endian).into(),
    }))
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{Elf, ElfKind};

    use super::*;

    fn read(bytes: &[u8], section: &str) -> Result<Option<ElfLayout>, CatalogError> {
        ElfLayout::read(&mut Spool::from_bytes(bytes.to_vec()), Some(section.as_bytes()))
    }

    #[test]
    fn a_section_is_found_by_its_whole_name() {
        let elf = Elf::default().section(".note", b"first".to_vec());
        let bytes = elf.section(".note.own", b"second".to_vec()).to_bytes();
        let layout = read(&bytes, ".note.own").unwrap().unwrap();
        let extent = layout.section.unwrap();
        let mut spool = Spool::from_bytes(bytes.clone());
        assert_eq!(extent.content(&mut spool, 6).unwrap(), b"second");
        assert_eq!(layout.at_address(extent.address).unwrap().offset, extent.offset);
        assert!(extent.content(&mut spool, 7).is_err());
        assert_eq!(read(&bytes, ".not").unwrap().unwrap().section, None);
    }

    #[test]
    fn a_table_of_sections_that_is_cut_off_is_damage() {
        let mut bytes = Elf::default().section(".note", b"x".to_vec()).to_bytes();
        bytes.truncate(bytes.len() - 1);
        let err = read(&bytes, ".note").unwrap_err().to_string();
        assert!(err.starts_with("a damaged section header table at byte "), "{err}");
    }

    #[test]
    fn what_is_no_program_has_no_layout() {
        let object = Elf { kind: ElfKind::Object, ..Elf::default() }.section(".note", Vec::new());
        for bytes in [&object.to_bytes()[..], b"", b"\x7fELF", b"\x7fELF\x02", b"#!/bin/sh\n"] {
            assert!(read(bytes, ".note").unwrap().is_none());
        }
    }
}
