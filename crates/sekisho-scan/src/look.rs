//! Looks into the files of one layer, each once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    error::Error,
    io::{self, BufRead, Read as _},
};

use bstr::ByteSlice;
use sekisho_archive::{
    Sha256, Spool, limits,
    tar::{Entry, EntryKind},
};
use sekisho_catalog::{
    CatalogError, Cataloged, Cataloger, Damage, ExecutableFacts, File, elf_facts,
    file_capabilities, script_facts,
};
use sekisho_image::{HardLink, LayerTreeBuilder, Node, PlaceError, Placed};
use sekisho_imagecheck::without_hashes;
use sekisho_imagetest::FileContent;
use sekisho_secret::Sighting;
use sekisho_types::{Digest, ImagePath};

use crate::{
    asked::Asked,
    facts::{CatalogedFile, ExecutableFile, LayerFacts, is_system_file},
    secret_look::{SecretLook, SeenSecrets},
};

/// Bytes at the start of a file that tell what it is.
pub(crate) const MAGIC_BYTES: usize = 4;

/// Largest system file that is read; real ones have a few hundred bytes.
const SYSTEM_FILE_BYTES: u64 = 64 * 1024;

/// Largest file whose content is kept for tests, and most that is kept of one layer. What people
/// search is configuration and text.
const CONTENT_BYTES: u64 = 16 << 20;
const CONTENTS_BYTES: u64 = 256 << 20;

/// A file up to this size takes memory of its own size.
const SMALL_BYTES: u64 = 64 * 1024;

/// Most of a script that is read for the words it uses.
const SCRIPT_BYTES: u64 = 1 << 20;

/// Collects what the files of a layer say, in the order in which they come.
pub(crate) struct Looker<'a> {
    asked: &'a Asked,
    secrets: SecretLook<'a>,
    /// Memory for the next file that is looked into.
    spare: Vec<u8>,
    builder: LayerTreeBuilder,
    seen: Vec<Seen>,
    unknowns: Vec<(ImagePath, String)>,
    /// Files that links of this layer lead to from what is wanted.
    linked_contents: BTreeSet<ImagePath>,
    n_content_bytes: u64,
}

/// What was made of one file.
struct Seen {
    number: u32,
    path: ImagePath,
    files: Vec<(&'static str, Cataloged)>,
    executable: Option<ExecutableFile>,
    system: Option<Vec<u8>>,
    content: Option<FileContent>,
    secrets: SeenSecrets,
    unknowns: Vec<String>,
}

/// What is asked of a file, known before it is read.
#[expect(clippy::struct_excessive_bools, reason = "a file may be wanted for several reasons")]
struct Wanted {
    catalogers: Vec<&'static Cataloger>,
    is_elf: bool,
    is_script: bool,
    is_system: bool,
    is_content: bool,
}

impl Wanted {
    fn is_nothing(&self) -> bool {
        self.catalogers.is_empty()
            && !self.is_elf
            && !self.is_script
            && !self.is_system
            && !self.is_content
    }
}

impl<'a> Looker<'a> {
    pub(crate) fn new(asked: &'a Asked) -> Self {
        Self {
            asked,
            secrets: SecretLook::new(asked.secrets.as_deref()),
            spare: Vec::new(),
            builder: LayerTreeBuilder::default(),
            seen: Vec::new(),
            unknowns: Vec::new(),
            linked_contents: BTreeSet::new(),
            n_content_bytes: 0,
        }
    }

