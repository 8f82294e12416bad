//! Secrets of an image: each once, at the layer that brought it.

use std::{fmt::Write as _, sync::Arc};

use sekisho_scan::{Config, Progress, scan};
use sekisho_secret::RuleSet;
use sekisho_testkit::demo;
use sekisho_types::report::{FindingKind, Report};

use crate::images::archive;

fn report_of_demo(secrets: Option<Arc<RuleSet>>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.tar");
    fs_err::write(&path, archive(demo::NAME, &demo::image())).unwrap();
    let target = format!("docker-archive:{}", path.display()).parse().unwrap();
    let config = Config { secrets, ..Config::default() };
    scan(&target, &config, &Arc::new(Progress::default())).unwrap()
}

#[test]
fn secrets_are_found_in_every_layer_and_said_once() {
    let report = report_of_demo(Some(Arc::new(RuleSet::builtin())));
    let mut shown = String::new();
    for finding in report.findings.iter().filter(|it| it.kind == FindingKind::Secret) {
        let location = finding.location.as_ref();
        let layer = location.and_then(|location| {
            report.subject.layers.iter().position(|layer| Some(layer.diff_id) == location.layer)
        });
        let place = location.map(|it| format!("{}:{}", it.path, it.line.unwrap_or(0)));
        let message = finding.message.split("; layer").collect::<Vec<_>>();
        let hidden = if message.len() > 1 { " (hidden)" } else { "" };
        writeln!(
            shown,
            "{} {} layer {layer:?}: {}{hidden}",
            finding.aliases.join(","),
            place.unwrap_or_default(),
            message.first().copied().unwrap_or_default()
        )
        .unwrap();
    }
    insta::assert_snapshot!(shown, @"
    aws-secret-access-key root/.aws/credentials:3 layer Some(8): *** (40 characters) at column 25
    github-pat srv/shop/settings.py:2 layer Some(2): ghp_*** (40 characters) at column 17
    npm-access-token srv/shop/.npmrc:1 layer Some(2): npm_*** (40 characters) at column 31 (hidden)
    aws-access-key-id root/.aws/credentials:2 layer Some(8): AKIA*** (20 characters) at column 21
    private-key-rsa root/.ssh/id_rsa:1 layer Some(8): *** (1621 characters) at column 1 (hidden)
    postgres-url-password  layer None: *** (22 characters) in the variable DATABASE_URL
    ");
}

#[test]
fn secrets_are_not_looked_for_when_nobody_asks() {
    let report = report_of_demo(None);
    assert!(report.findings.iter().all(|finding| finding.kind != FindingKind::Secret));
}
