//! Modules that a Go program was built from, and the standard library.
//!
//! Format: the text of Go's `runtime/debug`, `BuildInfo.String`: a line a module, `mod` for the
//! main one and `dep` for others, and `=>` for what stands in for the module above. A main module
//! of no known version takes it from the `-X` flags of the linker where they set one. What is
//! replaced by a folder keeps its name and has the version `(devel)`, as such a main module has.

use sekisho_types::{Confidence, Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, go_build_info, identity,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "go-binary",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Elf,
    parse,
};

/// What Go says where no version is known.
const DEVEL: &str = "(devel)";

/// Names of variables that hold the version of a program, without capitals.
const VERSION_NAMES: [&str; 8] = [
    "version",
    "ver",
    "semver",
    "appversion",
    "buildversion",
    "gitversion",
    "programversion",
    "releaseversion",
];

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let Some(info) = go_build_info::read(file.content)? else { return Ok(()) };
    let modules = Modules::parse(&info.modules);
    for module in &modules.all {
        let name = module.name();
        let version = module.version();
        let flags =
            modules.linker_flags.as_deref().filter(|_| module.is_main && !is_known(version));
        let stated = flags.and_then(|flags| version_of_flags(flags, module.path));
        let Some(mut package) =
            identity::package(PackageKind::Golang, name, stated.as_deref().unwrap_or(version))
        else {
            out.damage("a module without a name or a version");
            continue;
        };
        if stated.is_some() {
            package.confidence = Confidence::Medium;
        }
        out.add_record(Record { package, key: None, inner_path: None })?;
    }
    match go_version(&info.version) {
        Some(version) => out.package(Package::new(PackageKind::Golang, "stdlib", version)),
        None => out.damage(format!("the standard library is of no release, {:?}", info.version)),
    }
    Ok(())
}

#[derive(Default)]
struct Modules<'a> {
    all: Vec<Module<'a>>,
    linker_flags: Option<String>,
}

#[derive(Default)]
struct Module<'a> {
    is_main: bool,
    path: &'a str,
    version: &'a str,
    /// Path and version of what stands in for it.
    replacement: Option<(&'a str, &'a str)>,
}

impl<'a> Modules<'a> {
    fn parse(text: &'a str) -> Self {
        let mut modules = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let kind = fields.next().unwrap_or_default();
            let path = fields.next().unwrap_or_default();
            let version = fields.next().unwrap_or_default();
            match kind {
                "mod" | "dep" => {
                    let is_main = kind == "mod";
                    modules.all.push(Module { is_main, path, version, replacement: None });
                }
                "=>" => {
                    if let Some(module) = modules.all.last_mut() {
                        module.replacement = Some((path, version));
                    }
                }
                "build" => {
                    if let Some(flags) = path.strip_prefix("-ldflags=") {
                        modules.linker_flags = Some(unquoted(flags));
                    }
                }
                _ => (),
            }
        }
        modules
    }
}

impl<'a> Module<'a> {
    /// A folder says nothing of what it holds: the name of the module stays.
    fn name(&self) -> &'a str {
        match self.replacement {
            Some((path, _)) if !path.starts_with(['.', '/']) => path,
            _ => self.path,
        }
    }

    fn version(&self) -> &'a str {
        let version = self.replacement.map_or(self.version, |(_, version)| version);
        if version.is_empty() { DEVEL } else { version }
    }
}

/// Whether a version says which release it is: one made up from a commit does not, unless it
/// follows a release.
fn is_known(version: &str) -> bool {
    version != DEVEL && !version.starts_with("v0.0.0-")
}

/// The number of a release: of `go1.22.1 X:boringcrypto`, `1.22.1`.
fn go_version(version: &str) -> Option<&str> {
    let number = version.strip_prefix("go")?.split([' ', '-']).next()?;
    number.starts_with(|letter: char| letter.is_ascii_digit()).then_some(number)
}

/// What a Go string literal stands for; other text as it is.
fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut unquoted = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => unquoted.push(match letters.next() {
                Some('t' | 'n' | 'r') | None => ' ',
                Some(letter) => letter,
            }),
            letter => unquoted.push(letter),
        }
    }
    unquoted
}

/// The version that `-X package.name=value` sets: one of the main module before one of another,
/// and none where two of the same rank differ.
fn version_of_flags(flags: &str, main: &str) -> Option<String> {
    let words = words(flags);
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
        let setting = match word.trim_start_matches('-') {
            "X" if word.starts_with('-') => next.map(String::as_str),
            flag => flag.strip_prefix("X=").filter(|_| word.starts_with('-')),
        };
        let Some((variable, value)) = setting.and_then(|setting| setting.split_once('=')) else {
            continue;
        };
        let Some((package, name)) = variable.rsplit_once('.') else { continue };
        let is_name = VERSION_NAMES.contains(&name.to_ascii_lowercase().as_str());
        let Some(version) = release(value).filter(|_| is_name) else { continue };
        let is_own = package == "main"
            || package
                .strip_prefix(main)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_own { own.push(version) } else { other.push(version) }
    }
    let best = if own.is_empty() { other } else { own };
    let (first, rest) = best.split_first()?;
    rest.iter().all(|version| version == first).then(|| first.clone())
}

