#![no_main]
//! Task definitions, templates and Terraform: the readers and the checks. The first byte chooses
//! the notation.

use sekisho_deploy::{ALL, Deployment, Profile, Settings, judge};

const PATHS: &[&str] = &["taskdef.json", "stack.yaml", "main.tf"];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let Some(path) = PATHS.get(usize::from(*choice)) else { return };
    let settings = Settings { profile: Profile::Talk, ..Settings::default() };
    judge(ALL, &Deployment::read(&[(path, data)], settings));
});
