//! The inventory of this machine, compared with what its own package managers say.

use std::{collections::BTreeSet, path::Path};

use sekisho_testkit::LayerBuilder;

use crate::{
    program::{packages, scan_image},
    sample::one_layer,
};

/// What a program of this machine prints, a line an element; none where there is no such program.
fn lines(program: &str, args: &[&str]) -> Option<BTreeSet<String>> {
    let output = assert_cmd::Command::new(program).args(args).env("LC_ALL", "C.UTF-8").output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

/// Adds the files of a directory of this machine whose names end in one of `suffixes`.
fn add_files(layer: &mut LayerBuilder, directory: &Path, suffixes: &[&str]) {
    for entry in fs_err::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let text = path.to_str().unwrap();
        if path.is_file() && suffixes.iter().any(|suffix| text.ends_with(suffix)) {
            layer.file(text.trim_start_matches('/'), fs_err::read(&path).unwrap());
        }
    }
}

#[test]
fn debian_packages_are_those_that_dpkg_query_lists() {
    let format = "${db:Status-Abbrev}deb ${Package} ${Version}\n";
    let Some(listed) = lines("dpkg-query", &["-W", "-f", format]) else {
        println!("skipped: there is no dpkg-query on this machine");
        return;
    };
    let wanted: BTreeSet<String> =
        listed.iter().filter_map(|line| line.strip_prefix("ii ")).map(str::to_owned).collect();
    let mut layer = LayerBuilder::new();
    add_files(&mut layer, Path::new("/var/lib/dpkg"), &["/status"]);
    add_files(&mut layer, Path::new("/var/lib/dpkg/info"), &[".list", ".md5sums"]);
    let run = scan_image(&one_layer(layer.finish()));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(packages(&run.report()).into_iter().collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn python_packages_are_those_that_python_lists() {
    const DIRECTORY: &str = "/usr/lib/python3/dist-packages";
    let script = format!(
        "from importlib.metadata import distributions\n\
         for found in distributions(path=['{DIRECTORY}']):\n  \
         print('pypi', found.metadata['Name'], found.version)"
    );
    let Some(wanted) = lines("/usr/bin/python3", &["-c", &script]).filter(|set| !set.is_empty())
    else {
        println!("skipped: there are no packages of Debian's Python on this machine");
        return;
    };
    let mut layer = LayerBuilder::new();
    for entry in fs_err::read_dir(DIRECTORY).unwrap() {
        let path = entry.unwrap().path();
        let text = path.to_str().unwrap();
        if path.is_dir() && [".dist-info", ".egg-info"].iter().any(|end| text.ends_with(end)) {
            add_files(&mut layer, &path, &["/METADATA", "/PKG-INFO", "/RECORD"]);
        }
    }
    add_files(&mut layer, Path::new(DIRECTORY), &[".egg-info"]);
    let run = scan_image(&one_layer(layer.finish()));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(packages(&run.report()).into_iter().collect::<BTreeSet<_>>(), wanted);
}
