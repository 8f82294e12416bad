//! What a program says of itself: how it is linked, how it is hardened, what it runs.

mod capabilities;
mod elf;
mod script;

use sekisho_types::{ExecutableFormat, Linkage, Relro};
use serde::{Deserialize, Serialize};

pub use self::{capabilities::file_capabilities, elf::elf_facts, script::script_facts};

/// The facts of one program or library, without what its place in an image adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutableFacts {
    pub format: ExecutableFormat,
    /// ELF only, as all below but `interpreter` and `words`.
    pub linkage: Option<Linkage>,
    /// The loader of an ELF file; what the `#!` line of a script names.
    pub interpreter: Option<String>,
    /// `DT_NEEDED`, in file order.
    pub needed: Vec<String>,
    pub soname: Option<String>,
    /// `DT_RPATH`, split at colons.
    pub rpath: Vec<String>,
    /// `DT_RUNPATH`, split at colons.
    pub runpath: Vec<String>,
    /// `e_machine`; 0 for a script.
    pub machine: u16,
    pub is_64_bit: bool,
    pub pie: Option<bool>,
    pub relro: Option<Relro>,
    pub nx: Option<bool>,
    /// Of a script: words that may name what it runs, sorted.
    pub words: Vec<String>,
}

impl ExecutableFacts {
    fn new(format: ExecutableFormat) -> Self {
        Self {
            format,
            linkage: None,
            interpreter: None,
            needed: Vec::new(),
            soname: None,
            rpath: Vec::new(),
            runpath: Vec::new(),
            machine: 0,
            is_64_bit: false,
            pie: None,
            relro: None,
            nx: None,
            words: Vec::new(),
        }
    }
}
