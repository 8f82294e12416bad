//! From a database and statements of others to a verdict.

use std::path::Path;

use jiff::ToSpan as _;
use sekisho_testkit::{BlobCompression, Bundle, ImageBuilder};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    advisories::{self, advisory, now},
    program::{Run, run_with_home},
    sample::{base, image},
};

const KINDS: [&str; 6] = ["image", "scan", "--only", "vulnerability", "--format", "json"];

/// A home with a database and the sample image: a weakness in the base, two above it, of which
/// one has no fix.
fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let known = vec![
        advisory("CVE-2026-0001", "Debian:12", "libc6", Some("2.36-10")),
        advisory("CVE-2026-0002", "npm", "left-pad", Some("1.3.1")),
        advisory("CVE-2026-0003", "PyPI", "flask", None),
    ];
    advisories::write(home.path(), now(), known);
    let image = image(BlobCompression::Gzip);
    let bundle = Bundle::docker(&[("example.org/app:1", &image)]);
    fs_err::write(home.path().join("image.tar"), bundle.to_tar("")).unwrap();
    home
}

fn scan(home: &Path, args: &[&str]) -> Run {
    run_with_home(home, &[&KINDS, args].concat())
}

/// Check and package of every finding, and why it does not count.
fn findings(run: &Run) -> Vec<String> {
    let report = run.report();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|it| {
            let name = format!("{} {}", text(&it["check"]), text(&it["package"]["name"]));
            match &it["suppressed"] {
                Value::Null => name,
                why => format!("{name}: {} by {}", text(&why["reason"]), text(&why["by"])),
            }
        })
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn without_a_database_nothing_is_called_clean() {
    let home = home();
    fs_err::remove_dir_all(advisories::directory(home.path())).unwrap();
    for args in [&["image.tar"][..], &["--offline", "image.tar"]] {
        let run = scan(home.path(), args);
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
        for part in ["no advisory database", "sekisho db update", "sekisho db import"] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    // What needs no advisories is answered.
    let args = ["image", "scan", "--only", "policy", "image.tar"];
    assert_eq!(run_with_home(home.path(), &args).code, 0);
    assert_eq!(run_with_home(home.path(), &["image", "sbom", "image.tar"]).code, 0);
}

#[test]
fn an_old_database_is_asked_only_where_that_is_allowed() {
    let home = home();
    advisories::write(home.path(), now().checked_sub((24 * 5).hours()).unwrap(), Vec::new());
    let run = scan(home.path(), &["image.tar"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    for part in ["is 5 days old, and 2 days are allowed", "--allow-old-db", "sekisho db update"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run = scan(home.path(), &["--allow-old-db", "image.tar"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("the advisory database is 5 days old"), "{}", run.stderr);
    assert_ne!(run.report()["database"]["updated"], Value::Null);
    for settings in ["db: {max_age: 6d}\n", "db: {allow_old: true}\n"] {
        fs_err::write(home.path().join("sekisho.yaml"), settings).unwrap();
        assert_eq!(scan(home.path(), &["image.tar"]).code, 0, "{settings}");
    }
    fs_err::write(home.path().join("sekisho.yaml"), "db: {max_age: 47h}\n").unwrap();
    assert_eq!(scan(home.path(), &["image.tar"]).code, 4);
    let table = ["image", "scan", "--allow-old-db", "--only", "vulnerability", "image.tar"];
    let table = run_with_home(home.path(), &table).stdout;
    assert!(table.contains("(5 days ago)"), "{table}");
}

#[test]
fn a_database_that_was_changed_gives_no_answer() {
    let home = home();
    let segments = advisories::directory(home.path()).join("segments");
    for entry in fs_err::read_dir(segments).unwrap() {
        let path = entry.unwrap().path();
        let bytes: Vec<u8> = fs_err::read(&path).unwrap().iter().map(|byte| byte ^ 0x55).collect();
        fs_err::write(path, bytes).unwrap();
    }
    let run = scan(home.path(), &["image.tar"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{}", run.stderr);
    assert!(run.stderr.contains("damaged"), "{}", run.stderr);
}

#[test]
fn the_policy_says_which_vulnerabilities_count() {
    let home = home();
    let all = ["CVE-2026-0001 libc6", "CVE-2026-0002 left-pad", "CVE-2026-0003 Flask"];
    let run = scan(home.path(), &["image.tar"]);
    assert_eq!((run.code, findings(&run)), (1, all.map(str::to_owned).to_vec()), "{}", run.stderr);
    let run = scan(home.path(), &["--only-fixed", "image.tar"]);
    assert!(findings(&run)[2].contains("no fixed version is known"), "{:?}", findings(&run));
    let run = scan(home.path(), &["--ignore-status", "affected,will_not_fix", "image.tar"]);
    assert!(findings(&run)[2].contains("leaves out the status affected"), "{:?}", findings(&run));
    let run = scan(home.path(), &["--ignore-status", "wontfix", "image.tar"]);
    assert!(run.error().contains("will_not_fix"), "{}", run.stderr);

    // The fix has been there since the day of the advisory, 2026-01-02.
    let settings = "policy:\n  vulnerability: {only_fixed: true, grace_days: 30000}\n";
    fs_err::write(home.path().join("sekisho.yaml"), settings).unwrap();
    let run = scan(home.path(), &["image.tar"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let reason = run.report()["verdict"]["reasons"][0].clone();
    assert!(text(&reason).starts_with("2 findings not failing yet"), "{reason}");

    let exceptions = "fail_on: low\nexceptions:\n\
        - {package: libc6, reason: r, owner: sec, until: 2999-01-01}\n\
        - {check: CVE-2026-0003, reason: r, owner: sec, until_fixed: true}\n\
        - {path: \"srv/**\", reason: r, owner: sec}\n";
    fs_err::write(home.path().join("policy.yaml"), exceptions).unwrap();
    let run = scan(home.path(), &["--policy", "policy.yaml", "image.tar"]);
    assert_eq!(run.code, 0, "{:?} {}", findings(&run), run.stderr);
    let settings = "policy:\n  vulnerability: {ignore_status: [wontfix]}\n";
    fs_err::write(home.path().join("sekisho.yaml"), settings).unwrap();
    let run = scan(home.path(), &["image.tar"]);
    assert!(run.error().contains("line 2") && run.error().contains("will_not_fix"));
}

const OPENVEX: &str = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://app.example/1",
"author":"app security","timestamp":"2026-05-01T00:00:00Z","version":1,"statements":[
{"vulnerability":{"name":"CVE-2026-0002"},"products":[{"@id":"pkg:npm/left-pad"}],
"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"},
{"vulnerability":{"name":"CVE-2026-9999"},"products":[{"@id":"pkg:npm/left-pad"}],"status":"fixed"}]}"#;

const CSAF: &str = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"name":"libc makers"},
"tracking":{"id":"L-1","current_release_date":"2026-05-01T00:00:00Z"}},
"product_tree":{"full_product_names":[{"product_id":"P","name":"libc6",
"product_identification_helper":{"purl":"pkg:deb/debian/libc6@2.36-9?distro=debian-12"}}]},
"vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"known_not_affected":["P"]},
"threats":[{"category":"impact","details":"built without it","product_ids":["P"]}]}]}"#;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,
"metadata":{"authors":[{"name":"flask people"}]},
"vulnerabilities":[{"id":"CVE-2026-0003","analysis":{"state":"false_positive","detail":"another flask"},
"affects":[{"ref":"pkg:pypi/flask@2.0.1"}]}]}"#;

#[test]
fn statements_of_three_formats_take_findings_off_with_their_reasons() {
    let home = home();
    for (name, document) in [("a.json", OPENVEX), ("b.json", CSAF), ("c.json", CYCLONEDX)] {
        fs_err::write(home.path().join(name), document).unwrap();
    }
    fs_err::write(home.path().join("sekisho.yaml"), "vex: [c.json]\n").unwrap();
    let run = scan(home.path(), &["-v", "--vex", "a.json", "--vex", "b.json", "image.tar"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = findings(&run).join("\n");
    let shown = shown.replace(&format!("{}/", home.path().display()), "");
    insta::assert_snapshot!(shown, @"
    CVE-2026-0001 libc6: not_affected: built without it by libc makers (VEX, b.json)
    CVE-2026-0002 left-pad: not_affected: vulnerable_code_not_in_execute_path by app security (VEX, a.json)
    CVE-2026-0003 Flask: not_affected: false_positive: another flask by flask people (VEX, c.json)
    ");
    assert!(run.stderr.contains("a.json: statement 2 (CVE-2026-9999, fixed)"), "{}", run.stderr);
}

#[test]
fn a_wrong_statement_is_named_with_its_file() {
    let home = home();
    let unargued =
        OPENVEX.replace(",\"justification\":\"vulnerable_code_not_in_execute_path\"", "");
    let unargued = unargued.replace(
        ",\n\"status\":\"not_affected\",\"justification\":\"vulnerable_code_not_in_execute_path\"",
        ",\n\"status\":\"not_affected\"",
    );
    fs_err::write(home.path().join("a.json"), unargued).unwrap();
    let run = scan(home.path(), &["--vex", "a.json", "image.tar"]);
    let message = run.error();
    assert!(message.contains("a.json") && message.contains("without saying why"), "{message}");
    let run = scan(home.path(), &["--vex", "oci", "image.tar"]);
    assert!(run.error().contains("registry:"), "{}", run.stderr);
}

#[test]
fn a_bill_of_materials_has_the_vulnerabilities_of_its_image() {
    let home = home();
    for format in ["cyclonedx=a.json", "spdx=b.json"] {
        let args = ["image", "sbom", "--format", format, "image.tar"];
        assert_eq!(run_with_home(home.path(), &args).code, 0);
    }
    let image = scan(home.path(), &["image.tar"]);
    for name in ["a.json", "b.json"] {
        let run = scan(home.path(), &[name]);
        assert_eq!((run.code, findings(&run)), (1, findings(&image)), "{name}: {}", run.stderr);
    }
}

#[test]
fn findings_are_told_by_whose_layers_brought_them() {
    let home = home();
    let write = |name: &str, image: &sekisho_testkit::Image| {
        let tar = Bundle::docker(&[("example.org/base:1", image)]).to_tar("");
        fs_err::write(home.path().join(name), tar).unwrap();
    };
    write("base.tar", &ImageBuilder::new().layer(base(), "ADD base /").build());
    let mut newer = sekisho_testkit::LayerBuilder::new();
    newer.with_parents().file("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
    let libc = crate::sample::deb("libc6", "2.36-10", &[]);
    sekisho_testkit::packages::install_debs(&mut newer, &[libc]);
    write("newer.tar", &ImageBuilder::new().layer(newer.finish(), "ADD base /").build());

    let args = ["--base", "base.tar", "--base", "newer.tar", "image.tar"];
    let report = scan(home.path(), &args).report();
    let findings = report["findings"].as_array().unwrap().iter();
    let origins: Vec<(&str, &str)> =
        findings.map(|it| (text(&it["check"]), text(&it["origin"]))).collect();
    assert_eq!(
        origins,
        [("CVE-2026-0001", "base"), ("CVE-2026-0002", "app"), ("CVE-2026-0003", "app")]
    );
    let lineage = &report["lineage"];
    assert_eq!((&lineage["inherited"], &lineage["own"]), (&1.into(), &2.into()));
    assert_eq!(report["subject"]["base"]["evidence"], "layers");
    let rebuild = &lineage["rebuild"];
    assert_eq!(rebuild["base"], "newer.tar");
    assert_eq!(rebuild["removes"], serde_json::json!([report["findings"][0]["id"]]));
    assert_eq!((&rebuild["remains"], &rebuild["adds"]), (&0.into(), &0.into()));

    let table = ["image", "scan", "--only", "vulnerability"];
    let run = run_with_home(home.path(), &[&table[..], &args].concat());
    assert!(
        run.stdout.contains("1 findings from the base, 2 from the layers above"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("on newer.tar: 1 vulnerabilities go, 0 stay, 0 come"));
}
