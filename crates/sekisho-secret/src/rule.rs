//! What a rule is: data that says how a kind of secret looks.

mod table;

use std::{fmt, sync::OnceLock};

use regex_automata::{meta::Regex, util::syntax};
use regex_syntax::ParserBuilder;
use sekisho_check::{Explanation, Message};
use sekisho_types::{Confidence, Severity, report::FindingKind};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::{
    check::Check,
    keywords::{MAX_KEYWORD_BYTES, MIN_KEYWORD_BYTES},
    rule_error::{Mistake, Mistakes},
};

pub(crate) use self::table::{TEXT, rules};
pub use self::table::{builtin_rules, builtin_table};

/// Most bytes a match may reach beyond the start of its keyword. RSA keys of 16,384 bits have
/// 12,500 in PEM; everything else is far shorter.
pub(crate) const MAX_AFTER_BYTES: usize = 16 * 1024;

/// Most bytes a match may reach before its keyword.
pub(crate) const MAX_BEFORE_BYTES: usize = 128;

/// Most bytes of the program of one pattern. It bounds time too: a search takes at most as many
/// steps a byte as the program has.
const PATTERN_BYTES: usize = 2 << 20;

/// Start of a file that rules without keywords look at.
pub(crate) const HEAD_BYTES: usize = 64 * 1024;

/// A kind of secret.
#[expect(clippy::struct_excessive_bools, reason = "each is a field of a rule's file")]
pub struct Rule {
    pub id: String,
    pub name: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub title: Message,
    pub rationale: Message,
    pub remediation: Message,
    pub references: Vec<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) ignores_case: bool,
    pub(crate) pattern: String,
    pub(crate) before_bytes: usize,
    /// Whether what stands around a match must not be of the same word.
    pub(crate) is_whole: bool,
    pub(crate) entropy: f64,
    pub(crate) check: Check,
    pub(crate) files: Vec<String>,
    pub(crate) is_guessable: bool,
    pub(crate) is_published: bool,
    pub(crate) in_binaries: bool,
    pub(crate) allow: Vec<String>,
    pub(crate) allow_pattern: String,
    /// None in the table of the built-in rules.
    pub examples: Examples,
    /// The text of its file; empty in the table of the built-in rules.
    pub(crate) source: String,
    compiled: OnceLock<Option<Compiled>>,
}

/// Texts in which a rule must and must not find something, in the notation of examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examples {
    /// The path of the file they stand in; rules for certain files need one.
    pub path: String,
    pub matching: Vec<String>,
    pub other: Vec<String>,
}

#[derive(Debug)]
struct Compiled {
    pattern: Regex,
    /// Most bytes one try may go over.
    work_bytes: usize,
    allow: Option<Regex>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} {})", self.id, self.name)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    en: String,
    ja: String,
}

/// A rule as its file has it; `rules/README.md` says what each field means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: Spanned<String>,
    name: Spanned<String>,
    title: Pair,
    severity: Severity,
    confidence: Confidence,
    rationale: Pair,
    remediation: Pair,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    keywords: Vec<Spanned<String>>,
    #[serde(default)]
    ignore_case: bool,
    pattern: Spanned<String>,
    #[serde(default)]
    before: Option<Spanned<u64>>,
    #[serde(default = "yes")]
    whole: bool,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    check: Check,
    #[serde(default)]
    files: Vec<Spanned<String>>,
    #[serde(default)]
    guessable: bool,
    #[serde(default)]
    published: Option<bool>,
    #[serde(default)]
    binaries: Option<bool>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    allow_pattern: Option<Spanned<String>>,
    #[serde(default)]
    example_path: String,
    #[serde(rename = "match")]
    matching: Vec<String>,
    #[serde(default)]
    no_match: Vec<String>,
}

fn yes() -> bool {
    true
}

impl From<Pair> for Message {
    fn from(pair: Pair) -> Self {
        Self::new(pair.en, pair.ja)
    }
}

impl Rule {
    /// Whether what it finds is a private key that opens something without a password.
    pub fn is_key(&self) -> bool {
        matches!(self.check, Check::Pem | Check::Jks | Check::Pkcs12)
    }