    /// Takes an entry of a tar. `start` and `content` are the first bytes of a file, and all of
    /// it; `content` is read only when somebody wants it.
    pub(crate) fn add(
        &mut self,
        entry: &Entry,
        start: &[u8],
        content: &mut dyn BufRead,
    ) -> io::Result<()> {
        match self.builder.add(entry) {
            Ok(Placed::File { path, number }) => {
                let (mode, size_bytes) = (entry.mode, entry.size_bytes);
                self.look(number, path, mode, size_bytes, &entry.capability, start, content)
            }
            Ok(Placed::Other) => {
                self.follow(entry);
                Ok(())
            }
            Err(PlaceError::Refused(reason)) => {
                let path = ImagePath::parse_clamped(&entry.name).unwrap_or_default();
                self.unknowns.push((path, reason));
                Ok(())
            }
            Err(err @ PlaceError::TooMany { .. }) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, err))
            }
        }
    }

    /// Where what is wanted lies at or below a link, its target is wanted too.
    fn follow(&mut self, entry: &Entry) {
        if entry.kind != EntryKind::Symlink || self.asked.contents.is_empty() {
            return;
        }
        let Ok(path) = ImagePath::parse(&entry.name) else { return };
        let Some(target) = path.parent().and_then(|parent| parent.join(&entry.link).ok()) else {
            return;
        };
        for wanted in self.asked.contents.paths() {
            let Some(rest) = wanted.as_bytes().strip_prefix(path.as_bytes()) else { continue };
            if !rest.is_empty() && !rest.starts_with(b"/") {
                continue;
            }
            let target = ImagePath::parse(&[target.as_bytes(), rest].concat());
            self.linked_contents.extend(target);
        }
    }

    /// Takes a node of a directory; gives the number of a file that may be looked into.
    pub(crate) fn add_node(&mut self, path: ImagePath, node: Node) -> io::Result<u32> {
        self.builder
            .add_node(path, node)
            .map_err(|err| io::Error::new(io::ErrorKind::InvalidData, err))
    }

    pub(crate) fn add_unknown(&mut self, path: ImagePath, reason: String) {
        self.unknowns.push((path, reason));
    }

    /// Looks into a file if anybody wants it.
    #[expect(clippy::too_many_arguments, reason = "a file and what is known of it")]
    pub(crate) fn look(
        &mut self,
        number: u32,
        path: ImagePath,
        mode: u16,
        size_bytes: u64,
        capability: &[u8],
        start: &[u8],
        content: &mut dyn BufRead,
    ) -> io::Result<()> {
        let is_shallow = self.asked.is_shallow;
        let wanted = Wanted {
            catalogers: self.asked.selection.for_path(&path),
            is_elf: !is_shallow && start.starts_with(b"\x7fELF"),
            is_script: !is_shallow && start.starts_with(b"#!") && mode & 0o111 != 0,
            is_system: !is_shallow && is_system_file(&path),
            is_content: self.asked.contents.is_wanted(&path)
                || self.linked_contents.contains(&path),
        };
        if wanted.is_nothing() {
            let secrets = self.secrets.look(&path, size_bytes, content)?;
            if !secrets.is_nothing() {
                self.seen.push(Seen { secrets, ..Seen::new(number, path) });
            }
            return Ok(());
        }
        let mut seen = Seen::new(number, path);
        if size_bytes > limits::SPOOL_BYTES {
            let limit = limits::SPOOL_BYTES;
            seen.unknowns
                .push(format!("{size_bytes} bytes are more than the {limit} that are looked into"));
        } else {
            let mut hash = Sha256::default();
            let is_hashed = wanted.is_elf || wanted.is_script || wanted.is_content;
            let path = seen.path.clone();
            let mut scanner = self.secrets.scanner(&path, size_bytes);
            let is_in_memory = size_bytes <= limits::SPOOL_MEMORY_BYTES;
            let mut spare = std::mem::take(&mut self.spare);
            if size_bytes > SMALL_BYTES.max(spare.capacity() as u64) {
                spare = Spool::new_memory();
            }
            let mut spool = Spool::fill_into(spare, &mut *content, size_bytes, |chunk| {
                if is_hashed {
                    hash.update(chunk);
                }
                if let Some(scanner) = scanner.as_mut().filter(|_| !is_in_memory) {
                    scanner.feed(chunk);
                }
            })?;
            if let Some(scanner) = scanner {
                seen.secrets = self.secrets.finish(scanner, &path, &mut spool);
            }
            self.read(&wanted, &mut spool, &mut seen);
            for (_, cataloged) in &mut seen.files {
                self.secrets.add_sums(&std::mem::take(&mut cataloged.digests));
            }
            let sha256 = match hash.finish() {
                Digest::Sha256(sha256) => sha256,
                Digest::Sha512(_) => [0; 32],
            };
            if wanted.is_content {
                seen.content = Some(self.keep(sha256, &mut spool));
            }
            self.spare = spool.into_memory();
            if let Some(executable) = &mut seen.executable {
                executable.sha256 = sha256;
                seen.unknowns.extend(add_capabilities(executable, capability));
            }
        }
        self.seen.push(seen);
        Ok(())
    }

    /// The content of a file, as long as there is not too much of it.
    fn keep(&mut self, sha256: [u8; 32], spool: &mut Spool) -> FileContent {
        let left = CONTENTS_BYTES.saturating_sub(self.n_content_bytes).min(CONTENT_BYTES);
        let bytes = spool.content(left).ok().map(Cow::into_owned);
        self.n_content_bytes += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        FileContent { sha256, bytes }
    }

    fn read(&self, wanted: &Wanted, spool: &mut Spool, seen: &mut Seen) {
        let elf_catalogers = self.asked.selection.for_elf().filter(|_| wanted.is_elf);
        for cataloger in wanted.catalogers.iter().copied().chain(elf_catalogers) {
            seen.catalog(cataloger, spool);
        }
        if wanted.is_elf {
            let facts = rewound(spool).and_then(|()| elf_facts(spool));
            seen.set_executable(facts);
        } else if wanted.is_script {
            let facts = script(spool);
            seen.set_executable(facts);
        }
        if wanted.is_system {
            match spool.content(SYSTEM_FILE_BYTES) {
                Ok(content) if seen.path.as_bytes() == b"etc/shadow" => {
                    seen.system = Some(without_hashes(&content));
                }
                Ok(content) => seen.system = Some(content.into_owned()),
                Err(err) => seen.unknowns.push(err.to_string()),
            }
        }
    }

    /// Files whose content came under another name, but whose own name somebody selects. They
    /// have to be read again.
    pub(crate) fn linked(&self, links: &[HardLink]) -> BTreeMap<ImagePath, Vec<ImagePath>> {
        let mut wanted: BTreeMap<ImagePath, Vec<ImagePath>> = BTreeMap::new();
        if self.asked.is_shallow {
            return wanted;
        }
        for link in links {
            if !self.asked.selection.for_path(&link.path).is_empty() || is_system_file(&link.path) {
                wanted.entry(link.target.clone()).or_default().push(link.path.clone());
            }
        }
        wanted
    }

    /// Adds what was found to the facts of a layer that is known already.
    pub(crate) fn hand_over(self, facts: &mut LayerFacts) {
        let filter = self.secrets.into_filter();
        for seen in self.seen {
            seen.add_to(facts, &filter);
        }
    }

    /// Joins everything; what a later entry of the layer replaced is forgotten.
    pub(crate) fn finish(self, size_bytes: u64) -> (LayerFacts, Vec<HardLink>) {
        let (tree, is_kept, dangling) = self.builder.finish();
        let mut facts = LayerFacts { size_bytes, unknowns: self.unknowns, ..LayerFacts::default() };
        for link in dangling {
            let reason = format!("a hard link to {:?}, which the layer does not hold", link.target);
            facts.unknowns.push((link.path, reason));
        }
        let links = tree.hard_links.clone();
        facts.tree = tree;
        let filter = self.secrets.into_filter();
        for seen in self.seen {
            if is_kept.get(seen.number as usize) == Some(&true) {
                seen.add_to(&mut facts, &filter);
            }
        }
        facts.executables.sort_by(|a, b| a.path.cmp(&b.path));
        for link in &links {
            if let Some(executable) = facts.executable(&link.target) {
                let copy = ExecutableFile { path: link.path.clone(), ..executable.clone() };
                facts.executables.push(copy);
            }
        }
        sort(&mut facts);
        (facts, links)
    }
}

