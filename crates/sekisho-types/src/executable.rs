use serde::{Deserialize, Serialize};

use crate::{Confidence, Digest};

/// What kind of program a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExecutableFormat {
    /// An ELF program or shared library.
    Elf,
    /// A text that starts with `#!`.
    Script,
}

/// How an ELF file finds its libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Linkage {
    /// No interpreter and no needed library.
    Static,
    Dynamic,
    /// A shared library, loaded by others.
    Library,
    /// An object or core file, not run as it is.
    Object,
}

/// How much of the relocation tables the loader makes read-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relro {
    None,
    Partial,
    Full,
}

/// The capabilities a file gives to who runs it.
///
/// # Source
///
/// capabilities(7), "File capabilities"; `struct vfs_cap_data` of linux/capability.h.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileCapabilities {
    /// Names such as `cap_net_raw`, in the order of their numbers.
    pub permitted: Vec<String>,
    pub inheritable: Vec<String>,
    /// The effective bit: the capabilities are active from the start.
    pub effective: bool,
    /// The user namespace root they are bound to (version 3); none binds to any.
    pub root_uid: Option<u32>,
}

/// A program or library in the merged view of a subject: the entry of `executables` in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executable {
    pub path: String,
    pub format: ExecutableFormat,
    pub size_bytes: u64,
    /// SHA-256 of the content; what an executable allow-list compares.
    pub sha256: String,
    /// Permission bits with setuid, setgid and sticky, in octal: `4755`.
    pub mode: String,
    pub uid: u32,
    pub gid: u32,
    pub setuid: bool,
    pub setgid: bool,
    pub capabilities: Option<FileCapabilities>,
    /// ELF only.
    pub linkage: Option<Linkage>,
    /// The program loader of an ELF file, the interpreter of a script.
    pub interpreter: Option<String>,
    /// `DT_NEEDED`, in file order.
    pub needed: Vec<String>,
    /// Needed libraries that are nowhere in the library path of the image.
    pub missing: Vec<String>,
    /// Position-independent. ELF only, as the two below.
    pub pie: Option<bool>,
    pub relro: Option<Relro>,
    /// The stack is not executable.
    pub nx: Option<bool>,
    /// purl of the package that owns the file; none for a file nobody answers for.
    pub package: Option<String>,
    /// The layer (`diff_id`) that introduced it; none for a plain directory.
    pub layer: Option<Digest>,
    /// Set on a file that nothing reaches from ENTRYPOINT, CMD and HEALTHCHECK: how sure that is.
    pub unneeded: Option<Confidence>,
}
