//! Where the loader of the image finds shared libraries.
//!
//! # Source
//!
//! ld.so(8) and ldconfig(8) of glibc; the manual of musl, "Environment Variables" and "Dynamic
//! Linker".

use std::collections::BTreeMap;

use sekisho_catalog::ExecutableFacts;
use sekisho_image::NodeKind;
use sekisho_types::ImagePath;

use crate::{facts::ExecutableFile, stack::Stack};

/// Directories that glibc looks into without being told, those of Debian's builds included.
const DEFAULT_DIRECTORIES: [&str; 20] = [
    "lib64",
    "usr/lib64",
    "lib",
    "usr/lib",
    "usr/local/lib",
    "lib32",
    "usr/lib32",
    "libx32",
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu",
    "lib/aarch64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "lib/arm-linux-gnueabihf",
    "usr/lib/arm-linux-gnueabihf",
    "lib/i386-linux-gnu",
    "usr/lib/i386-linux-gnu",
    "usr/lib/powerpc64le-linux-gnu",
    "usr/lib/s390x-linux-gnu",
    "lib/riscv64-linux-gnu",
    "usr/lib/riscv64-linux-gnu",
];

/// Libraries that musl's loader is itself, by the start of their names.
const IN_MUSL: [&str; 7] =
    ["libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet."];

/// Finds libraries as the loader would.
pub(crate) struct Loader<'a> {
    stack: &'a Stack,
    executables: BTreeMap<&'a ImagePath, &'a ExecutableFile>,
    /// From `LD_LIBRARY_PATH`.
    environment: Vec<ImagePath>,
    /// From `ld.so.conf` and what is built in.
    directories: Vec<ImagePath>,
    /// What the directories gave, by name and by kind of machine.
    known: BTreeMap<(String, u16, bool), Option<ImagePath>>,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(
        stack: &'a Stack,
        executables: BTreeMap<&'a ImagePath, &'a ExecutableFile>,
        env: &[String],
    ) -> Self {
        let mut directories = Vec::new();
        for line in configured(stack) {
            directories.extend(ImagePath::parse_clamped(line.as_bytes()));
        }
        for directory in DEFAULT_DIRECTORIES {
            directories.extend(ImagePath::parse_clamped(directory.as_bytes()));
        }
        let environment = env
            .iter()
            .filter_map(|pair| pair.strip_prefix("LD_LIBRARY_PATH="))
            .flat_map(|value| value.split([':', ';']))
            .filter(|directory| directory.starts_with('/'))
            .filter_map(|directory| ImagePath::parse_clamped(directory.as_bytes()).ok())
            .collect();
        Self { stack, executables, environment, directories, known: BTreeMap::new() }
    }

    /// The file that `needer` gets for a needed library.
    pub(crate) fn find(&mut self, needer: &ExecutableFile, name: &str) -> Option<ImagePath> {
        let facts = &needer.facts;
        if name.contains('/') {
            let directory = needer.path.parent()?;
            return self.file(&directory.join(name.as_bytes()).ok()?, facts);
        }
        let own = if facts.runpath.is_empty() { &facts.rpath } else { &facts.runpath };
        let own: Vec<ImagePath> =
            own.iter().flat_map(|entry| expand(entry, &needer.path)).collect();
        let environment = self.environment.clone();
        for directory in own.iter().chain(&environment) {
            if let Some(found) = self.in_directory(directory, name, facts) {
                return Some(found);
            }
        }
        let key = (name.to_owned(), facts.machine, facts.is_64_bit);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found =
            self.directories.iter().find_map(|directory| self.in_directory(directory, name, facts));
        self.known.insert(key, found.clone());
        found
    }

    /// Whether the loader of a program with musl provides the library itself.
    pub(crate) fn is_built_in(needer: &ExecutableFile, name: &str) -> bool {
        let is_musl =
            needer.facts.interpreter.as_ref().is_some_and(|loader| loader.contains("ld-musl"));
        is_musl && IN_MUSL.iter().any(|start| name.starts_with(start))
    }

    fn in_directory(
        &self,
        directory: &ImagePath,
        name: &str,
        facts: &ExecutableFacts,
    ) -> Option<ImagePath> {
        self.file(&directory.join(name.as_bytes()).ok()?, facts)
    }

    /// The file at the end of the links, if it is for the same machine.
    fn file(&self, path: &ImagePath, facts: &ExecutableFacts) -> Option<ImagePath> {
        let path = self.stack.squashed.resolve(path)?;
        let file = self.stack.squashed.get(&path)?;
        if file.node.kind != NodeKind::File {
            return None;
        }
        let fits = self.executables.get(&path).is_none_or(|found| {
            (found.facts.machine, found.facts.is_64_bit) == (facts.machine, facts.is_64_bit)
        });
        fits.then_some(path)
    }
}

/// The directories of the loader's configuration files.
fn configured(stack: &Stack) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).into_owned();
        let directories = text.lines().filter_map(|line| {
            let line = line.split('#').next().unwrap_or_default().trim();
            // Old configurations put a type of library behind the directory.
            line.starts_with('/').then(|| line.split('=').next().unwrap_or_default().to_owned())
        });
        lines.extend(directories);
    };
    if let Some(text) = stack.system_file("etc/ld.so.conf") {
        add(text);
    }
    // Every distribution includes this directory from the file above.
    for (_, text) in stack.system_files_below("etc/ld.so.conf.d/") {
        add(text);
    }
    for (_, text) in stack.system_files_below("etc/ld-musl-") {
        for directory in String::from_utf8_lossy(text).split([':', '\n']) {
            add(directory.trim().as_bytes());
        }
    }
    lines
}

/// The directories that an entry of RPATH or RUNPATH stands for.
fn expand(entry: &str, needer: &ImagePath) -> Vec<ImagePath> {
    let directory = needer.parent().unwrap_or_default();
    let origin = format!("/{directory}");
    let entry = entry.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", &origin);
    let entry = entry.replace("${LIB}", "$LIB");
    let variants = if entry.contains("$LIB") {
        ["lib", "lib64", "lib/x86_64-linux-gnu"].map(|lib| entry.replace("$LIB", lib)).to_vec()
    } else {
        vec![entry]
    };
    variants.iter().filter_map(|entry| ImagePath::parse_clamped(entry.as_bytes()).ok()).collect()
}
