//! The normal form: what runs, whatever the notation says it in.

use crate::{
    field::{Field, List, Pair, Spot},
    source::Place,
};

/// Containers that run together: a task definition, a pod, a service of a compose file.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// Its family, or the name of its resource.
    pub name: String,
    /// Where it is named.
    pub place: Place,
    pub notation: Notation,
    pub network_mode: Field<String>,
    pub pid_mode: Field<String>,
    pub ipc_mode: Field<String>,
    pub cpu: Field<String>,
    pub memory: Field<String>,
    pub task_role: Field<String>,
    pub execution_role: Field<String>,
    pub compatibilities: List<Spot<String>>,
    pub volumes: List<Volume>,
    pub os_family: Field<String>,
    pub ephemeral_storage: Field<i64>,
    pub fault_injection: Field<bool>,
    pub isolation_mode: Field<String>,
    pub tags: List<Pair>,
    pub containers: List<Container>,
    /// What the API would refuse in how it is written.
    pub mistakes: Vec<Mistake>,
}

/// Whose words a task is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notation {
    #[default]
    TaskDefinition,
    CloudFormation,
    Terraform,
}

/// Something that the API would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub place: Place,
    /// The container it is in.
    pub container: Option<String>,
    /// The member it is about.
    pub key: String,
    pub kind: MistakeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MistakeKind {
    /// No such member; one that may be meant.
    UnknownMember(Option<&'static str>),
    /// What it has to be.
    WrongType(&'static str),
    Missing,
}

#[derive(Debug, Clone, Default)]
pub struct Container {
    /// Empty where it has none.
    pub name: String,
    pub place: Place,
    pub image: Field<String>,
    pub user: Field<String>,
    pub privileged: Field<bool>,
    pub readonly_root: Field<bool>,
    pub cpu: Field<i64>,
    pub memory: Field<i64>,
    pub memory_reservation: Field<i64>,
    pub essential: Field<bool>,
    pub links: List<Spot<String>>,
    pub ports: List<Port>,
    pub entry_point: List<Spot<String>>,
    pub command: List<Spot<String>>,
    pub environment: List<Pair>,
    pub environment_files: List<Spot<String>>,
    pub secrets: List<Pair>,
    pub mounts: List<Mount>,
    pub volumes_from: List<Mount>,
    pub depends_on: List<Pair>,
    pub capabilities_add: List<Spot<String>>,
    pub capabilities_drop: List<Spot<String>>,
    pub devices: List<Device>,
    pub init: Field<bool>,
    pub tmpfs: List<Tmpfs>,
    pub max_swap: Field<i64>,
    pub shared_memory: Field<i64>,
    pub start_timeout: Field<i64>,
    pub stop_timeout: Field<i64>,
    pub restart_policy: Field<RestartPolicy>,
    pub version_consistency: Field<String>,
    pub hostname: Field<String>,
    pub disable_networking: Field<bool>,
    pub dns_servers: List<Spot<String>>,
    pub dns_search_domains: List<Spot<String>>,
    pub extra_hosts: List<Pair>,
    pub security_options: List<Spot<String>>,
    pub interactive: Field<bool>,
    pub pseudo_terminal: Field<bool>,
    pub labels: List<Pair>,
    pub ulimits: List<Ulimit>,
    pub log: Field<Log>,
    pub health_check: Field<List<Spot<String>>>,
    pub system_controls: List<Pair>,
    pub firelens: Field<Firelens>,
    pub repository_credentials: Field<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Port {
    pub place: Place,
    pub container: Field<i64>,
    pub host: Field<i64>,
    pub range: Field<String>,
    pub name: Field<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Mount {
    pub place: Place,
    /// The volume, or the container whose volumes are taken.
    pub source: Field<String>,
    pub path: Field<String>,
    pub read_only: Field<bool>,
}

#[derive(Debug, Clone, Default)]
pub struct Device {
    pub place: Place,
    pub host_path: Field<String>,
    pub permissions: List<Spot<String>>,
}

#[derive(Debug, Clone, Default)]
pub struct Tmpfs {
    pub place: Place,
    pub path: Field<String>,
    pub options: List<Spot<String>>,
}

#[derive(Debug, Clone, Default)]
pub struct RestartPolicy {
    pub enabled: Field<bool>,
    pub ignored_exit_codes: List<Spot<String>>,
    pub period: Field<i64>,
}

#[derive(Debug, Clone, Default)]
pub struct Ulimit {
    pub place: Place,
    pub name: Field<String>,
    pub soft: Field<i64>,
    pub hard: Field<i64>,
}

#[derive(Debug, Clone, Default)]
pub struct Log {
    pub driver: Field<String>,
    pub options: List<Pair>,
    pub secret_options: List<Pair>,
}

#[derive(Debug, Clone, Default)]
pub struct Firelens {
    pub kind: Field<String>,
    pub options: List<Pair>,
}

#[derive(Debug, Clone, Default)]
pub struct Volume {
    pub name: Field<String>,
    pub place: Place,
    /// The path on the host, where the volume names one.
    pub host_path: Field<String>,
    pub docker: Field<DockerVolume>,
    pub efs: Field<EfsVolume>,
    pub configured_at_launch: Field<bool>,
}

#[derive(Debug, Clone, Default)]
pub struct DockerVolume {
    pub scope: Field<String>,
    pub autoprovision: Field<bool>,
    pub driver: Field<String>,
    pub driver_options: List<Pair>,
}

#[derive(Debug, Clone, Default)]
pub struct EfsVolume {
    pub root_directory: Field<String>,
    pub transit_encryption: Field<String>,
    pub access_point: Field<String>,
    pub iam: Field<String>,
}

impl Log {
    pub fn option(&self, name: &str) -> Option<&Pair> {
        self.options.iter().find(|pair| pair.name == name)
    }
}

impl Task {
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.name.text() == Some(name))
    }

    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers.iter().find(|container| container.name == name)
    }

    pub fn is_windows(&self) -> bool {
        self.os_family
            .text()
            .is_some_and(|family| family.to_ascii_uppercase().starts_with("WINDOWS"))
    }
}
