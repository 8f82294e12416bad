//! What follows the flags, by instruction.

use super::Parser;
use crate::{
    instruction::{Command, Copy, Form, From, Heredoc, Kind, Pair, Pairs},
    script::Script,
    span::{Joined, Span},
    word::{Word, equals_sign, split_plain, split_quoted, trim},
};

/// Every instruction of the reference.
const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

impl Parser {
    pub(super) fn kind(
        &mut self,
        keyword: &str,
        keyword_span: Span,
        rest: &Joined,
        heredocs: &[Heredoc],
    ) -> Kind {
        let text = rest.as_str();
        let whole = 0..text.len();
        if !KEYWORDS.contains(&keyword) {
            let near = nearest(keyword);
            let (near_en, near_ja) = match near {
                Some(near) => (format!(", did you mean {near}?"), format!("。{near} の誤りか")),
                None => (String::new(), String::new()),
            };
            let en = format!("unknown instruction {keyword:?}{near_en}");
            let ja = format!("未知の命令 {keyword:?}{near_ja}");
            return self.broken(keyword_span, en, ja);
        }
        if text.is_empty() {
            return self.broken(
                keyword_span,
                format!("{keyword} needs at least one argument"),
                format!("{keyword} には引数が一つ以上必要"),
            );
        }
        let words = |ranges: Vec<std::ops::Range<usize>>| {
            ranges.into_iter().map(|range| Word::new(rest, range)).collect::<Vec<Word>>()
        };
        let one = || Word::new(rest, whole.clone());
        match keyword {
            "FROM" => self.from(words(split_plain(text, whole.clone())), rest),
            "RUN" => Kind::Run(run(rest, heredocs)),
            "CMD" => Kind::Cmd(command(rest)),
            "ENTRYPOINT" => Kind::Entrypoint(command(rest)),
            "ADD" | "COPY" => {
                let copy = self.copy(keyword, rest, heredocs);
                match (copy, keyword) {
                    (Some(copy), "ADD") => Kind::Add(copy),
                    (Some(copy), _) => Kind::Copy(copy),
                    (None, _) => Kind::Broken,
                }
            }
            "ENV" => self.pairs(keyword, rest).map_or(Kind::Broken, Kind::Env),
            "LABEL" => self.pairs(keyword, rest).map_or(Kind::Broken, Kind::Label),
            "ARG" => {
                let ranges = split_quoted(text, whole.clone(), self.directives.escape);
                Kind::Arg(ranges.into_iter().map(|range| self.pair(rest, range)).collect())
            }
            "EXPOSE" => Kind::Expose(words(split_plain(text, whole.clone()))),
            "VOLUME" => Kind::Volume(match json(text) {
                Some(paths) => paths.into_iter().map(|path| Word { raw: path, ..one() }).collect(),
                None => words(split_plain(text, whole.clone())),
            }),
            "USER" => Kind::User(one()),
            "WORKDIR" => Kind::Workdir(one()),
            "STOPSIGNAL" => Kind::Stopsignal(one()),
            "MAINTAINER" => Kind::Maintainer(one()),
            "SHELL" => match json(text) {
                Some(words) if !words.is_empty() => Kind::Shell(words),
                _ => self.broken(
                    rest.span(whole),
                    "SHELL takes a JSON list of strings".to_owned(),
                    "SHELL には文字列の JSON 配列を書く".to_owned(),
                ),
            },
            "HEALTHCHECK" => self.healthcheck(rest),
            _ => self.onbuild(rest, heredocs),
        }
    }

