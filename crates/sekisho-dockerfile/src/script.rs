//! What a RUN says to its shell: every command in it, wherever it stands.
//!
//! The commands of lists, pipelines, subshells, conditions, loops, functions and substitutions are
//! laid out in the order of the text. A check asks which programs are run with which arguments;
//! whether a branch is taken cannot be known here and is not asked.

mod bounds;
mod reader;
mod words;

use sekisho_check::Message;

use crate::span::{Joined, Span};

pub(crate) use reader::{of_words, read};

/// A script, and what could be read of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    pub text: Joined,
    pub commands: Vec<ShellCommand>,
    pub reading: Reading,
}

/// How much of a script was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reading {
    #[default]
    Whole,
    /// It is for PowerShell, cmd, Python or another program.
    OtherLanguage,
    /// Nothing can be said about it.
    Failed { because: Message },
}

/// One simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShellCommand {
    pub assignments: Vec<Assignment>,
    /// The program and its arguments; empty where there are only assignments.
    pub words: Vec<ShellWord>,
    pub redirects: Vec<Redirect>,
    pub pipe: Pipe,
    pub span: Span,
    /// Behind `!`.
    pub is_negated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub name: String,
    pub value: ShellWord,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShellWord {
    /// Without quotes; expansions stay as they are written.
    pub text: String,
    pub raw: String,
    pub span: Span,
    /// Whether a variable or a substitution is in it.
    pub has_expansion: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    pub is_write: bool,
    pub target: ShellWord,
}

/// Place in a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pipe {
    /// The same for all commands of one pipeline.
    pub id: usize,
    pub index: usize,
    pub length: usize,
}

/// Programs that run the program behind their own options.
const WRAPPERS: &[&str] = &[
    "busybox",
    "chronic",
    "command",
    "doas",
    "eatmydata",
    "env",
    "exec",
    "gosu",
    "ionice",
    "nice",
    "nohup",
    "setarch",
    "stdbuf",
    "su-exec",
    "sudo",
    "time",
    "timeout",
];

/// Options of those that take the next word.
const WRAPPER_OPTIONS: &[&str] =
    &["-C", "-S", "-c", "-g", "-h", "-i", "-k", "-n", "-p", "-s", "-u"];

impl ShellCommand {
    /// The words from the program that does the work on, without `sudo`, `env` and the like.
    pub fn effective(&self) -> &[ShellWord] {
        let mut words = self.words.as_slice();
        while let Some((first, rest)) = words.split_first() {
            let wrapper = base_name(&first.text);
            if !WRAPPERS.contains(&wrapper) || rest.is_empty() {
                break;
            }
            let mut rest = rest;
            // su-exec and gosu take a user, timeout a time.
            if matches!(wrapper, "gosu" | "su-exec" | "timeout") {
                rest = rest.get(1..).unwrap_or_default();
            }
            while let Some((word, behind)) = rest.split_first() {
                if WRAPPER_OPTIONS.contains(&word.text.as_str()) && wrapper != "env" {
                    rest = behind.get(1..).unwrap_or_default();
                } else if word.text.starts_with('-') || word.text.contains('=') {
                    rest = behind;
                } else {
                    break;
                }
            }
            words = rest;
        }
        words
    }

    /// Name of the program that does the work, without its directory; empty without one.
    pub fn program(&self) -> &str {
        self.effective().first().map_or("", |word| base_name(&word.text))
    }

    /// The arguments of that program.
    pub fn args(&self) -> &[ShellWord] {
        self.effective().get(1..).unwrap_or_default()
    }

    /// The first argument that is no option: `install` of `apt-get -q install curl`.
    pub fn verb(&self) -> &str {
        self.operands().next().map_or("", |word| word.text.as_str())
    }

    /// The arguments that are no options.
    pub fn operands(&self) -> impl Iterator<Item = &ShellWord> {
        self.args().iter().filter(|word| !word.text.starts_with('-'))
    }

    /// Whether an argument is `flag`, or a bundle of letters with that of `-x`, or `--flag=…`.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.args().iter().any(|word| is_flag(&word.text, flag))
    }

    pub fn has_any_flag(&self, flags: &[&str]) -> bool {
        flags.iter().any(|flag| self.has_flag(flag))
    }

    /// What follows `flag`, as the next word or behind `=`.
    pub fn flag_value(&self, flag: &str) -> Option<&str> {
        let args = self.args();
        args.iter().enumerate().find_map(|(index, word)| {
            if word.text == flag {
                return args.get(index + 1).map(|next| next.text.as_str());
            }
            word.text.strip_prefix(flag)?.strip_prefix('=')
        })
    }

    pub fn is_run_as(&self, programs: &[&str]) -> bool {
        programs.contains(&self.program())
    }
}

fn is_flag(word: &str, flag: &str) -> bool {
    if let Some(long) = flag.strip_prefix("--") {
        return word
            .strip_prefix("--")
            .and_then(|word| word.strip_prefix(long))
            .is_some_and(|behind| behind.is_empty() || behind.starts_with('='));
    }
    let (Some(letters), Some(letter)) = (word.strip_prefix('-'), flag.strip_prefix('-')) else {
        return false;
    };
    let is_bundle = letters.chars().all(|char| char.is_ascii_alphabetic());
    letters == letter || letter.len() == 1 && is_bundle && letters.contains(letter)
}

/// The last part of a path.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
