//! From the tree of a file to a suite.

use super::{
    CommandTest, Expectations, FileContentTest, FileExistenceTest, LicenseTest, MetadataTest,
    RunOptions, Suite, Variable,
};
use crate::{
    Located, Mistake, Notation,
    document::Node,
    fields::{Decoder, Fields},
};

impl Suite {
    /// Reads the fields of a suite; mistakes and lints stay with the decoder.
    pub(crate) fn read(node: &Node, is_version_1: bool, decoder: &mut Decoder) -> Self {
        let names: &[&'static str] = if is_version_1 {
            &[
                "schemaVersion",
                "globalEnvVars",
                "commandTests",
                "fileExistenceTests",
                "fileContentTests",
                "licenseTests",
            ]
        } else {
            &[
                "schemaVersion",
                "globalEnvVars",
                "commandTests",
                "fileExistenceTests",
                "fileContentTests",
                "metadataTest",
                "licenseTests",
                "containerRunOptions",
            ]
        };
        let Some(fields) = decoder.fields(node, names) else { return Self::default() };
        Self {
            is_version_1,
            global_env: decoder.list_field(&fields, "globalEnvVars", variable),
            commands: decoder.list_field(&fields, "commandTests", |decoder, node| {
                command(node, is_version_1, decoder)
            }),
            existence: decoder.list_field(&fields, "fileExistenceTests", |decoder, node| {
                existence(node, is_version_1, decoder)
            }),
            contents: decoder.list_field(&fields, "fileContentTests", content),
            metadata: fields
                .get("metadataTest")
                .map(|node| metadata(node, decoder))
                .unwrap_or_default(),
            licenses: decoder.list_field(&fields, "licenseTests", license),
            options: fields
                .get("containerRunOptions")
                .map(|node| options(node, decoder))
                .unwrap_or_default(),
            lints: Vec::new(),
        }
    }
}

fn variable(decoder: &mut Decoder, node: &Node) -> Variable {
    let Some(fields) = decoder.fields(node, &["key", "value", "isRegex"]) else {
        return Variable::default();
    };
    Variable {
        key: decoder.text_field(&fields, "key"),
        value: decoder.located_field(&fields, "value"),
        is_regex: decoder.flag_field(&fields, "isRegex", false),
    }
}

