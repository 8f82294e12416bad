//! Looks for secrets in one file, chunk by chunk.

use base64::Engine as _;
use regex_automata::{Anchored, Input, Span, util::primitives::PatternID};
use sha2::{Digest as _, Sha256};

use crate::{
    check::{BASE64, Candidate},
    content::{Content, START_BYTES, narrow},
    file_name::ends_in,
    keywords::{Hit, MAX_KEYWORD_BYTES},
    matches::{Match, best},
    noise,
    redacted::Redacted,
    rule::{HEAD_BYTES, MAX_AFTER_BYTES, MAX_BEFORE_BYTES, Rule},
    rule_set::{Asks, RuleSet},
    sighting::{Mark, Note, Sighting, Sightings},
    word::{ends_word, starts_word},
    work::Work,
};

/// Text is searched in blocks that start at multiples of this, however it arrives.
const BLOCK_BYTES: usize = 128 * 1024;

/// Text after a block that a match in it may reach into.
const AHEAD_BYTES: usize = 2 * MAX_AFTER_BYTES + MAX_KEYWORD_BYTES;

/// Text before a block that a match in it may reach back to, and what stands before that.
const BEHIND_BYTES: usize = MAX_BEFORE_BYTES + 8;

/// Most secrets of one file that are kept.
const MAX_SIGHTINGS: usize = 100;

/// Most matches of one file that are weighed against each other.
const MAX_MATCHES: usize = 1000;

/// Longest base64 that is undone.
const MAX_WRAPPED_BYTES: usize = MAX_AFTER_BYTES;

/// Shortest base64 that is undone: nothing shorter holds a secret.
const MIN_WRAPPED_BYTES: usize = 16;

/// A secret has this many bits before its hash may be seen: nobody tries them all.
const STRONG_BITS: f64 = 80.0;

/// Looks for secrets in one file.
pub struct Scanner<'a> {
    rules: &'a RuleSet,
    path: &'a [u8],
    size_bytes: u64,
    /// Known once enough of the file was seen.
    content: Option<Content>,
    odd: Option<u8>,
    buffer: Vec<u8>,
    /// Offset in the text of the buffer's first byte.
    base: u64,
    /// Offset in the buffer of the next block.
    next: usize,
    line: Lines,
    hits: Vec<Hit>,
    matches: Vec<Match>,
    /// By rule; what comes after the last is base64.
    work: Work,
    is_full: bool,
    is_nested: bool,
}

/// The line in which the buffer starts.
#[derive(Debug, Clone, Copy)]
struct Lines {
    number: u64,
    start: u64,
}

impl std::fmt::Debug for Scanner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({} bytes seen)", self.base + self.buffer.len() as u64)
    }
}

impl RuleSet {
    /// Begins with a file of `size_bytes`.
    pub fn scanner<'a>(&'a self, path: &'a [u8], size_bytes: u64) -> Scanner<'a> {
        let is_allowed = self.allow.paths.iter().any(|end| ends_in(path, end));
        let content = if is_allowed { Some(Content::Skipped) } else { None };
        Scanner::new(self, path, size_bytes, content, false)
    }

    /// Looks into content that is in memory.
    pub fn scan(&self, path: &[u8], content: &[u8]) -> Sightings {
        self.scanner(path, content.len() as u64).finish_with(content)
    }
}

impl<'a> Scanner<'a> {
    fn new(
        rules: &'a RuleSet,
        path: &'a [u8],
        size_bytes: u64,
        content: Option<Content>,
        is_nested: bool,
    ) -> Self {
        Self {
            rules,
            path,
            size_bytes,
            content,
            odd: None,
            buffer: Vec::new(),
            base: 0,
            next: 0,
            line: Lines { number: 1, start: 0 },
            hits: Vec::new(),
            matches: Vec::new(),
            work: Work::new(rules.rules.len() + 1),
            is_full: false,
            is_nested,
        }
    }

    /// Whether more of the file may change what is found.
    pub fn wants_more(&self) -> bool {
        self.content != Some(Content::Skipped) && !self.is_full
    }