/// The words of a list of flags, as the go command takes it apart: quotes keep spaces.
fn words(flags: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in flags.chars() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, letter) if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, letter) => word.push(letter),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// A version as modules write it; none for a commit, a date or a word.
fn release(value: &str) -> Option<String> {
    let number = value.trim().trim_start_matches('v');
    let n_digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (major, rest) = number.split_at_checked(n_digits)?;
    let is_release = !major.is_empty()
        && rest.strip_prefix('.')?.starts_with(|letter: char| letter.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+~_".contains(&byte));
    is_release.then(|| format!("v{number}"))
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{Elf, go_buildinfo};

    use super::*;
    use crate::shown::shown;

    fn read(go: &str, modules: &str) -> String {
        let elf = Elf::default().section(".go.buildinfo", go_buildinfo(go, modules));
        shown(&CATALOGER, "usr/bin/a", elf.to_bytes())
    }

    fn main_version(flags: &str) -> Option<String> {
        version_of_flags(&unquoted(flags), "example.org/a")
    }

    #[test]
    fn modules_and_what_stands_in_for_them() {
        insta::assert_snapshot!(read("go1.22.1", "\
path\texample.org/a/cmd/a
mod\texample.org/a\tv1.2.3\th1:AA=
dep\texample.org/b\tv0.1.0\th1:AA=
dep\texample.org/c\tv2.0.0+incompatible
=>\texample.org/fork/c\tv2.0.1\th1:AA=
dep\tk8s.io/api\tv0.0.0
=>\t./staging/api\t(devel)\t
build\t-compiler=gc
build\tvcs.revision=0123
"), @"
        golang example.org/a v1.2.3
        golang example.org/b v0.1.0
        golang example.org/fork/c v2.0.1
        golang k8s.io/api (devel)
        golang stdlib 1.22.1
        ");
    }

    #[test]
    fn a_main_module_of_no_version_takes_that_of_the_linker_flags() {
        let flags = r#"build	-ldflags="-s -w -X main.version=1.18.1 -X 'main.date=2024 01'""#;
        insta::assert_snapshot!(
            read("go1.20.4 X:boringcrypto", &format!("mod\texample.org/a\t(devel)\t\n{flags}\n")),
            @"
        golang example.org/a v1.18.1 confidence Medium
        golang stdlib 1.20.4
        "
        );
        insta::assert_snapshot!(
            read("go1.24", &format!("mod\tb\tv0.0.0-20240101000000-0123456789ab+dirty\t\n{flags}")),
            @"
        golang b v1.18.1 confidence Medium
        golang stdlib 1.24
        "
        );
        insta::assert_snapshot!(read("go1.24", &format!("mod\tb\tv1.0.0\t\n{flags}")), @"
        golang b v1.0.0
        golang stdlib 1.24
        ");
        insta::assert_snapshot!(read("go1.24", "mod\tb\t(devel)\t\n"), @"
        golang b (devel)
        golang stdlib 1.24
        ");
    }

    #[test]
    fn flags_are_taken_apart_as_the_go_command_does() {
        for (flags, want) in [
            ("-X main.version=1.2", Some("v1.2")),
            (r#""-X=example.org/a/internal.Version=v1.2.3-rc.1""#, Some("v1.2.3-rc.1")),
            (r#""-X \"main.buildVersion=v1.2.3\" -s""#, Some("v1.2.3")),
            (r#""-X 'example.org/b.Version=9.9.9' -X 'main.ver=1.2.3'""#, Some("v1.2.3")),
            ("--X example.org/b/version.gitVersion=1.6.20~ds1", Some("v1.6.20~ds1")),
            ("-X main.version=1.2.3 -X main.Version=1.2.4", None),
            ("-X main.version=v1.2.3 -X main.Version=1.2.3", Some("v1.2.3")),
            ("-X main.version=0123abc -X main.date=2024.01.02", None),
            ("-X main.version=dev -X main.goVersion=1.22.1", None),
            ("-X example.org/another/version.X=1.2.3 -X", None),
            ("X main.version=1.2.3", None),
            ("-X main.version=2024", None),
        ] {
            assert_eq!(main_version(flags).as_deref(), want, "{flags}");
        }
    }

    #[test]
    fn a_toolchain_of_no_release_is_named() {
        insta::assert_snapshot!(read("devel +0123 Mon", ""), @r#"damage: the standard library is of no release, "devel +0123 Mon""#);
        insta::assert_snapshot!(read("go1.19.8 (Red Hat 1.19.8-1.el9)", ""), @"golang stdlib 1.19.8");
    }

    #[test]
    fn a_line_without_a_path_is_damage() {
        insta::assert_snapshot!(read("go1.22", "=>\nmod\ndep\t\tv1\n\t\n"), @"
        golang stdlib 1.22
        damage: a module without a name or a version
        damage: a module without a name or a version
        ");
    }
}
