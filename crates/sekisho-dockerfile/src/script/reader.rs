//! From the tree of the shell parser to a list of commands.

use std::{ops::Range, panic, thread};

use brush_parser::{
    ParserOptions, SourceSpan,
    ast::{
        AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem, CompoundCommand,
        CompoundList, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline, Program,
        SimpleCommand, SubshellCommand, Word as ShellAstWord,
    },
    parse_tokens, uncached_tokenize_str,
};
use sekisho_check::Message;

use super::{
    Assignment, Pipe, Reading, Redirect, Script, ShellCommand, ShellWord, base_name, bounds,
    words::unquote,
};
use crate::span::Joined;

/// Deepest script within a script.
const MAX_DEPTH: usize = 4;

/// Most commands of one script: substitutions of substitutions are read more than once.
const MAX_COMMANDS: usize = 10_000;

/// Shells whose `-c` takes a script that is read like any other.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// Reads a script for a POSIX shell or bash.
pub(crate) fn read(text: Joined) -> Script {
    if let Some(because) = bounds::refusal(text.as_str()) {
        return Script { text, commands: Vec::new(), reading: Reading::Failed { because } };
    }
    let read = || {
        // A mistake of the parser must cost one script, not the run.
        panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let mut reader = Reader::default();
            let reading = reader.script(&text, 0);
            (reader.commands, reading)
        }))
        .unwrap_or_else(|_| {
            (Vec::new(), failed("the shell parser gave up", "シェルの構文解析が中断した"))
        })
    };
    let (commands, reading) = if bounds::openers(text.as_str()) <= bounds::FEW_OPENERS {
        read()
    } else {
        thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(bounds::STACK_BYTES);
            let handle = builder.spawn_scoped(scope, read).ok();
            handle.and_then(|handle| handle.join().ok()).unwrap_or_else(|| {
                (
                    Vec::new(),
                    failed("no memory for the shell parser", "シェルの構文解析に使うメモリがない"),
                )
            })
        })
    };
    Script { text, commands, reading }
}

/// The command that a JSON list is. What lies in the file has escapes of its own, so all of its
/// words lie where the list does.
pub(crate) fn of_words(words: &[String], list: &Joined) -> Script {
    let span = list.span(0..list.as_str().len());
    let words = words
        .iter()
        .map(|word| ShellWord { text: word.clone(), raw: word.clone(), span, has_expansion: false })
        .collect();
    let pipe = Pipe { length: 1, ..Pipe::default() };
    let command = ShellCommand { words, pipe, span, ..ShellCommand::default() };
    let mut script = Script { text: list.clone(), ..Script::default() };
    if let Some(text) = script_of(&command) {
        let inner = read(detached(&text.text, span.start));
        script.reading = inner.reading;
        script.commands.push(command);
        let at_list = |inner: ShellCommand| {
            let words = inner.words.into_iter().map(|word| ShellWord { span, ..word }).collect();
            ShellCommand { words, span, ..inner }
        };
        script.commands.extend(inner.commands.into_iter().map(at_list));
    } else {
        script.commands.push(command);
    }
    script
}

fn failed(en: &str, ja: &str) -> Reading {
    Reading::Failed { because: Message::new(en, ja) }
}

#[derive(Default)]
struct Reader {
    options: ParserOptions,
    commands: Vec<ShellCommand>,
    n_pipelines: usize,
    depth: usize,
    /// In a text whose substitutions were read with the word that it was.
    is_reread: bool,
}

/// Where the text that is read lies: characters, which the parser counts, to bytes.
struct Place<'a> {
    text: &'a Joined,
    /// Byte of each character; empty where all are ASCII.
    bytes: Vec<usize>,
}

impl<'a> Place<'a> {
    fn new(text: &'a Joined) -> Self {
        let bytes = if text.as_str().is_ascii() {
            Vec::new()
        } else {
            text.as_str().char_indices().map(|(at, _)| at).collect()
        };
        Self { text, bytes }
    }

    fn byte(&self, index: usize) -> usize {
        if self.bytes.is_empty() {
            return index.min(self.text.as_str().len());
        }
        self.bytes.get(index).copied().unwrap_or(self.text.as_str().len())
    }

    fn range(&self, span: &SourceSpan) -> Range<usize> {
        let start = self.byte(span.start.index);
        start..self.byte(span.end.index).max(start)
    }
}

impl Reader {
    fn script(&mut self, text: &Joined, depth: usize) -> Reading {
        let place = Place::new(text);
        let tokens = match uncached_tokenize_str(text.as_str(), &self.options.tokenizer_options()) {
            Ok(tokens) => tokens,
            Err(err) => return unreadable(&err),
        };
        if let Some(because) = bounds::refusal_of_tokens(&tokens) {
            return Reading::Failed { because };
        }
        match parse_tokens(&tokens, &self.options) {
            Ok(program) => {
                let outer = std::mem::replace(&mut self.depth, depth);
                self.program(&program, &place);
                self.depth = outer;
                Reading::Whole
            }
            Err(err) => unreadable(&err),
        }
    }

