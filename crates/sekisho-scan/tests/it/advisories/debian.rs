//! A Debian without its security updates against what apt says is pending from the security
//! archive. The advisories are what the changelogs of its packages say that each version fixes.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use sekisho_advisory::{Advisory, AdvisoryKind, Affected, Ecosystem, End, Range, State};
use sekisho_testkit::debian;

use super::{looked_up, output};

/// apt, looking at the root in `tree` and at nothing of this machine but its keys.
struct Apt {
    scratch: tempfile::TempDir,
    options: Vec<String>,
}

impl Apt {
    /// None where there is no apt, or no security archive to be reached.
    fn new(tree: &Path) -> Option<Self> {
        let scratch = tempfile::tempdir().unwrap();
        let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
        let targets = output("apt-get", &["indextargets", "--format", format], scratch.path())?;
        let targets = String::from_utf8(targets).ok()?;
        let uri = |suite: &str| {
            let end = format!(" {suite} main");
            targets.lines().find_map(|line| line.strip_suffix(&end)).map(str::to_owned)
        };
        let (main, security) = (uri("bookworm")?, uri("bookworm-security")?);
        let keys = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
        let list = format!(
            "deb {keys} {main} bookworm main\ndeb {keys} {security} bookworm-security main\n"
        );
        fs_err::write(scratch.path().join("sources.list"), list).unwrap();
        for directory in ["state/lists/partial", "cache/archives/partial"] {
            fs_err::create_dir_all(scratch.path().join(directory)).unwrap();
        }
        let at = |name: &str| scratch.path().join(name).display().to_string();
        let status = tree.join("var/lib/dpkg/status");
        let options = [
            format!("Dir::Etc::sourcelist={}", at("sources.list")),
            "Dir::Etc::sourceparts=-".to_owned(),
            "Dir::Etc::preferencesparts=-".to_owned(),
            format!("Dir::State={}", at("state")),
            format!("Dir::State::status={}", status.display()),
            format!("Dir::Cache={}", at("cache")),
            "APT::Sandbox::User=root".to_owned(),
            "Debug::NoLocking=true".to_owned(),
        ];
        let apt = Self { options: options.into(), scratch };
        apt.run("apt-get", &["update", "-q"])?;
        Some(apt)
    }

    fn run(&self, program: &str, args: &[&str]) -> Option<String> {
        let mut all: Vec<&str> = Vec::new();
        for option in &self.options {
            all.extend(["-o", option]);
        }
        all.extend(args);
        let written = output(program, &all, self.scratch.path())?;
        String::from_utf8(written).ok()
    }

    /// The binary packages that would come from the security archive, with their new versions:
    /// `Inst tar [1.34+dfsg-1.2] (1.34+dfsg-1.2+deb12u1 Debian-Security:12/… [amd64])`.
    fn pending(&self) -> Option<BTreeMap<String, String>> {
        let plan = self.run("apt-get", &["--simulate", "dist-upgrade"])?;
        let mut pending = BTreeMap::new();
        for line in plan.lines().filter(|line| line.starts_with("Inst ")) {
            let is_update = line.contains('[') && line.contains("Debian-Security");
            let name = line.split(' ').nth(1).unwrap();
            let version = line.split_once('(').unwrap().1.split(' ').next().unwrap();
            if is_update && line.find('[') < line.find('(') {
                pending.insert(name.to_owned(), version.to_owned());
            }
        }
        Some(pending)
    }

    /// The changelog in the package of this version; none where it shares that of another.
    fn changelog(&self, name: &str, version: &str) -> Option<String> {
        self.run("apt-get", &["download", "-q", &format!("{name}={version}")])?;
        let deb = fs_err::read_dir(self.scratch.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "deb"))?;
        let unpacked = self.scratch.path().join("unpacked");
        let (from, to) = (deb.to_str()?, unpacked.to_str()?);
        output("dpkg-deb", &["-x", from, to], self.scratch.path())?;
        let text = changelog_in(&unpacked, name);
        fs_err::remove_dir_all(&unpacked).unwrap();
        fs_err::remove_file(&deb).unwrap();
        text
    }
}

/// The changelog that an installed package has.
fn changelog_in(root: &Path, name: &str) -> Option<String> {
    let folder = root.join("usr/share/doc").join(name);
    let file = ["changelog.Debian.gz", "changelog.gz"].map(|file| folder.join(file));
    let file = file.into_iter().find(|file| file.is_file())?;
    let text = output("zcat", &[file.to_str()?], root)?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// What one version fixes, by its changelog.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fixes {
    source: String,
    version: String,
    cves: BTreeSet<String>,
}

/// The entries of a changelog, newest first: `tar (1.34-1) bookworm-security; urgency=high`.
fn entries(changelog: &str) -> Vec<Fixes> {
    let mut entries: Vec<Fixes> = Vec::new();
    for line in changelog.lines() {
        let is_head = !line.starts_with(' ') && line.contains(") ") && line.contains(';');
        let head = line
            .split_once(" (")
            .and_then(|(source, rest)| Some((source, rest.split_once(')')?.0)));
        if let Some((source, version)) = head.filter(|_| is_head) {
            let (source, version) = (source.to_owned(), version.to_owned());
            entries.push(Fixes { source, version, cves: BTreeSet::new() });
            continue;
        }
        let Some(entry) = entries.last_mut() else { continue };
        let words = line.split(|char: char| !char.is_ascii_alphanumeric() && char != '-');
        let is_cve = |word: &&str| {
            let parts: Vec<&str> = word.split('-').collect();
            let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
            matches!(&parts[..], ["CVE", year, number] if year.len() == 4
                && number.len() >= 4 && is_number(year) && is_number(number))
        };
        entry.cves.extend(words.filter(is_cve).map(str::to_owned));
    }
    entries
}

