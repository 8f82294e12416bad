//! Comments that excuse findings: `# sekisho:ignore=SEK-DOCKERFILE-0003 reason`, and those that
//! people wrote for Hadolint.

use sekisho_check::Failure;

use crate::{Span, Subject};

/// The check of such comments themselves.
pub(crate) const CHECK_ID: &str = "SEK-DOCKERFILE-0056";

/// What Hadolint's rules are here. A rule that is not listed has no check of ours:
/// docs/reference/hadolint.md says why.
pub const HADOLINT: &[(&str, &[&str])] = &[
    ("DL3000", &["SEK-DOCKERFILE-0013"]),
    ("DL3001", &["SEK-DOCKERFILE-0042"]),
    ("DL3002", &["SEK-DOCKERFILE-0009"]),
    ("DL3003", &["SEK-DOCKERFILE-0014"]),
    ("DL3004", &["SEK-DOCKERFILE-0012"]),
    ("DL3005", &["SEK-DOCKERFILE-0033"]),
    ("DL3006", &["SEK-DOCKERFILE-0001"]),
    ("DL3007", &["SEK-DOCKERFILE-0002"]),
    ("DL3008", &["SEK-DOCKERFILE-0027"]),
    ("DL3009", &["SEK-DOCKERFILE-0030"]),
    ("DL3011", &["SEK-DOCKERFILE-0021"]),
    ("DL3012", &["SEK-DOCKERFILE-0019"]),
    ("DL3013", &["SEK-DOCKERFILE-0028"]),
    ("DL3014", &["SEK-DOCKERFILE-0029"]),
    ("DL3015", &["SEK-DOCKERFILE-0031"]),
    ("DL3016", &["SEK-DOCKERFILE-0028"]),
    ("DL3017", &["SEK-DOCKERFILE-0033"]),
    ("DL3018", &["SEK-DOCKERFILE-0027"]),
    ("DL3019", &["SEK-DOCKERFILE-0030"]),
    ("DL3020", &["SEK-DOCKERFILE-0015", "SEK-DOCKERFILE-0016"]),
    ("DL3021", &["SEK-DOCKERFILE-0036"]),
    ("DL3022", &["SEK-DOCKERFILE-0007"]),
    ("DL3023", &["SEK-DOCKERFILE-0008"]),
    ("DL3024", &["SEK-DOCKERFILE-0006"]),
    ("DL3025", &["SEK-DOCKERFILE-0025"]),
    ("DL3026", &["SEK-DOCKERFILE-0004"]),
    ("DL3027", &["SEK-DOCKERFILE-0034"]),
    ("DL3028", &["SEK-DOCKERFILE-0028"]),
    ("DL3029", &["SEK-DOCKERFILE-0005"]),
    ("DL3030", &["SEK-DOCKERFILE-0029"]),
    ("DL3031", &["SEK-DOCKERFILE-0033"]),
    ("DL3032", &["SEK-DOCKERFILE-0030"]),
    ("DL3033", &["SEK-DOCKERFILE-0027"]),
    ("DL3034", &["SEK-DOCKERFILE-0029"]),
    ("DL3035", &["SEK-DOCKERFILE-0033"]),
    ("DL3036", &["SEK-DOCKERFILE-0030"]),
    ("DL3037", &["SEK-DOCKERFILE-0027"]),
    ("DL3038", &["SEK-DOCKERFILE-0029"]),
    ("DL3039", &["SEK-DOCKERFILE-0033"]),
    ("DL3040", &["SEK-DOCKERFILE-0030"]),
    ("DL3041", &["SEK-DOCKERFILE-0027"]),
    ("DL3042", &["SEK-DOCKERFILE-0032"]),
    ("DL3043", &["SEK-DOCKERFILE-0038"]),
    ("DL3044", &["SEK-DOCKERFILE-0039"]),
    ("DL3045", &["SEK-DOCKERFILE-0037"]),
    ("DL3046", &["SEK-DOCKERFILE-0026"]),
    ("DL3047", &["SEK-DOCKERFILE-0035"]),
    ("DL3048", &["SEK-DOCKERFILE-0024"]),
    ("DL3057", &["SEK-DOCKERFILE-0020"]),
    ("DL3060", &["SEK-DOCKERFILE-0032"]),
    ("DL3061", &["SEK-DOCKERFILE-0041"]),
    ("DL3062", &["SEK-DOCKERFILE-0028"]),
    ("DL3064", &["SEK-DOCKERFILE-0043"]),
    ("DL3066", &["SEK-DOCKERFILE-0011"]),
    ("DL4000", &["SEK-DOCKERFILE-0023"]),
    ("DL4003", &["SEK-DOCKERFILE-0019"]),
    ("DL4004", &["SEK-DOCKERFILE-0019"]),
    ("DL4005", &["SEK-DOCKERFILE-0040"]),
    ("DL4006", &["SEK-DOCKERFILE-0018"]),
];

