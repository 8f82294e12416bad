#![no_main]
//! Secrets in a file: hostile content must neither panic nor take long, and where it is cut must
//! not matter.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sekisho_secret::RuleSet;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);

const PATHS: [&[u8]; 5] =
    [b"app/.env", b"root/.npmrc", b"a.txt", b"etc/shadow", b"root/.kube/config"];

fuzz_target!(|data: &[u8]| {
    let Some((&choice, content)) = data.split_first() else { return };
    let path = PATHS[usize::from(choice) % PATHS.len()];
    let whole = RULES.scan(path, content);
    let (start, end) = content.split_at(content.len() * usize::from(choice) / 256);
    let mut scanner = RULES.scanner(path, content.len() as u64);
    scanner.feed(start);
    scanner.feed(end);
    assert_eq!(scanner.finish(), whole);
});
