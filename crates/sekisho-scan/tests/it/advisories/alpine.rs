//! An image of Alpine against its security database: the same is computed here with `tar`, by
//! hand, and with another comparison of versions.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
};

use sekisho_advisory::{Feed, Item, read_feed};
use serde_json::Value;

use super::{found, looked_up, output};

/// Name, source and version of each package in an archive of `docker save`.
fn packages(archive: &Path) -> Vec<(String, String)> {
    let directory = archive.parent().unwrap();
    let tar = |args: &[&str]| output("tar", args, directory).unwrap();
    let file = archive.to_str().unwrap();
    let names = String::from_utf8(tar(&["tzf", file])).unwrap();
    let layer = names.lines().find(|name| name.ends_with("/layer.tar")).unwrap();
    let scratch = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(scratch.path(), tar(&["xzOf", file, layer])).unwrap();
    let installed = tar(&["xOf", scratch.path().to_str().unwrap(), "lib/apk/db/installed"]);
    let text = String::from_utf8(installed).unwrap();
    let of_package = |stanza: &str| {
        let field = |name: &str| stanza.lines().find_map(|line| line.strip_prefix(name));
        Some((field("o:").or(field("P:"))?.to_owned(), field("V:")?.to_owned()))
    };
    text.split("\n\n").filter_map(of_package).collect()
}

/// Numbers, letters and suffixes of a version, such that lists of them compare as versions do;
/// none for what is no plain version.
fn comparable(version: &str) -> Option<Vec<(i32, u64)>> {
    let (rest, revision) = version.rsplit_once("-r").unwrap_or((version, "0"));
    let mut parts = rest.split('_');
    let mut out = Vec::new();
    for number in parts.next()?.split('.') {
        let digits = number.trim_end_matches(|char: char| char.is_ascii_lowercase());
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        out.push((5, digits.parse().ok()?));
        let letter = number.bytes().last().filter(u8::is_ascii_lowercase);
        out.extend(letter.map(|letter| (4, u64::from(letter))));
    }
    for suffix in parts {
        let name: String = suffix.chars().filter(char::is_ascii_lowercase).collect();
        let number: String = suffix.chars().filter(char::is_ascii_digit).collect();
        let before = ["alpha", "beta", "pre", "rc"].iter().position(|it| *it == name);
        let behind = ["cvs", "svn", "git", "hg", "p"].iter().position(|it| *it == name);
        // The end, which has the rank 0, stands between the two kinds.
        let rank = match (before, behind) {
            (Some(index), _) => i32::try_from(index).ok()? - 4,
            (None, Some(index)) => i32::try_from(index).ok()? + 1,
            (None, None) => return None,
        };
        out.push((rank.clamp(-4, 3), number.parse().unwrap_or(0)));
    }
    out.push((0, revision.parse().ok()?));
    Some(out)
}

fn is_older(version: &str, fixed: &str) -> bool {
    comparable(version).unwrap() < comparable(fixed).unwrap()
}

/// Every version with the numbers that it fixes, by package, as the files of a release say.
fn fixes(feeds: &Path, release: &str) -> AllFixes {
    let mut fixes = AllFixes::new();
    for name in ["main.json", "community.json"] {
        let path = feeds.join("alpine").join(release).join(name);
        let document: Value = serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap();
        for entry in document["packages"].as_array().unwrap() {
            let package = &entry["pkg"];
            for (version, ids) in package["secfixes"].as_object().into_iter().flatten() {
                let ids = ids.as_array().into_iter().flatten().filter_map(Value::as_str);
                let words = ids.flat_map(|line| line.split(' '));
                let cves = words.filter(|word| word.starts_with("CVE-")).map(str::to_owned);
                let of_version = (version.clone(), cves.collect());
                fixes
                    .entry(package["name"].as_str().unwrap().to_owned())
                    .or_default()
                    .push(of_version);
            }
        }
    }
    fixes
}

type AllFixes = BTreeMap<String, Vec<(String, Vec<String>)>>;