fn words(texts: Vec<Located<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn words_field(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Vec<String> {
    words(decoder.texts_field(fields, name).unwrap_or_default())
}

fn commands(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Vec<Vec<String>> {
    decoder.list_field(fields, name, |decoder, node| words(decoder.texts(node).unwrap_or_default()))
}

fn expectations(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    expected: &str,
    excluded: &str,
) -> Expectations {
    let mut read = |name: &str| {
        let patterns = decoder.texts_field(fields, name);
        if let (Some([]), Some(node)) = (patterns.as_deref(), fields.get(name)) {
            let message = format!("an empty {name} asks for nothing");
            decoder.lints.push(Mistake::new(node.place, message));
        }
        patterns.unwrap_or_default()
    };
    Expectations { expected: read(expected), excluded: read(excluded) }
}

fn command(node: &Node, is_version_1: bool, decoder: &mut Decoder) -> CommandTest {
    const NAMES: [&str; 11] = [
        "name",
        "setup",
        "teardown",
        "envVars",
        "exitCode",
        "command",
        "expectedOutput",
        "excludedOutput",
        "expectedError",
        "excludedError",
        "args",
    ];
    let names = if is_version_1 { NAMES.get(..10).unwrap_or(&NAMES) } else { &NAMES };
    let Some(fields) = decoder.fields(node, names) else {
        return CommandTest { place: node.place, ..CommandTest::default() };
    };
    let command = if is_version_1 {
        words_field(decoder, &fields, "command")
    } else {
        let program = decoder.text_field(&fields, "command");
        let arguments = words_field(decoder, &fields, "args");
        if program.is_empty() {
            Vec::new()
        } else {
            std::iter::once(program).chain(arguments).collect()
        }
    };
    CommandTest {
        place: node.place,
        name: decoder.text_field(&fields, "name"),
        setup: commands(decoder, &fields, "setup"),
        teardown: commands(decoder, &fields, "teardown"),
        env: decoder.list_field(&fields, "envVars", variable),
        exit_code: decoder.integer_field(&fields, "exitCode", 0),
        command,
        output: expectations(decoder, &fields, "expectedOutput", "excludedOutput"),
        error: expectations(decoder, &fields, "expectedError", "excludedError"),
    }
}

fn existence(node: &Node, is_version_1: bool, decoder: &mut Decoder) -> FileExistenceTest {
    const NAMES: [&str; 7] =
        ["name", "path", "shouldExist", "permissions", "uid", "gid", "isExecutableBy"];
    let names = if is_version_1 { NAMES.get(..4).unwrap_or(&NAMES) } else { &NAMES };
    let Some(fields) = decoder.fields(node, names) else {
        return FileExistenceTest { place: node.place, ..FileExistenceTest::default() };
    };
    let ownership = |decoder: &mut Decoder, name: &str| {
        if is_version_1 { -1 } else { decoder.integer_field(&fields, name, -1) }
    };
    FileExistenceTest {
        place: node.place,
        name: decoder.text_field(&fields, "name"),
        path: decoder.text_field(&fields, "path"),
        should_exist: decoder.flag_field(&fields, "shouldExist", true),
        permissions: decoder.located_field(&fields, "permissions"),
        uid: ownership(decoder, "uid"),
        gid: ownership(decoder, "gid"),
        executable_by: decoder.located_field(&fields, "isExecutableBy"),
    }
}

fn content(decoder: &mut Decoder, node: &Node) -> FileContentTest {
    let names = ["name", "path", "expectedContents", "excludedContents"];
    let Some(fields) = decoder.fields(node, &names) else {
        return FileContentTest { place: node.place, ..FileContentTest::default() };
    };
    FileContentTest {
        place: node.place,
        name: decoder.text_field(&fields, "name"),
        path: decoder.text_field(&fields, "path"),
        contents: expectations(decoder, &fields, "expectedContents", "excludedContents"),
    }
}

fn metadata(node: &Node, decoder: &mut Decoder) -> MetadataTest {
    let names = [
        "envVars",
        "unboundEnvVars",
        "exposedPorts",
        "unexposedPorts",
        "entrypoint",
        "cmd",
        "workdir",
        "volumes",
        "unmountedVolumes",
        "labels",
        "user",
    ];
    let Some(fields) = decoder.fields(node, &names) else { return MetadataTest::default() };
    let mut texts = |name: &str| decoder.texts_field(&fields, name);
    let (exposed_ports, unexposed_ports) = (texts("exposedPorts"), texts("unexposedPorts"));
    let (volumes, unmounted_volumes) = (texts("volumes"), texts("unmountedVolumes"));
    let (entrypoint, cmd) = (texts("entrypoint").map(words), texts("cmd").map(words));
    MetadataTest {
        env: decoder.list_field(&fields, "envVars", variable),
        unbound_env: decoder.list_field(&fields, "unboundEnvVars", variable),
        exposed_ports: exposed_ports.unwrap_or_default(),
        unexposed_ports: unexposed_ports.unwrap_or_default(),
        entrypoint,
        cmd,
        workdir: decoder.text_field(&fields, "workdir"),
        volumes: volumes.unwrap_or_default(),
        unmounted_volumes: unmounted_volumes.unwrap_or_default(),
        labels: decoder.list_field(&fields, "labels", variable),
        user: decoder.text_field(&fields, "user"),
    }
}

fn license(decoder: &mut Decoder, node: &Node) -> LicenseTest {
    let Some(fields) = decoder.fields(node, &["debian", "files"]) else {
        return LicenseTest::default();
    };
    LicenseTest {
        debian: decoder.flag_field(&fields, "debian", false),
        files: words_field(decoder, &fields, "files"),
    }
}

fn options(node: &Node, decoder: &mut Decoder) -> RunOptions {
    // The peer names the fields of JSON by accident of its Go names.
    let tty = match decoder.manner.notation {
        Notation::Yaml => "allocateTty",
        Notation::Json => "TTY",
    };
    let names = ["user", "privileged", tty, "envVars", "envFile", "capabilities", "bindMounts"];
    let Some(fields) = decoder.fields(node, &names) else { return RunOptions::default() };
    RunOptions {
        user: decoder.text_field(&fields, "user"),
        privileged: decoder.flag_field(&fields, "privileged", false),
        tty: decoder.flag_field(&fields, tty, false),
        env_names: decoder.texts_field(&fields, "envVars").unwrap_or_default(),
        env_file: decoder.located_field(&fields, "envFile"),
        capabilities: words_field(decoder, &fields, "capabilities"),
        bind_mounts: decoder.texts_field(&fields, "bindMounts").unwrap_or_default(),
    }
}
