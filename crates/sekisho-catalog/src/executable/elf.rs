//! ELF by its program headers, since sections can be stripped and the kernel ignores them.
//!
//! # Source
//!
//! System V ABI, chapters 4 and 5; `GNU_STACK`, `GNU_RELRO` and `DF_1_*` of the Linux Standard
//! Base and the linker's manual.

use std::io::{self, Read, Seek};

use object::{
    Endianness, ReadCache, ReadRef, elf,
    read::elf::{Dyn, FileHeader, ProgramHeader},
};
use sekisho_archive::Spool;
use sekisho_types::{ExecutableFormat, Linkage, Relro};

use super::ExecutableFacts;
use crate::CatalogError;

/// Most program headers that are read; the format allows 65,535, real files have about 15.
const MAX_SEGMENTS: usize = 4096;

/// Most bytes of a dynamic section; the largest real ones have some hundred entries.
const MAX_DYNAMIC_BYTES: u64 = 1 << 20;

/// Longest name in a dynamic section.
const MAX_NAME_BYTES: u64 = 4096;

/// Most libraries that one file may need.
const MAX_NEEDED: usize = 4096;

/// Longest path of a loader (`PATH_MAX`).
const MAX_INTERPRETER_BYTES: u64 = 4096;

/// Reads the facts of an ELF file.
///
/// # Errors
///
/// When headers, segments or the dynamic section lie outside the file or contradict each other.
pub fn elf_facts(content: &mut Spool) -> Result<ExecutableFacts, CatalogError> {
    let mut start = [0; 5];
    content.read_exact(&mut start).map_err(read_error)?;
    content.rewind().map_err(read_error)?;
    let cache = ReadCache::new(content);
    match start[4] {
        1 => facts::<elf::FileHeader32<Endianness>>(&cache),
        2 => facts::<elf::FileHeader64<Endianness>>(&cache),
        _ => Err(damaged("ELF class", 4)),
    }
}

fn read_error(source: io::Error) -> CatalogError {
    CatalogError::Read { source }
}

fn damaged(what: &'static str, offset: u64) -> CatalogError {
    CatalogError::Damaged { what, offset }
}

/// What of the dynamic section is used; addresses are of the running program.
#[derive(Default)]
struct Dynamic {
    needed: Vec<u64>,
    soname: Option<u64>,
    rpath: Option<u64>,
    runpath: Option<u64>,
    strings: Option<u64>,
    flags: u64,
    flags_1: u64,
    binds_now: bool,
}

fn facts<'data, H: FileHeader<Endian = Endianness>>(
    data: impl ReadRef<'data>,
) -> Result<ExecutableFacts, CatalogError> {
    let header = H::parse(data).map_err(|_| damaged("ELF header", 0))?;
    let endian = header.endian().map_err(|_| damaged("ELF header", 0))?;
    let at = header.e_phoff(endian).into();
    let segments =
        header.program_headers(endian, data).map_err(|_| damaged("program header table", at))?;
    if segments.len() > MAX_SEGMENTS {
        return Err(CatalogError::TooMany { what: "program headers", limit: MAX_SEGMENTS as u64 });
    }
    let mut facts = ExecutableFacts::new(ExecutableFormat::Elf);
    facts.machine = header.e_machine(endian).0;
    facts.is_64_bit = header.is_class_64();
    let mut dynamic = None;
    let mut has_relro = false;
    let mut stack_flags = None;
    for segment in segments {
        match segment.p_type(endian) {
            elf::PT_INTERP => facts.interpreter = Some(interpreter(segment, endian, data)?),
            elf::PT_DYNAMIC => dynamic = Some(read_dynamic::<H>(segment, endian, data)?),
            elf::PT_GNU_RELRO => has_relro = true,
            elf::PT_GNU_STACK => stack_flags = Some(segment.p_flags(endian)),
            _ => (),
        }
    }
    let kind = header.e_type(endian);
    let dynamic_facts = dynamic.unwrap_or_default();
    add_names::<H>(&mut facts, &dynamic_facts, segments, endian, data)?;
    if kind != elf::ET_EXEC && kind != elf::ET_DYN {
        facts.linkage = Some(Linkage::Object);
        return Ok(facts);
    }
    let is_marked_pie = dynamic_facts.flags_1 & elf::DF_1_PIE.0 != 0;
    let is_static = facts.interpreter.is_none() && facts.needed.is_empty();
    facts.linkage = Some(if facts.interpreter.is_some() && facts.soname.is_none() {
        Linkage::Dynamic
    } else if is_static && (kind == elf::ET_EXEC || is_marked_pie) {
        Linkage::Static
    } else if kind == elf::ET_EXEC {
        Linkage::Dynamic
    } else {
        // The C library and the loader can be started, and are libraries none the less.
        Linkage::Library
    });
    facts.pie = Some(kind == elf::ET_DYN);
    facts.nx = Some(stack_flags.is_some_and(|flags| flags.0 & elf::PF_X.0 == 0));
    let binds_now = dynamic_facts.binds_now
        || dynamic_facts.flags & elf::DF_BIND_NOW.0 != 0
        || dynamic_facts.flags_1 & elf::DF_1_NOW.0 != 0;
    facts.relro = Some(match (has_relro, binds_now || facts.linkage == Some(Linkage::Static)) {
        (false, _) => Relro::None,
        (true, false) => Relro::Partial,
        (true, true) => Relro::Full,
    });
    Ok(facts)
}

