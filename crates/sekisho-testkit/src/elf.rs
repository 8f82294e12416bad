//! Small ELF files for x86-64. Those without libraries run: they exit with 0.

use std::io::Write as _;

use sekisho_types::Relro;

/// `xor edi, edi; mov eax, 60; syscall`: exit(0).
const CODE: &[u8] = b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05";

const HEADER_BYTES: u64 = 64;
const SEGMENT_BYTES: u64 = 56;
const PAGE_BYTES: u64 = 4096;

const PF_X: u32 = 1;
const PF_W: u32 = 2;
const PF_R: u32 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ElfKind {
    /// `ET_EXEC`.
    #[default]
    Executable,
    /// `ET_DYN` with `DF_1_PIE`.
    Pie,
    /// `ET_DYN` without.
    Library,
    /// `ET_REL`: no segments.
    Object,
}

/// An ELF file to be made; the default is static and exits with 0.
#[derive(Debug, Clone)]
pub struct Elf {
    pub kind: ElfKind,
    pub interpreter: Option<String>,
    /// `DT_NEEDED`.
    pub needed: Vec<String>,
    pub soname: Option<String>,
    pub rpath: Option<String>,
    pub runpath: Option<String>,
    pub relro: Relro,
    pub executable_stack: bool,
    /// Name and content, writable data as Go's build information is.
    pub sections: Vec<(String, Vec<u8>)>,
}

impl Default for Elf {
    fn default() -> Self {
        Self {
            kind: ElfKind::Executable,
            interpreter: None,
            needed: Vec::new(),
            soname: None,
            rpath: None,
            runpath: None,
            relro: Relro::None,
            executable_stack: false,
            sections: Vec::new(),
        }
    }
}

impl Elf {
    /// A position-independent program as distributions build them.
    pub fn dynamic(needed: &[&str]) -> Self {
        Self {
            kind: ElfKind::Pie,
            interpreter: Some("/lib64/ld-linux-x86-64.so.2".to_owned()),
            needed: needed.iter().map(|&name| name.to_owned()).collect(),
            relro: Relro::Full,
            ..Self::default()
        }
    }

    pub fn library(soname: &str, needed: &[&str]) -> Self {
        Self {
            kind: ElfKind::Library,
            interpreter: None,
            soname: Some(soname.to_owned()),
            relro: Relro::Partial,
            ..Self::dynamic(needed)
        }
    }

    /// Adds a section.
    #[must_use]
    pub fn section(mut self, name: &str, content: Vec<u8>) -> Self {
        self.sections.push((name.to_owned(), content));
        self
    }

    /// The file.
    ///
    /// # Source
    ///
    /// elf(5); System V ABI, "Object Files" and "Dynamic Linking".
    pub fn to_bytes(&self) -> Vec<u8> {
        let is_dynamic = matches!(self.kind, ElfKind::Pie | ElfKind::Library)
            || self.interpreter.is_some()
            || !self.needed.is_empty();
        let has_segments = self.kind != ElfKind::Object;
        let is_writable = is_dynamic || !self.sections.is_empty();
        let n_segments = if has_segments {
            2 + u16::from(is_writable)
                + u16::from(self.interpreter.is_some())
                + u16::from(is_dynamic)
                + u16::from(self.relro != Relro::None && is_dynamic)
        } else {
            0
        };
        let base = if self.kind == ElfKind::Executable { 0x40_0000 } else { 0 };
        let mut image =
            SectionWriter::new(base, HEADER_BYTES + u64::from(n_segments) * SEGMENT_BYTES);
        let text = image.push(Section::new(".text", 1, 6), CODE);
        let interpreter = self.interpreter.as_ref().map(|path| {
            image.push(Section::new(".interp", 1, 2), &[path.as_bytes(), b"\0"].concat())
        });
        let mut dynamic = None;
        if is_dynamic {
            let (strings, tags) = self.dynamic_strings();
            let dynstr = image.push(Section::new(".dynstr", 3, 2), &strings);
            let link = image.last_index();
            let dynsym = Section { link, entry_bytes: 24, ..Section::new(".dynsym", 11, 2) };
            let dynsym = image.push(dynsym, &[0; 24]);
            let table = self.dynamic_table(&tags, dynstr, dynsym);
            image.start_writable();
            let section = Section { link, entry_bytes: 16, ..Section::new(".dynamic", 6, 3) };
            dynamic = Some(image.push(section, &table));
        }
        image.start_writable();
        for (name, content) in &self.sections {
            image.push(Section::new(name, 1, 3), content);
        }
        let n_loaded = image.bytes.len() as u64;
        let section_table = image.finish();
        let mut bytes = image.bytes;

        let mut segments = Vec::new();
        if has_segments {
            let read_only = image.writable_from.unwrap_or(n_loaded);
            let whole = Place { offset: 0, address: base, n_bytes: read_only };
            segments.push((1, PF_R | PF_X, whole));
            if is_writable {
                let address = base + PAGE_BYTES + read_only;
                let n_bytes = n_loaded - read_only;
                segments.push((1, PF_R | PF_W, Place { offset: read_only, address, n_bytes }));
            }
            segments.extend(interpreter.map(|place| (3, PF_R, place)));
            segments.extend(dynamic.map(|place| (2, PF_R | PF_W, place)));
            let stack = if self.executable_stack { PF_R | PF_W | PF_X } else { PF_R | PF_W };
            segments.push((0x6474_e551, stack, Place::default()));
            if self.relro != Relro::None {
                segments.extend(dynamic.map(|place| (0x6474_e552, PF_R, place)));
            }
        }
        assert_eq!(segments.len(), usize::from(n_segments), "room was made for each segment");
        let mut header = self.header(text.address, n_segments, &section_table);
        for (kind, flags, place) in segments {
            let align = if kind == 1 { PAGE_BYTES } else { 8 };
            header.extend([kind, flags].iter().flat_map(|n: &u32| n.to_le_bytes()));
            let Place { offset, address, n_bytes } = place;
            let words = [offset, address, address, n_bytes, n_bytes, align];
            header.extend(words.iter().flat_map(|n| n.to_le_bytes()));
        }
        bytes[..header.len()].copy_from_slice(&header);
        bytes
    }

