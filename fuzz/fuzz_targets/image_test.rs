#![no_main]
//! Files of tests: YAML, JSON, both schemas, and the regular expressions in them.

use sekisho_imagetest::{Compat, Notation, Pattern, Tests, Variables, View};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(pattern) = Pattern::parse(text) {
        pattern.is_match("a-b_C 12\n\u{e9}");
        pattern.vacuous();
    }
    for (notation, compat) in
        [(Notation::Yaml, Compat::Peer), (Notation::Yaml, Compat::Strict), (Notation::Json, Compat::Peer)]
    {
        let Ok(tests) = Tests::parse(text, notation, compat, &Variables::default()) else { continue };
        let view = View::default();
        let plans = tests.plans(&view, compat);
        tests.judge(&view, plans.iter().map(|_| None).collect(), compat);
    }
});
