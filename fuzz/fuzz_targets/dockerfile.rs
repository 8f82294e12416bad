#![no_main]
//! Dockerfiles: the parser, the shell in them, the checks and the fixes.

use sekisho_dockerfile::{ALL, Subject, fix, judge};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let subject = Subject::new("Dockerfile", data);
    judge(ALL, &subject);
    if let Some(fixed) = fix(ALL, &subject) {
        let again = Subject::new("Dockerfile", fixed.as_bytes());
        assert!(fix(ALL, &again).is_none(), "mending twice is not mending once: {fixed:?}");
    }
});
