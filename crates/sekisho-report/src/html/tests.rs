mod browser;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sekisho_testkit::{report, sha256};
use sekisho_types::report::Report;

use super::{SCRIPT, SCRIPT_HASH};
use crate::{ALL, Language, Options};

fn page(report: &Report, language: Language) -> String {
    let now = Some("2026-11-01T00:00:00Z".parse().unwrap());
    let options = Options { language, now, ..Options::default() };
    let format = ALL.iter().find(|format| format.id == "html").unwrap();
    let mut out = Vec::new();
    (format.write)(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_policy_of_the_page_allows_its_own_script_and_no_other() {
    let hash = format!("sha256-{}", STANDARD.encode(sha256(SCRIPT.as_bytes()).as_bytes()));
    assert_eq!(SCRIPT_HASH, hash);
}

#[test]
fn a_page_needs_nothing_else() {
    let page = page(&report::image(), Language::English);
    for sign in [" src=", "@import", "url(", "<iframe", "<object", "<base", "srcset", "<form"] {
        assert!(!page.contains(sign), "{sign}");
    }
    // Whatever has an address is a link that a person may follow.
    let addresses = page.matches("=\"http").count();
    assert_eq!(addresses, page.matches("<a href=\"http").count());
}

#[test]
fn hostile_text_stays_text() {
    for language in [Language::English, Language::Japanese] {
        let page = page(&report::hostile_image(), language);
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("alert('1')</script>") && !page.contains("href=\"javascript:"));
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}') && !page.contains("<!--"));
        assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"));
    }
}

#[test]
fn pictures_have_a_title_and_a_table_beside() {
    let page = page(&report::image(), Language::English);
    for (id, title) in [
        ("severities", "Findings by severity"),
        ("layer-sizes", "Sizes of the layers"),
        ("package-tree", "Packages by ecosystem and layer"),
    ] {
        assert!(page.contains(&format!("aria-labelledby=\"{id}\"><title id=\"{id}\">{title}<")));
    }
    assert_eq!(page.matches("<figure>").count(), 3);
    let tables = page.split("<figure>").skip(1).filter(|rest| rest.contains("<table>")).count();
    assert_eq!(tables, 3);
}

#[test]
fn a_page_in_japanese_says_so() {
    let page = page(&report::image(), Language::Japanese);
    assert!(page.contains("<html lang=\"ja\">") && page.contains("イメージが root で動く"));
    for english in ["Findings", "Packages", "Layer<", "Severity"] {
        assert!(!page.contains(english), "{english}");
    }
}

#[test]
fn nothing_found_is_a_short_page() {
    let page = page(&report::empty_directory(), Language::English);
    assert!(page.contains("Nothing was found.") && page.contains("No package was found."));
    assert!(page.len() < 20_000);
}
