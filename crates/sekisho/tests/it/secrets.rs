//! Secrets: all that are planted are found, where they lie and once, and none where none are.

use std::{collections::BTreeMap, path::Path};

use sekisho_testkit::{
    Bundle, Elf, Image, ImageBuilder, ImageConfig, LayerBuilder, ZipBuilder, debian,
    packages::{DebPackage, install_distroless, install_wheel},
};
use serde_json::Value;

use crate::program::{Run, file, run_in};

/// Letters and digits as a token has them, other ones for each `seed`.
fn random(seed: u64, n: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % ALPHABET.len() as u64).unwrap()
    };
    (0..n).map(|_| char::from(ALPHABET[next()])).collect()
}

/// Tokens that open nothing, put together here so that no scanner finds one in this file.
fn gitlab(seed: u64) -> String {
    ["gl", "pat-", &random(seed, 20)].concat()
}

fn key() -> String {
    let (dashes, kind) = ("-----", ["RSA", "PRIVATE", "KEY"].join(" "));
    let body: String = (0..20).map(|seed| random(seed, 64) + "\n").collect();
    // The start of the DER of such a key.
    let body = ["MIIEpAIBAAKCAQEA", &body].concat();
    format!("{dashes}BEGIN {kind}{dashes}\n{body}{dashes}END {kind}{dashes}\n")
}

fn zip(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    ZipBuilder::new().deflated(name, content).finish()
}

fn scan(image: &Image, args: &[&str]) -> (Run, tempfile::TempDir) {
    let tar = Bundle::docker(&[("example.org/app:1", image)]).to_tar("");
    let (directory, path) = file("image.tar", &tar);
    let scan = ["image", "scan", "--format", "json", "--no-cache", "--only", "secret"];
    let target = path.to_str().unwrap();
    (run_in(directory.path(), &[&scan, args, &[target]].concat()), directory)
}

/// `layer N path:line rule severity` of every secret, layers from 1; `config` for those outside.
fn secrets(report: &Value) -> Vec<String> {
    let layers = report["subject"]["layers"].as_array().unwrap();
    let number = |digest: &Value| {
        layers.iter().position(|layer| layer["diff_id"] == *digest).map_or(0, |index| index + 1)
    };
    let findings = report["findings"].as_array().unwrap().iter();
    let mut shown: Vec<String> = findings
        .map(|finding| {
            let (rule, severity) = (&finding["aliases"][0], &finding["severity"]);
            let place = match &finding["location"] {
                place if place.is_null() || place["path"] == "" => {
                    let message = finding["message"].as_str().unwrap();
                    let part = message.split_once(" in ").unwrap().1;
                    format!("layer {} {part}", number(&place["layer"]))
                }
                place => {
                    let (path, line) = (place["path"].as_str().unwrap(), &place["line"]);
                    format!("layer {} {path}:{line}", number(&place["layer"]))
                }
            };
            format!("{place} {} {}", rule.as_str().unwrap(), severity.as_str().unwrap())
        })
        .collect();
    shown.sort();
    shown
}

