//! The members of task definitions, as `RegisterTaskDefinition` of the ECS API takes them.
//!
//! Source: the service model of ECS in botocore 1.44.5.

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// A whole number.
    Number,
    Flag,
    Texts,
    /// Names that the user gives, each with a text.
    Names,
    One(&'static Shape),
    Many(&'static Shape),
}

/// The members of a structure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) members: &'static [(&'static str, Type)],
    pub(crate) required: &'static [&'static str],
}

use Type::{Flag, Many, Names, Number, One, Text, Texts};

const fn shape(members: &'static [(&'static str, Type)]) -> Shape {
    Shape { members, required: &[] }
}

pub(crate) static TASK_DEFINITION: Shape = Shape {
    members: &[
        ("family", Text),
        ("taskRoleArn", Text),
        ("executionRoleArn", Text),
        ("networkMode", Text),
        ("containerDefinitions", Many(&CONTAINER)),
        ("volumes", Many(&VOLUME)),
        ("placementConstraints", Many(&PLACEMENT_CONSTRAINT)),
        ("requiresCompatibilities", Texts),
        ("cpu", Text),
        ("memory", Text),
        ("tags", Many(&TAG)),
        ("pidMode", Text),
        ("ipcMode", Text),
        ("proxyConfiguration", One(&PROXY)),
        ("inferenceAccelerators", Many(&ACCELERATOR)),
        ("ephemeralStorage", One(&EPHEMERAL_STORAGE)),
        ("runtimePlatform", One(&PLATFORM)),
        ("enableFaultInjection", Flag),
        ("trustedExecutionConfiguration", One(&TRUSTED_EXECUTION)),
    ],
    required: &["containerDefinitions"],
};