pub(crate) fn sort(facts: &mut LayerFacts) {
    facts.executables.sort_by(|a, b| a.path.cmp(&b.path));
    facts.contents.sort_by(|a, b| a.0.cmp(&b.0));
    facts.files.sort_by(|a, b| (&a.path, &a.cataloger).cmp(&(&b.path, &b.cataloger)));
    facts.system_files.sort();
    facts.secrets.sort();
    facts.unknowns.sort();
}

impl Seen {
    fn new(number: u32, path: ImagePath) -> Self {
        Self {
            number,
            path,
            files: Vec::new(),
            executable: None,
            system: None,
            content: None,
            secrets: SeenSecrets::default(),
            unknowns: Vec::new(),
        }
    }

    fn catalog(&mut self, cataloger: &'static Cataloger, spool: &mut Spool) {
        let mut cataloged = Cataloged::default();
        let result = rewound(spool).and_then(|()| {
            let mut file = File { path: &self.path, content: spool };
            (cataloger.parse)(&mut file, &mut cataloged)
        });
        for damage in cataloged.damages.drain(..) {
            self.unknowns.push(format!("{}: {}", cataloger.id, describe(&damage)));
        }
        if let Err(err) = result {
            self.unknowns.push(format!("{}: {}", cataloger.id, chain(&err)));
        }
        if !cataloged.is_empty() {
            self.files.push((cataloger.id, cataloged));
        }
    }

