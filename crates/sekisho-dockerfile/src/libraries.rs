//! What the package managers of languages are told to install.

use crate::{
    packages::operands,
    script::{ShellCommand, ShellWord},
};

/// Options of pip that take the next word.
const PIP_VALUED: &[&str] = &[
    "--cache-dir",
    "--cert",
    "--constraint",
    "--editable",
    "--extra-index-url",
    "--find-links",
    "--index-url",
    "--no-binary",
    "--only-binary",
    "--platform",
    "--prefix",
    "--proxy",
    "--python-version",
    "--requirement",
    "--root",
    "--src",
    "--target",
    "--timeout",
    "--trusted-host",
    "-c",
    "-e",
    "-f",
    "-i",
    "-r",
    "-t",
];

const NPM_VALUED: &[&str] =
    &["--cache", "--location", "--prefix", "--registry", "--tag", "-C", "-w"];

const GEM_VALUED: &[&str] = &[
    "--bindir",
    "--install-dir",
    "--platform",
    "--source",
    "--version",
    "-P",
    "-i",
    "-n",
    "-s",
    "-v",
];

const CARGO_VALUED: &[&str] = &[
    "--bin",
    "--branch",
    "--features",
    "--git",
    "--index",
    "--path",
    "--profile",
    "--registry",
    "--rev",
    "--root",
    "--tag",
    "--target",
    "--target-dir",
    "--vers",
    "--version",
    "-F",
    "-j",
];

pub(crate) fn is_pip(command: &ShellCommand) -> bool {
    let program = command.program();
    let is_pip = |name: &str| {
        name.strip_prefix("pip")
            .is_some_and(|rest| rest.chars().all(|char| char.is_ascii_digit() || char == '.'))
    };
    is_pip(program) || program.starts_with("python") && module(command) == Some("pip")
}

/// The module of `python -m MODULE`.
fn module(command: &ShellCommand) -> Option<&str> {
    let args = command.args();
    let at = args.iter().position(|word| word.text == "-m")?;
    args.get(at + 1).map(|word| word.text.as_str())
}

/// What pip is to do: `install`, `download`.
pub(crate) fn pip_verb(command: &ShellCommand) -> &str {
    pip_operands(command).first().map_or("", |word| word.text.as_str())
}

/// The verb of pip and what follows it.
fn pip_operands(command: &ShellCommand) -> Vec<&ShellWord> {
    let mut found = operands(command, PIP_VALUED);
    if module(command) == Some("pip") && found.first().is_some_and(|word| word.text == "pip") {
        found.remove(0);
    }
    found
}

/// The packages that a command installs without an exact version.
pub(crate) fn unpinned(command: &ShellCommand) -> Vec<String> {
    if is_pip(command) {
        let words = pip_operands(command);
        let mut loose = rest_after(&words, &["install"], |text| {
            !text.contains("==")
                && !text.contains(" @ ")
                && ![".tar.gz", ".whl", ".zip"].iter().any(|end| text.ends_with(end))
        });
        if words.first().is_some_and(|word| word.text == "install") {
            loose.extend(words.iter().map(|word| word.text.clone()).filter(|it| is_loose_git(it)));
        }
        return loose;
    }
    match command.program() {
        "npm" => {
            let words = operands(command, NPM_VALUED);
            rest_after(&words, &["add", "i", "install"], |text| !has_npm_version(text))
        }
        "yarn" => {
            let words = operands(command, &["--cwd", "--registry"]);
            let words = match words.split_first() {
                Some((first, rest)) if first.text == "global" => rest,
                _ => &words,
            };
            rest_after(words, &["add"], |text| !has_npm_version(text))
        }
        "pnpm" => {
            let words = operands(command, &["--dir", "-C", "--filter", "-F"]);
            rest_after(&words, &["add"], |text| !has_npm_version(text))
        }
        "gem" => {
            if command.flag_value("-v").or_else(|| command.flag_value("--version")).is_some() {
                return Vec::new();
            }
            let words = operands(command, GEM_VALUED);
            rest_after(&words, &["install", "i"], |text| {
                !text.contains(':') && text.rsplit('.').next() != Some("gem")
            })
        }
        "go" => {
            let words = operands(command, &["-C", "-ldflags", "-mod", "-tags"]);
            let is_get = words.first().is_some_and(|word| word.text == "get");
            rest_after(&words, &["get", "install"], |text| match text.rsplit_once('@') {
                Some((_, version)) => version == "latest",
                // What is installed without a version is pinned by go.mod; `get` asks for news.
                None => is_get && text.split('/').next().is_some_and(|host| host.contains('.')),
            })
        }
        "cargo" => {
            let pinned = ["--version", "--vers", "--git", "--path"];
            if pinned.iter().any(|flag| command.flag_value(flag).is_some()) {
                return Vec::new();
            }
            let words = operands(command, CARGO_VALUED);
            rest_after(&words, &["install"], |text| !text.contains('@'))
        }
        _ => Vec::new(),
    }
}

/// What follows one of `verbs`, is a name, and is loose.
fn rest_after(
    words: &[&ShellWord],
    verbs: &[&str],
    is_loose: impl Fn(&str) -> bool,
) -> Vec<String> {
    let Some((verb, rest)) = words.split_first() else { return Vec::new() };
    if !verbs.contains(&verb.text.as_str()) {
        return Vec::new();
    }
    rest.iter()
        .map(|word| word.text.as_str())
        .filter(|text| is_name(text) && is_loose(text))
        .map(str::to_owned)
        .collect()
}

/// Whether it is a name rather than a path, an address, a variable or a redirection.
fn is_name(text: &str) -> bool {
    let is_path = text.starts_with(['.', '/', '$', '<', '`', '~']) || text.contains("://");
    !is_path && !text.contains("$(") && !text.is_empty()
}

/// `git+https://host/repository.git` without `@` and a tag or commit behind it.
fn is_loose_git(text: &str) -> bool {
    let path = text.strip_prefix("git+").and_then(|it| it.split_once("://"));
    path.is_some_and(|(_, rest)| {
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        !path.contains('@')
    })
}

/// Whether a name of npm has an exact version; `@scope/name` has a mark of its own.
fn has_npm_version(text: &str) -> bool {
    let is_file = [".tgz", ".tar.gz"].iter().any(|end| text.ends_with(end));
    if is_file || text.starts_with("file:") || text.starts_with("git+") || text.contains('#') {
        return true;
    }
    let name = text.strip_prefix('@').unwrap_or(text);
    let Some((_, version)) = name.split_once('@') else { return false };
    let version = version.strip_prefix('v').unwrap_or(version);
    version.starts_with(|char: char| char.is_ascii_digit() || char == '$')
}
