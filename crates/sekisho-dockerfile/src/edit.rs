//! Changes to the file that mend findings.

use std::fmt::Write as _;

use crate::{Dockerfile, DockerfileCheck, Span, Subject, judge::is_excused, suppression};

/// Text that takes the place of other text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// Most rounds of mending: what one edit uncovers, the next round sees.
const MAX_ROUNDS: usize = 8;

/// Lines around a change, as `diff -u` has them.
const CONTEXT: usize = 3;

impl Edit {
    pub(crate) fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { span: Span::new(at, at), text: text.into() }
    }
}

/// The text of the file with everything mended that `checks` can mend; none where nothing
/// changes or the file cannot be written back as it was.
pub fn fix(checks: &[&DockerfileCheck], subject: &Subject) -> Option<String> {
    if !subject.file.is_utf8 {
        return None;
    }
    let before = subject.file.source.text();
    let mut text = before.to_owned();
    for _ in 0..MAX_ROUNDS {
        let round = Subject {
            path: subject.path.clone(),
            file: Dockerfile::parse(text.as_bytes()),
            settings: subject.settings.clone(),
            context: subject.context.clone(),
        };
        let edits = edits(checks, &round);
        if edits.is_empty() {
            break;
        }
        text = apply(&text, &edits);
    }
    (text != before).then_some(text)
}

/// The edits of one round, in order and without overlap.
fn edits(checks: &[&DockerfileCheck], subject: &Subject) -> Vec<Edit> {
    let ignores = suppression::ignores(subject);
    let mut edits = Vec::new();
    for check in checks {
        let Some(fix) = check.fix else { continue };
        edits.extend(
            fix(subject)
                .into_iter()
                .filter(|it| !is_excused(subject, &ignores, check.about.id, it.span.start)),
        );
    }
    edits.sort();
    edits.dedup();
    let mut end = 0;
    let mut is_first = true;
    edits.retain(|edit| {
        let is_free = is_first
            || end < edit.span.start
            || end == edit.span.start && !edit.span.range().is_empty();
        if is_free {
            end = edit.span.end;
            is_first = false;
        }
        is_free
    });
    edits
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start) else { continue };
        out.push_str(kept);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// What `diff -u` prints for a change that keeps most lines; empty where there is none.
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return String::new();
    }
    let path = path.trim_start_matches('/');
    let mut out = format!("--- a/{path}\n+++ b/{path}\n");
    let mut rest = changes.as_slice();
    while let Some((first, mut more)) = rest.split_first() {
        // Changes whose context would meet are one hunk.
        let mut group = vec![*first];
        while let Some((next, behind)) = more.split_first() {
            let last_end = group.last().map_or(0, |it| it.old_end);
            if next.old_start > last_end + 2 * CONTEXT {
                break;
            }
            group.push(*next);
            more = behind;
        }
        rest = more;
        hunk(&mut out, &old, &new, &group);
    }
    out
}

/// Lines `old_start..old_end` of the old text give way to `new_start..new_end` of the new.
#[derive(Debug, Clone, Copy)]
struct Change {
    old_start: usize,
    old_end: usize,
    new_start: usize,
    new_end: usize,
}

/// Where two lists of lines differ. Fixes keep almost every line, so the next line that both
/// have is looked for nearby, and all of the rest differs where there is none.
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    const NEARBY: usize = 64;
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if old.get(i).is_some() && old.get(i) == new.get(j) {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let mut met = (old.len(), new.len());
        'search: for total in 1..2 * NEARBY {
            for skipped in 0..=total {
                let (a, b) = (i + skipped, j + total - skipped);
                if old.get(a).is_some() && old.get(a) == new.get(b) {
                    met = (a, b);
                    break 'search;
                }
            }
        }
        changes.push(Change { old_start: i, old_end: met.0, new_start: j, new_end: met.1 });
        (i, j) = met;
    }
    changes
}

fn hunk(out: &mut String, old: &[&str], new: &[&str], group: &[Change]) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let lead = first.old_start.min(CONTEXT);
    let tail = (old.len() - last.old_end).min(CONTEXT);
    let (old_from, old_to) = (first.old_start - lead, last.old_end + tail);
    let (new_from, new_to) = (first.new_start - lead, last.new_end + tail);
    writeln!(
        out,
        "@@ -{} +{} @@",
        range(old_from, old_to - old_from),
        range(new_from, new_to - new_from)
    )
    .expect("a String takes everything");
    let mut at = old_from;
    for change in group {
        lines(out, ' ', old.get(at..change.old_start));
        lines(out, '-', old.get(change.old_start..change.old_end));
        lines(out, '+', new.get(change.new_start..change.new_end));
        at = change.old_end;
    }
    lines(out, ' ', old.get(at..old_to));
}

/// A range as unified diffs write it: the line before where it is empty.
fn range(from: usize, length: usize) -> String {
    match length {
        0 => format!("{from},0"),
        1 => format!("{}", from + 1),
        _ => format!("{},{length}", from + 1),
    }
}

fn lines(out: &mut String, mark: char, lines: Option<&[&str]>) {
    for line in lines.unwrap_or_default() {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_what_patch_reads() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm";
        let after = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nM";
        insta::assert_snapshot!(unified_diff("Dockerfile", before, after), @r"
        --- a/Dockerfile
        +++ b/Dockerfile
        @@ -1,5 +1,5 @@
         a
        -b
        +B
         c
         d
         e
        @@ -10,4 +10,4 @@
         j
         k
         l
        -m
        \ No newline at end of file
        +M
        \ No newline at end of file
        ");
        assert_eq!(unified_diff("Dockerfile", before, before), "");
    }
}
