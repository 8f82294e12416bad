//! What matching says of real systems, against what is computed or said elsewhere.

mod alpine;
mod debian;

use std::{collections::BTreeSet, path::Path, process::Command, sync::Arc};

use sekisho_advisory::{Advisory, Database, DatabaseBuilder, SigningKey, TrustedKeys};
use sekisho_scan::{Config, Progress, scan};
use sekisho_types::report::{FindingKind, Report};

/// The report on a target, looked up among these advisories alone.
fn looked_up(target: &str, advisories: Vec<Advisory>) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    let builder = DatabaseBuilder::new();
    let builder = advisories.into_iter().fold(builder, |builder, it| builder.add("test", it));
    builder.write(directory.path(), &key).unwrap();
    let database = Database::open(directory.path(), &TrustedKeys::new([key.public()])).unwrap();
    let config = Config {
        database: Some(Arc::new(database)),
        kinds: Some(vec![FindingKind::Vulnerability]),
        ..Config::default()
    };
    scan(&target.parse().unwrap(), &config, &Arc::new(Progress::default())).unwrap()
}

/// Package and number of each finding.
fn found(report: &Report) -> BTreeSet<(String, String)> {
    let of = |finding: &sekisho_types::report::Finding| {
        (finding.package.as_ref().unwrap().name.clone(), finding.check.clone())
    };
    report.findings.iter().map(of).collect()
}

/// What a program writes; none where it is not there or fails.
fn output(program: &str, args: &[&str], directory: &Path) -> Option<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "another program is asked the same")]
    let output = Command::new(program).args(args).current_dir(directory).output().ok()?;
    output.status.success().then_some(output.stdout)
}
