//! The same image from everywhere it can lie.

use std::io::Write as _;

use sekisho_testkit::{BlobCompression, Bundle};
use serde_json::Value;

use crate::{
    program::{apart_from_the_source, packages, scan, scan_stdin},
    sample::{image, image_for},
};

const COMPRESSIONS: [BlobCompression; 3] =
    [BlobCompression::Plain, BlobCompression::Gzip, BlobCompression::Zstd];

/// The report of a scan that went well.
fn report(target: &str) -> Value {
    let run = scan(&[target]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{target}");
    run.report()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_report_is_the_same_from_every_source() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).display().to_string();
    let mut reports = Vec::new();
    for (number, compression) in COMPRESSIONS.into_iter().enumerate() {
        let image = image(compression);
        let oci = Bundle::oci(&[("1", &image)]);
        let docker = Bundle::docker(&[("app:1", &image)]);
        let old = Bundle::docker_old(&[("app:1", &image)]);
        let nested = Bundle::oci_platforms("1", &[&image], 2);
        let layout = at(&format!("layout-{number}"));
        oci.write_to(layout.as_ref()).unwrap();
        let files = [
            ("oci", "oci-archive", oci.to_tar("")),
            ("oci-dot", "oci-archive", oci.to_tar("./")),
            ("docker", "docker-archive", docker.to_tar("")),
            ("docker-dot", "docker-archive", docker.to_tar("./")),
            ("docker-gzip", "docker-archive", gzip(&docker.to_tar(""))),
            ("oci-gzip", "oci-archive", gzip(&oci.to_tar(""))),
            ("docker-zstd", "docker-archive", zstd::encode_all(&docker.to_tar("")[..], 1).unwrap()),
            ("old", "docker-archive", old.to_tar("")),
            ("old-gzip", "docker-archive", gzip(&old.to_tar(""))),
            ("nested", "oci-archive", nested.to_tar("")),
        ];
        for target in [format!("oci-dir:{layout}"), layout.clone()] {
            reports.push((format!("{compression:?} {target}"), "oci-dir", report(&target)));
        }
        for (name, source, tar) in &files {
            let path = at(&format!("{name}-{number}"));
            fs_err::write(&path, tar).unwrap();
            for target in [path.clone(), format!("{source}:{path}")] {
                reports.push((format!("{compression:?} {target}"), source, report(&target)));
            }
        }
        for (name, source, tar) in files {
            let run = scan_stdin(tar, &["-"]);
            assert_eq!(run.code, 0, "{name}: {}", run.stderr);
            reports.push((format!("{compression:?} {name} on stdin"), source, run.report()));
        }
    }
    let first = apart_from_the_source(reports[0].2.clone());
    for (name, source, report) in reports {
        assert_eq!(report["subject"]["source"], source, "{name}");
        assert_eq!(apart_from_the_source(report), first, "{name}");
    }
}

#[test]
fn the_report_says_what_is_installed_and_what_brought_it() {
    let (_directory, path) = crate::program::file(
        "a.tar",
        &Bundle::docker(&[("a:1", &image(BlobCompression::Gzip))]).to_tar(""),
    );
    let report = report(path.to_str().unwrap());
    let layers: Vec<&str> = report["subject"]["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["diff_id"].as_str().unwrap())
        .collect();
    let from = |package: &Value| layers.iter().position(|id| package["layer"] == *id).unwrap();
    let lines: Vec<String> = packages(&report)
        .into_iter()
        .zip(report["packages"].as_array().unwrap())
        .map(|(line, package)| format!("{line} from layer {}", from(package)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    deb curl 7.88.1-10 from layer 2
    deb dash 0.5.12-6 from layer 2
    deb libc6 2.36-9 from layer 0
    npm left-pad 1.3.0 from layer 1
    pypi Flask 2.0.1 from layer 1
    ");
    let executables = report["executables"].as_array().unwrap().iter().map(|executable| {
        let path = executable["path"].as_str().unwrap();
        let owner = executable["package"].as_str().unwrap_or("nobody");
        format!("{path} {} of {owner}", executable["mode"].as_str().unwrap())
    });
    insta::assert_snapshot!(executables.collect::<Vec<_>>().join("\n"), @r"
    usr/bin/dash 0755 of pkg:deb/debian/dash@0.5.12-6?arch=amd64&distro=debian-12
    usr/bin/helper 4755 of nobody
    usr/bin/sh 0755 of nobody
    usr/lib/x86_64-linux-gnu/libc.so.6 0755 of pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12
    ");
    assert!(!report.to_string().contains("not-for-the-report"), "the value of a variable is shown");
}

#[test]
fn a_directory_holds_the_packages_of_the_image() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let status = sekisho_testkit::packages::dpkg_status(&[crate::sample::deb("dash", "1", &[])]);
    for (path, text) in [
        ("var/lib/dpkg/status", status.as_str()),
        ("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"),
    ] {
        fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs_err::write(root.join(path), text).unwrap();
    }
    // Out of the directory, which is no business of the scan.
    fs_err::os::unix::fs::symlink("/", root.join("host")).unwrap();
    let target = root.to_str().unwrap();
    let by_prefix = report(&format!("dir:{target}"));
    assert_eq!(by_prefix, report(target));
    assert_eq!(by_prefix["subject"]["kind"], "directory");
    assert!(packages(&by_prefix).contains(&"deb dash 1".to_owned()));
    assert_eq!(by_prefix["executables"], serde_json::json!([]));
}

#[test]
fn an_image_of_several_is_named_behind_the_path() {
    let (one, two) =
        (image(BlobCompression::Gzip), crate::sample::one_layer(crate::sample::base()));
    let tar = Bundle::docker(&[("app:1", &one), ("base:2", &two)]).to_tar("");
    let (_directory, path) = crate::program::file("two.tar", &tar);
    let path = path.to_str().unwrap();
    let n_layers = |target: &str| report(target)["subject"]["layers"].as_array().unwrap().len();
    assert_eq!(n_layers(&format!("{path}:app:1")), 3);
    assert_eq!(n_layers(&format!("docker-archive:{path}:base:2")), 1);
    let run = scan(&[path]);
    let message = run.error();
    assert!(message.contains("app:1, base:2") && message.contains("PATH:NAME"), "{message}");
}

#[test]
fn the_platform_chooses_the_image() {
    let images = ["linux/amd64", "linux/arm64", "linux/arm/v7"]
        .map(|platform| image_for(platform, BlobCompression::Gzip));
    for depth in 0..3 {
        let bundle = Bundle::oci_platforms("1", &images.each_ref(), depth);
        let (_directory, path) = crate::program::file("p.tar", &bundle.to_tar(""));
        let path = path.to_str().unwrap();
        for platform in ["linux/amd64", "linux/arm64", "linux/arm/v7"] {
            let run = scan(&["--platform", platform, path]);
            assert_eq!(run.report()["subject"]["platform"], platform, "{depth}");
        }
        let run = scan(&["--platform", "linux/s390x", path]);
        let message = run.error();
        assert!(message.contains("linux/s390x"), "{message}");
        if depth > 0 {
            assert!(message.contains("linux/amd64, linux/arm64, linux/arm/v7"), "{message}");
        }
    }
}
