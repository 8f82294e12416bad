//! Bills of materials as targets.

use sekisho_testkit::{BlobCompression, Bundle};
use serde_json::Value;

use crate::{
    program::{file, packages, run_in, scan, scan_stdin, unknowns},
    sample::image,
};

/// A directory with an image and its bill of materials in both formats.
fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let bundle = Bundle::docker(&[("example.org/app:1", &image(BlobCompression::Gzip))]);
    fs_err::write(directory.path().join("image.tar"), bundle.to_tar("")).unwrap();
    for format in ["cyclonedx", "spdx"] {
        let output = format!("{format}={format}.json");
        let run = run_in(directory.path(), &["image", "sbom", "--format", &output, "image.tar"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
    directory
}

/// Name, source and layer of every package.
fn identities(report: &Value) -> Vec<Value> {
    let packages = report["packages"].as_array().unwrap().iter();
    let keys = ["purl", "source_name", "source_version", "layer", "owned_by"];
    packages.map(|it| keys.iter().map(|key| it[*key].clone()).collect()).collect()
}

#[test]
fn our_own_documents_list_what_the_image_has() {
    let directory = directory();
    let at = |name: &str| directory.path().join(name).display().to_string();
    let image = scan(&[&at("image.tar")]).report();
    for name in ["cyclonedx.json", "spdx.json"] {
        for target in [format!("sbom:{}", at(name)), at(name)] {
            let run = scan(&[&target]);
            assert_eq!(run.code, 0, "{target}: {}", run.stderr);
            let report = run.report();
            assert_eq!(identities(&report), identities(&image), "{target}");
            assert_eq!(report["subject"]["source"], "sbom");
            assert_eq!(report["subject"]["kind"], "image");
            assert_eq!(report["subject"]["os"]["id"], "debian");
            assert_eq!(report["subject"]["digest"], image["subject"]["digest"]);
            assert_eq!(report["subject"]["document"]["path"], at(name));
            assert_eq!(report["checks"], serde_json::json!([]));
        }
        let text = fs_err::read(directory.path().join(name)).unwrap();
        let from_stdin = scan_stdin(text, &["sbom:-"]).report();
        assert_eq!(identities(&from_stdin), identities(&image));
    }
}

#[test]
fn a_document_is_converted_to_the_other_format() {
    let directory = directory();
    let args = ["image", "sbom", "--format", "spdx=again.json", "sbom:cyclonedx.json"];
    assert_eq!(run_in(directory.path(), &args).code, 0);
    let at = |name: &str| directory.path().join(name).display().to_string();
    let reports = ["spdx.json", "again.json"].map(|name| scan(&[&at(name)]).report());
    assert_eq!(identities(&reports[0]), identities(&reports[1]));
}

#[test]
fn what_a_document_leaves_open_is_no_pass() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
      {"type":"library","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0"},
      {"type":"library","name":"odd","version":"1"}]}"#;
    let (_directory, path) = file("app.cdx.json", text.as_bytes());
    let run = scan(&[path.to_str().unwrap()]);
    assert_eq!(run.code, 3);
    let report = run.report();
    assert_eq!(packages(&report), ["npm left-pad 1.3.0"]);
    assert!(unknowns(&report)[0].ends_with("no package URL says what this is: odd 1"));
}

#[test]
fn what_a_policy_asks_of_files_stays_open() {
    let directory = directory();
    let policy = "require:\n  labels: {required: [team]}\n  packages: {forbidden: [dash]}\n";
    fs_err::write(directory.path().join("policy.yaml"), policy).unwrap();
    let args = ["image", "scan", "--policy", "policy.yaml", "--only", "policy", "--format", "json"];
    let run = run_in(directory.path(), &[&args[..], &["cyclonedx.json"]].concat());
    assert_eq!(run.code, 1);
    let report = run.report();
    assert_eq!(report["findings"][0]["check"], "SEK-POLICY-0004");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert!(unknowns(&report)[0].contains("the policy asks about labels"));
}

#[test]
fn questions_that_no_list_answers_are_refused() {
    let directory = directory();
    let args = ["image", "scan", "--only", "secret", "cyclonedx.json"];
    let run = run_in(directory.path(), &args);
    let message = run.error();
    assert!(message.contains("secret") && message.contains("scan the image"), "{message}");
    let (_directory, path) = file("notes.json", b"{\"bomFormat\": 3}");
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains("notes.json") && run.error().contains("bill of materials"));
}