    /// Reads the text of a file that holds one rule, and nothing more is looked at than its
    /// form: patterns are compiled when they are first needed.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Mistakes> {
        Self::read(text).map(|(rule, _)| rule).map_err(|mistake| Mistakes::one(path, text, mistake))
    }

    /// As [`Self::parse`], and finds every mistake of the rule.
    pub(crate) fn parse_checked(path: &str, text: &str) -> Result<Self, Mistakes> {
        let (rule, file) =
            Self::read(text).map_err(|mistake| Mistakes::one(path, text, mistake))?;
        let mistakes = rule.mistakes(&file);
        if mistakes.is_empty() { Ok(rule) } else { Err(Mistakes::new(path, text, mistakes)) }
    }

    fn read(text: &str) -> Result<(Self, Places), Mistake> {
        let file: RuleFile = serde_saphyr::from_str(text).map_err(|err| Mistake::of_yaml(&err))?;
        let places = Places {
            id: Mistake::place(&file.id),
            name: Mistake::place(&file.name),
            pattern: Mistake::place(&file.pattern),
            before: file.before.as_ref().map(Mistake::place),
            allow_pattern: file.allow_pattern.as_ref().map(Mistake::place),
            keywords: file.keywords.iter().map(Mistake::place).collect(),
            files: file.files.iter().map(Mistake::place).collect(),
        };
        let value = |list: Vec<Spanned<String>>| list.into_iter().map(|it| it.value).collect();
        let is_sure = file.confidence == Confidence::High;
        // A password may be the one of a template; a token is nobody's invention.
        let is_chosen = file.guessable
            || matches!(file.check, Check::Password | Check::Assigned | Check::BasicAuth);
        let before = file.before.map_or(0, |before| before.value);
        let rule = Self {
            id: file.id.value,
            name: file.name.value,
            severity: file.severity,
            confidence: file.confidence,
            title: file.title.into(),
            rationale: file.rationale.into(),
            remediation: file.remediation.into(),
            references: file.references,
            keywords: value(file.keywords),
            ignores_case: file.ignore_case,
            pattern: file.pattern.value,
            before_bytes: usize::try_from(before).unwrap_or(usize::MAX).min(MAX_BEFORE_BYTES),
            is_whole: file.whole,
            entropy: file.entropy,
            check: file.check,
            files: value(file.files),
            is_guessable: file.guessable,
            is_published: file.published.unwrap_or(!is_sure || is_chosen),
            in_binaries: file.binaries.unwrap_or(is_sure),
            allow: file.allow,
            allow_pattern: file.allow_pattern.map(|it| it.value).unwrap_or_default(),
            examples: Examples {
                path: file.example_path,
                matching: file.matching,
                other: file.no_match,
            },
            source: text.to_owned(),
            compiled: OnceLock::new(),
        };
        Ok((rule, places))
    }

    fn mistakes(&self, places: &Places) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let mut add = |place: (u64, u64), text: String| mistakes.push(Mistake::new(place, text));
        if !is_name(&self.name) {
            add(places.name, "a name has small letters, digits and hyphens".to_owned());
        }
        if self.id.is_empty() || self.id.len() > 64 || !self.id.bytes().all(is_id_byte) {
            add(places.id, "an id has letters, digits and hyphens, at most 64".to_owned());
        }
        if self.keywords.is_empty() && self.files.is_empty() {
            let text = "without keywords a rule would search everything: give keywords, or files";
            add(places.pattern, text.to_owned());
        }
        for (keyword, place) in self.keywords.iter().zip(&places.keywords) {
            if !(MIN_KEYWORD_BYTES..=MAX_KEYWORD_BYTES).contains(&keyword.len()) {
                add(
                    *place,
                    format!("a keyword has {MIN_KEYWORD_BYTES} to {MAX_KEYWORD_BYTES} bytes"),
                );
            }
        }
        for (file, place) in self.files.iter().zip(&places.files) {
            if file.is_empty() || file.starts_with('/') || file.contains("**") {
                let text = "a file is the end of a path: `.npmrc`, `.docker/config.json`, `*.p12`";
                add(*place, text.to_owned());
            }
        }
        if let Some(place) = places.before
            && self.before_bytes >= MAX_BEFORE_BYTES
        {
            add(place, format!("a match starts less than {MAX_BEFORE_BYTES} bytes before"));
        }
        match longest(&self.pattern) {
            Err(text) => add(places.pattern, text),
            Ok(_) if self.keywords.is_empty() => (),
            Ok(Some(length)) if length <= MAX_AFTER_BYTES => (),
            Ok(_) => add(
                places.pattern,
                format!(
                    "the pattern may match more than {MAX_AFTER_BYTES} bytes: write `{{8,200}}` \
                     for `*` and `+`"
                ),
            ),
        }
        if let Err(text) = compile(&self.pattern) {
            add(places.pattern, text);
        }
        if let Some(place) = places.allow_pattern
            && let Err(text) = compile(&self.allow_pattern)
        {
            add(place, text);
        }
        mistakes
    }

    /// The pattern, ready for search; none when it cannot be compiled, which
    /// [`Self::parse_checked`] and the test of the built-in rules rule out.
    pub(crate) fn regex(&self) -> Option<&Regex> {
        self.compiled().map(|compiled| &compiled.pattern)
    }

    pub(crate) fn work_bytes(&self) -> usize {
        self.compiled().map_or(0, |compiled| compiled.work_bytes)
    }

    pub(crate) fn allow_regex(&self) -> Option<&Regex> {
        self.compiled()?.allow.as_ref()
    }

    fn compiled(&self) -> Option<&Compiled> {
        let compiled = self.compiled.get_or_init(|| {
            let pattern = compile(&self.pattern).ok()?;
            let longest = longest(&self.pattern).ok()?.unwrap_or(HEAD_BYTES);
            // The bodies of keys are read by a check.
            let of_check = if self.check.reads_on() { MAX_AFTER_BYTES } else { 0 };
            let work_bytes = self.before_bytes + longest + of_check;
            let allow = match self.allow_pattern.as_str() {
                "" => None,
                pattern => Some(compile(pattern).ok()?),
            };
            Some(Compiled { pattern, work_bytes, allow })
        });
        compiled.as_ref()
    }

    /// What `sekisho explain` prints.
    pub fn explanation(&self) -> Explanation {
        Explanation {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: FindingKind::Secret,
            severity: self.severity,
            title: self.title.clone(),
            rationale: self.rationale.clone(),
            remediation: self.remediation.clone(),
            references: self.references.clone(),
            benchmark: None,
        }
    }
}

