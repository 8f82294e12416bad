//! What is installed, when layers copy, replace, link and delete.

use sekisho_testkit::{
    Attributes, BlobCompression, Elf, ImageBuilder, ImageConfig, LayerBuilder,
    packages::{install_debs, install_npm},
};
use serde_json::Value;

use crate::{
    program::{executables, scan_image},
    sample::{base, deb, one_layer},
};

/// `name version from layer N`, the phantom-free truth.
fn origins(report: &Value) -> Vec<String> {
    let layers = report["subject"]["layers"].as_array().unwrap();
    let number = |id: &Value| layers.iter().position(|layer| layer["diff_id"] == *id).unwrap();
    let list = report["packages"].as_array().unwrap().iter();
    list.map(|package| {
        let owner =
            package["owned_by"].as_str().map_or(String::new(), |purl| format!(" of {purl}"));
        let text = |key: &str| package[key].as_str().unwrap();
        format!(
            "{} {} from layer {}{owner}",
            text("name"),
            text("version"),
            number(&package["layer"])
        )
    })
    .collect()
}

#[test]
fn a_setuid_file_belongs_to_its_layer_and_to_no_package() {
    let find = Elf::dynamic(&["libc.so.6"]).to_bytes();
    let mut lower = LayerBuilder::new();
    lower.with_parents().executable("usr/bin/find", &find);
    install_debs(&mut lower, &[deb("findutils", "4.9.0-4", &["/usr/bin/find"])]);
    let mut upper = LayerBuilder::new();
    upper.with_parents().file_with("usr/local/bin/find", &find, &Attributes::mode(0o4755));
    let image = ImageBuilder::new()
        .layer(lower.finish(), "ADD base")
        .layer(
            upper.finish(),
            "RUN cp /usr/bin/find /usr/local/bin && chmod 4755 /usr/local/bin/find",
        )
        .build();
    let report = scan_image(&image).report();
    let executables = report["executables"].as_array().unwrap();
    let [owned, copy] = executables.as_slice() else { panic!("{executables:?}") };
    assert_eq!(owned["package"], "pkg:deb/findutils@4.9.0-4?arch=amd64");
    assert_eq!((&owned["setuid"], &copy["setuid"]), (&Value::from(false), &Value::from(true)));
    assert_eq!(copy["package"], Value::Null);
    assert_eq!(copy["layer"], report["subject"]["layers"][1]["diff_id"]);
    assert_eq!(copy["sha256"], owned["sha256"]);
}

#[test]
fn a_shell_by_itself_may_need_everything_and_a_program_does_not() {
    let unneeded = |cmd: &[&str]| -> Vec<Value> {
        let mut layer = LayerBuilder::new();
        for path in ["bin/sh", "bin/tool", "app/server"] {
            layer.executable(path, Elf::dynamic(&[]).section(".rodata", path.into()).to_bytes());
        }
        let cmd = cmd.iter().map(|&word| word.to_owned()).collect();
        let image = ImageBuilder::new()
            .config(ImageConfig { cmd, ..ImageConfig::default() })
            .layer(layer.finish(), "COPY . /")
            .build();
        let report = scan_image(&image).report();
        let executables = report["executables"].as_array().unwrap().iter();
        executables.filter(|it| !it["unneeded"].is_null()).map(|it| it["path"].clone()).collect()
    };
    assert_eq!(unneeded(&["/bin/sh"]), Vec::<Value>::new());
    assert_eq!(unneeded(&["/app/server"]), ["bin/sh", "bin/tool"]);
}