fn interpreter<'data, P: ProgramHeader<Endian = Endianness>>(
    segment: &P,
    endian: Endianness,
    data: impl ReadRef<'data>,
) -> Result<String, CatalogError> {
    let offset: u64 = segment.p_offset(endian).into();
    let n_bytes: u64 = segment.p_filesz(endian).into();
    let wrong = || damaged("path of the loader", offset);
    if n_bytes > MAX_INTERPRETER_BYTES {
        return Err(wrong());
    }
    let bytes = data.read_bytes_at(offset, n_bytes).map_err(|()| wrong())?;
    let path = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(path).into_owned())
}

fn read_dynamic<'data, H: FileHeader<Endian = Endianness>>(
    segment: &H::ProgramHeader,
    endian: Endianness,
    data: impl ReadRef<'data>,
) -> Result<Dynamic, CatalogError> {
    let offset: u64 = segment.p_offset(endian).into();
    let n_bytes: u64 = segment.p_filesz(endian).into();
    if n_bytes > MAX_DYNAMIC_BYTES {
        let limit = MAX_DYNAMIC_BYTES;
        return Err(CatalogError::TooMany { what: "bytes in the dynamic section", limit });
    }
    let mut dynamic = Dynamic::default();
    // Separate debug files keep the header of a section whose bytes they do not have.
    let n_entries = n_bytes / size_of::<H::Dyn>() as u64;
    let entries = data
        .read_slice_at::<H::Dyn>(offset, usize::try_from(n_entries).unwrap_or(0))
        .map_err(|()| damaged("dynamic section", offset))?;
    for entry in entries {
        let value: u64 = entry.d_val(endian).into();
        match entry.d_tag(endian) {
            elf::DT_NULL => break,
            elf::DT_NEEDED if dynamic.needed.len() < MAX_NEEDED => dynamic.needed.push(value),
            elf::DT_NEEDED => {
                let limit = MAX_NEEDED as u64;
                return Err(CatalogError::TooMany { what: "needed libraries", limit });
            }
            elf::DT_SONAME => dynamic.soname = Some(value),
            elf::DT_RPATH => dynamic.rpath = Some(value),
            elf::DT_RUNPATH => dynamic.runpath = Some(value),
            elf::DT_STRTAB => dynamic.strings = Some(value),
            elf::DT_FLAGS => dynamic.flags = value,
            elf::DT_FLAGS_1 => dynamic.flags_1 = value,
            elf::DT_BIND_NOW => dynamic.binds_now = true,
            _ => (),
        }
    }
    Ok(dynamic)
}

/// Looks the names up that the dynamic section points to.
fn add_names<'data, H: FileHeader<Endian = Endianness>>(
    facts: &mut ExecutableFacts,
    dynamic: &Dynamic,
    segments: &[H::ProgramHeader],
    endian: Endianness,
    data: impl ReadRef<'data>,
) -> Result<(), CatalogError> {
    let Some(address) = dynamic.strings else { return Ok(()) };
    let Some(table) = file_offset(address, segments, endian) else {
        return Err(damaged("address of the string table", address));
    };
    let name = |offset: u64| -> Result<String, CatalogError> {
        let at = table.checked_add(offset).ok_or_else(|| damaged("name", offset))?;
        let length = data.len().map_err(|()| damaged("name", at))?;
        let end = at.saturating_add(MAX_NAME_BYTES).min(length);
        let bytes = data.read_bytes_at_until(at..end, 0).map_err(|()| damaged("name", at))?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    };
    let directories = |offset: Option<u64>| -> Result<Vec<String>, CatalogError> {
        let Some(offset) = offset else { return Ok(Vec::new()) };
        Ok(name(offset)?.split(':').filter(|part| !part.is_empty()).map(str::to_owned).collect())
    };
    facts.needed = dynamic.needed.iter().map(|offset| name(*offset)).collect::<Result<_, _>>()?;
    facts.soname = dynamic.soname.map(name).transpose()?;
    facts.rpath = directories(dynamic.rpath)?;
    facts.runpath = directories(dynamic.runpath)?;
    Ok(())
}

/// Where in the file the bytes of an address lie.
fn file_offset<P: ProgramHeader<Endian = Endianness>>(
    address: u64,
    segments: &[P],
    endian: Endianness,
) -> Option<u64> {
    segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
        let start: u64 = segment.p_vaddr(endian).into();
        let n_bytes: u64 = segment.p_filesz(endian).into();
        let within = address.checked_sub(start).filter(|within| *within < n_bytes)?;
        segment.p_offset(endian).into().checked_add(within)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> Result<ExecutableFacts, CatalogError> {
        elf_facts(&mut Spool::from_bytes(bytes))
    }

    fn own() -> Vec<u8> {
        fs_err::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn this_test_itself_is_hardened_and_needs_the_c_library() {
        let facts = read(own()).unwrap();
        assert_eq!(facts.linkage, Some(Linkage::Dynamic));
        assert!(facts.interpreter.unwrap().contains("/ld"), "the loader");
        assert!(facts.needed.iter().any(|name| name.starts_with("libc.")), "{:?}", facts.needed);
        assert_eq!((facts.pie, facts.nx, facts.relro), (Some(true), Some(true), Some(Relro::Full)));
    }

    #[test]
    fn a_cut_file_is_an_error() {
        let mut bytes = own();
        bytes.truncate(100);
        assert!(read(bytes).is_err());
        for bytes in [&b""[..], b"\x7fELF", b"\x7fELF\x07", b"\x7fELF\x02\x01\x01"] {
            assert!(read(bytes.to_vec()).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn changed_bytes_never_panic(
            changes in proptest::collection::vec((0_usize..4096, proptest::num::u8::ANY), 1..40)
        ) {
            let mut bytes = own();
            bytes.truncate(200_000);
            for (at, byte) in changes {
                if let Some(slot) = bytes.get_mut(at + 4) {
                    *slot = byte;
                }
            }
            drop(read(bytes));
        }
    }
}
