use sekisho_check::{Failure, Message, Outcome, Text};
use sekisho_types::report::Location;

use crate::{
    dockerfile::Dockerfile,
    edit::Edit,
    instruction::{Copy, Instruction, Kind},
    script::{Reading, Script, ShellCommand},
    span::Span,
    stage::Stage,
};

/// A check of Dockerfiles.
#[derive(Debug, Clone, Copy)]
pub struct DockerfileCheck {
    pub about: sekisho_check::About,
    pub run: fn(&Subject) -> Outcome,
    /// What mends each failure without changing what else the file does; none where a person has
    /// to decide.
    pub fix: Option<fn(&Subject) -> Vec<Edit>>,
}

/// A Dockerfile, and what is known around it.
#[derive(Debug)]
pub struct Subject {
    /// As the user gave it.
    pub path: String,
    pub file: Dockerfile,
    pub settings: Settings,
    pub context: Context,
}

/// What a user decides for all files.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Registries that base images may come from; empty allows all. `*` stands for anything.
    pub trusted_registries: Vec<String>,
}

/// The directory that is sent to the builder.
#[derive(Debug, Clone, Default)]
pub enum Context {
    /// The file came from standard input.
    #[default]
    Unknown,
    /// Without a `.dockerignore`.
    Everything,
    /// The text of its `.dockerignore`.
    Ignores(String),
}

pub(crate) const NO_STAGE: Text = Text { en: "there is no FROM", ja: "FROM がない" };
pub(crate) const NO_COPY: Text =
    Text { en: "nothing is copied from a stage", ja: "ステージからのコピーがない" };
const NO_RUN: Text = Text {
    en: "no RUN instruction is in a language that is read here",
    ja: "読み取れる言語の RUN 命令がない",
};

impl Subject {
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            file: Dockerfile::parse(bytes),
            settings: Settings::default(),
            context: Context::default(),
        }
    }

    /// Every instruction with its index; what ONBUILD triggers stands for itself.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, &Instruction)> {
        self.file.instructions.iter().enumerate().map(|(index, instruction)| {
            match &instruction.kind {
                Kind::Onbuild(inner) => (index, &**inner),
                _ => (index, instruction),
            }
        })
    }

    /// The scripts of RUN.
    pub fn scripts(&self) -> impl Iterator<Item = (usize, &Instruction, &Script)> {
        self.instructions().filter_map(|(index, instruction)| match &instruction.kind {
            Kind::Run(command) => Some((index, instruction, command.script())),
            _ => None,
        })
    }

    /// The commands of all scripts of RUN.
    pub fn commands(&self) -> impl Iterator<Item = (usize, &ShellCommand)> {
        self.scripts()
            .flat_map(|(index, _, script)| script.commands.iter().map(move |it| (index, it)))
    }

    /// The arguments of ADD and COPY.
    pub fn copies(&self) -> impl Iterator<Item = (usize, &Instruction, &Copy)> {
        self.instructions().filter_map(|(index, instruction)| match &instruction.kind {
            Kind::Add(copy) | Kind::Copy(copy) => Some((index, instruction, copy)),
            _ => None,
        })
    }

    /// The stages that end up in the image: the last, and those it is built on.
    pub fn shipped_stages(&self) -> Vec<&Stage> {
        let mut shipped = Vec::new();
        let mut next = self.file.final_stage();
        while let Some(stage) = next {
            shipped.push(stage);
            next = match stage.base {
                crate::Base::Stage(index) if index < stage.index => self.file.stages.get(index),
                _ => None,
            };
        }
        shipped
    }

    pub fn is_shipped(&self, index: usize) -> bool {
        self.shipped_stages().iter().any(|stage| stage.instructions.contains(&index))
    }

    pub fn location(&self, span: Span) -> Location {
        let start = self.file.source.position(span.start);
        let end = self.file.source.position(span.end);
        Location {
            path: self.path.clone(),
            line: Some(start.line as u64),
            column: Some(start.column as u64),
            end_line: Some(end.line as u64),
            end_column: Some(end.column as u64),
            ..Location::default()
        }
    }

    /// A failure at `span`; `key` tells it from others of the same check in the same file.
    pub fn failure(
        &self,
        span: Span,
        key: &str,
        en: impl Into<String>,
        ja: impl Into<String>,
    ) -> Failure {
        let key = format!("{}\n{key}", self.path);
        Failure::new(key, Message::new(en, ja)).at(self.location(span))
    }

    /// The answer of a check of RUN: never a pass where a script could not be read.
    pub fn of_scripts(&self, failures: Vec<Failure>) -> Outcome {
        if !failures.is_empty() {
            return Outcome::Fail(failures);
        }
        let mut is_asked = false;
        for (_, _, script) in self.scripts() {
            match &script.reading {
                Reading::Whole => is_asked = true,
                Reading::OtherLanguage => (),
                Reading::Failed { because } => {
                    return Outcome::Unknown { because: because.clone() };
                }
            }
        }
        if is_asked { Outcome::Pass } else { Outcome::NotApplicable { because: NO_RUN } }
    }

    /// Asks `ask` of every command of RUN.
    pub fn ask_commands(
        &self,
        ask: impl Fn(&Self, usize, &ShellCommand) -> Option<Failure>,
    ) -> Outcome {
        self.of_scripts(
            self.commands().filter_map(|(index, command)| ask(self, index, command)).collect(),
        )
    }
}

/// The answer of a check of things that may be absent.
pub(crate) fn outcome(is_asked: bool, failures: Vec<Failure>, because: Text) -> Outcome {
    if is_asked { Outcome::of(failures) } else { Outcome::NotApplicable { because } }
}