    /// The string table, and the tags that point into it.
    fn dynamic_strings(&self) -> (Vec<u8>, Vec<(u64, u64)>) {
        let (mut strings, mut tags) = (vec![0], Vec::new());
        let needed = self.needed.iter().map(|name| (1, name));
        let others = [(14, &self.soname), (15, &self.rpath), (29, &self.runpath)];
        let others = others.into_iter().filter_map(|(tag, text)| Some((tag, text.as_ref()?)));
        for (tag, text) in needed.chain(others) {
            tags.push((tag, strings.len() as u64));
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
        }
        (strings, tags)
    }

    fn dynamic_table(&self, tags: &[(u64, u64)], dynstr: Place, dynsym: Place) -> Vec<u8> {
        let mut tags = tags.to_vec();
        tags.extend([(5, dynstr.address), (10, dynstr.n_bytes), (6, dynsym.address), (11, 24)]);
        let is_now = self.relro == Relro::Full;
        if is_now {
            tags.push((30, 8)); // DF_BIND_NOW
        }
        let is_pie = self.kind == ElfKind::Pie;
        let flags_1 = u64::from(is_now) | (u64::from(is_pie) << 27);
        if flags_1 != 0 {
            tags.push((0x6fff_fffb, flags_1));
        }
        tags.push((0, 0));
        tags.iter().flat_map(|(tag, value)| [*tag, *value]).flat_map(u64::to_le_bytes).collect()
    }

    fn header(&self, entry: u64, n_segments: u16, table: &SectionTable) -> Vec<u8> {
        let kind: u16 = match self.kind {
            ElfKind::Object => 1,
            ElfKind::Executable => 2,
            ElfKind::Pie | ElfKind::Library => 3,
        };
        let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        header.extend([kind, 62].iter().flat_map(|n| n.to_le_bytes()));
        header.extend(1_u32.to_le_bytes());
        let segments_at = if n_segments == 0 { 0 } else { HEADER_BYTES };
        let words = [entry, segments_at, table.offset];
        header.extend(words.iter().flat_map(|n| n.to_le_bytes()));
        header.extend(0_u32.to_le_bytes());
        let sizes = [64, 56, n_segments, 64, table.n_sections, table.n_sections - 1];
        header.extend(sizes.iter().flat_map(|n| n.to_le_bytes()));
        header
    }
}

