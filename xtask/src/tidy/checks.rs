//! Tests and texts of the checks.

use super::{SourceFile, assert_none, sources};

/// Where a check is a file.
const FOLDERS: &[&str] =
    &["crates/sekisho-dockerfile/src/checks/", "crates/sekisho-imagecheck/src/checks/"];

/// What a test of a check compares with where it passes, and where it is not asked.
const PASSES: &str = "\"pass\"";
const IS_NOT_ASKED: &str = "\"not applicable";

/// Checks that are asked of every subject: even an empty file has no FROM.
const ALWAYS_ASKED: &[&str] = &["broken_instruction"];

fn checks() -> Vec<SourceFile> {
    let mut sources = sources();
    sources.retain(|file| FOLDERS.iter().any(|folder| file.path.starts_with(folder)));
    assert!(sources.len() > 80, "{} checks", sources.len());
    sources
}

/// Whether an assertion is about something else than the answers of a check that has nothing to
/// say.
fn has_failure(tests: &str) -> bool {
    tests.split("assert").skip(1).any(|assertion| {
        !assertion.contains(PASSES)
            && !assertion.contains(IS_NOT_ASKED)
            && !assertion.contains("\"unknown: ")
    })
}

#[test]
fn every_check_is_tested_where_it_fails_passes_and_is_not_asked() {
    let mut wrong = Vec::new();
    for file in checks() {
        let tests = file.text.split_once("mod tests {").map_or("", |(_, tests)| tests);
        let lacking = [
            ("fails", has_failure(tests)),
            ("passes", tests.contains(PASSES)),
            ("is not asked", tests.contains(IS_NOT_ASKED) || ALWAYS_ASKED.contains(&file.stem())),
        ];
        let lacking = lacking.iter().filter(|(_, is_there)| !is_there);
        wrong.extend(lacking.map(|(what, _)| format!("{}: no test where it {what}", file.path)));
    }
    assert_none(&wrong, "tests that checks lack");
}

fn is_japanese(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}') && char != '・'
}

/// Where a text is not set as the others are: a space between Japanese and Latin letters, wide
/// brackets, and no space within what is all Japanese.
fn slips(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut slips = Vec::new();
    for window in chars.windows(3) {
        let [a, b, c] = window else { continue };
        let is_latin = |char: &char| char.is_ascii_alphanumeric() || *char == '`';
        let touches = |a: &char, b: &char| {
            (is_japanese(*a) && is_latin(b)) || (is_latin(a) && is_japanese(*b))
        };
        let is_wrong = touches(a, b)
            || touches(b, c)
            || (is_japanese(*a) && *b == ' ' && is_japanese(*c))
            || (is_japanese(*a) && *b == ' ' && *c == '(');
        if is_wrong {
            slips.push(window.iter().collect());
        }
    }
    slips
}

#[test]
fn japanese_texts_of_checks_are_set_alike() {
    let mut wrong = Vec::new();
    for check in sekisho::explanations() {
        for message in [&check.title, &check.rationale, &check.remediation] {
            wrong.extend(
                slips(&message.ja).into_iter().map(|slip| format!("{}: {slip:?}", check.id)),
            );
        }
    }
    assert_none(&wrong, "slips in Japanese texts");
}

#[test]
fn every_check_has_a_page_in_both_languages() {
    let sources = sources();
    let mut wrong = Vec::new();
    for check in sekisho::explanations() {
        let path = format!("docs/reference/checks/{}.md", check.id);
        let page = sources.iter().find(|file| file.path == path);
        let texts = [&check.title, &check.rationale, &check.remediation];
        let is_whole = page.is_some_and(|page| {
            texts.iter().all(|it| page.text.contains(&it.en) && page.text.contains(&it.ja))
        });
        if !is_whole {
            wrong.push(format!("{}: {path} lacks a text", check.id));
        }
    }
    assert_none(&wrong, "pages of checks");
}
