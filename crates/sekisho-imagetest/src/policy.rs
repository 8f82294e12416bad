//! Our own schema, `sekisho/1`: an image policy as tests.

mod config;
mod files;
mod init;
mod judge;
mod packages;
mod read;
mod schema;
mod shape;

use std::time::Duration;

use sekisho_types::{Linkage, Severity, report::FindingKind};

pub use init::first_policy;
pub use schema::{json_schema, reference};

use crate::{Located, Mistake, suite::Expectations};

use self::packages::Requirement;

/// What `schemaVersion` says of a file of ours.
pub(crate) const VERSION: &str = "sekisho/1";

/// A policy of ours. What is left out is not asked for.
#[derive(Debug, Clone, Default)]
pub struct ImagePolicy {
    /// Files whose tests count as well, relative to this one.
    pub include: Vec<Located<String>>,
    files: Vec<FileRule>,
    setuid: Option<Vec<Located<String>>>,
    executables: Option<Vec<Located<String>>>,
    shell: Option<Located<bool>>,
    image: ConfigRules,
    max_layers: Option<Located<u64>>,
    max_size: Option<Located<u64>>,
    required_packages: Vec<Located<Requirement>>,
    forbidden_packages: Vec<Located<Requirement>>,
    /// Patterns of names, one of which the base image has.
    base: Option<Vec<Located<String>>>,
    findings: Option<FindingRule>,
    licenses: LicenseRule,
    env: Vec<(String, String)>,
    commands: Vec<Command>,
    /// How containers are made.
    pub run: crate::RunOptions,
    lints: Vec<Mistake>,
}

/// What is asked of the files that a path or a pattern means.
#[derive(Debug, Clone, Default)]
struct FileRule {
    path: Located<String>,
    exists: Option<bool>,
    kind: Option<FileKind>,
    link: Option<String>,
    mode: Option<u16>,
    owner: Option<String>,
    group: Option<String>,
    sha256: Option<String>,
    min_size: Option<u64>,
    max_size: Option<u64>,
    empty: Option<bool>,
    executable: Option<bool>,
    linkage: Option<Linkage>,
    contents: Expectations,
    min_count: Option<u64>,
    max_count: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    File,
    Directory,
    Symlink,
    CharDevice,
    BlockDevice,
    Fifo,
}

/// What is asked of the configuration.
#[derive(Debug, Clone, Default)]
struct ConfigRules {
    user: Option<Located<String>>,
    not_root: Option<Located<bool>>,
    entrypoint: Option<Located<Vec<String>>>,
    cmd: Option<Located<Vec<String>>>,
    workdir: Option<Located<String>>,
    env: Vec<(String, Located<String>)>,
    forbidden_env: Vec<Located<String>>,
    labels: Vec<(String, Located<String>)>,
    forbidden_labels: Vec<Located<String>>,
    /// Exactly these.
    ports: Option<Located<Vec<String>>>,
    volumes: Option<Located<Vec<String>>>,
    healthcheck: Option<Located<bool>>,
    stop_signal: Option<Located<String>>,
    platform: Option<Located<String>>,
}

#[derive(Debug, Clone)]
struct FindingRule {
    /// The worst that is let pass.
    max_severity: Located<Severity>,
    kinds: Vec<FindingKind>,
}

#[derive(Debug, Clone, Default)]
struct LicenseRule {
    debian: bool,
    files: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Command {
    name: Located<String>,
    run: Vec<String>,
    setup: Vec<Vec<String>>,
    teardown: Vec<Vec<String>>,
    env: Vec<(String, String)>,
    exit_code: i64,
    stdout: Expectations,
    stderr: Expectations,
    silent: bool,
    timeout: Option<Duration>,
    network: Option<bool>,
}

impl ImagePolicy {
    pub fn lints(&self) -> &[Mistake] {
        &self.lints
    }

    /// Whether packages, programs or findings are asked for, which take a scan.
    pub fn needs_report(&self) -> bool {
        !self.required_packages.is_empty()
            || !self.forbidden_packages.is_empty()
            || self.base.is_some()
            || self.findings.is_some()
            || self.files.iter().any(|rule| rule.linkage.is_some())
    }

    /// The kinds of findings that are asked for.
    pub fn kinds(&self) -> &[FindingKind] {
        self.findings.as_ref().map(|rule| rule.kinds.as_slice()).unwrap_or_default()
    }
}
