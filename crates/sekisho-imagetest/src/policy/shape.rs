//! The fields of the schema: what each is called, holds and means. The reader, the JSON Schema
//! and the reference page follow from these tables.

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Flag,
    Number,
    /// A number of bytes, or `500MiB`.
    Size,
    /// Seconds.
    Seconds,
    /// One of these words.
    Word(&'static [&'static str]),
    Texts,
    /// Names with texts.
    Map,
    /// Commands, each with its arguments.
    Commands,
    Words(&'static [&'static str]),
    Object(&'static [Field]),
    List(&'static [Field]),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) about: &'static str,
}

const fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, about }
}

pub(super) const FILE_KINDS: &[&str] =
    &["file", "directory", "symlink", "char-device", "block-device", "fifo"];
pub(super) const SEVERITIES: &[&str] = &["none", "info", "low", "medium", "high", "critical"];
pub(super) const KINDS: &[&str] = &["secret", "configuration", "executable", "staleness"];
pub(super) const LINKAGES: &[&str] = &["static", "dynamic"];

pub(super) const POLICY: &[Field] = &[
    field("schemaVersion", Kind::Text, "`sekisho/1`"),
    field("include", Kind::Texts, "Files whose tests count as well, relative to this one"),
    field("variables", Kind::Map, "Values of `${{ name }}` where nobody gives others"),
    field("files", Kind::List(FILE), "Files that must or must not be there, and how"),
    field(
        "setuid",
        Kind::Texts,
        "Patterns of the only files that may be setuid or setgid; `[]` for none",
    ),
    field(
        "executables",
        Kind::Texts,
        "Patterns of exactly the files with an execute bit: each is there, and no other",
    ),
    field("shell", Kind::Flag, "`false`: there is no shell, under any usual name"),
    field("image", Kind::Object(IMAGE), "What the configuration says"),
    field("max_layers", Kind::Number, "Most layers"),
    field("max_size", Kind::Size, "Most bytes of all layers, uncompressed"),
    field("packages", Kind::Object(PACKAGES), "Packages that must or must not be installed"),
    field("base", Kind::Texts, "Patterns of base images; one of them fits"),
    field("findings", Kind::Object(FINDINGS), "What a scan may find"),
    field("licenses", Kind::Object(LICENSES), "Files without a word of AGPL or WTFPL"),
    field("env", Kind::Map, "Variables of every command"),
    field("commands", Kind::List(COMMAND), "Commands, each in a container of its own"),
    field("run", Kind::Object(RUN), "How these containers are made"),
];

pub(super) const FILE: &[Field] = &[
    field("path", Kind::Text, "A path, or a pattern: `*` within a directory, `**` across"),
    field("exists", Kind::Flag, "`false`: nothing fits; true where nothing is said"),
    field("type", Kind::Word(FILE_KINDS), "What it is, links not followed"),
    field("link", Kind::Text, "The target of the link, as written"),
    field("mode", Kind::Text, "Permissions in octal, in quotes: `\"0644\"`, `\"4755\"`"),
    field("owner", Kind::Text, "Name or number of the user"),
    field("group", Kind::Text, "Name or number of the group"),
    field("sha256", Kind::Text, "Digest of the content, links followed"),
    field("min_size", Kind::Size, "Least bytes"),
    field("max_size", Kind::Size, "Most bytes"),
    field("empty", Kind::Flag, "Whether there is no content, or nothing in the directory"),
    field("executable", Kind::Flag, "Whether anybody may execute it"),
    field("linkage", Kind::Word(LINKAGES), "How a program finds its libraries"),
    field("contains", Kind::Texts, "Regular expressions of Go that all match the content"),
    field("excludes", Kind::Texts, "Regular expressions none of which matches"),
    field("min_count", Kind::Number, "Least files that fit the pattern"),
    field("max_count", Kind::Number, "Most files that fit the pattern"),
];

pub(super) const IMAGE: &[Field] = &[
    field("user", Kind::Text, "The user, as written"),
    field("not_root", Kind::Flag, "`true`: the user is not root"),
    field("entrypoint", Kind::Texts, "Exactly this; `[]` for none"),
    field("cmd", Kind::Texts, "Exactly this; `[]` for none"),
    field("workdir", Kind::Text, "The directory it starts in"),
    field("env", Kind::Map, "Variables with a regular expression of Go for each value"),
    field("forbidden_env", Kind::Texts, "Variables that are not set"),
    field("labels", Kind::Map, "Labels with a regular expression of Go for each value"),
    field("forbidden_labels", Kind::Texts, "Labels that are not set"),
    field("ports", Kind::Texts, "Exactly these; `8080` is `8080/tcp`"),
    field("volumes", Kind::Texts, "Exactly these"),
    field("healthcheck", Kind::Flag, "Whether there is a health check"),
    field("stop_signal", Kind::Text, "The signal that stops it, as written"),
    field("platform", Kind::Text, "`linux/amd64`, or an architecture alone"),
];

pub(super) const PACKAGES: &[Field] = &[
    field("required", Kind::Texts, "`curl`, `deb:openssl >= 3.0.13, < 4`"),
    field("forbidden", Kind::Texts, "The same; a version or range narrows it down"),
];

pub(super) const FINDINGS: &[Field] = &[
    field("max_severity", Kind::Word(SEVERITIES), "The worst that is let pass"),
    field("kinds", Kind::Words(KINDS), "Only findings of these kinds"),
];

pub(super) const LICENSES: &[Field] = &[
    field("debian", Kind::Flag, "Whether every package of Debian has to have such a file"),
    field("files", Kind::Texts, "Paths of such files"),
];

pub(super) const COMMAND: &[Field] = &[
    field("name", Kind::Text, "How results call it"),
    field("run", Kind::Texts, "The program and its arguments, without a shell"),
    field("setup", Kind::Commands, "Commands before it, each of which has to succeed"),
    field("teardown", Kind::Commands, "Commands after it"),
    field("env", Kind::Map, "Its variables"),
    field("exit_code", Kind::Number, "What it exits with; 0 where nothing is said"),
    field("stdout", Kind::Object(OUTPUT), "What it writes"),
    field("stderr", Kind::Object(OUTPUT), "What it complains of"),
    field("silent", Kind::Flag, "Whether it has to write nothing at all"),
    field("timeout", Kind::Seconds, "Seconds until it is killed"),
    field("network", Kind::Flag, "Whether it may use the network"),
];

pub(super) const OUTPUT: &[Field] = &[
    field("contains", Kind::Texts, "Regular expressions of Go that all match"),
    field("excludes", Kind::Texts, "Regular expressions none of which matches"),
];

pub(super) const RUN: &[Field] = &[
    field("user", Kind::Text, "In place of the user of the image"),
    field("privileged", Kind::Flag, "Whether it has every capability"),
    field("capabilities", Kind::Texts, "Capabilities besides the usual ones"),
    field("mounts", Kind::Texts, "`source:destination` or `source:destination:ro`"),
    field("env_file", Kind::Text, "A file of variables"),
    field("env_from", Kind::Texts, "Variables that are handed down from the caller"),
];

pub(super) fn names(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.name).collect()
}