/// What `DescribeTaskDefinition` adds, and no one writes.
pub(crate) const DESCRIBED: &[&str] = &[
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

static CONTAINER: Shape = Shape {
    members: &[
        ("name", Text),
        ("image", Text),
        ("repositoryCredentials", One(&REPOSITORY_CREDENTIALS)),
        ("cpu", Number),
        ("memory", Number),
        ("memoryReservation", Number),
        ("links", Texts),
        ("portMappings", Many(&PORT_MAPPING)),
        ("essential", Flag),
        ("restartPolicy", One(&RESTART_POLICY)),
        ("entryPoint", Texts),
        ("command", Texts),
        ("environment", Many(&PAIR)),
        ("environmentFiles", Many(&ENVIRONMENT_FILE)),
        ("mountPoints", Many(&MOUNT_POINT)),
        ("volumesFrom", Many(&VOLUME_FROM)),
        ("linuxParameters", One(&LINUX_PARAMETERS)),
        ("secrets", Many(&SECRET)),
        ("dependsOn", Many(&DEPENDENCY)),
        ("startTimeout", Number),
        ("stopTimeout", Number),
        ("versionConsistency", Text),
        ("hostname", Text),
        ("user", Text),
        ("workingDirectory", Text),
        ("disableNetworking", Flag),
        ("privileged", Flag),
        ("readonlyRootFilesystem", Flag),
        ("dnsServers", Texts),
        ("dnsSearchDomains", Texts),
        ("extraHosts", Many(&HOST_ENTRY)),
        ("dockerSecurityOptions", Texts),
        ("interactive", Flag),
        ("pseudoTerminal", Flag),
        ("dockerLabels", Names),
        ("ulimits", Many(&ULIMIT)),
        ("logConfiguration", One(&LOG_CONFIGURATION)),
        ("healthCheck", One(&HEALTH_CHECK)),
        ("systemControls", Many(&SYSTEM_CONTROL)),
        ("resourceRequirements", Many(&RESOURCE_REQUIREMENT)),
        ("firelensConfiguration", One(&FIRELENS)),
        ("credentialSpecs", Texts),
    ],
    required: &["name", "image"],
};

static REPOSITORY_CREDENTIALS: Shape =
    Shape { members: &[("credentialsParameter", Text)], required: &["credentialsParameter"] };

static PORT_MAPPING: Shape = shape(&[
    ("containerPort", Number),
    ("hostPort", Number),
    ("protocol", Text),
    ("name", Text),
    ("appProtocol", Text),
    ("containerPortRange", Text),
]);

static RESTART_POLICY: Shape = Shape {
    members: &[("enabled", Flag), ("ignoredExitCodes", Texts), ("restartAttemptPeriod", Number)],
    required: &["enabled"],
};

static PAIR: Shape = shape(&[("name", Text), ("value", Text)]);

static TAG: Shape = shape(&[("key", Text), ("value", Text)]);

static ENVIRONMENT_FILE: Shape =
    Shape { members: &[("value", Text), ("type", Text)], required: &["value", "type"] };

static MOUNT_POINT: Shape =
    shape(&[("sourceVolume", Text), ("containerPath", Text), ("readOnly", Flag)]);

static VOLUME_FROM: Shape = shape(&[("sourceContainer", Text), ("readOnly", Flag)]);

static LINUX_PARAMETERS: Shape = shape(&[
    ("capabilities", One(&CAPABILITIES)),
    ("devices", Many(&DEVICE)),
    ("initProcessEnabled", Flag),
    ("sharedMemorySize", Number),
    ("tmpfs", Many(&TMPFS)),
    ("maxSwap", Number),
    ("swappiness", Number),
]);

static CAPABILITIES: Shape = shape(&[("add", Texts), ("drop", Texts)]);

static DEVICE: Shape = Shape {
    members: &[("hostPath", Text), ("containerPath", Text), ("permissions", Texts)],
    required: &["hostPath"],
};

static TMPFS: Shape = Shape {
    members: &[("containerPath", Text), ("size", Number), ("mountOptions", Texts)],
    required: &["containerPath", "size"],
};

static SECRET: Shape =
    Shape { members: &[("name", Text), ("valueFrom", Text)], required: &["name", "valueFrom"] };

static DEPENDENCY: Shape = Shape {
    members: &[("containerName", Text), ("condition", Text)],
    required: &["containerName", "condition"],
};

static HOST_ENTRY: Shape = Shape {
    members: &[("hostname", Text), ("ipAddress", Text)],
    required: &["hostname", "ipAddress"],
};

static ULIMIT: Shape = Shape {
    members: &[("name", Text), ("softLimit", Number), ("hardLimit", Number)],
    required: &["name", "softLimit", "hardLimit"],
};

static LOG_CONFIGURATION: Shape = Shape {
    members: &[("logDriver", Text), ("options", Names), ("secretOptions", Many(&SECRET))],
    required: &["logDriver"],
};

static HEALTH_CHECK: Shape = Shape {
    members: &[
        ("command", Texts),
        ("interval", Number),
        ("timeout", Number),
        ("retries", Number),
        ("startPeriod", Number),
    ],
    required: &["command"],
};

static SYSTEM_CONTROL: Shape = shape(&[("namespace", Text), ("value", Text)]);

static RESOURCE_REQUIREMENT: Shape = Shape {
    members: &[("value", Text), ("type", Text), ("sharingStrategy", Text)],
    required: &["value", "type"],
};

static FIRELENS: Shape =
    Shape { members: &[("type", Text), ("options", Names)], required: &["type"] };

static VOLUME: Shape = shape(&[
    ("name", Text),
    ("host", One(&HOST_VOLUME)),
    ("dockerVolumeConfiguration", One(&DOCKER_VOLUME)),
    ("efsVolumeConfiguration", One(&EFS_VOLUME)),
    ("fsxWindowsFileServerVolumeConfiguration", One(&FSX_VOLUME)),
    ("s3filesVolumeConfiguration", One(&S3_VOLUME)),
    ("configuredAtLaunch", Flag),
]);

static HOST_VOLUME: Shape = shape(&[("sourcePath", Text)]);

static DOCKER_VOLUME: Shape = shape(&[
    ("scope", Text),
    ("autoprovision", Flag),
    ("driver", Text),
    ("driverOpts", Names),
    ("labels", Names),
]);

static EFS_VOLUME: Shape = Shape {
    members: &[
        ("fileSystemId", Text),
        ("rootDirectory", Text),
        ("transitEncryption", Text),
        ("transitEncryptionPort", Number),
        ("authorizationConfig", One(&EFS_AUTHORIZATION)),
    ],
    required: &["fileSystemId"],
};

static EFS_AUTHORIZATION: Shape = shape(&[("accessPointId", Text), ("iam", Text)]);

static FSX_VOLUME: Shape = Shape {
    members: &[
        ("fileSystemId", Text),
        ("rootDirectory", Text),
        ("authorizationConfig", One(&FSX_AUTHORIZATION)),
    ],
    required: &["fileSystemId", "rootDirectory", "authorizationConfig"],
};

static FSX_AUTHORIZATION: Shape = shape(&[("credentialsParameter", Text), ("domain", Text)]);

static S3_VOLUME: Shape = shape(&[
    ("fileSystemArn", Text),
    ("rootDirectory", Text),
    ("transitEncryptionPort", Number),
    ("accessPointArn", Text),
]);

static PLACEMENT_CONSTRAINT: Shape = shape(&[("type", Text), ("expression", Text)]);

static PROXY: Shape = Shape {
    members: &[("type", Text), ("containerName", Text), ("properties", Many(&PAIR))],
    required: &["containerName"],
};

static ACCELERATOR: Shape = Shape {
    members: &[("deviceName", Text), ("deviceType", Text)],
    required: &["deviceName", "deviceType"],
};

static EPHEMERAL_STORAGE: Shape =
    Shape { members: &[("sizeInGiB", Number)], required: &["sizeInGiB"] };

static PLATFORM: Shape = shape(&[("cpuArchitecture", Text), ("operatingSystemFamily", Text)]);

static TRUSTED_EXECUTION: Shape =
    shape(&[("isolationMode", Text), ("attestationPolicy", One(&ATTESTATION))]);

static ATTESTATION: Shape = shape(&[("type", Text), ("policyArn", Text), ("value", Text)]);

/// Members whose name in CloudFormation is not that of the API, case aside.
pub(crate) const CLOUDFORMATION_NAMES: &[(&str, &str)] =
    &[("proxyConfigurationProperties", "properties"), ("filesystemId", "fileSystemId")];

/// Members of whatever structure: where somebody looked for one of them, it exists elsewhere.
pub(crate) fn all_members() -> impl Iterator<Item = &'static str> {
    fn of(shape: &'static Shape, found: &mut Vec<&'static str>) {
        for (name, kind) in shape.members {
            found.push(name);
            if let One(shape) | Many(shape) = kind {
                of(shape, found);
            }
        }
    }
    let mut found = Vec::new();
    of(&TASK_DEFINITION, &mut found);
    found.sort_unstable();
    found.dedup();
    found.into_iter()
}
