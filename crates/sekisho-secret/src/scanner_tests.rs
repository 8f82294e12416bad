//! What holds for every file, however it comes.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use proptest::prelude::*;

use crate::{builtin_rules, example::expand, rule_set::RuleSet, sighting::Note};

fn text(example: &str) -> Vec<u8> {
    expand(example).unwrap()
}

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);

/// `rule line:column shown length`, a line each.
fn shown(rules: &RuleSet, path: &str, content: &[u8]) -> String {
    let sightings = rules.scan(path.as_bytes(), content);
    let found = sightings.found.iter().map(|it| {
        let name = rules.rule(&it.rule).map_or("?", |rule| rule.name.as_str());
        let wrapped = if it.is_wrapped { " wrapped" } else { "" };
        format!(
            "{name} {}:{} {} {}{wrapped}",
            it.line,
            it.column,
            it.redacted,
            it.redacted.length()
        )
    });
    found.collect::<Vec<_>>().join("\n")
}

#[test]
fn secrets_are_shown_by_place_and_start_only() {
    let rules = &*RULES;
    let content = text(
        "# settings\nGITHUB_TOKEN=gh{{}}p_{{crc 30}}\n\n  url: postgres://shop:hv7-Lw2qp@db.example/shop\n",
    );
    insta::assert_snapshot!(shown(rules, "app/.env", &content), @"
    github-pat 2:14 ghp_*** 40
    postgres-url-password 4:24 *** 9
    ");
}

#[test]
fn the_surest_rule_names_a_secret_once() {
    let rules = &*RULES;
    let token = "np{{}}m_{{crc 30}}";
    let content = text(&format!("//npm.example/:_authToken={token}\n//b/:_authToken={token}\n"));
    let found = shown(rules, "root/.npmrc", &content);
    // The two tokens differ: the notation of examples makes them of their place.
    assert_eq!(found.lines().count(), 2, "{found}");
    assert!(found.lines().all(|line| line.starts_with("npm-access-token")), "{found}");
    let twice = [content.clone(), content].concat();
    assert_eq!(shown(rules, "root/.npmrc", &twice), found);
}

#[test]
fn base64_is_undone_once() {
    let rules = &*RULES;
    let once = text("data:\n  token: {{b64: token=gh[[]]p_[[crc 30]] }}\n");
    assert_eq!(shown(rules, "a.txt", &once), "");
    let once = text("data:\n  token: {{b64: gh[[]]p_[[crc 30]] }}\n");
    assert_eq!(shown(rules, "a.txt", &once), "github-pat 2:10 ghp_*** 40 wrapped");
}

#[test]
fn utf16_is_read_as_text() {
    let rules = &*RULES;
    let plain = String::from_utf8(text("\r\ntoken=gh{{}}p_{{crc 30}}\r\n")).unwrap();
    for (mark, is_big) in [("\u{feff}", false), ("\u{feff}", true), ("", false)] {
        let units = format!("{mark}{plain}");
        let units = units.encode_utf16();
        let bytes: Vec<u8> = if is_big {
            units.flat_map(u16::to_be_bytes).collect()
        } else {
            units.flat_map(u16::to_le_bytes).collect()
        };
        assert!(shown(rules, "a.ps1", &bytes).starts_with("github-pat 2:7"), "{mark:?} {is_big}");
    }
}

#[test]
fn of_small_binaries_only_the_surest_rules_are_asked() {
    let rules = &*RULES;
    let content = text(
        "{{x a7}}{{nul}}{{nul}}z(gh{{}}p_{{crc 30}}{{nul}}postgres://a:hv7-Lw2qp@db.example/x",
    );
    assert_eq!(shown(rules, "settings.pyc", &content), "github-pat 1:6 ghp_*** 40");
    let elf = [b"\x7fELF\x02\0", content.as_slice()].concat();
    assert_eq!(shown(rules, "bin/x", &elf), "");
}

#[test]
fn nothing_of_a_secret_is_in_what_comes_out() {
    let rules = &*RULES;
    for rule in builtin_rules().unwrap() {
        for example in &rule.examples.matching {
            let content = text(example);
            let sightings = rules.scan(rule.examples.path.as_bytes(), &content);
            let debug = format!("{sightings:?}");
            // Any run of six characters of the example that is not in the rule's own name.
            for window in content.windows(6) {
                let Ok(part) = std::str::from_utf8(window) else { continue };
                let is_telling = part.bytes().any(|byte| byte.is_ascii_digit())
                    && part.bytes().any(|byte| byte.is_ascii_lowercase())
                    && part.bytes().any(|byte| byte.is_ascii_uppercase());
                assert!(!is_telling || !debug.contains(part), "{}: {debug}", rule.name);
            }
        }
    }
}

#[test]
fn a_file_of_nothing_but_prefixes_takes_linear_time() {
    let rules = &*RULES;
    for prefix in [
        "ghp_",
        "eyJhbGciOi",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "password=",
        "sk-ant-api03-",
        "postgres://a:",
        "ZXlKaGJHY2lPa",
        "https://a:",
        "\"kty\":\"RSA\"",
        "authorization: bearer ",
    ] {
        let time = |size: usize| {
            let content = prefix.repeat(size / prefix.len());
            let started = Instant::now();
            let sightings = rules.scan(b".env", content.as_bytes());
            assert!(sightings.found.len() <= 100, "{prefix}");
            started.elapsed()
        };
        let (small, large) = (time(1 << 20), time(4 << 20));
        let limit = small * 12 + Duration::from_millis(500);
        assert!(large < limit, "{prefix:?}: {small:?} for 1 MiB, {large:?} for 4 MiB");
    }
}

#[test]
fn too_many_secrets_are_cut_with_a_note() {
    let rules = &*RULES;
    let mut content = Vec::new();
    for number in 0..300 {
        content.extend(text(&format!("{}gh{{{{}}}}p_{{{{crc 30}}}}\n", " ".repeat(number))));
    }
    let sightings = rules.scan(b"tokens.txt", &content);
    assert_eq!(sightings.found.len(), 100);
    assert_eq!(sightings.notes, [Note::TooMany { limit: 100 }]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Secrets around the borders of blocks, in a text that is cut anywhere.
    #[test]
    fn where_a_file_is_cut_changes_nothing(
        fill in 0..140_000_usize,
        cuts in prop::collection::vec(0..400_000_usize, 0..6),
    ) {
        let rules = &*RULES;
        let mut content = Vec::new();
        for piece in [
            "token gh{{}}p_{{crc 30}}\n", "postgres://shop:hv7-Lw2qp@db.example/shop\n",
            "-----BEGIN RSA PRI{{}}VATE KEY-----\n{{base64 64}}\n{{base64 64}}\n-----END RSA PRIVATE KEY-----\n",
            "x: {{b64: gh[[]]o_[[crc 30]] }}\n",
        ] {
            content.extend(b"filling line of text\n".iter().cycle().take(fill));
            content.extend(text(piece));
        }
        let whole = rules.scan(b"a.txt", &content);
        prop_assert_eq!(whole.found.len(), 4);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % content.len()).collect();
        cuts.sort_unstable();
        let mut scanner = rules.scanner(b"a.txt", content.len() as u64);
        let mut from = 0;
        for cut in cuts.into_iter().chain([content.len()]) {
            scanner.feed(&content[from..cut]);
            from = cut;
        }
        prop_assert_eq!(scanner.finish(), whole);
    }
}