/// The content of `.go.buildinfo` as Go 1.18 and later write it.
///
/// `modules` are the lines of `go version -m` without the leading tab: `path\t…`,
/// `mod\t…`, `dep\t…`.
///
/// # Source
///
/// Go's debug/buildinfo: 14 bytes of magic, pointer size, flags (2: strings follow in line), at
/// byte 32 two strings, each after its length as a varint; the module text stands between two
/// marks of 16 bytes, runtime/debug.
pub fn go_buildinfo(go_version: &str, modules: &str) -> Vec<u8> {
    const START: u128 = 0x3077_af0c_9274_0802_41e1_c107_e6d6_18e6;
    const END: u128 = 0xf932_4331_8618_2072_0082_4210_4116_d8f2;
    let mut bytes = b"\xff Go buildinf:\x08\x02".to_vec();
    bytes.resize(32, 0);
    let modules = [&START.to_be_bytes(), modules.as_bytes(), &END.to_be_bytes()].concat();
    for text in [go_version.as_bytes(), &modules] {
        let mut n = text.len();
        while n >= 0x80 {
            bytes.push(u8::try_from(n & 0x7f).expect("seven bits fit") | 0x80);
            n >>= 7;
        }
        bytes.push(u8::try_from(n).expect("seven bits fit"));
        bytes.extend_from_slice(text);
    }
    bytes
}

/// The content of `.dep-v0`, which cargo-auditable writes: JSON under zlib.
pub fn rust_dep_section(json: &str) -> Vec<u8> {
    const TO_MEMORY: &str = "writing to memory does not fail";
    let level = flate2::Compression::new(6);
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(json.as_bytes()).expect(TO_MEMORY);
    encoder.finish().expect(TO_MEMORY)
}

/// Where something lies in the file and in memory.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    offset: u64,
    address: u64,
    n_bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Section<'a> {
    name: &'a str,
    /// `sh_type`.
    kind: u32,
    /// `sh_flags`: 1 writable, 2 in memory, 4 executable.
    flags: u64,
    link: u32,
    entry_bytes: u64,
}

impl<'a> Section<'a> {
    fn new(name: &'a str, kind: u32, flags: u64) -> Self {
        Self { name, kind, flags, link: 0, entry_bytes: 0 }
    }
}

struct SectionTable {
    offset: u64,
    n_sections: u16,
}

struct SectionWriter {
    base: u64,
    bytes: Vec<u8>,
    names: Vec<u8>,
    /// Entries of the section header table.
    headers: Vec<[u8; 64]>,
    writable_from: Option<u64>,
}

impl SectionWriter {
    fn new(base: u64, n_header_bytes: u64) -> Self {
        let n = usize::try_from(n_header_bytes).expect("a few headers");
        Self {
            base,
            bytes: vec![0; n],
            names: vec![0],
            headers: vec![[0; 64]],
            writable_from: None,
        }
    }

    /// What follows is loaded one page further on, so that no page is both code and data.
    fn start_writable(&mut self) {
        self.align();
        self.writable_from.get_or_insert(self.bytes.len() as u64);
    }

    fn push(&mut self, section: Section<'_>, content: &[u8]) -> Place {
        self.align();
        let offset = self.bytes.len() as u64;
        let page = if self.writable_from.is_some() { PAGE_BYTES } else { 0 };
        let is_loaded = section.flags & 2 != 0;
        let address = if is_loaded { self.base + page + offset } else { 0 };
        let n_bytes = content.len() as u64;
        self.bytes.extend_from_slice(content);
        let name = u32::try_from(self.names.len()).expect("a few names");
        self.names.extend_from_slice(section.name.as_bytes());
        self.names.push(0);
        let mut header = Vec::new();
        header.extend([name, section.kind].iter().flat_map(|n| n.to_le_bytes()));
        let words = [section.flags, address, offset, n_bytes];
        header.extend(words.iter().flat_map(|n| n.to_le_bytes()));
        header.extend([section.link, 0].iter().flat_map(|n| n.to_le_bytes()));
        header.extend([16, section.entry_bytes].iter().flat_map(|n| n.to_le_bytes()));
        self.headers.push(header.try_into().expect("64 bytes by the lines above"));
        Place { offset, address, n_bytes }
    }