/// A comment that excuses findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ignore {
    /// Checks of ours.
    pub(crate) checks: Vec<String>,
    /// Names that stand for no check.
    pub(crate) unknown: Vec<String>,
    pub(crate) reason: String,
    pub(crate) span: Span,
    /// Of the instruction it stands at; all of the file without one.
    pub(crate) target: Option<usize>,
    pub(crate) is_hadolint: bool,
}

/// What the comments of the file excuse.
pub(crate) fn ignores(subject: &Subject) -> Vec<Ignore> {
    let mut ignores = Vec::new();
    for comment in &subject.file.comments {
        let Some((is_hadolint, is_global, names, reason)) = read(&comment.text) else { continue };
        // Those before the first instruction that ends behind the comment.
        let at = subject.file.instructions.iter().position(|it| it.span.end > comment.span.start);
        let target = if is_global { None } else { Some(at.unwrap_or(usize::MAX)) };
        let mut ignore = Ignore {
            checks: Vec::new(),
            unknown: Vec::new(),
            reason: reason.to_owned(),
            span: comment.span,
            target,
            is_hadolint,
        };
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let upper = name.to_ascii_uppercase();
            match HADOLINT.iter().find(|(rule, _)| is_hadolint && *rule == upper) {
                Some((_, checks)) => ignore.checks.extend(checks.iter().map(|&it| it.to_owned())),
                None if crate::ALL.iter().any(|check| check.about.id == upper) => {
                    ignore.checks.push(upper);
                }
                None => ignore.unknown.push(name.to_owned()),
            }
        }
        ignores.push(ignore);
    }
    ignores
}

/// What is said of a comment that no finding needed.
pub(crate) fn unused(subject: &Subject, ignore: &Ignore) -> Failure {
    let names = ignore.checks.join(", ");
    subject.failure(
        ignore.span,
        &names,
        format!("nothing here is found by {names}"),
        format!("{names} に当たるものがここにない"),
    )
}

/// Dialect, whether all of the file is meant, names and reason.
fn read(comment: &str) -> Option<(bool, bool, &str, &str)> {
    if let Some(rest) = comment.strip_prefix("hadolint ") {
        let rest = rest.trim_start();
        let (is_global, rest) = match rest.strip_prefix("global ") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, rest),
        };
        let names = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
        let (names, reason) = names_and_reason(names.trim_start());
        return Some((true, is_global, names, reason));
    }
    let rest = comment.strip_prefix("sekisho:")?;
    let (is_global, rest) = match rest.strip_prefix("ignore-file=") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("ignore=")?),
    };
    let (names, reason) = names_and_reason(rest);
    Some((false, is_global, names, reason))
}

/// Names are joined by commas, with white space after them or not.
fn names_and_reason(text: &str) -> (&str, &str) {
    let mut end = 0;
    let mut after_comma = true;
    for (at, char) in text.char_indices() {
        match char {
            ',' => after_comma = true,
            _ if char.is_whitespace() && !after_comma => break,
            _ if char.is_whitespace() => (),
            _ => after_comma = false,
        }
        end = at + char.len_utf8();
    }
    let (names, reason) = text.split_at_checked(end).unwrap_or((text, ""));
    (names, reason.trim().trim_start_matches(['#', '-', ':']).trim())
}