    fn set_executable(&mut self, facts: Result<ExecutableFacts, CatalogError>) {
        match facts {
            Ok(facts) => {
                self.executable = Some(ExecutableFile {
                    path: self.path.clone(),
                    sha256: [0; 32],
                    facts,
                    capabilities: None,
                });
            }
            Err(err) => self.unknowns.push(format!("executable: {}", chain(&err))),
        }
    }

    fn add_to(
        self,
        facts: &mut LayerFacts,
        filter: &dyn Fn(&ImagePath, SeenSecrets) -> Vec<Sighting>,
    ) {
        for (cataloger, cataloged) in self.files {
            let cataloger = cataloger.to_owned();
            facts.files.push(CatalogedFile { path: self.path.clone(), cataloger, cataloged });
        }
        facts.executables.extend(self.executable);
        facts.contents.extend(self.content.map(|content| (self.path.clone(), content)));
        if let Some(content) = self.system {
            facts.system_files.push((self.path.clone(), content));
        }
        for reason in self.unknowns.iter().chain(&self.secrets.unknowns) {
            facts.unknowns.push((self.path.clone(), reason.clone()));
        }
        let secrets = filter(&self.path, self.secrets);
        if !secrets.is_empty() {
            facts.secrets.push((self.path, secrets));
        }
    }
}

fn rewound(spool: &mut Spool) -> Result<(), CatalogError> {
    io::Seek::rewind(spool).map_err(|source| CatalogError::Read { source })
}

fn script(spool: &mut Spool) -> Result<ExecutableFacts, CatalogError> {
    rewound(spool)?;
    let mut text = Vec::new();
    spool
        .take(SCRIPT_BYTES)
        .read_to_end(&mut text)
        .map_err(|source| CatalogError::Read { source })?;
    script_facts(&text).ok_or(CatalogError::Damaged { what: "#! line", offset: 0 })
}

fn add_capabilities(executable: &mut ExecutableFile, raw: &[u8]) -> Option<String> {
    if raw.is_empty() {
        return None;
    }
    match file_capabilities(raw) {
        Ok(capabilities) => {
            executable.capabilities = Some(capabilities);
            None
        }
        Err(err) => Some(format!("capabilities: {}", chain(&err))),
    }
}

fn describe(damage: &Damage) -> String {
    let Damage { line, inner_path, reason } = damage;
    match (inner_path, line) {
        (Some(inner), Some(line)) => {
            format!("{:?} line {line}: {reason}", inner.as_bytes().as_bstr())
        }
        (Some(inner), None) => format!("{:?}: {reason}", inner.as_bytes().as_bstr()),
        (None, Some(line)) => format!("line {line}: {reason}"),
        (None, None) => reason.clone(),
    }
}

/// An error with its causes, after colons.
pub(crate) fn chain(err: &dyn Error) -> String {
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
