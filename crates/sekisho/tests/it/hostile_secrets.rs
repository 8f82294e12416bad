//! Files and rules that were made to cost the search for secrets its time or memory.

use std::time::{Duration, Instant};

use sekisho_testkit::{ImageBuilder, LayerBuilder, ZipBuilder};

use crate::{
    program::{Run, assert_peak_memory, run_in},
    sample::one_layer,
};

/// Longer than any run here needs on a machine that does ten other things.
const LONG: Duration = Duration::from_mins(1);

/// Memory for an archive of 16 MiB that a test holds itself, and a scan.
const PEAK_MIB: i64 = 400;

/// Scans for secrets, with a rule of the user's where there is one.
fn scan(path: &str, content: &[u8], rule: Option<&str>) -> Run {
    let directory = tempfile::tempdir().unwrap();
    if let Some(rule) = rule {
        fs_err::write(directory.path().join("rule.yaml"), rule).unwrap();
        fs_err::write(directory.path().join("sekisho.yaml"), "secret: {rules: [rule.yaml]}\n")
            .unwrap();
    }
    let image = one_layer(LayerBuilder::new().file(path, content).finish());
    let tar = sekisho_testkit::Bundle::docker(&[("example.org/app:1", &image)]).to_tar("");
    fs_err::write(directory.path().join("image.tar"), tar).unwrap();
    let args = ["image", "scan", "--format", "json", "--no-cache", "--only", "secret", "image.tar"];
    let start = Instant::now();
    let run = run_in(directory.path(), &args);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
    run
}

#[test]
fn files_of_one_repeated_prefix_take_bounded_time() {
    for prefix in [
        "-----BEGIN RSA PRIVATE KEY-----",
        "ghp_",
        "password=",
        "postgres://",
        "eyJhbGciOi",
        "AKIA",
        "{\"auths\"",
        "xoxb-1-",
    ] {
        let content = prefix.repeat((4 << 20) / prefix.len());
        let run = scan("a.env", content.as_bytes(), None);
        assert!(matches!(run.code, 0 | 1 | 3), "{prefix}: {}", run.stderr);
    }
    assert_peak_memory(PEAK_MIB);
}

fn rule(pattern: &str) -> String {
    format!(
        "id: ACME-0001\nname: acme-key\ntitle: {{en: ACME key, ja: ACME のキー}}\n\
         severity: high\nconfidence: high\nrationale: {{en: x, ja: x}}\n\
         remediation: {{en: x, ja: x}}\nkeywords: [acme_]\npattern: '{pattern}'\n\
         match: ['acme_aaaab']\n"
    )
}

#[test]
fn patterns_of_a_user_are_linear_or_refused() {
    let content = format!("acme_{}", "a".repeat(100_000)).repeat(40);
    for pattern in
        ["acme_(?:a{0,40}){0,40}b", "acme_(?:a|a|aa){0,200}b", "acme_(?:a?){200}a{0,200}b"]
    {
        let run = scan("a.txt", content.as_bytes(), Some(&rule(pattern)));
        assert!(matches!(run.code, 0 | 3), "{pattern}: {} {}", run.code, run.stderr);
    }
    let nested = "(".repeat(5_000) + &")".repeat(5_000);
    for (pattern, why) in [
        ("acme_(?:a{1000}){1000}b", "too large"),
        ("acme_(a+)+b", "may match more than"),
        ("acme_(?=a)aaaab", "look-around"),
        (&format!("acme_{nested}aaaab"), ""),
    ] {
        let run = scan("a.txt", b"", Some(&rule(pattern)));
        assert!(run.error().contains(why), "{pattern:.40}: {}", run.stderr);
    }
    assert_peak_memory(PEAK_MIB);
}

#[test]
fn archives_in_archives_are_bounded() {
    let mut inner = ZipBuilder::new().deflated("a.txt", vec![b'a'; 1 << 20]).finish();
    for _ in 0..60 {
        let mut outer = ZipBuilder::new();
        // Two of each: as many as two to the power of sixty, if all were opened.
        outer.deflated("a.zip", &inner).deflated("b.zip", &inner);
        inner = outer.finish();
    }
    let run = scan("bomb.zip", &inner, None);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    let mut tar = LayerBuilder::new().file("a.txt", vec![b'a'; 1 << 20]).finish().tar;
    for _ in 0..20 {
        let layer = LayerBuilder::new().file("a.tar", &tar).finish();
        tar = ImageBuilder::new()
            .layer(layer, "COPY")
            .build()
            .blobs()
            .find(|blob| blob.bytes.starts_with(b"\x1f\x8b"))
            .map(|blob| blob.bytes.clone())
            .unwrap();
    }
    let run = scan("bomb.tar.gz", &tar, None);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    assert_peak_memory(PEAK_MIB);
}