/// Lines and columns of the fields that may be wrong.
struct Places {
    id: (u64, u64),
    name: (u64, u64),
    pattern: (u64, u64),
    before: Option<(u64, u64)>,
    allow_pattern: Option<(u64, u64)>,
    keywords: Vec<(u64, u64)>,
    files: Vec<(u64, u64)>,
}

fn is_name(name: &str) -> bool {
    let is_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_byte)
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn syntax() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false).nest_limit(50)
}

/// Patterns see bytes: `\w` is ASCII, and `.` is any byte but a newline.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax())
        .configure(
            Regex::config().utf8_empty(false).nfa_size_limit(Some(PATTERN_BYTES)).onepass(false),
        )
        .build(pattern)
        .map_err(|err| match err.size_limit() {
            Some(_) => "the pattern is too large".to_owned(),
            None => match err.syntax_error() {
                Some(err) => {
                    format!("the pattern is wrong: {}", last_line(&err.to_string()))
                }
                None => "the pattern cannot be compiled".to_owned(),
            },
        })
}

/// Most bytes that a pattern matches; none when there is no bound.
fn longest(pattern: &str) -> Result<Option<usize>, String> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).nest_limit(50).build();
    match parser.parse(pattern) {
        Ok(hir) => Ok(hir.properties().maximum_len()),
        Err(err) => Err(format!("the pattern is wrong: {}", last_line(&err.to_string()))),
    }
}

/// The parser draws the pattern with a caret first, and says what is wrong last.
fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