#[test]
fn a_replaced_status_file_counts_once() {
    let status = |versions: &[(&str, &str)]| {
        let mut layer = LayerBuilder::new();
        let debs: Vec<_> = versions.iter().map(|(name, version)| deb(name, version, &[])).collect();
        install_debs(&mut layer, &debs);
        layer.finish()
    };
    let image = ImageBuilder::new()
        .layer(status(&[("bash", "5.2"), ("curl", "7.88"), ("vim", "9.0")]), "ADD base")
        .layer(
            status(&[("bash", "5.2"), ("curl", "7.89"), ("vim", "9.0"), ("git", "2.39")]),
            "RUN apt",
        )
        .layer(status(&[("bash", "5.2"), ("curl", "7.89"), ("git", "2.39")]), "RUN apt purge vim")
        .build();
    insta::assert_snapshot!(origins(&scan_image(&image).report()).join("\n"), @r"
    bash 5.2 from layer 0
    curl 7.89 from layer 1
    git 2.39 from layer 1
    ");
}

#[test]
fn deleted_and_replaced_directories_hide_what_they_held() {
    let program = Elf::default().to_bytes();
    let mut lower = LayerBuilder::new();
    for directory in ["deleted", "opaque", "replaced", "kept"] {
        lower.executable(format!("srv/{directory}/old"), &program);
    }
    let mut upper = LayerBuilder::new();
    // A whiteout hides nothing that its own layer brings, wherever it stands.
    upper.executable("srv/opaque/new", &program).opaque("srv/opaque");
    upper.whiteout("srv/deleted").file("srv/replaced", "now a file");
    let image =
        ImageBuilder::new().layer(lower.finish(), "COPY").layer(upper.finish(), "RUN rm").build();
    assert_eq!(executables(&scan_image(&image).report()), ["srv/kept/old", "srv/opaque/new"]);
}

#[test]
fn the_order_of_scans_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let image_a = crate::sample::image(BlobCompression::Gzip);
    let image_b = one_layer(base());
    let write = |name: &str, image: &sekisho_testkit::Image| {
        let path = directory.path().join(name).display().to_string();
        let tar = sekisho_testkit::Bundle::docker(&[("a:1", image)]).to_tar("");
        fs_err::write(&path, tar).unwrap();
        path
    };
    let (a, b) = (write("a.tar", &image_a), write("b.tar", &image_b));
    let scanned = |cache: &str, order: [&str; 2]| {
        let cache = directory.path().join(cache).display().to_string();
        let mut outputs = order.map(|path| {
            (path.to_owned(), crate::program::scan(&["--cache-dir", &cache, path]).stdout)
        });
        outputs.sort();
        outputs
    };
    assert_eq!(scanned("first", [&a, &b]), scanned("second", [&b, &a]));
}

#[test]
fn a_chmod_of_everything_brings_no_packages() {
    let owned = "/usr/share/nodejs/mime/package.json";
    let mut lower = LayerBuilder::new();
    lower.with_parents().file("etc/os-release", "ID=debian\nVERSION_ID=12\n");
    install_npm(&mut lower, "usr/share/nodejs", "mime", "3.0.0");
    install_npm(&mut lower, "srv/node_modules", "left-pad", "1.3.0");
    install_debs(&mut lower, &[deb("node-mime", "3.0.0-1", &[owned])]);
    // Copied up whole, as `chmod -R` does, and without the lists of dpkg.
    let mut upper = LayerBuilder::new();
    upper.with_parents();
    install_npm(&mut upper, "usr/share/nodejs", "mime", "3.0.0");
    install_npm(&mut upper, "srv/node_modules", "left-pad", "1.3.0");
    let image = ImageBuilder::new()
        .layer(lower.finish(), "RUN apt-get install node-mime")
        .layer(upper.finish(), "RUN chmod -R g+w /usr/share/nodejs /srv")
        .build();
    let run = scan_image(&image);
    insta::assert_snapshot!(origins(&run.report()).join("\n"), @r"
    node-mime 3.0.0-1 from layer 0
    left-pad 1.3.0 from layer 0
    mime 3.0.0 from layer 0 of pkg:deb/debian/node-mime@3.0.0-1?arch=amd64&distro=debian-12
    ");
}
