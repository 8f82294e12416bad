//! What package managers are told to install.

use crate::script::{ShellCommand, ShellWord};

/// A package manager of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Apk,
    Apt,
    Dnf,
    Pacman,
    Yum,
    Zypper,
}

/// A command that installs packages.
#[derive(Debug)]
pub(crate) struct Install<'a> {
    pub(crate) manager: Manager,
    pub(crate) packages: Vec<&'a ShellWord>,
}

pub(crate) fn manager(command: &ShellCommand) -> Option<Manager> {
    Some(match command.program() {
        "apk" => Manager::Apk,
        "apt" | "apt-get" | "aptitude" => Manager::Apt,
        "dnf" | "dnf5" | "microdnf" | "tdnf" => Manager::Dnf,
        "pacman" => Manager::Pacman,
        "yum" => Manager::Yum,
        "zypper" => Manager::Zypper,
        _ => return None,
    })
}

impl Manager {
    /// Options that take the next word.
    fn valued_options(self) -> &'static [&'static str] {
        match self {
            Self::Apk => {
                &["--repositories-file", "--repository", "--root", "--virtual", "-X", "-p", "-t"]
            }
            Self::Apt => &["--config-file", "--option", "--target-release", "-c", "-o", "-t"],
            Self::Dnf | Self::Yum => &[
                "--disablerepo",
                "--enablerepo",
                "--installroot",
                "--releasever",
                "--repo",
                "--setopt",
                "-c",
                "-x",
            ],
            Self::Pacman => &["--cachedir", "--config", "--dbpath", "--root", "-b", "-r"],
            Self::Zypper => &["--from", "--repo", "--root", "--type", "-R", "-r", "-t"],
        }
    }

    fn is_install(self, verb: &str) -> bool {
        match self {
            Self::Apk => verb == "add",
            Self::Apt => matches!(verb, "install" | "build-dep" | "satisfy"),
            Self::Dnf | Self::Yum => {
                matches!(verb, "groupinstall" | "install" | "localinstall" | "reinstall")
            }
            Self::Pacman => false,
            Self::Zypper => matches!(verb, "in" | "install"),
        }
    }
}

/// What is no option and no value of one, verb included.
pub(crate) fn operands<'a>(command: &'a ShellCommand, valued: &[&str]) -> Vec<&'a ShellWord> {
    let mut operands = Vec::new();
    let mut args = command.args().iter();
    while let Some(word) = args.next() {
        if valued.contains(&word.text.as_str()) {
            args.next();
        } else if !word.text.starts_with('-') {
            operands.push(word);
        }
    }
    operands
}

/// The verb of a package manager: `install`, `update`.
pub(crate) fn verb(manager: Manager, command: &ShellCommand) -> &str {
    let operands = operands(command, manager.valued_options());
    operands.first().map_or("", |word| word.text.as_str())
}

pub(crate) fn install(command: &ShellCommand) -> Option<Install<'_>> {
    let manager = manager(command)?;
    if manager == Manager::Pacman {
        let is_sync = command.args().iter().any(|word| word.text.starts_with("-S"));
        let packages = operands(command, manager.valued_options());
        return (is_sync && !packages.is_empty()).then_some(Install { manager, packages });
    }
    let operands = operands(command, manager.valued_options());
    let (verb, packages) = operands.split_first()?;
    manager.is_install(&verb.text).then(|| Install { manager, packages: packages.to_vec() })
}

/// Whether a word names a package rather than a file or an address.
pub(crate) fn is_name(word: &ShellWord) -> bool {
    let text = word.text.as_str();
    let is_file = [".apk", ".deb", ".rpm"].iter().any(|end| text.ends_with(end));
    !is_file && !text.contains("://") && !text.starts_with(['/', '.', '$', '`', '<'])
}