    /// Takes the next bytes of the file. Where they are cut changes nothing.
    pub fn feed(&mut self, mut chunk: &[u8]) {
        while self.wants_more() && !chunk.is_empty() {
            let room = match self.content {
                None => START_BYTES.saturating_sub(self.buffer.len()),
                Some(_) => BLOCK_BYTES + AHEAD_BYTES,
            };
            let (now, later) = chunk.split_at(room.min(chunk.len()));
            chunk = later;
            self.take(now);
            if self.content.is_none() && self.buffer.len() >= START_BYTES {
                self.judge();
            }
            self.search_blocks();
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        match self.content {
            Some(Content::Utf16 { is_big }) => {
                narrow(is_big, &mut self.odd, bytes, &mut self.buffer);
            }
            _ => self.buffer.extend_from_slice(bytes),
        }
    }

    /// Whether a file that starts like this may hold anything: `start` is all of it, or as much
    /// as `START_BYTES`.
    pub fn wants(&self, start: &[u8]) -> bool {
        self.content.unwrap_or_else(|| Content::of(start, self.size_bytes)) != Content::Skipped
    }

    /// Takes all of the file at once, before anything of it was fed, and says what it holds.
    /// Nothing is copied.
    pub fn finish_with(mut self, content: &[u8]) -> Sightings {
        let start = content.get(..START_BYTES).unwrap_or(content);
        match self.content.unwrap_or_else(|| Content::of(start, self.size_bytes)) {
            Content::Skipped => return Sightings::default(),
            Content::Utf16 { .. } => {
                self.feed(content);
                return self.finish();
            }
            known @ (Content::Text | Content::Binary) => self.content = Some(known),
        }
        self.search_all(content);
        self.sightings()
    }

    /// Searches text that is here as a whole, block by block as if it had been fed.
    fn search_all(&mut self, content: &[u8]) {
        let mut rest = content;
        while self.wants_more() && rest.len() >= self.next + BLOCK_BYTES + AHEAD_BYTES {
            self.search(rest, self.next + BLOCK_BYTES);
            let gone = self.leave(rest);
            rest = rest.get(gone..).unwrap_or_default();
        }
        if self.wants_more() {
            self.search(rest, rest.len());
        }
    }

    fn judge(&mut self) {
        let content = Content::of(&self.buffer, self.size_bytes);
        self.content = Some(content);
        if let Content::Utf16 { .. } = content {
            let bytes = std::mem::take(&mut self.buffer);
            self.take(&bytes);
        }
    }

    fn search_blocks(&mut self) {
        if self.content.is_none() {
            return;
        }
        while self.wants_more() && self.buffer.len() >= self.next + BLOCK_BYTES + AHEAD_BYTES {
            let mut buffer = std::mem::take(&mut self.buffer);
            self.search(&buffer, self.next + BLOCK_BYTES);
            buffer.drain(..self.leave(&buffer));
            self.buffer = buffer;
        }
    }

    /// Goes on to the text that the next block needs; tells how many bytes lie before it.
    fn leave(&mut self, buffer: &[u8]) -> usize {
        let gone = self.next.saturating_sub(BEHIND_BYTES);
        let lines = buffer.get(..gone).unwrap_or_default();
        if let Some(last) = memchr::memrchr(b'\n', lines) {
            self.line.number += memchr::memchr_iter(b'\n', lines).count() as u64;
            self.line.start = self.base + last as u64 + 1;
        }
        self.base += gone as u64;
        self.next -= gone;
        gone
    }

    /// Searches the buffer from the next block on up to `end`.
    fn search(&mut self, buffer: &[u8], end: usize) {
        if self.base == 0 && self.next == 0 && !self.is_nested {
            self.search_head(buffer);
        }
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        self.rules.keywords.find(buffer, self.next, end, &mut hits);
        for hit in &hits {
            for asks in self.rules.asks.get(usize::from(hit.keyword)).into_iter().flatten() {
                match *asks {
                    Asks::Rule(index) => self.try_rule(buffer, *hit, index),
                    Asks::Unwrap => self.unwrap(buffer, hit.start),
                }
            }
        }
        self.hits = hits;
        self.next = end;
    }

    /// Asks the rules that look at the start of certain files.
    fn search_head(&mut self, buffer: &[u8]) {
        let head = buffer.get(..HEAD_BYTES.min(buffer.len())).unwrap_or_default();
        for &index in &self.rules.of_files {
            let Some(rule) = self.rules.rules.get(index) else { continue };
            if !self.is_asked(rule) {
                continue;
            }
            let Some(regex) = rule.regex() else { continue };
            for found in regex.find_iter(head) {
                if !self.consider(buffer, index, rule, found.span(), "") {
                    break;
                }
            }
        }
    }

    fn is_asked(&self, rule: &Rule) -> bool {
        (rule.in_binaries || self.content != Some(Content::Binary))
            && (rule.files.is_empty() || rule.files.iter().any(|end| ends_in(self.path, end)))
    }

    fn try_rule(&mut self, buffer: &[u8], hit: Hit, index: usize) {
        let Some(rule) = self.rules.rules.get(index) else { return };
        let at = self.base + hit.start as u64;
        let until = self.work.until(index);
        if at < until || self.work.is_stopped(index) || self.is_full || !self.is_asked(rule) {
            return;
        }
        if rule.is_whole && rule.before_bytes == 0 && !starts_word(buffer, hit.start) {
            return;
        }
        let Some(regex) = rule.regex() else { return };
        if !self.work.may_spend(index, at, rule.work_bytes()) {
            return;
        }
        let after = hit.start.saturating_add(MAX_AFTER_BYTES).min(buffer.len());
        let prefix = match rule.keywords.as_slice() {
            [only] => only.as_str(),
            keywords => keywords
                .iter()
                .find(|it| {
                    buffer.get(hit.start..).is_some_and(|text| text.starts_with(it.as_bytes()))
                })
                .map_or("", String::as_str),
        };
        if rule.before_bytes == 0 {
            let input = Input::new(buffer).span(hit.start..after).anchored(Anchored::Yes);
            if let Some(found) = regex.find(input) {
                self.consider(buffer, index, rule, found.span(), prefix);
            }
            return;
        }
        let done = usize::try_from(until.saturating_sub(self.base)).unwrap_or(0);
        let mut start = hit.start.saturating_sub(rule.before_bytes).max(done);
        // Each search ends at the keyword or before it; a match that lies before it all is not
        // of this keyword.
        while let Some(found) = regex.find(Input::new(buffer).span(start..after)) {
            if found.start() > hit.start {
                break;
            }
            if found.end() > hit.start {
                if !rule.is_whole || starts_word(buffer, found.start()) {
                    self.consider(buffer, index, rule, found.span(), "");
                    break;
                }
                start = found.start() + 1;
            } else {
                start = found.end().max(start + 1);
            }
            if !self.work.may_spend(index, at, rule.work_bytes()) {
                break;
            }
        }
    }

    /// Keeps a match if it holds. Returns whether there is room for more.
    fn consider(
        &mut self,
        buffer: &[u8],
        index: usize,
        rule: &Rule,
        found: Span,
        prefix: &str,
    ) -> bool {
        let span = secret_span(rule, buffer, found);
        let Some(secret) = buffer.get(span.range()) else { return true };
        if rule.is_whole && !ends_word(buffer, span.end) {
            return true;
        }
        self.work.set_until(index, self.base + found.end as u64);
        if noise::entropy(secret) < rule.entropy || self.rules.is_allowed(rule, secret) {
            return true;
        }
        let limit = buffer.len().min(span.end.saturating_add(MAX_AFTER_BYTES));
        let rest = buffer.get(span.end..limit).unwrap_or_default();
        let Some(more) = rule.check.verify(Candidate { secret, rest }) else { return true };
        let Some(secret) = buffer.get(span.start..span.end + more) else { return true };
        let (start, end) = (self.base + span.start as u64, self.base + (span.end + more) as u64);
        self.work.set_until(index, end);
        let (line, column) = self.place(buffer, span.start);
        let value = hash(rule, secret);
        let is_strong = !rule.is_guessable
            && noise::entropy(secret) * f64::from(u32::try_from(secret.len()).unwrap_or(u32::MAX))
                >= STRONG_BITS;
        let sighting = Sighting {
            rule: rule.id.clone(),
            line,
            column,
            redacted: Redacted::new(secret, if rule.is_whole { prefix } else { "" }),
            mark: is_strong.then_some(Mark(value)),
            is_wrapped: false,
            inside: None,
            is_published: rule.is_published,
            is_shipped: false,
        };
        self.push(Match { rule: index, start, end, value, sighting })
    }

    fn push(&mut self, found: Match) -> bool {
        self.matches.push(found);
        self.is_full = self.matches.len() >= MAX_MATCHES;
        !self.is_full
    }

    /// Undoes the base64 that starts at `start`, and looks into what comes out.
    fn unwrap(&mut self, buffer: &[u8], start: usize) {
        let at = self.base + start as u64;
        let index = self.rules.rules.len();
        let until = self.work.until(index);
        let is_inside = start.checked_sub(1).and_then(|before| buffer.get(before));
        if self.is_nested
            || self.is_full
            || at < until
            || self.work.is_stopped(index)
            || is_inside.is_some_and(|byte| is_base64(*byte))
        {
            return;
        }
        let text = buffer.get(start..buffer.len().min(start + MAX_WRAPPED_BYTES));
        let text = text.unwrap_or_default();
        let length = text.iter().position(|byte| !is_base64(*byte)).unwrap_or(text.len());
        self.work.set_until(index, at + length as u64);
        // Four characters at a time; up to three at a cut end hold no whole secret.
        let whole = if length == text.len() { length / 4 * 4 } else { length };
        let Some(encoded) = text.get(..whole).filter(|it| it.len() >= MIN_WRAPPED_BYTES) else {
            return;
        };
        if !self.work.may_spend(index, at, encoded.len()) {
            return;
        }
        let Ok(decoded) = BASE64.decode(encoded) else { return };
        let content = Some(self.content.unwrap_or(Content::Text));
        let mut inner = Scanner::new(self.rules, self.path, decoded.len() as u64, content, true);
        inner.search_all(&decoded);
        let (line, column) = self.place(buffer, start);
        let end = at + length as u64;
        for mut found in inner.matches {
            found.sighting = Sighting { line, column, is_wrapped: true, ..found.sighting };
            if !self.push(Match { start: at, end, ..found }) {
                break;
            }
        }
    }

    /// Line and column, from 1.
    fn place(&self, buffer: &[u8], at: usize) -> (u64, u64) {
        let before = buffer.get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before)
            .map_or(self.line.start, |last| self.base + last as u64 + 1);
        let n_lines = memchr::memchr_iter(b'\n', before).count() as u64;
        (self.line.number + n_lines, self.base + at as u64 - start + 1)
    }