#[test]
fn planted_secrets_are_found_in_their_layer_and_once() {
    let mut image = ImageBuilder::new();
    let early =
        LayerBuilder::new().file("srv/app/.env", format!("A=b\nTOKEN={}\n", gitlab(1))).finish();
    let deleted = LayerBuilder::new()
        .file("root/.ssh/id_rsa", key())
        .file("srv/app/old.conf", format!("token={}\n", gitlab(2)))
        .finish();
    let above =
        LayerBuilder::new().whiteout("root/.ssh").file("srv/app/old.conf", "token=\n").finish();
    let jar = zip("application.properties", format!("token={}\n", gitlab(3)));
    let backup = LayerBuilder::new().file("home/.netrc.bak", format!("t {}\n", gitlab(4))).finish();
    let nested = LayerBuilder::new()
        .file("opt/shop.war", zip("WEB-INF/lib/shop.jar", jar))
        .file("var/backup.tar", backup.tar)
        // The same secret again is no second finding.
        .file("srv/copy.env", format!("TOKEN={}\n", gitlab(1)))
        .finish();
    image
        .config(ImageConfig {
            env: vec![format!("GITLAB_TOKEN={}", gitlab(5))],
            labels: BTreeMap::from([("org.example.token".to_owned(), gitlab(6))]),
            ..ImageConfig::default()
        })
        .layer(early, "COPY . /srv/app")
        // A second CMD makes other scanners take what is below for the base image.
        .empty_step("CMD [\"sh\"]")
        .layer(deleted, "COPY root /root")
        .layer(above, &format!("RUN curl -H 'PRIVATE-TOKEN: {}' https://git.example/", gitlab(7)))
        .layer(nested, "COPY build /")
        .empty_step(&format!("ENV GITLAB_TOKEN={}", gitlab(5)))
        .empty_step("CMD [\"/srv/app/start\"]");
    let (run, _directory) = scan(&image.build(), &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    insta::assert_snapshot!(secrets(&run.report()).join("\n"), @"
    layer 0 the label org.example.token gitlab-pat critical
    layer 0 the variable GITLAB_TOKEN gitlab-pat critical
    layer 1 srv/app/.env:2 gitlab-pat critical
    layer 2 root/.ssh/id_rsa:1 private-key-rsa high
    layer 2 srv/app/old.conf:1 gitlab-pat critical
    layer 3 step 4 gitlab-pat critical
    layer 4 opt/shop.war!/WEB-INF/lib/shop.jar!/application.properties:1 gitlab-pat critical
    layer 4 var/backup.tar!/home/.netrc.bak:1 gitlab-pat critical
    ");
    for token in (1..=7).map(gitlab) {
        assert!(!run.stdout.contains(&token) && !run.stderr.contains(&token), "a value is shown");
    }
}

#[test]
fn a_clean_image_without_a_distribution_has_no_secret() {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    for (name, version) in [
        ("base-files", "12.4"),
        ("ca-certificates", "20230311"),
        ("libc6", "2.36-9"),
        ("libssl3", "3.0.11-1"),
        ("netbase", "6.4"),
        ("tzdata", "2024a"),
    ] {
        install_distroless(&mut layer, &DebPackage::new(name, version));
    }
    let certificate = |seed: u64| {
        let lines: String = (0..20).map(|line| random(seed * 100 + line, 64) + "\n").collect();
        format!("-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n")
    };
    layer
        .file("etc/ssl/certs/ca-certificates.crt", (0..140).map(certificate).collect::<String>())
        .file("etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/:\n")
        .file("etc/group", "root:x:0:\nnonroot:x:65532:\n")
        .file("etc/nsswitch.conf", "hosts: files dns\n")
        .file("etc/services", "ssh 22/tcp\nhttps 443/tcp\n")
        .file("usr/share/zoneinfo/UTC", b"TZif2\0\0\0")
        .file("usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    let strings = format!("glpat-{}\0password=%s\0Authorization: Bearer ", "x".repeat(20));
    let program = Elf::dynamic(&["libc.so.6"]).section(".rodata", strings.into_bytes());
    let app = LayerBuilder::new()
        .executable("app/server", program.to_bytes())
        .file("app/config.yaml", "token: ${TOKEN}\npassword: \"<from the secret store>\"\n")
        .finish();
    let mut image = ImageBuilder::new();
    image
        .config(ImageConfig {
            env: vec!["PATH=/usr/bin".to_owned(), "SSL_CERT_FILE=/etc/ssl/certs/x".to_owned()],
            user: "65532".to_owned(),
            entrypoint: vec!["/app/server".to_owned()],
            ..ImageConfig::default()
        })
        .layer(layer.finish(), "bazel build ...")
        .layer(app, "COPY server /app/server");
    let (run, _directory) = scan(&image.build(), &[]);
    assert_eq!((secrets(&run.report()), run.code), (vec![], 0));
}

#[test]
fn a_plain_debian_has_no_secret() {
    let Some(tree) = debian() else {
        println!("skipped: debootstrap, root or a mirror of bookworm is missing");
        return;
    };
    let target = format!("dir:{}", tree.display());
    let args = ["image", "scan", "--format", "json", "--no-cache", "--only", "secret", &target];
    let run = run_in(&tree, &args);
    let report = run.report();
    assert_eq!((secrets(&report), run.code), (vec![], 0));
    assert!(report["packages"].as_array().unwrap().len() > 70, "it is no Debian");
}

#[test]
fn what_a_package_ships_is_told_apart_from_what_somebody_put_there() {
    let packages = "usr/lib/python3/site-packages";
    let mut below = LayerBuilder::new();
    install_wheel(&mut below, packages, "demo", "1.0");
    let (test, default) = ("demo/tests/server.key", "demo/default.key");
    let sum = sha256_of(&key());
    below
        .file(format!("{packages}/{test}"), key())
        .file(format!("{packages}/{default}"), key() + "default\n")
        .file(
            format!("{packages}/keys-1.0.dist-info/RECORD"),
            format!(
                "{test},sha256={sum},9\n{default},sha256={},9\n",
                sha256_of(&(key() + "default\n"))
            ),
        );
    // `chmod -R` brings the files up without the list of their sums.
    let above = LayerBuilder::new()
        .file(format!("{packages}/{test}"), key())
        .file(format!("{packages}/{default}"), key() + "default\n")
        .file("srv/app/tests/server.key", key().replace("MIIEpAIBAAKCAQEA", "MIIEpAIBAAKCAQEB"))
        .finish();
    let mut image = ImageBuilder::new();
    image.layer(below.finish(), "RUN pip install demo").layer(above, "RUN chmod -R a+r /usr");
    let (run, _directory) = scan(&image.build(), &[]);
    insta::assert_snapshot!(secrets(&run.report()).join("\n"), @"
    layer 1 usr/lib/python3/site-packages/demo/default.key:1 private-key-rsa info
    layer 2 srv/app/tests/server.key:1 private-key-rsa low
    ");
}

/// As `RECORD` has it.
fn sha256_of(text: &str) -> String {
    use base64::Engine as _;
    let sekisho_types::Digest::Sha256(bytes) = sekisho_testkit::sha256(text.as_bytes()) else {
        panic!("the kit computes SHA-256");
    };
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn users_add_replace_and_disable_rules() {
    let rule = |name: &str, pattern: &str| {
        format!(
            "id: ACME-0001\nname: {name}\ntitle: {{en: ACME key in the image, ja: イメージに ACME のキーがある}}\n\
             severity: medium\nconfidence: high\nrationale: {{en: x, ja: x}}\n\
             remediation: {{en: x, ja: x}}\nkeywords: [acme_]\npattern: '{pattern}'\n\
             match: ['acme_{{{{hex 16}}}}']\n"
        )
    };
    let layer = LayerBuilder::new()
        .file("a.env", format!("A=acme_01f4e9a2b7c3d586\nB={}\n", gitlab(1)))
        .finish();
    let image = ImageBuilder::new().layer(layer, "COPY a.env /").build();
    let settings = |directory: &Path, settings: &str, name: &str| {
        fs_err::create_dir_all(directory.join("rules")).unwrap();
        fs_err::write(directory.join("sekisho.yaml"), settings).unwrap();
        let rule = rule(name, "acme_[0-9a-f]{16}");
        fs_err::write(directory.join("rules/acme.yaml"), rule).unwrap();
    };
    let (_, directory) = scan(&image, &[]);
    let again = |args: &[&str]| {
        let scan = ["image", "scan", "--format", "json", "--only", "secret", "image.tar"];
        run_in(directory.path(), &[&scan, args].concat())
    };
    settings(directory.path(), "secret: {rules: [rules]}\n", "acme-key");
    let found = secrets(&again(&[]).report());
    assert_eq!(found, ["layer 1 a.env:1 acme-key medium", "layer 1 a.env:2 gitlab-pat critical"]);
    settings(
        directory.path(),
        "secret: {rules: [rules], disable: [SEK-SECRET-0001, gitlab-pat]}\n",
        "acme-key",
    );
    assert_eq!(secrets(&again(&[]).report()), ["layer 1 a.env:1 acme-key medium"]);
    settings(directory.path(), "secret: {rules: [rules]}\n", "gitlab-pat");
    let run = again(&[]);
    assert_eq!(secrets(&run.report()), ["layer 1 a.env:1 gitlab-pat medium"]);
    assert_eq!(
        run.report()["notes"][0]["message"],
        "the rule gitlab-pat of the settings takes the place of a built-in one"
    );
}
