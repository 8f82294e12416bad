//! What a scan says, in the shape of its JSON.
//!
//! The names of these fields are a contract with scripts: fields are added, never renamed.
//! The same input gives the same bytes, so nothing here depends on a clock or a hash seed.

use serde::{Deserialize, Serialize};

use crate::{
    Confidence, Coverage, Digest, Executable, FixAdvice, InstalledPackage, Lineage, Origin,
    OsRelease, Severity, Unknown, VulnerabilityFacts,
};

/// Version of the report's shape, in its `schema_version`.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything one run has to say about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub schema_version: u32,
    pub tool: Tool,
    pub subject: Subject,
    pub packages: Vec<InstalledPackage>,
    pub executables: Vec<Executable>,
    pub findings: Vec<Finding>,
    pub checks: Vec<CheckResult>,
    pub unknowns: Vec<Unknown>,
    /// What changed how it was looked, and is no finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    pub verdict: Verdict,
    /// The advisory database that was asked; none when no question needed one.
    pub database: Option<Database>,
    /// Which packages were looked up in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// What clears the vulnerabilities; none where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<FixAdvice>,
    /// What an image has from its base; none for what has no layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// Something to know about a run: settings that took the place of what is built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub message: String,
    /// For people who read Japanese.
    #[serde(skip)]
    pub japanese: Option<String>,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    /// The reference or path as the user gave it, without the prefix of its source; for a bill of
    /// materials, the name of what it is about.
    pub name: String,
    /// Digest of the manifest where the source has one, else of the configuration (the image id).
    pub digest: Option<Digest>,
    /// The source that answered.
    pub source: Source,
    pub os: Option<OsRelease>,
    /// RFC 3339, as the image configuration says.
    pub created: Option<String>,
    /// `linux/amd64`, `linux/arm64/v8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<RunConfig>,
    pub layers: Vec<Layer>,
    /// The image it was likely built on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseImage>,
    /// The bill of materials that was read in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<SourceDocument>,
}

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDocument {
    pub path: String,
    /// `CycloneDX 1.6`, `SPDX 2.3`.
    pub format: String,
    /// Who wrote it, as it says: `syft 1.18.1`.
    pub tool: String,
}

impl Subject {
    /// Files of which nothing is known but their name: no image, so no configuration or layers.
    pub fn of_files(kind: SubjectKind, source: Source, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            digest: None,
            source,
            os: None,
            created: None,
            platform: None,
            config: None,
            layers: Vec::new(),
            base: None,
            document: None,
        }
    }
}

/// The likely base of an image, as far as the image itself tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseImage {
    /// `debian:bookworm`, where anything says so.
    pub name: Option<String>,
    pub digest: Option<String>,
    /// How many of the lowest layers are its own; none where the history does not tell.
    pub n_layers: Option<usize>,
    /// RFC 3339.
    pub created: Option<String>,
    pub evidence: LineageEvidence,
    pub confidence: Confidence,
}

/// What tells the base of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineageEvidence {
    /// Its layers are the lowest of the image's.
    Layers,
    /// `org.opencontainers.image.base.name`.
    Label,
    /// The comment of a builder in the history.
    Comment,
    /// Where the history first says what the image starts.
    History,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    Image,
    Directory,
    /// A file that describes containers: a Dockerfile, a task definition.
    File,
}

/// Where a subject was read from, spelled as the prefix of a TARGET.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Docker,
    Podman,
    Containerd,
    Registry,
    DockerArchive,
    OciArchive,
    OciDir,
    Dir,
    /// A bill of materials, whoever wrote it.
    Sbom,
    /// A file of its own, or text from standard input.
    File,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "containerd",
            Self::Registry => "registry",
            Self::DockerArchive => "docker-archive",
            Self::OciArchive => "oci-archive",
            Self::OciDir => "oci-dir",
            Self::Dir => "dir",
            Self::Sbom => "sbom",
            Self::File => "file",
        }
    }
}

/// How the image starts, as its configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunConfig {
    pub user: String,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub working_dir: String,
    /// Ports as the configuration spells them: `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// Names only: values may be secrets.
    pub env_names: Vec<String>,
    pub has_healthcheck: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub diff_id: Digest,
    /// The command that made it, from the history of the image; empty where it has none.
    pub created_by: String,
    /// Of the uncompressed tar.
    pub size_bytes: u64,
    pub n_files: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable fingerprint: the same finding in the next scan has the same.
    pub id: String,
    pub kind: FindingKind,
    /// `CVE-2022-0778` or `SEK-IMAGE-0001`.
    pub check: String,
    pub aliases: Vec<String>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub title: String,
    pub message: String,
    pub remediation: String,
    pub references: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<FindingPackage>,
    /// For a vulnerability: whether it is fixed, exploited, and how likely to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerability: Option<VulnerabilityFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
    /// Whose layers brought it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What people read in Japanese; formats for machines stay English.
    #[serde(skip)]
    pub japanese: Option<Translation>,
}

/// The texts of a finding in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    pub title: String,
    pub message: String,
    pub remediation: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingKind {
    Vulnerability,
    Secret,
    Configuration,
    Executable,
    Staleness,
    Policy,
    Host,
}

impl FindingKind {
    pub const ALL: [Self; 7] = [
        Self::Vulnerability,
        Self::Secret,
        Self::Configuration,
        Self::Executable,
        Self::Staleness,
        Self::Policy,
        Self::Host,
    ];

    /// As in JSON and behind `--only`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Configuration => "configuration",
            Self::Executable => "executable",
            Self::Staleness => "staleness",
            Self::Policy => "policy",
            Self::Host => "host",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingPackage {
    pub name: String,
    pub version: String,
    pub purl: String,
    pub fixed_version: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub layer: Option<Digest>,
    pub path: String,
    /// From 1.
    pub line: Option<u64>,
    /// From 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The last line, where the place is more than a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u64>,
    /// The first column after the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u64>,
    /// What in the file is meant: a task definition, a container of it (`shop/web`), a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Location {
    /// A file as a whole.
    pub fn of_file(layer: Option<Digest>, path: impl Into<String>) -> Self {
        Self { layer, path: path.into(), ..Self::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub reason: String,
    /// A date, `2027-01-31`.
    pub until: Option<String>,
    pub by: String,
    /// The reason in Japanese, where it is ours and not what somebody wrote.
    #[serde(skip)]
    pub japanese: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    pub check: String,
    pub outcome: CheckOutcome,
    pub message: String,
    /// The message for people who read Japanese.
    #[serde(skip)]
    pub japanese: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Pass,
    Fail,
    NotApplicable,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub result: VerdictResult,
    /// Name or path of the policy that was asked.
    pub policy: String,
    pub reasons: Vec<String>,
    /// The reasons for people who read Japanese: as many, in the same order, or none.
    #[serde(skip)]
    pub japanese: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictResult {
    Pass,
    Fail,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub revision: String,
    pub updated: String,
    pub sources: Vec<DatabaseSource>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseSource {
    pub name: String,
    pub updated: String,
    pub advisories: u64,
}