/// Source and number of what packages have that were fixed in later versions, and not called
/// unaffected.
fn computed(fixes: &AllFixes, packages: &[(String, String)]) -> BTreeSet<(String, String)> {
    let mut expected = BTreeSet::new();
    for (source, version) in packages {
        let fixes = fixes.get(source).map(Vec::as_slice).unwrap_or_default();
        let never: BTreeSet<&String> =
            fixes.iter().filter(|(fixed, _)| fixed == "0").flat_map(|(_, ids)| ids).collect();
        for (fixed, ids) in fixes {
            if fixed != "0" && is_older(version, fixed) {
                let ids = ids.iter().filter(|id| !never.contains(id));
                expected.extend(ids.map(|id| (source.clone(), id.clone())));
            }
        }
    }
    expected
}

/// What matching finds in a target.
fn matched(target: &str, feeds: &Path) -> BTreeSet<(String, String)> {
    let mut advisories = Vec::new();
    read_feed(Feed::find("alpine").unwrap(), feeds, &mut |item| {
        if let Item::Advisory(advisory) = item {
            advisories.push(advisory);
        }
    })
    .unwrap();
    let report = looked_up(target, advisories);
    assert_eq!(report.unknowns, []);
    found(&report).into_iter().filter(|(_, id)| id.starts_with("CVE-")).collect()
}

/// The folder with images and feeds; none, and a word about it, where there is none.
fn shared() -> Option<(PathBuf, PathBuf)> {
    #[expect(clippy::disallowed_methods, reason = "a test takes its data from where it is told")]
    let shared = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from).unwrap_or_default();
    let archive = shared.join("images/alpine-3.11.5.docker-save.tar.gz");
    let feeds = shared.join("feeds");
    let is_there = archive.exists() && feeds.join("alpine/v3.11").is_dir();
    if !is_there {
        println!("skipped: SEKISHO_SHARED names no folder with an image and the feed of Alpine");
    }
    is_there.then_some((archive, feeds))
}

#[test]
fn an_image_of_alpine_has_what_its_security_database_says() {
    let Some((archive, feeds)) = shared() else { return };
    let packages = packages(&archive);
    let expected = computed(&fixes(&feeds, "v3.11"), &packages);
    let found = matched(&format!("docker-archive:{}", archive.display()), &feeds);
    println!("{} findings in {} packages", found.len(), packages.len());
    assert_eq!(found, expected);
    assert!(!packages.is_empty(), "nothing to compare");
}

/// The image may be as new as the feed. A system with a middling version of all that the feed
/// names leaves nothing uncompared.
#[test]
fn an_alpine_with_everything_in_its_security_database_has_what_that_says() {
    let Some((_, feeds)) = shared() else { return };
    let mut fixes = fixes(&feeds, "v3.11");
    fixes.retain(|_, fixes| {
        fixes.iter().all(|(fixed, _)| fixed == "0" || comparable(fixed).is_some())
    });
    let packages: Vec<(String, String)> = fixes
        .iter()
        .filter_map(|(name, fixes)| {
            let mut versions: Vec<&String> =
                fixes.iter().map(|(fixed, _)| fixed).filter(|fixed| *fixed != "0").collect();
            versions.sort_by_key(|version| comparable(version));
            Some((name.clone(), (*versions.get(versions.len() / 3)?).clone()))
        })
        .collect();
    let root = tempfile::tempdir().unwrap();
    let mut installed = String::new();
    for (name, version) in &packages {
        writeln!(installed, "P:{name}\nV:{version}\nA:x86_64\no:{name}\n").unwrap();
    }
    for (path, text) in [
        ("etc/os-release", "ID=alpine\nVERSION_ID=3.11.5\n"),
        ("lib/apk/db/installed", installed.as_str()),
    ] {
        let path = root.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let found = matched(&format!("dir:{}", root.path().display()), &feeds);
    println!("{} findings in {} packages", found.len(), packages.len());
    assert_eq!(found, computed(&fixes, &packages));
    assert!(found.len() > packages.len(), "nothing to compare");
}