/// Every installed binary package with its source and the version of that, as `dpkg-query` says.
fn installed(tree: &Path) -> BTreeMap<String, (String, String)> {
    let format = "${db:Status-Status} ${binary:Package} ${source:Package} ${source:Version}\n";
    let admin = tree.join("var/lib/dpkg");
    let args = ["--admindir", admin.to_str().unwrap(), "-W", "-f", format];
    let text = String::from_utf8(output("dpkg-query", &args, tree).unwrap()).unwrap();
    let of_line = |line: &str| {
        let mut words = line.strip_prefix("installed ")?.split(' ');
        let name = words.next()?.split(':').next()?.to_owned();
        Some((name, (words.next()?.to_owned(), words.next()?.to_owned())))
    };
    text.lines().filter_map(of_line).collect()
}

fn is_older(a: &str, b: &str) -> bool {
    output("dpkg", &["--compare-versions", a, "lt", b], Path::new("/")).is_some()
}

fn advisories(fixes: &BTreeSet<Fixes>) -> Vec<Advisory> {
    let mut by_cve: BTreeMap<&str, Vec<Affected>> = BTreeMap::new();
    for Fixes { source, version, cves } in fixes {
        for cve in cves {
            by_cve.entry(cve).or_default().push(Affected {
                ecosystem: Ecosystem::parse("Debian:12").unwrap(),
                package: source.clone(),
                ranges: vec![Range { introduced: None, end: End::Fixed(version.clone()) }],
                versions: Vec::new(),
                state: State::Affected,
                urgency: None,
                module: None,
                fixed_on: None,
            });
        }
    }
    let advisories = by_cve.into_iter().map(|(cve, affected)| Advisory {
        id: cve.to_owned(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        ratings: Vec::new(),
        summary: String::new(),
        references: Vec::new(),
        published: String::new(),
        modified: String::new(),
        withdrawn: None,
        affected,
    });
    advisories.collect()
}

#[test]
fn a_debian_without_updates_has_what_apt_says_is_pending() {
    let tree: Option<PathBuf> = debian();
    let apt = tree.as_deref().and_then(Apt::new);
    let (Some(tree), Some(apt)) = (tree, apt) else {
        println!("skipped: debootstrap, root, apt or the security archive is missing");
        return;
    };
    let pending = apt.pending().unwrap();
    let installed = installed(&tree);
    // What the versions that are installed, and those before, have fixed is no finding any more.
    let mut fixes: BTreeSet<Fixes> = installed
        .keys()
        .filter_map(|name| changelog_in(&tree, name))
        .flat_map(|changelog| entries(&changelog))
        .collect();
    // Binary packages of one source whose changelog could be had.
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (name, version) in &pending {
        let source = installed[name].0.as_str();
        if !told.contains(source)
            && let Some(changelog) = apt.changelog(name, version)
        {
            fixes.extend(entries(&changelog));
            told.insert(source);
        }
    }
    let mut expected: BTreeSet<(String, String)> = BTreeSet::new();
    let mut binaries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, (source, version)) in &installed {
        let newer =
            fixes.iter().filter(|it| it.source == *source && is_older(version, &it.version));
        for cve in newer.flat_map(|it| &it.cves) {
            expected.insert((source.clone(), cve.clone()));
            binaries.entry(source.clone()).or_default().insert(name.clone());
        }
    }
    let report = looked_up(&format!("dir:{}", tree.display()), advisories(&fixes));
    let found = super::found(&report);
    println!(
        "{} packages pending, of {} sources; {} findings",
        pending.len(),
        told.len(),
        found.len()
    );
    assert_eq!(found, expected);
    assert_eq!(report.unknowns, []);
    // Each finding is of packages that apt would bring, and of no others, and each source that
    // apt would bring because of a weakness has findings.
    let names = |purl: &String| -> String {
        let name = purl.strip_prefix("pkg:deb/debian/").unwrap().split('@').next().unwrap();
        name.replace("%2B", "+")
    };
    for finding in &report.findings {
        let source = &finding.package.as_ref().unwrap().name;
        let packages = &finding.vulnerability.as_ref().unwrap().packages;
        let packages: BTreeSet<String> = packages.iter().map(names).collect();
        assert_eq!(Some(&packages), binaries.get(source), "{source}");
        assert!(packages.iter().all(|name| pending.contains_key(name)), "{packages:?}");
    }
    let sources: BTreeSet<&str> = found.iter().map(|(source, _)| source.as_str()).collect();
    for source in told {
        let fixed_any = fixes.iter().any(|it| {
            let version = installed.values().find(|(name, _)| name == source);
            it.source == source
                && !it.cves.is_empty()
                && version.is_some_and(|(_, version)| is_older(version, &it.version))
        });
        assert_eq!(sources.contains(source), fixed_any, "{source}");
    }
    assert!(!found.is_empty(), "nothing to compare");
}
