//! From the tree of a file to a policy.

use std::{str::FromStr, time::Duration};

use sekisho_types::{ByteCount, Linkage, Severity, report::FindingKind};

use super::{
    Command, ConfigRules, FileKind, FileRule, FindingRule, ImagePolicy, LicenseRule,
    packages::Requirement, shape,
};
use crate::{
    Located, Mistake, RunOptions,
    document::{Node, Value},
    fields::{Decoder, Fields},
    lint,
    suite::Expectations,
    wanted::glob,
};

impl ImagePolicy {
    pub(crate) fn read(node: &Node, decoder: &mut Decoder) -> Self {
        let Some(fields) = decoder.fields(node, &shape::names(shape::POLICY)) else {
            return Self::default();
        };
        let packages = object(decoder, &fields, "packages", shape::PACKAGES);
        let mut requirements = |name: &str| match &packages {
            Some(packages) => requirements(decoder, packages, name),
            None => Vec::new(),
        };
        let (required_packages, forbidden_packages) =
            (requirements("required"), requirements("forbidden"));
        let image = object(decoder, &fields, "image", shape::IMAGE);
        let licenses = object(decoder, &fields, "licenses", shape::LICENSES);
        let run = object(decoder, &fields, "run", shape::RUN);
        let mut policy = Self {
            include: decoder.texts_field(&fields, "include").unwrap_or_default(),
            files: decoder.list_field(&fields, "files", file),
            setuid: globs(decoder, &fields, "setuid"),
            executables: globs(decoder, &fields, "executables"),
            shell: flag(decoder, &fields, "shell"),
            image: image.map(|image| config(decoder, &image)).unwrap_or_default(),
            max_layers: number(decoder, &fields, "max_layers"),
            max_size: size(decoder, &fields, "max_size"),
            required_packages,
            forbidden_packages,
            base: globs(decoder, &fields, "base"),
            findings: findings(decoder, &fields),
            licenses: licenses
                .map(|licenses| LicenseRule {
                    debian: decoder.flag_field(&licenses, "debian", false),
                    files: words(decoder, &licenses, "files"),
                })
                .unwrap_or_default(),
            env: map(decoder, &fields, "env")
                .into_iter()
                .map(|(name, value)| (name, value.value))
                .collect(),
            commands: decoder.list_field(&fields, "commands", command),
            run: run.map(|run| options(decoder, &run)).unwrap_or_default(),
            lints: Vec::new(),
        };
        policy.lints = std::mem::take(&mut decoder.lints);
        policy.lint();
        policy
    }

    fn lint(&mut self) {
        let mut lints = std::mem::take(&mut self.lints);
        let outputs = self.commands.iter().flat_map(|it| [&it.stdout, &it.stderr]);
        let contents = self.files.iter().map(|rule| &rule.contents).chain(outputs);
        for expectations in contents {
            for pattern in &expectations.expected {
                lint::pattern(pattern, true, &mut lints);
            }
            for pattern in &expectations.excluded {
                lint::pattern(pattern, false, &mut lints);
            }
        }
        lints.sort();
        self.lints = lints;
    }
}

fn object<'n>(
    decoder: &mut Decoder,
    fields: &Fields<'n>,
    name: &str,
    shape: &[shape::Field],
) -> Option<Fields<'n>> {
    decoder.fields(fields.get(name)?, &shape::names(shape))
}

/// A field that is there and is not null.
fn given<'n>(fields: &Fields<'n>, name: &str) -> Option<&'n Node> {
    fields.get(name).filter(|node| !node.is_null())
}

