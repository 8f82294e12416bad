//! What to type to get a fixed version.

use sekisho_types::PackageKind;

use crate::question::Question;

/// The command that raises one package to `fixed`; `os_id` tells whose package manager it is.
pub(crate) fn of_package(question: &Question<'_>, fixed: &str, os_id: Option<&str>) -> String {
    let names = if question.kind.is_os() {
        question.packages.iter().map(|package| package.name.as_str()).collect()
    } else {
        vec![question.name]
    };
    let targets: Vec<Target<'_>> = names.iter().map(|name| Target { name, fixed }).collect();
    let targets: &[Target<'_>] = &targets;
    of_targets(question.kind, targets, os_id)
}

/// A package to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    pub(crate) fixed: &'a str,
}

/// Whether one command raises any number of packages of a kind.
pub(crate) fn takes_many(kind: PackageKind) -> bool {
    match kind {
        PackageKind::Alpm
        | PackageKind::Apk
        | PackageKind::Deb
        | PackageKind::Rpm
        | PackageKind::Composer
        | PackageKind::Golang
        | PackageKind::Npm
        | PackageKind::Pypi => true,
        PackageKind::Cargo | PackageKind::Gem | PackageKind::Maven | PackageKind::Nuget => false,
    }
}

/// The command that raises all of `targets`, or the first where it takes only one.
pub(crate) fn of_targets(kind: PackageKind, targets: &[Target<'_>], os_id: Option<&str>) -> String {
    let names = |form: &dyn Fn(&Target<'_>) -> String| {
        let words: Vec<String> = targets.iter().map(|it| shell_word(&form(it))).collect();
        words.join(" ")
    };
    let plain = || names(&|it| it.name.to_owned());
    match kind {
        // Only the newest version is in a repository of a distribution, so none is named.
        PackageKind::Deb => {
            format!("apt-get update && apt-get install --only-upgrade -y {}", plain())
        }
        PackageKind::Apk => format!("apk upgrade --no-cache {}", plain()),
        PackageKind::Alpm => "pacman -Syu --noconfirm".to_owned(),
        PackageKind::Rpm => match os_id.unwrap_or_default() {
            id if id.starts_with("sle") || id.contains("suse") => {
                format!("zypper --non-interactive update {}", plain())
            }
            "azurelinux" | "mariner" => format!("tdnf update -y {}", plain()),
            _ => format!("dnf upgrade -y {}", plain()),
        },
        PackageKind::Pypi => {
            format!("pip install --upgrade {}", names(&|it| format!("{}>={}", it.name, it.fixed)))
        }
        PackageKind::Npm => {
            format!("npm install {}", names(&|it| format!("{}@{}", it.name, it.fixed)))
        }
        PackageKind::Composer => format!(
            "composer require --update-with-dependencies {}",
            names(&|it| format!("{}:^{}", it.name, it.fixed.trim_start_matches('v')))
        ),
        PackageKind::Golang => format!("go get {}", names(&go_module)),
        PackageKind::Cargo => {
            format!(
                "cargo update {}",
                of_one(targets, &|it| format!(
                    "{} --precise {}",
                    shell_word(it.name),
                    shell_word(it.fixed)
                ))
            )
        }
        PackageKind::Gem => of_one(targets, &|it| {
            format!("gem install {} -v {}", shell_word(it.name), shell_word(it.fixed))
        }),
        PackageKind::Nuget => of_one(targets, &|it| {
            format!("dotnet add package {} --version {}", shell_word(it.name), shell_word(it.fixed))
        }),
        PackageKind::Maven => of_one(targets, &|it| {
            format!(
                "mvn versions:use-dep-version -Dincludes={} -DdepVersion={}",
                shell_word(it.name),
                shell_word(it.fixed)
            )
        }),
    }
}

fn of_one(targets: &[Target<'_>], form: &dyn Fn(&Target<'_>) -> String) -> String {
    targets.first().map(form).unwrap_or_default()
}

/// The standard library comes with the compiler.
fn go_module(target: &Target<'_>) -> String {
    let fixed = target.fixed.trim_start_matches(['v', 'g', 'o']);
    match target.name {
        "stdlib" => format!("toolchain@go{fixed}"),
        name => format!("{name}@v{fixed}"),
    }
}

/// A text as one word of a shell.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%_+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_manager_has_its_command() {
        let targets = [Target { name: "a", fixed: "1.2" }, Target { name: "b", fixed: "2.0" }];
        let shown: Vec<String> =
            PackageKind::ALL.iter().map(|kind| of_targets(*kind, &targets, Some("sles"))).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        pacman -Syu --noconfirm
        apk upgrade --no-cache a b
        apt-get update && apt-get install --only-upgrade -y a b
        zypper --non-interactive update a b
        cargo update a --precise 1.2
        composer require --update-with-dependencies 'a:^1.2' 'b:^2.0'
        gem install a -v 1.2
        go get a@v1.2 b@v2.0
        mvn versions:use-dep-version -Dincludes=a -DdepVersion=1.2
        npm install a@1.2 b@2.0
        dotnet add package a --version 1.2
        pip install --upgrade 'a>=1.2' 'b>=2.0'
        ");
        let stdlib = [Target { name: "stdlib", fixed: "1.22.4" }];
        assert_eq!(of_targets(PackageKind::Golang, &stdlib, None), "go get toolchain@go1.22.4");
        assert_eq!(of_targets(PackageKind::Rpm, &stdlib, Some("rocky")), "dnf upgrade -y stdlib");
    }

    #[test]
    fn a_name_from_outside_is_one_word() {
        let targets = [Target { name: "a; rm -rf '/'", fixed: "1" }];
        assert_eq!(
            of_targets(PackageKind::Deb, &targets, None),
            r"apt-get update && apt-get install --only-upgrade -y 'a; rm -rf '\''/'\'''"
        );
    }
}
