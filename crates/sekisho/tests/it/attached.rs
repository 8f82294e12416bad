//! VEX documents that are attached to an image in a registry.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sekisho_testkit::{BlobCompression, Bundle, RegistryAccess, RegistryServer, sha256};
use serde_json::{Value, json};

use crate::{
    advisories::{self, advisory, now},
    program::run_with_home,
    sample::image,
};

fn openvex(vulnerability: &str, product: &str) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://app.example/vex",
        "author": "app security",
        "timestamp": "2026-05-01T00:00:00Z",
        "version": 1,
        "statements": [{
            "vulnerability": {"name": vulnerability},
            "products": [{"@id": product}],
            "status": "not_affected",
            "justification": "component_not_present",
        }],
    })
}

/// A layout whose root is an artifact with one blob, or an index of such artifacts.
fn artifact(kind: &str, blob: &Value) -> (Bundle, Value) {
    let mut bundle = Bundle::default();
    let blob = blob.to_string();
    let add = |bundle: &mut Bundle, text: &str| {
        let digest = sha256(text.as_bytes());
        bundle.add(Bundle::blob_path(&digest), text);
        json!({"digest": digest.to_string(), "size": text.len()})
    };
    let mut layer = add(&mut bundle, &blob);
    layer["mediaType"] = kind.into();
    let mut config = add(&mut bundle, "{}");
    config["mediaType"] = "application/vnd.oci.empty.v1+json".into();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": kind,
        "config": config,
        "layers": [layer],
    });
    let mut root = add(&mut bundle, &manifest.to_string());
    root["mediaType"] = "application/vnd.oci.image.manifest.v1+json".into();
    root["artifactType"] = kind.into();
    bundle.add("index.json", json!({"manifests": [root]}).to_string());
    (bundle, root)
}

#[test]
fn what_is_attached_counts_only_where_it_is_asked_for() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Open) else { return };
    let image = image(BlobCompression::Gzip);
    registry.put("app", "1", &Bundle::oci(&[("1", &image)]));
    let digest = image.manifest.digest.to_string();
    let tag = digest.replace(':', "-");

    // By the fallback tag of the referrers API, an index that names the artifact.
    let kind = "application/vnd.openvex+json";
    let product = format!("pkg:oci/app@{digest}");
    let (mut referrers, root) = artifact(kind, &openvex("CVE-2026-0002", &product));
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [root],
    });
    let index = index.to_string();
    let index_digest = sha256(index.as_bytes());
    referrers.add(Bundle::blob_path(&index_digest), &index);
    let layout = json!({"manifests": [{"digest": index_digest.to_string()}]});
    *referrers.file("index.json") = layout.to_string().into_bytes();
    registry.put("app", &tag, &referrers);

    // And by the tag of cosign, in an envelope.
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://openvex.dev/ns/v0.2.0",
        "subject": [{"name": "app", "digest": {"sha256": image.manifest.digest.to_hex()}}],
        "predicate": openvex("CVE-2026-0001", "pkg:deb/debian/libc6"),
    });
    let envelope = json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": STANDARD.encode(statement.to_string()),
        "signatures": [],
    });
    let (attestation, _) = artifact("application/vnd.dsse.envelope.v1+json", &envelope);
    registry.put("app", &format!("{tag}.att"), &attestation);

    let home = tempfile::tempdir().unwrap();
    let known = vec![
        advisory("CVE-2026-0001", "Debian:12", "libc6", Some("2.36-10")),
        advisory("CVE-2026-0002", "npm", "left-pad", Some("1.3.1")),
    ];
    advisories::write(home.path(), now(), known);
    let target = format!("registry:{}/app:1", registry.host);
    let scan = |args: &[&str]| {
        let fixed = ["image", "scan", "--only", "vulnerability", "--format", "json"];
        run_with_home(home.path(), &[&fixed, args, &[&target]].concat())
    };
    let without = scan(&[]);
    assert_eq!(without.code, 1, "{}", without.stderr);
    let with = scan(&["--vex", "oci"]);
    assert_eq!(with.code, 0, "{} {}", with.stderr, with.stdout);
    let report = with.report();
    for finding in report["findings"].as_array().unwrap() {
        let suppressed = &finding["suppressed"];
        assert_eq!(suppressed["reason"], "not_affected: component_not_present");
        let by = suppressed["by"].as_str().unwrap();
        assert!(by.starts_with("app security (VEX, attached "), "{by}");
    }
    // An attestation that was copied from another image says nothing of this one.
    let other = statement.to_string().replace(&image.manifest.digest.to_hex(), &"ab".repeat(32));
    let envelope = json!({"payload": STANDARD.encode(other), "signatures": []});
    let (copied, _) = artifact("application/vnd.dsse.envelope.v1+json", &envelope);
    registry.put("app", &format!("{tag}.att"), &copied);
    let run = scan(&["--vex", "oci"]);
    assert!(run.error().contains("about another image"), "{}", run.stderr);
}