    /// What the file holds.
    pub fn finish(mut self) -> Sightings {
        if self.content.is_none() {
            self.judge();
        }
        self.search_blocks();
        if self.wants_more() {
            let buffer = std::mem::take(&mut self.buffer);
            self.search(&buffer, buffer.len());
        }
        self.sightings()
    }

    fn sightings(mut self) -> Sightings {
        let mut sightings = Sightings::default();
        for index in self.work.stopped() {
            let rule = self.rules.rules.get(index);
            sightings.notes.push(Note::Stopped { rule: rule.map(|rule| rule.id.clone()) });
        }
        let mut found = best(self.rules, std::mem::take(&mut self.matches));
        found.sort_by_key(|found| (found.start, found.rule));
        let n_matches = found.len();
        found.truncate(MAX_SIGHTINGS);
        if n_matches > MAX_SIGHTINGS || self.is_full {
            sightings.notes.push(Note::TooMany { limit: MAX_SIGHTINGS });
        }
        sightings.found = found.into_iter().map(|found| found.sighting).collect();
        sightings
    }
}

/// The part of a match that is secret.
fn secret_span(rule: &Rule, buffer: &[u8], found: Span) -> Span {
    let Some(regex) = rule.regex() else { return found };
    let Some(group) = regex.group_info().to_index(PatternID::ZERO, "secret") else { return found };
    let mut captures = regex.create_captures();
    let input = Input::new(buffer).span(found).anchored(Anchored::Yes);
    regex.search_captures(&input, &mut captures);
    captures.get_group(group).unwrap_or(found)
}

fn hash(rule: &Rule, secret: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(b"sekisho secret 1\0");
    hash.update(&rule.id);
    hash.update(b"\0");
    hash.update(secret);
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}
