//! Values of variables, put into the words of every instruction in the order of the file, and
//! scripts read in the language of the shell that is set there.

use std::collections::BTreeMap;

use crate::{
    expand::{Expanded, Expander, Scope},
    image_name::ImageName,
    instruction::{Command, Copy, Form, Instruction, Kind, Pairs},
    script::{self, Reading, base_name},
    span::Joined,
    word::Word,
};

/// Shells whose language is read; another SHELL makes scripts of another language.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// Variables that the builder sets itself.
const PLATFORM: &[&str] = &[
    "BUILDARCH",
    "BUILDOS",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETPLATFORM",
    "TARGETVARIANT",
];

struct State {
    expander: Expander,
    /// What ARGs before the first FROM say.
    global: Scope,
    local: Scope,
    is_posix: bool,
    /// Whether each named stage speaks a POSIX shell.
    stages: BTreeMap<String, bool>,
    is_before_from: bool,
}

pub(super) fn settle(instructions: &mut [Instruction], escape: char) {
    let mut global = Scope::default();
    for name in PLATFORM {
        global.set(name, None);
    }
    let mut state = State {
        expander: Expander::new(escape),
        global,
        local: Scope::default(),
        is_posix: true,
        stages: BTreeMap::new(),
        is_before_from: true,
    };
    for instruction in instructions {
        state.instruction(instruction);
    }
}

impl State {
    fn word(&mut self, word: &mut Word) {
        let scope = if self.is_before_from { &self.global } else { &self.local };
        let Expanded { text, is_known } = self.expander.expand(&word.raw, scope);
        word.value = text;
        word.is_known = is_known;
    }

    fn instruction(&mut self, instruction: &mut Instruction) {
        if let Kind::From(_) = instruction.kind {
            self.is_before_from = true;
        }
        for flag in &mut instruction.flags {
            let mut value = std::mem::take(&mut flag.value);
            self.word(&mut value);
            flag.value = value;
        }
        match &mut instruction.kind {
            Kind::From(from) => {
                self.word(&mut from.image);
                let image = from.image.value.to_lowercase();
                let is_windows = ImageName::parse(&image).is_some_and(|name| name.is_windows());
                self.is_posix = self.stages.get(&image).copied().unwrap_or(!is_windows);
                if let Some(alias) = &mut from.alias {
                    self.stages.insert(alias.raw.to_lowercase(), self.is_posix);
                    alias.value.clone_from(&alias.raw);
                }
                self.is_before_from = false;
                self.local = Scope::default();
            }
            Kind::Arg(pairs) => {
                for pair in pairs {
                    self.arg(&mut pair.name, pair.value.as_mut());
                }
            }
            Kind::Env(pairs) => self.env(pairs),
            Kind::Label(Pairs { pairs, .. }) => {
                for pair in pairs {
                    self.word(&mut pair.name);
                    pair.value.iter_mut().for_each(|value| self.word(value));
                }
            }
            Kind::Add(copy) | Kind::Copy(copy) => {
                let Copy { sources, destination } = copy;
                sources.iter_mut().chain([destination]).for_each(|word| self.word(word));
            }
            Kind::Expose(words) | Kind::Volume(words) => {
                for word in words {
                    self.word(word);
                }
            }
            Kind::User(word) | Kind::Workdir(word) | Kind::Stopsignal(word) => self.word(word),
            Kind::Maintainer(_) | Kind::Broken => (),
            Kind::Shell(words) => {
                let shell = words.first().map_or("", |word| base_name(word));
                self.is_posix = SHELLS.contains(&shell);
            }
            Kind::Run(command) | Kind::Cmd(command) | Kind::Entrypoint(command) => {
                self.command(command);
            }
            Kind::Healthcheck(command) => command.iter_mut().for_each(|it| self.command(it)),
            Kind::Onbuild(inner) => self.instruction(inner),
        }
    }

    fn arg(&mut self, name: &mut Word, value: Option<&mut Word>) {
        self.word(name);
        let value = match value {
            Some(value) => {
                self.word(value);
                value.is_known.then(|| value.value.clone())
            }
            // Declared again in a stage, a global ARG keeps its value.
            None => self.global.get(&name.value).cloned().flatten(),
        };
        let scope = if self.is_before_from { &mut self.global } else { &mut self.local };
        scope.set(&name.value, value);
    }

    /// All values are taken before any is set: a statement does not see its own.
    fn env(&mut self, pairs: &mut Pairs) {
        for pair in &mut pairs.pairs {
            self.word(&mut pair.name);
            pair.value.iter_mut().for_each(|value| self.word(value));
        }
        for pair in &pairs.pairs {
            if let Some(value) = &pair.value {
                let known = value.is_known.then(|| value.value.clone());
                self.local.set(&pair.name.value, known);
            }
        }
    }

    fn command(&self, command: &mut Command) {
        let Form::Shell(script) = &mut command.form else { return };
        let text = std::mem::take(&mut script.text);
        if self.is_posix && !is_other_language(&text) {
            *script = script::read(text);
        } else {
            script.text = text;
            script.reading = Reading::OtherLanguage;
        }
    }
}

/// Whether a here-document names another interpreter in its first line.
fn is_other_language(text: &Joined) -> bool {
    let Some(line) = text.as_str().strip_prefix("#!") else { return false };
    let line = line.lines().next().unwrap_or_default();
    let mut words = line.split_whitespace().map(base_name).filter(|word| *word != "env");
    !words.next().is_some_and(|program| SHELLS.contains(&program))
}