    fn program(&mut self, program: &Program, place: &Place<'_>) {
        for list in &program.complete_commands {
            self.list(list, place);
        }
    }

    fn list(&mut self, list: &CompoundList, place: &Place<'_>) {
        for item in &list.0 {
            for (_, pipeline) in &item.0 {
                self.pipeline(pipeline, place);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, place: &Place<'_>) {
        let id = self.n_pipelines;
        self.n_pipelines += 1;
        for (index, command) in pipeline.seq.iter().enumerate() {
            let pipe = Pipe { id, index, length: pipeline.seq.len() };
            self.command(command, pipe, pipeline.bang, place);
        }
    }

    fn command(&mut self, command: &Command, pipe: Pipe, is_negated: bool, place: &Place<'_>) {
        match command {
            Command::Simple(simple) => self.simple(simple, pipe, is_negated, place),
            Command::Compound(compound, redirects) => {
                self.compound(compound, place);
                if let Some(redirects) = redirects {
                    let mut bare = ShellCommand { pipe, ..ShellCommand::default() };
                    for redirect in &redirects.0 {
                        self.redirect(redirect, &mut bare, place);
                    }
                }
            }
            Command::Function(function) => self.compound(&function.body.0, place),
            Command::ExtendedTest(..) => (),
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, place: &Place<'_>) {
        match compound {
            CompoundCommand::Arithmetic(_) => (),
            CompoundCommand::ArithmeticForClause(it) => self.list(&it.body.list, place),
            CompoundCommand::BraceGroup(it) => self.list(&it.list, place),
            CompoundCommand::Subshell(it) => self.list(&it.list, place),
            CompoundCommand::ForClause(it) => {
                for word in it.values.iter().flatten() {
                    self.word(word, place);
                }
                self.list(&it.body.list, place);
            }
            CompoundCommand::CaseClause(it) => {
                self.word(&it.value, place);
                for case in &it.cases {
                    if let Some(list) = &case.cmd {
                        self.list(list, place);
                    }
                }
            }
            CompoundCommand::IfClause(it) => {
                self.list(&it.condition, place);
                self.list(&it.then, place);
                for branch in it.elses.iter().flatten() {
                    if let Some(condition) = &branch.condition {
                        self.list(condition, place);
                    }
                    self.list(&branch.body, place);
                }
            }
            CompoundCommand::WhileClause(it) | CompoundCommand::UntilClause(it) => {
                self.list(&it.0, place);
                self.list(&it.1.list, place);
            }
            CompoundCommand::Coprocess(it) => {
                self.command(&it.body, Pipe::default(), false, place);
            }
        }
    }

    fn simple(&mut self, simple: &SimpleCommand, pipe: Pipe, is_negated: bool, place: &Place<'_>) {
        if self.commands.len() >= MAX_COMMANDS {
            return;
        }
        let mut command = ShellCommand { pipe, is_negated, ..ShellCommand::default() };
        let index = self.commands.len();
        // Its place is before those of the substitutions in its words.
        self.commands.push(ShellCommand::default());
        for item in simple.prefix.iter().flat_map(|prefix| &prefix.0) {
            self.item(item, &mut command, true, place);
        }
        if let Some(name) = &simple.word_or_name {
            let word = self.word(name, place);
            command.words.push(word);
        }
        for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
            self.item(item, &mut command, false, place);
        }
        let spans = command.words.iter().map(|word| word.span);
        let spans = spans.chain(command.assignments.iter().map(|it| it.value.span));
        command.span = spans
            .reduce(|a, b| crate::Span::new(a.start.min(b.start), a.end.max(b.end)))
            .unwrap_or_default();
        self.script_argument(&command);
        if let Some(slot) = self.commands.get_mut(index) {
            *slot = command;
        }
    }

    fn item(
        &mut self,
        item: &CommandPrefixOrSuffixItem,
        command: &mut ShellCommand,
        is_prefix: bool,
        place: &Place<'_>,
    ) {
        match item {
            CommandPrefixOrSuffixItem::IoRedirect(redirect) => {
                self.redirect(redirect, command, place);
            }
            CommandPrefixOrSuffixItem::Word(word) => {
                let word = self.word(word, place);
                command.words.push(word);
            }
            CommandPrefixOrSuffixItem::AssignmentWord(assignment, word) => {
                let whole = self.word(word, place);
                if !is_prefix {
                    command.words.push(whole);
                    return;
                }
                let AssignmentName::VariableName(name) = &assignment.name else { return };
                let value = match &assignment.value {
                    AssignmentValue::Scalar(value) => {
                        let unquoted = unquote(&value.value, &self.options);
                        ShellWord {
                            text: unquoted.text,
                            raw: value.value.clone(),
                            has_expansion: unquoted.has_expansion,
                            span: whole.span,
                        }
                    }
                    AssignmentValue::Array(_) => whole,
                };
                command.assignments.push(Assignment { name: name.clone(), value });
            }
            CommandPrefixOrSuffixItem::ProcessSubstitution(_, subshell) => {
                let span = place.text.span(place.range(&subshell.loc));
                let text = "<(…)".to_owned();
                command.words.push(ShellWord {
                    raw: text.clone(),
                    text,
                    span,
                    has_expansion: true,
                });
                self.subshell(subshell, place);
            }
        }
    }

    fn subshell(&mut self, subshell: &SubshellCommand, place: &Place<'_>) {
        self.list(&subshell.list, place);
    }

    fn redirect(&mut self, redirect: &IoRedirect, command: &mut ShellCommand, place: &Place<'_>) {
        match redirect {
            IoRedirect::File(_, kind, target) => match target {
                IoFileRedirectTarget::Filename(word) => {
                    let is_write = !matches!(kind, IoFileRedirectKind::Read);
                    let target = self.word(word, place);
                    command.redirects.push(Redirect { is_write, target });
                }
                IoFileRedirectTarget::ProcessSubstitution(_, subshell) => {
                    self.subshell(subshell, place);
                }
                IoFileRedirectTarget::Fd(_) | IoFileRedirectTarget::Duplicate(_) => (),
            },
            IoRedirect::OutputAndError(word, _) => {
                let target = self.word(word, place);
                command.redirects.push(Redirect { is_write: true, target });
            }
            IoRedirect::HereDocument(_, document) => {
                if command.words.first().is_some_and(|it| SHELLS.contains(&base_name(&it.text))) {
                    let text = detached(&document.doc.value, place.text.span(0..0).start);
                    self.nested(&text);
                }
            }
            IoRedirect::HereString(..) => (),
        }
    }

    fn word(&mut self, word: &ShellAstWord, place: &Place<'_>) -> ShellWord {
        let unquoted = unquote(&word.value, &self.options);
        let range = word.loc.as_ref().map(|span| place.range(span)).unwrap_or_default();
        let start = range.start;
        let span = place.text.span(range);
        let substitutions: &[(String, usize)] =
            if self.is_reread { &[] } else { &unquoted.substitutions };
        for (script, at) in substitutions {
            // Backquotes take escapes off, so the text may not lie there as it is.
            let from = start + at;
            let inner = place.text.slice(from..from + script.len());
            let inner = if inner.as_str() == script { inner } else { detached(script, span.start) };
            self.nested(&inner);
        }
        ShellWord {
            text: unquoted.text,
            raw: word.value.clone(),
            span,
            has_expansion: unquoted.has_expansion,
        }
    }

    /// The script of `sh -c '…'`.
    fn script_argument(&mut self, command: &ShellCommand) {
        let Some(word) = script_of(command) else { return };
        // Quotes around the whole, and none inside, leave the text where it lies.
        let start = word.span.start + usize::from(word.raw.starts_with(['\'', '"']));
        let outer = std::mem::replace(&mut self.is_reread, true);
        self.nested(&detached(&word.text, start));
        self.is_reread = outer;
    }

    /// Reads a script within; what cannot be read there is no failure of the whole.
    fn nested(&mut self, text: &Joined) {
        if self.depth < MAX_DEPTH && self.commands.len() < MAX_COMMANDS {
            self.script(text, self.depth + 1);
        }
    }
}

/// The word of `sh -c '…'` or `eval '…'` that is a script.
fn script_of(command: &ShellCommand) -> Option<&ShellWord> {
    let args = command.args();
    if command.is_run_as(&["eval"]) {
        return args.first();
    }
    if !command.is_run_as(SHELLS) {
        return None;
    }
    let at = args.iter().position(|word| {
        let is_short = word.text.starts_with('-') && !word.text.starts_with("--");
        is_short && word.text.ends_with('c')
    })?;
    args.get(at + 1)
}

fn detached(text: &str, source: usize) -> Joined {
    let mut joined = Joined::default();
    joined.push(text, source);
    joined
}

fn unreadable(err: &dyn std::fmt::Display) -> Reading {
    Reading::Failed {
        because: Message::new(
            format!("the shell script cannot be read: {err}"),
            format!("シェルスクリプトを読めない: {err}"),
        ),
    }
}