    fn from(&mut self, words: Vec<Word>, rest: &Joined) -> Kind {
        let span = rest.span(0..rest.as_str().len());
        let mut words = words.into_iter();
        let (image, r#as, alias, more) = (words.next(), words.next(), words.next(), words.next());
        match (image, r#as, alias, more) {
            (Some(image), None, None, None) => Kind::From(From { image, alias: None }),
            (Some(image), Some(word), Some(alias), None) if word.raw.eq_ignore_ascii_case("as") => {
                if !is_stage_name(&alias.raw) {
                    let (en, ja) = (
                        format!(
                            "{:?} is no name for a stage: lower-case letters, digits, - _ .",
                            alias.raw
                        ),
                        format!("{:?} はステージ名にならない（英小文字、数字、- _ .）", alias.raw),
                    );
                    self.problems.push(crate::Problem::broken(alias.span, en, ja));
                }
                Kind::From(From { image, alias: Some(alias) })
            }
            _ => self.broken(
                span,
                "FROM takes an image, or an image, AS and a name".to_owned(),
                "FROM には「イメージ」か「イメージ AS 名前」を書く".to_owned(),
            ),
        }
    }

    fn copy(&mut self, keyword: &str, rest: &Joined, heredocs: &[Heredoc]) -> Option<Copy> {
        let text = rest.as_str();
        let whole = 0..text.len();
        let mut words: Vec<Word> = match json(text) {
            Some(paths) => paths
                .into_iter()
                .map(|path| Word { raw: quoted(&path), ..Word::new(rest, whole.clone()) })
                .collect(),
            None => split_quoted(text, whole.clone(), self.directives.escape)
                .into_iter()
                .map(|range| Word::new(rest, range))
                .collect(),
        };
        let is_heredoc = |word: &Word| heredocs.iter().any(|heredoc| heredoc.span == word.span);
        let destination = words.pop().filter(|word| !is_heredoc(word));
        words.retain(|word| !is_heredoc(word));
        match destination {
            Some(destination) if !words.is_empty() || !heredocs.is_empty() => {
                Some(Copy { sources: words, destination })
            }
            _ => {
                self.broken(
                    rest.span(whole),
                    format!("{keyword} needs a source and a destination"),
                    format!("{keyword} にはコピー元とコピー先が必要"),
                );
                None
            }
        }
    }

    fn pair(&self, rest: &Joined, range: std::ops::Range<usize>) -> Pair {
        let word = rest.as_str().get(range.clone()).unwrap_or_default();
        match equals_sign(word, self.directives.escape) {
            Some(at) => Pair {
                name: Word::new(rest, range.start..range.start + at),
                value: Some(Word::new(rest, range.start + at + 1..range.end)),
            },
            None => Pair { name: Word::new(rest, range), value: None },
        }
    }

    fn pairs(&mut self, keyword: &str, rest: &Joined) -> Option<Pairs> {
        let text = rest.as_str();
        let ranges = split_quoted(text, 0..text.len(), self.directives.escape);
        let pairs: Vec<Pair> = ranges.into_iter().map(|range| self.pair(rest, range)).collect();
        let first = pairs.first()?;
        if first.value.is_none() {
            // The old form: a name, and all the rest of the line as its value.
            let name = first.name.clone();
            let end = name.raw.len();
            let value = trim(text, end..text.len());
            if value.is_empty() {
                self.broken(
                    rest.span(0..text.len()),
                    format!("{keyword} needs a name and a value"),
                    format!("{keyword} には名前と値が必要"),
                );
                return None;
            }
            let value = Some(Word::new(rest, value));
            return Some(Pairs { pairs: vec![Pair { name, value }], is_legacy: true });
        }
        let mut is_whole = true;
        for pair in pairs.iter().filter(|pair| pair.value.is_none()) {
            is_whole = false;
            self.broken(
                pair.name.span,
                format!("{:?} has no `=`; quote values with spaces", pair.name.raw),
                format!("{:?} に `=` がない。空白を含む値は引用符で囲む", pair.name.raw),
            );
        }
        is_whole.then_some(Pairs { pairs, is_legacy: false })
    }

    fn healthcheck(&mut self, rest: &Joined) -> Kind {
        let text = rest.as_str();
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let word = text.get(..end).unwrap_or_default().to_ascii_uppercase();
        let argument = rest.slice(trim(text, end..text.len()));
        match word.as_str() {
            "NONE" => Kind::Healthcheck(None),
            "CMD" if !argument.as_str().is_empty() => Kind::Healthcheck(Some(command(&argument))),
            _ => self.broken(
                rest.span(0..text.len()),
                "HEALTHCHECK takes CMD and a command, or NONE".to_owned(),
                "HEALTHCHECK には「CMD コマンド」か NONE を書く".to_owned(),
            ),
        }
    }

    fn onbuild(&mut self, rest: &Joined, heredocs: &[Heredoc]) -> Kind {
        let head = self.head(rest);
        let keyword_span = rest.span(head.keyword_range.clone());
        let inner = rest.slice(head.rest.clone());
        if head.keyword == "ONBUILD" {
            return self.broken(
                keyword_span,
                "ONBUILD cannot trigger ONBUILD".to_owned(),
                "ONBUILD の中に ONBUILD は書けない".to_owned(),
            );
        }
        let kind = self.kind(&head.keyword, keyword_span, &inner, heredocs);
        Kind::Onbuild(Box::new(crate::Instruction {
            span: rest.span(0..rest.as_str().len()),
            keyword: head.keyword,
            keyword_span,
            flags: head.flags,
            kind,
            heredocs: heredocs.to_vec(),
            rest: inner,
        }))
    }
}

/// A path of a JSON list as a word whose expansion gives it back, but for its variables.
fn quoted(path: &str) -> String {
    if path.contains([' ', '\'', '"']) { path.replace(' ', "\\ ") } else { path.to_owned() }
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.'))
}

fn json(text: &str) -> Option<Vec<String>> {
    if !text.starts_with('[') {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn command(rest: &Joined) -> Command {
    let text = rest.as_str();
    let span = rest.span(0..text.len());
    let form = match json(text) {
        Some(words) => {
            let script = crate::script::of_words(&words, rest);
            Form::Exec { words, script }
        }
        None => Form::Shell(Script { text: rest.clone(), ..Script::default() }),
    };
    Command { span, form }
}

/// The command of a RUN, its here-documents put where the shell looks for them.
fn run(rest: &Joined, heredocs: &[Heredoc]) -> Command {
    let mut command = command(rest);
    let Form::Shell(script) = &mut command.form else { return command };
    let [first, more @ ..] = heredocs else { return command };
    let is_alone = more.is_empty() && first.span == command.span;
    if is_alone {
        script.text = first.body.clone();
        return command;
    }
    let end = command.span.end;
    for heredoc in heredocs {
        script.text.push("\n", end);
        script.text.append(&heredoc.body);
        script.text.push(&heredoc.name, heredoc.span.start);
    }
    script.text.push("\n", end);
    command
}

/// The instruction that is one or two letters away.
fn nearest(keyword: &str) -> Option<&'static str> {
    if keyword.len() > 16 {
        return None;
    }
    KEYWORDS
        .iter()
        .map(|&known| (distance(keyword, known), known))
        .min()
        .filter(|(distance, known)| *distance <= 2 && *distance * 2 <= known.len())
        .map(|(_, known)| known)
}

fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (index, left) in a.chars().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        if let Some(first) = row.first_mut() {
            *first = last;
        }
        for (right, cell) in b.chars().zip(row.iter_mut().skip(1)) {
            let next = (diagonal + usize::from(left != right)).min(last + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            last = next;
        }
    }
    row.last().copied().unwrap_or_default()
}
