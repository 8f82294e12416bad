//! Which executables anything leads to, from what the image starts with.
//!
//! Followed are links, interpreters, needed libraries, and the words of scripts. What a program
//! starts by a name that it puts together cannot be seen, so the answer has a confidence.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_image::ImageConfig;
use sekisho_types::{Confidence, ExecutableFormat, ImagePath, Linkage};

use crate::{facts::ExecutableFile, libraries::Loader, stack::Stack};

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Programs that run whatever a text tells them, by the start of their names.
const INTERPRETERS: [&[u8]; 22] = [
    b"sh", b"bash", b"dash", b"ash", b"zsh", b"ksh", b"busybox", b"python", b"perl", b"ruby",
    b"node", b"nodejs", b"php", b"java", b"lua", b"tclsh", b"guile", b"gawk", b"make", b"env",
    b"Rscript", b"deno",
];

/// The answer, for images that say what they start.
pub(crate) struct Reach {
    paths: BTreeSet<ImagePath>,
    runs_texts: bool,
    has_dynamic: bool,
}

impl Reach {
    /// Walks from ENTRYPOINT, CMD and HEALTHCHECK; none when these lead to no executable.
    pub(crate) fn new(
        stack: &Stack,
        executables: &BTreeMap<&ImagePath, &ExecutableFile>,
        loader: &mut Loader<'_>,
        config: &ImageConfig,
    ) -> Option<Self> {
        let mut walk = Walk {
            stack,
            executables,
            search: search_path(&config.env),
            working_dir: ImagePath::parse_clamped(config.working_dir.as_bytes()).ok()?,
            reach: Self { paths: BTreeSet::new(), runs_texts: false, has_dynamic: false },
            todo: Vec::new(),
        };
        let command: Vec<&String> = config.entrypoint.iter().chain(&config.cmd).collect();
        // A shell by itself, as base images have it, waits for whatever somebody types.
        if let [only] = command.as_slice()
            && is_interpreter(only.rsplit('/').next().unwrap_or_default().as_bytes())
        {
            return None;
        }
        for argument in command {
            walk.add_command(argument);
        }
        if walk.todo.is_empty() {
            return None;
        }
        for argument in &config.healthcheck {
            walk.add_command(argument);
        }
        walk.run(loader);
        Some(walk.reach)
    }

    /// How sure it is that a file is not needed; none for one that was reached.
    pub(crate) fn unneeded(&self, file: &ExecutableFile) -> Option<Confidence> {
        if self.paths.contains(&file.path) {
            return None;
        }
        // A library may be loaded by name at run time.
        let is_library = file.facts.linkage == Some(Linkage::Library);
        Some(if self.runs_texts || (self.has_dynamic && is_library) {
            Confidence::Low
        } else if self.has_dynamic {
            Confidence::Medium
        } else {
            Confidence::High
        })
    }
}

fn search_path(env: &[String]) -> Vec<ImagePath> {
    let path = env.iter().find_map(|pair| pair.strip_prefix("PATH=")).unwrap_or(DEFAULT_PATH);
    path.split(':')
        .filter(|directory| directory.starts_with('/'))
        .filter_map(|directory| ImagePath::parse_clamped(directory.as_bytes()).ok())
        .collect()
}

/// Whether a program of this name runs texts.
fn is_interpreter(name: &[u8]) -> bool {
    INTERPRETERS.iter().any(|interpreter| {
        name.strip_prefix(*interpreter)
            .is_some_and(|rest| rest.iter().all(|byte| !byte.is_ascii_alphabetic()))
    })
}

struct Walk<'a> {
    stack: &'a Stack,
    executables: &'a BTreeMap<&'a ImagePath, &'a ExecutableFile>,
    search: Vec<ImagePath>,
    working_dir: ImagePath,
    reach: Reach,
    todo: Vec<ImagePath>,
}

impl Walk<'_> {
    /// An argument, which may be a command line for a shell.
    fn add_command(&mut self, text: &str) {
        let separators = |char: char| {
            char.is_whitespace()
                || matches!(
                    char,
                    ';' | '|' | '&' | '(' | ')' | '<' | '>' | '"' | '\'' | '`' | '=' | ','
                )
        };
        for word in text.split(separators).filter(|word| !word.is_empty()) {
            self.add_word(word);
        }
    }

    /// A word that may be the name or the path of a program.
    fn add_word(&mut self, word: &str) {
        let word = word.trim_start_matches("./");
        if word.starts_with('/') {
            self.add_path(&ImagePath::default(), word);
        } else {
            let working_dir = self.working_dir.clone();
            self.add_path(&working_dir, word);
            if !word.contains('/') {
                for directory in self.search.clone() {
                    self.add_path(&directory, word);
                }
            }
        }
    }

    fn add_path(&mut self, directory: &ImagePath, word: &str) {
        if let Ok(path) = directory.join(word.as_bytes())
            && let Some(path) = self.stack.squashed.resolve(&path)
        {
            self.add_file(path);
        }
    }

    fn add_file(&mut self, path: ImagePath) {
        if self.executables.contains_key(&path) && self.reach.paths.insert(path.clone()) {
            self.todo.push(path);
        }
    }

    fn run(&mut self, loader: &mut Loader<'_>) {
        while let Some(path) = self.todo.pop() {
            let Some(file) = self.executables.get(&path) else { continue };
            let name = path.file_name();
            self.reach.runs_texts |=
                is_interpreter(name) || file.facts.format == ExecutableFormat::Script;
            self.reach.has_dynamic |= file.facts.linkage == Some(Linkage::Dynamic);
            if let Some(interpreter) = &file.facts.interpreter {
                self.add_word(interpreter.clone().as_str());
            }
            for word in &file.facts.words {
                self.add_word(word);
            }
            for needed in &file.facts.needed {
                if let Some(found) = loader.find(file, needed) {
                    self.add_file(found);
                }
            }
        }
    }
}
