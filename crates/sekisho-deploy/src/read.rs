//! A value in the words of the ECS API → the normal form.

use crate::{
    conform::conform,
    field::{Field, List, Pair, Spot},
    node::Node,
    schema::TASK_DEFINITION,
    task::{
        Container, Device, DockerVolume, EfsVolume, Firelens, Log, Mount, Notation, Port,
        RestartPolicy, Task, Tmpfs, Ulimit, Volume,
    },
};

/// Reads a task definition; `name` is used where it has no family.
pub(crate) fn task(node: &Node, notation: Notation, name: &str) -> Task {
    let mut mistakes = Vec::new();
    let node = conform(node, &TASK_DEFINITION, notation, &mut mistakes);
    let family = node.get("family");
    let platform = node.get("runtimePlatform").cloned().unwrap_or(Node::unknown(node.place));
    let child = |key: &str| node.get(key).cloned().unwrap_or_else(|| empty(&node));
    Task {
        name: family
            .filter(|family| !family.is_unknown())
            .and_then(Node::as_text)
            .map_or_else(|| name.to_owned(), crate::node::shown),
        place: family.map_or(node.place, |family| family.place),
        notation,
        network_mode: node.text_field("networkMode"),
        pid_mode: node.text_field("pidMode"),
        ipc_mode: node.text_field("ipcMode"),
        cpu: node.text_field("cpu"),
        memory: node.text_field("memory"),
        task_role: node.text_field("taskRoleArn"),
        execution_role: node.text_field("executionRoleArn"),
        compatibilities: node.texts_field("requiresCompatibilities"),
        volumes: node.list_field("volumes", |node| Some(volume(node))),
        os_family: platform.text_field("operatingSystemFamily"),
        ephemeral_storage: child("ephemeralStorage").number_field("sizeInGiB"),
        fault_injection: node.flag_field("enableFaultInjection"),
        isolation_mode: child("trustedExecutionConfiguration").text_field("isolationMode"),
        tags: node.pairs_field("tags", "key", "value"),
        containers: node.list_field("containerDefinitions", container),
        mistakes,
    }
}

fn empty(node: &Node) -> Node {
    Node::map(Vec::new(), node.place)
}

