//! A suite of container-structure-test, versions 1.0.0 and 2.0.0 of its schema.
//!
//! # Source
//!
//! The types of the peer's packages `v1`, `v2` and `unversioned`, version 1.22.

mod read;

use crate::{Located, Mistake, Place};

/// A suite of the peer.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    pub is_version_1: bool,
    pub global_env: Vec<Variable>,
    pub commands: Vec<CommandTest>,
    pub existence: Vec<FileExistenceTest>,
    pub contents: Vec<FileContentTest>,
    pub metadata: MetadataTest,
    pub licenses: Vec<LicenseTest>,
    pub options: RunOptions,
    /// What is allowed, and likely not meant.
    pub lints: Vec<Mistake>,
}

/// A name with a value that is expected or given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variable {
    pub key: String,
    pub value: Located<String>,
    pub is_regex: bool,
}

#[derive(Debug, Clone, Default)]
pub struct CommandTest {
    pub place: Place,
    pub name: String,
    pub setup: Vec<Vec<String>>,
    pub teardown: Vec<Vec<String>>,
    pub env: Vec<Variable>,
    pub exit_code: i64,
    /// With its arguments.
    pub command: Vec<String>,
    pub output: Expectations,
    pub error: Expectations,
}

/// Patterns that a text has to match, and those that it must not.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    pub expected: Vec<Located<String>>,
    pub excluded: Vec<Located<String>>,
}

#[derive(Debug, Clone, Default)]
pub struct FileExistenceTest {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub should_exist: bool,
    /// As Go prints modes; empty where it is not asked for.
    pub permissions: Located<String>,
    /// -1 where it is not asked for.
    pub uid: i64,
    pub gid: i64,
    /// `any`, `owner`, `group`, `other`; empty where it is not asked for.
    pub executable_by: Located<String>,
}

#[derive(Debug, Clone, Default)]
pub struct FileContentTest {
    pub place: Place,
    pub name: String,
    pub path: String,
    pub contents: Expectations,
}

#[derive(Debug, Clone, Default)]
pub struct MetadataTest {
    pub env: Vec<Variable>,
    pub unbound_env: Vec<Variable>,
    pub exposed_ports: Vec<Located<String>>,
    pub unexposed_ports: Vec<Located<String>>,
    /// None where it is not asked for.
    pub entrypoint: Option<Vec<String>>,
    pub cmd: Option<Vec<String>>,
    pub workdir: String,
    pub volumes: Vec<Located<String>>,
    pub unmounted_volumes: Vec<Located<String>>,
    pub labels: Vec<Variable>,
    pub user: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LicenseTest {
    pub debian: bool,
    pub files: Vec<String>,
}

/// How containers of command tests are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOptions {
    pub user: String,
    pub privileged: bool,
    pub tty: bool,
    /// Names of variables that are handed down from the caller.
    pub env_names: Vec<Located<String>>,
    /// A file with variables; empty for none.
    pub env_file: Located<String>,
    pub capabilities: Vec<String>,
    /// `src:dst[:ro]`.
    pub bind_mounts: Vec<Located<String>>,
}

impl MetadataTest {
    pub fn is_empty(&self) -> bool {
        self.env.is_empty()
            && self.unbound_env.is_empty()
            && self.exposed_ports.is_empty()
            && self.unexposed_ports.is_empty()
            && self.entrypoint.is_none()
            && self.cmd.is_none()
            && self.workdir.is_empty()
            && self.volumes.is_empty()
            && self.unmounted_volumes.is_empty()
            && self.labels.is_empty()
            && self.user.is_empty()
    }
}