    fn last_index(&self) -> u32 {
        u32::try_from(self.headers.len() - 1).expect("a few sections")
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(16), 0);
    }

    /// Writes the names and the table.
    fn finish(&mut self) -> SectionTable {
        let names = [&self.names[..], b".shstrtab\0"].concat();
        self.push(Section::new(".shstrtab", 3, 0), &names);
        self.align();
        let offset = self.bytes.len() as u64;
        self.bytes.extend(self.headers.iter().flatten());
        let n_sections = u16::try_from(self.headers.len()).expect("a few sections");
        SectionTable { offset, n_sections }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use object::{
        Object as _, ObjectSection as _,
        elf::{self, FileHeader64},
        read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _},
    };

    use super::*;

    /// What a reader sees: type, segments, dynamic tags.
    fn read(elf: &Elf) -> String {
        let bytes = elf.to_bytes();
        let header = FileHeader64::<object::LittleEndian>::parse(&bytes[..]).unwrap();
        let endian = header.endian().unwrap();
        let mut shown = format!("type {}\n", header.e_type(endian));
        for segment in header.program_headers(endian, &bytes[..]).unwrap() {
            let kind = match segment.p_type(endian) {
                elf::PT_LOAD => "load".to_owned(),
                elf::PT_INTERP => {
                    let path = segment.interpreter(endian, &bytes[..]).unwrap().unwrap();
                    format!("interpreter {}", String::from_utf8_lossy(path))
                }
                elf::PT_DYNAMIC => "dynamic".to_owned(),
                elf::PT_GNU_STACK => "stack".to_owned(),
                elf::PT_GNU_RELRO => "relro".to_owned(),
                kind => format!("{kind:x}"),
            };
            writeln!(shown, "segment {kind} {}", segment.p_flags(endian)).unwrap();
        }
        let sections = header.sections(endian, &bytes[..]).unwrap();
        if let Some((tags, strings)) = sections.dynamic(endian, &bytes[..]).unwrap() {
            let strings = sections.strings(endian, &bytes[..], strings).unwrap();
            for tag in tags {
                let number = tag.d_tag(endian);
                let value = match tag.is_string(endian) {
                    true => {
                        String::from_utf8_lossy(tag.string(endian, strings).unwrap()).into_owned()
                    }
                    false if number == elf::DT_FLAGS_1 => {
                        format!("{:x}", tag.d_val(endian))
                    }
                    false => continue,
                };
                writeln!(shown, "tag {number} {value}").unwrap();
            }
        }
        shown
    }

    #[test]
    fn a_dynamic_program_reads_back() {
        let elf =
            Elf { runpath: Some("$ORIGIN/../lib".to_owned()), ..Elf::dynamic(&["libc.so.6"]) };
        insta::assert_snapshot!(read(&elf), @r"
        type 3
        segment load 5
        segment load 6
        segment interpreter /lib64/ld-linux-x86-64.so.2 4
        segment dynamic 6
        segment stack 6
        segment relro 4
        tag 1 libc.so.6
        tag 29 $ORIGIN/../lib
        tag 1879048187 8000001
        ");
    }

    #[test]
    fn a_library_names_itself() {
        insta::assert_snapshot!(read(&Elf::library("libz.so.1", &[])), @r"
        type 3
        segment load 5
        segment load 6
        segment dynamic 6
        segment stack 6
        segment relro 4
        tag 14 libz.so.1
        ");
    }

    #[test]
    fn sections_are_found_by_name() {
        let info = go_buildinfo("go1.16.5", &"dep\tx\tv1.0.0\n".repeat(20));
        let bytes = Elf::default()
            .section(".go.buildinfo", info.clone())
            .section(".dep-v0", rust_dep_section("{}"))
            .to_bytes();
        let file = object::File::parse(&bytes[..]).unwrap();
        let section = file.section_by_name(".go.buildinfo").unwrap();
        assert_eq!(section.data().unwrap(), info);
        assert_eq!(file.section_by_name(".dep-v0").unwrap().data().unwrap()[0], 0x78);
    }

    #[test]
    fn stack_and_kind_are_as_asked() {
        let elf = Elf { executable_stack: true, ..Elf::default() };
        insta::assert_snapshot!(read(&elf), @r"
        type 2
        segment load 5
        segment stack 7
        ");
        let object = Elf { kind: ElfKind::Object, ..Elf::default() };
        assert_eq!(read(&object), "type 1\n");
    }

    #[test]
    fn a_static_program_runs_and_exits_with_0() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        for kind in [ElfKind::Executable, ElfKind::Pie] {
            let path = directory.path().join(format!("{kind:?}"));
            let elf = Elf { kind, ..Elf::default() }.section(".data", vec![1; 100]);
            fs_err::write(&path, elf.to_bytes()).unwrap();
            fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            #[expect(clippy::disallowed_methods, reason = "the program is ours")]
            let status = std::process::Command::new(&path).status().unwrap();
            assert!(status.success(), "{kind:?}: {status}");
        }
    }
}