fn container(node: &Node) -> Option<Container> {
    if !node.is_map() {
        return None;
    }
    let name = node.get("name");
    let linux = node.get("linuxParameters").cloned().unwrap_or_else(|| empty(node));
    let capabilities = linux.get("capabilities").cloned().unwrap_or_else(|| empty(node));
    // Nothing below is known where the whole is not.
    let below = |parent: &Node, list: List<Spot<String>>| {
        let is_open = list.is_open || parent.is_unknown() || linux.is_unknown();
        List { is_open, ..list }
    };
    Some(Container {
        name: name.and_then(Node::as_text).map(crate::node::shown).unwrap_or_default(),
        place: name.map_or(node.place, |name| name.place),
        image: node.text_field("image"),
        user: node.text_field("user"),
        privileged: node.flag_field("privileged"),
        readonly_root: node.flag_field("readonlyRootFilesystem"),
        cpu: node.number_field("cpu"),
        memory: node.number_field("memory"),
        memory_reservation: node.number_field("memoryReservation"),
        essential: node.flag_field("essential"),
        links: node.texts_field("links"),
        ports: node.list_field("portMappings", |node| Some(port(node))),
        entry_point: node.texts_field("entryPoint"),
        command: node.texts_field("command"),
        environment: node.pairs_field("environment", "name", "value"),
        environment_files: node.list_field("environmentFiles", |node| {
            let value = node.get("value")?;
            Some(Spot { value: value.as_text()?.to_owned(), place: value.place })
        }),
        secrets: node.pairs_field("secrets", "name", "valueFrom"),
        mounts: node.list_field("mountPoints", |node| {
            Some(mount(node, "sourceVolume", node.text_field("containerPath")))
        }),
        volumes_from: node
            .list_field("volumesFrom", |node| Some(mount(node, "sourceContainer", Field::Absent))),
        depends_on: node.pairs_field("dependsOn", "containerName", "condition"),
        capabilities_add: below(&capabilities, capabilities.texts_field("add")),
        capabilities_drop: below(&capabilities, capabilities.texts_field("drop")),
        devices: linux.list_field("devices", |node| {
            Some(Device {
                place: node.place,
                host_path: node.text_field("hostPath"),
                permissions: node.texts_field("permissions"),
            })
        }),
        init: linux.flag_field("initProcessEnabled"),
        tmpfs: linux.list_field("tmpfs", |node| {
            Some(Tmpfs {
                place: node.get("containerPath").map_or(node.place, |path| path.place),
                path: node.text_field("containerPath"),
                options: node.texts_field("mountOptions"),
            })
        }),
        max_swap: linux.number_field("maxSwap"),
        shared_memory: linux.number_field("sharedMemorySize"),
        start_timeout: node.number_field("startTimeout"),
        stop_timeout: node.number_field("stopTimeout"),
        restart_policy: node.field("restartPolicy", |node| {
            Some(RestartPolicy {
                enabled: node.flag_field("enabled"),
                ignored_exit_codes: node.texts_field("ignoredExitCodes"),
                period: node.number_field("restartAttemptPeriod"),
            })
        }),
        version_consistency: node.text_field("versionConsistency"),
        hostname: node.text_field("hostname"),
        disable_networking: node.flag_field("disableNetworking"),
        dns_servers: node.texts_field("dnsServers"),
        dns_search_domains: node.texts_field("dnsSearchDomains"),
        extra_hosts: node.pairs_field("extraHosts", "hostname", "ipAddress"),
        security_options: node.texts_field("dockerSecurityOptions"),
        interactive: node.flag_field("interactive"),
        pseudo_terminal: node.flag_field("pseudoTerminal"),
        labels: node.names_field("dockerLabels"),
        ulimits: node.list_field("ulimits", |node| {
            Some(Ulimit {
                place: node.get("name").map_or(node.place, |name| name.place),
                name: node.text_field("name"),
                soft: node.number_field("softLimit"),
                hard: node.number_field("hardLimit"),
            })
        }),
        log: node.field("logConfiguration", |node| {
            Some(Log {
                driver: node.text_field("logDriver"),
                options: node.names_field("options"),
                secret_options: node.pairs_field("secretOptions", "name", "valueFrom"),
            })
        }),
        health_check: node.field("healthCheck", |node| Some(node.texts_field("command"))),
        system_controls: node.pairs_field("systemControls", "namespace", "value"),
        firelens: node.field("firelensConfiguration", |node| {
            Some(Firelens { kind: node.text_field("type"), options: node.names_field("options") })
        }),
        repository_credentials: node
            .get("repositoryCredentials")
            .map(|node| node.text_field("credentialsParameter"))
            .unwrap_or_default(),
    })
}

fn port(node: &Node) -> Port {
    Port {
        place: node.get("containerPort").map_or(node.place, |port| port.place),
        container: node.number_field("containerPort"),
        host: node.number_field("hostPort"),
        range: node.text_field("containerPortRange"),
        name: node.text_field("name"),
    }
}

fn mount(node: &Node, source: &str, path: Field<String>) -> Mount {
    Mount {
        place: node.get(source).map_or(node.place, |source| source.place),
        source: node.text_field(source),
        path,
        read_only: node.flag_field("readOnly"),
    }
}

fn volume(node: &Node) -> Volume {
    let name = node.get("name");
    Volume {
        name: node.text_field("name"),
        place: name.map_or(node.place, |name| name.place),
        host_path: node.get("host").map(|host| host.text_field("sourcePath")).unwrap_or_default(),
        docker: node.field("dockerVolumeConfiguration", |node| {
            Some(DockerVolume {
                scope: node.text_field("scope"),
                autoprovision: node.flag_field("autoprovision"),
                driver: node.text_field("driver"),
                driver_options: node.names_field("driverOpts"),
            })
        }),
        efs: node.field("efsVolumeConfiguration", |node| {
            let authorization =
                node.get("authorizationConfig").cloned().unwrap_or_else(|| empty(node));
            Some(EfsVolume {
                root_directory: node.text_field("rootDirectory"),
                transit_encryption: node.text_field("transitEncryption"),
                access_point: authorization.text_field("accessPointId"),
                iam: authorization.text_field("iam"),
            })
        }),
        configured_at_launch: node.flag_field("configuredAtLaunch"),
    }
}

/// The pairs that name what one before them names.
pub(crate) fn duplicates(pairs: &[Pair]) -> impl Iterator<Item = &Pair> {
    pairs.iter().enumerate().filter_map(|(index, pair)| {
        pairs.iter().take(index).any(|before| before.name == pair.name).then_some(pair)
    })
}
