use crate::{
    script::Script,
    span::{Joined, Span},
    word::Word,
};

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Its lines, here-documents included.
    pub span: Span,
    /// In upper case.
    pub keyword: String,
    pub keyword_span: Span,
    pub flags: Vec<Flag>,
    pub kind: Kind,
    pub heredocs: Vec<Heredoc>,
    /// What follows the flags.
    pub rest: Joined,
}

impl Instruction {
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The first line, to point at.
    pub fn rest_span(&self) -> Span {
        self.rest.span(0..self.rest.as_str().len())
    }
}

/// `--name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    pub name: String,
    /// Empty where the flag has none.
    pub value: Word,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Add(Copy),
    Arg(Vec<Pair>),
    Cmd(Command),
    Copy(Copy),
    Entrypoint(Command),
    Env(Pairs),
    Expose(Vec<Word>),
    From(From),
    /// None where it says `NONE`.
    Healthcheck(Option<Command>),
    Label(Pairs),
    Maintainer(Word),
    Onbuild(Box<Instruction>),
    Run(Command),
    Shell(Vec<String>),
    Stopsignal(Word),
    User(Word),
    Volume(Vec<Word>),
    Workdir(Word),
    /// What could not be read; a problem says why.
    Broken,
}

/// `FROM image AS name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    pub image: Word,
    pub alias: Option<Word>,
}

/// The arguments of ADD and COPY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Without here-documents, which have no name outside the file.
    pub sources: Vec<Word>,
    pub destination: Word,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    pub pairs: Vec<Pair>,
    /// `ENV name value`, which BuildKit calls legacy.
    pub is_legacy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub name: Word,
    pub value: Option<Word>,
}

/// What a container or a build runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub span: Span,
    pub form: Form,
}

impl Command {
    /// The commands that are run, by a shell or without one.
    pub fn script(&self) -> &Script {
        match &self.form {
            Form::Exec { script, .. } | Form::Shell(script) => script,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A JSON list: the program and its arguments, and what they do as a command.
    Exec { words: Vec<String>, script: Script },
    /// A script for the shell.
    Shell(Script),
}

/// A here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// What ends it, without quotes.
    pub name: String,
    /// Of `<<NAME`.
    pub span: Span,
    /// Without the tabs that `<<-` takes off.
    pub body: Joined,
    /// False where the name is quoted.
    pub expands: bool,
    pub strips_tabs: bool,
}