fn text(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Located<String>> {
    let node = given(fields, name)?;
    Some(Located { value: decoder.text(node), place: node.place })
}

fn plain(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<String> {
    text(decoder, fields, name).map(|text| text.value)
}

fn flag(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Located<bool>> {
    let node = given(fields, name)?;
    Some(Located { value: decoder.flag_field(fields, name, false), place: node.place })
}

fn number(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Located<u64>> {
    let node = given(fields, name)?;
    let number = decoder.integer_field(fields, name, 0);
    let Ok(value) = u64::try_from(number) else {
        decoder.wrong(node.place, "a number of things is not below zero");
        return None;
    };
    Some(Located { value, place: node.place })
}

/// Parses a text that means something; what does not is a mistake on its line.
fn parsed<T: FromStr<Err: std::fmt::Display>>(
    decoder: &mut Decoder,
    text: Option<Located<String>>,
) -> Option<Located<T>> {
    let Located { value, place } = text?;
    match value.parse() {
        Ok(value) => Some(Located { value, place }),
        Err(err) => {
            decoder.wrong(place, err.to_string());
            None
        }
    }
}

fn size(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Located<u64>> {
    let text = text(decoder, fields, name);
    let size: Located<ByteCount> = parsed(decoder, text)?;
    Some(Located { value: size.value.0, place: size.place })
}

/// One of some words, by its index.
fn word(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    name: &str,
    words: &[&str],
) -> Option<Located<usize>> {
    let Located { value, place } = text(decoder, fields, name)?;
    let index = words.iter().position(|word| *word == value);
    if index.is_none() {
        decoder.wrong(place, format!("{value:?} is none of {}", words.join(", ")));
    }
    Some(Located { value: index?, place })
}

fn words(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Vec<String> {
    let texts = decoder.texts_field(fields, name).unwrap_or_default();
    texts.into_iter().map(|text| text.value).collect()
}

fn list(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Located<Vec<String>>> {
    let node = given(fields, name)?;
    Some(Located { value: words(decoder, fields, name), place: node.place })
}

fn globs(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Option<Vec<Located<String>>> {
    let globs = decoder.texts_field(fields, name)?;
    for pattern in &globs {
        if let Err(err) = glob(&pattern.value) {
            decoder.wrong(pattern.place, format!("this is no pattern: {err}"));
        }
    }
    Some(globs)
}

fn map(decoder: &mut Decoder, fields: &Fields<'_>, name: &str) -> Vec<(String, Located<String>)> {
    let Some(node) = given(fields, name) else { return Vec::new() };
    let Value::Mapping(pairs) = &node.value else {
        decoder.wrong(node.place, format!("names with texts are expected, not {}", node.kind()));
        return Vec::new();
    };
    let mut map: Vec<(String, Located<String>)> = Vec::new();
    for (key, value) in pairs {
        let name = decoder.text(key);
        if map.iter().any(|(known, _)| *known == name) {
            decoder.wrong(key.place, format!("{name:?} is there already"));
        }
        map.push((name, Located { value: decoder.text(value), place: value.place }));
    }
    map
}

fn expectations(decoder: &mut Decoder, fields: &Fields<'_>) -> Expectations {
    let mut read = |name: &str| {
        let patterns = decoder.texts_field(fields, name);
        if let (Some([]), Some(node)) = (patterns.as_deref(), fields.get(name)) {
            let message = format!("an empty {name} asks for nothing");
            decoder.lints.push(Mistake::new(node.place, message));
        }
        patterns.unwrap_or_default()
    };
    Expectations { expected: read("contains"), excluded: read("excludes") }
}

fn file(decoder: &mut Decoder, node: &Node) -> FileRule {
    const KINDS: [FileKind; 6] = [
        FileKind::File,
        FileKind::Directory,
        FileKind::Symlink,
        FileKind::CharDevice,
        FileKind::BlockDevice,
        FileKind::Fifo,
    ];
    let Some(fields) = decoder.fields(node, &shape::names(shape::FILE)) else {
        return FileRule::default();
    };
    let path = text(decoder, &fields, "path").unwrap_or_default();
    if path.value.is_empty() {
        decoder.wrong(node.place, "a rule about files names a path");
    }
    if let Err(err) = glob(&path.value) {
        decoder.wrong(path.place, format!("this is no pattern: {err}"));
    }
    let sha256 = text(decoder, &fields, "sha256");
    if let Some(sha256) = &sha256
        && (sha256.value.len() != 64 || !sha256.value.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        decoder.wrong(sha256.place, "a SHA-256 has 64 hexadecimal digits");
    }
    let size_of = |it: Option<Located<u64>>| it.map(|size| size.value);
    let flag_of = |it: Option<Located<bool>>| it.map(|flag| flag.value);
    let kind = word(decoder, &fields, "type", shape::FILE_KINDS);
    let linkage = word(decoder, &fields, "linkage", shape::LINKAGES);
    FileRule {
        exists: flag_of(flag(decoder, &fields, "exists")),
        kind: kind.and_then(|kind| KINDS.get(kind.value).copied()),
        link: plain(decoder, &fields, "link"),
        mode: mode(decoder, &fields),
        owner: plain(decoder, &fields, "owner"),
        group: plain(decoder, &fields, "group"),
        sha256: sha256.map(|it| it.value.to_ascii_lowercase()),
        min_size: size_of(size(decoder, &fields, "min_size")),
        max_size: size_of(size(decoder, &fields, "max_size")),
        empty: flag_of(flag(decoder, &fields, "empty")),
        executable: flag_of(flag(decoder, &fields, "executable")),
        linkage: linkage.map(|it| if it.value == 0 { Linkage::Static } else { Linkage::Dynamic }),
        contents: expectations(decoder, &fields),
        min_count: size_of(number(decoder, &fields, "min_count")),
        max_count: size_of(number(decoder, &fields, "max_count")),
        path,
    }
}

/// A mode in octal; a number of YAML would mean something else.
fn mode(decoder: &mut Decoder, fields: &Fields<'_>) -> Option<u16> {
    let Located { value, place } = text(decoder, fields, "mode")?;
    let is_octal =
        (3..=4).contains(&value.len()) && value.bytes().all(|b| (b'0'..b'8').contains(&b));
    if !is_octal {
        decoder.wrong(place, "a mode is written in octal: \"0644\"");
    }
    u16::from_str_radix(&value, 8).ok().filter(|_| is_octal)
}

fn config(decoder: &mut Decoder, fields: &Fields<'_>) -> ConfigRules {
    let texts = |decoder: &mut Decoder, name| decoder.texts_field(fields, name);
    ConfigRules {
        user: text(decoder, fields, "user"),
        not_root: flag(decoder, fields, "not_root"),
        entrypoint: list(decoder, fields, "entrypoint"),
        cmd: list(decoder, fields, "cmd"),
        workdir: text(decoder, fields, "workdir"),
        env: map(decoder, fields, "env"),
        forbidden_env: texts(decoder, "forbidden_env").unwrap_or_default(),
        labels: map(decoder, fields, "labels"),
        forbidden_labels: texts(decoder, "forbidden_labels").unwrap_or_default(),
        ports: list(decoder, fields, "ports"),
        volumes: list(decoder, fields, "volumes"),
        healthcheck: flag(decoder, fields, "healthcheck"),
        stop_signal: text(decoder, fields, "stop_signal"),
        platform: text(decoder, fields, "platform"),
    }
}

fn requirements(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    name: &str,
) -> Vec<Located<Requirement>> {
    let texts = decoder.texts_field(fields, name).unwrap_or_default();
    texts.into_iter().filter_map(|text| parsed(decoder, Some(text))).collect()
}

fn findings(decoder: &mut Decoder, fields: &Fields<'_>) -> Option<FindingRule> {
    const SEVERITIES: [Severity; 6] = [
        Severity::Unknown,
        Severity::Info,
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];
    const KINDS: [FindingKind; 4] = [
        FindingKind::Secret,
        FindingKind::Configuration,
        FindingKind::Executable,
        FindingKind::Staleness,
    ];
    let rule = object(decoder, fields, "findings", shape::FINDINGS)?;
    let Some(severity) = word(decoder, &rule, "max_severity", shape::SEVERITIES) else {
        decoder.wrong(rule.place, "say the worst that is let pass, as max_severity");
        return None;
    };
    let mut kinds = Vec::new();
    for kind in decoder.texts_field(&rule, "kinds").unwrap_or_default() {
        match shape::KINDS.iter().zip(KINDS).find(|(word, _)| **word == kind.value) {
            Some((_, known)) => kinds.push(known),
            None if kind.value == "vulnerability" => {
                decoder.wrong(kind.place, "vulnerabilities are judged by `sekisho image scan`");
            }
            None => {
                let words = shape::KINDS.join(", ");
                decoder.wrong(kind.place, format!("{:?} is none of {words}", kind.value));
            }
        }
    }
    if kinds.is_empty() {
        kinds = KINDS.to_vec();
    }
    let value = SEVERITIES.get(severity.value).copied()?;
    Some(FindingRule { max_severity: Located { value, place: severity.place }, kinds })
}

fn command(decoder: &mut Decoder, node: &Node) -> Command {
    let Some(fields) = decoder.fields(node, &shape::names(shape::COMMAND)) else {
        return Command::default();
    };
    let commands = |decoder: &mut Decoder, name: &str| -> Vec<Vec<String>> {
        decoder.list_field(&fields, name, |decoder, node| {
            let words = decoder.texts(node).unwrap_or_default();
            if words.is_empty() {
                decoder.wrong(node.place, "a command names a program");
            }
            words.into_iter().map(|word| word.value).collect()
        })
    };
    let run = words(decoder, &fields, "run");
    if run.is_empty() {
        decoder.wrong(node.place, "a command names a program in `run`");
    }
    let name = text(decoder, &fields, "name");
    let name = name.unwrap_or_else(|| Located { value: run.join(" "), place: node.place });
    let output = |decoder: &mut Decoder, name: &str| {
        let output = object(decoder, &fields, name, shape::OUTPUT);
        output.map(|output| expectations(decoder, &output)).unwrap_or_default()
    };
    let timeout = number(decoder, &fields, "timeout");
    let env = map(decoder, &fields, "env");
    Command {
        name,
        run,
        setup: commands(decoder, "setup"),
        teardown: commands(decoder, "teardown"),
        env: env.into_iter().map(|(name, value)| (name, value.value)).collect(),
        exit_code: decoder.integer_field(&fields, "exit_code", 0),
        stdout: output(decoder, "stdout"),
        stderr: output(decoder, "stderr"),
        silent: decoder.flag_field(&fields, "silent", false),
        timeout: timeout.map(|timeout| Duration::from_secs(timeout.value)),
        network: flag(decoder, &fields, "network").map(|flag| flag.value),
    }
}

fn options(decoder: &mut Decoder, fields: &Fields<'_>) -> RunOptions {
    RunOptions {
        user: plain(decoder, fields, "user").unwrap_or_default(),
        privileged: decoder.flag_field(fields, "privileged", false),
        tty: false,
        env_names: decoder.texts_field(fields, "env_from").unwrap_or_default(),
        env_file: decoder.located_field(fields, "env_file"),
        capabilities: words(decoder, fields, "capabilities"),
        bind_mounts: decoder.texts_field(fields, "mounts").unwrap_or_default(),
    }
}
