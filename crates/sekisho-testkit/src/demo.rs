//! The image that `make demo` scans: a small shop as careless teams build one.
//!
//! Debian packages, Node, Python, Java, Go and Rust with versions of some years ago, a setuid
//! copy of a shell, root as user, secrets in files, in the environment and in files deleted by
//! a later layer. Every secret is made up: it has the shape of one and opens nothing.

mod feed;
mod inventory;
mod programs;
mod secrets;

pub use feed::pack_feed;

use std::collections::BTreeMap;

use crate::{
    elf::Elf,
    image::{Image, ImageBuilder, ImageConfig},
    layer::{Attributes, Layer, LayerBuilder},
    packages::{DebPackage, install_debs, install_npm, install_wheel},
};

/// Name and tag of the image.
pub const NAME: &str = "example.org/shop:1.4.2";

const APP: &str = "srv/shop";
const SITE_PACKAGES: &str = "usr/local/lib/python3.11/site-packages";

/// `struct vfs_cap_data` of version 2, effective, with `CAP_NET_RAW` permitted.
const CAP_NET_RAW: &[u8] = &[1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Builds the image; the same bytes each time.
pub fn image() -> Image {
    let mut image = ImageBuilder::new();
    image.config(config());
    image
        .layer(base(), "/bin/sh -c #(nop) ADD file:0f2b7c9d8e1a in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"bash\"]")
        .layer(
            runtimes(),
            "RUN /bin/sh -c apt-get update && apt-get install -y nodejs python3 curl git \
             openssh-client iputils-ping imagemagick # buildkit",
        )
        .empty_step("WORKDIR /srv/shop")
        .layer(sources(), "COPY . . # buildkit")
        .layer(node_modules(), "RUN /bin/sh -c npm ci # buildkit")
        .layer(site_packages(), "RUN /bin/sh -c pip install -r requirements.txt # buildkit")
        .layer(java(), "COPY build/libs/shop.jar /opt/shop/shop.jar # buildkit")
        .layer(services(), "COPY --from=build /out/gateway /out/ledger /usr/local/bin/ # buildkit")
        .layer(
            setuid(),
            "RUN /bin/sh -c cp /bin/bash /usr/local/bin/maintenance && chmod 4755 \
             /usr/local/bin/maintenance # buildkit",
        )
        .layer(credentials(), "COPY deploy/root/ /root/ # buildkit")
        .layer(
            clean_up(),
            "RUN /bin/sh -c rm -rf .npmrc /root/.ssh /var/lib/apt/lists/* legacy && mkdir legacy \
             # buildkit",
        )
        .empty_step(&format!("ENV DATABASE_URL={}", secrets::database_url()))
        .empty_step("EXPOSE map[8080/tcp:{}]")
        .empty_step("ENTRYPOINT [\"/srv/shop/start.sh\"]");
    image.build()
}

fn config() -> ImageConfig {
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    ImageConfig {
        env: vec![
            path.to_owned(),
            "NODE_ENV=production".to_owned(),
            format!("DATABASE_URL={}", secrets::database_url()),
        ],
        entrypoint: vec![format!("/{APP}/start.sh")],
        working_dir: format!("/{APP}"),
        labels: BTreeMap::from([("org.opencontainers.image.title".to_owned(), "shop".to_owned())]),
        exposed_ports: vec!["8080/tcp".to_owned()],
        ..ImageConfig::default()
    }
}

/// A Debian root, merged /usr as since Debian 12.
fn base() -> Layer {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    for name in ["bin", "lib", "lib64", "sbin"] {
        layer.directory(format!("usr/{name}")).symlink(name, format!("usr/{name}"));
    }
    layer
        .directory_with("tmp", &Attributes::mode(0o1777))
        .file(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n",
        )
        .file_with(
            "etc/shadow",
            "root:*:19700:0:99999:7:::\n",
            &Attributes { gid: 42, ..Attributes::mode(0o640) },
        )
        .file("etc/debian_version", "12.0\n")
        .file("usr/lib/os-release", inventory::OS_RELEASE)
        .symlink("etc/os-release", "../usr/lib/os-release");
    programs::install(&mut layer, inventory::BASE_PROGRAMS);
    for (path, mode) in
        [("usr/bin/su", 0o4755), ("usr/bin/passwd", 0o4755), ("usr/bin/wall", 0o2755)]
    {
        let elf = Elf::dynamic(&["libc.so.6"]).section(".rodata", path.as_bytes().to_vec());
        layer.file_with(path, elf.to_bytes(), &Attributes::mode(mode));
    }
    layer.symlink("usr/bin/sh", "dash");
    layer.symlink("usr/lib64/ld-linux-x86-64.so.2", "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
    install_debs(&mut layer, &debs(inventory::BASE_DEBS));
    layer.finish()
}

/// More packages: the status file is written anew, with all of them.
fn runtimes() -> Layer {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    programs::install(&mut layer, inventory::RUNTIME_PROGRAMS);
    let ping = Attributes { capability: CAP_NET_RAW.to_vec(), ..Attributes::mode(0o755) };
    layer.file_with("usr/bin/ping", Elf::dynamic(&["libc.so.6"]).to_bytes(), &ping);
    let packages = [debs(inventory::BASE_DEBS), debs(inventory::RUNTIME_DEBS)].concat();
    install_debs(&mut layer, &packages);
    layer.file(
        "var/lib/apt/lists/deb.example.org_debian_dists_bookworm_InRelease",
        "Suite: stable\n",
    );
    layer.finish()
}

fn sources() -> Layer {
    let mut layer = LayerBuilder::new();
    layer
        .with_parents()
        .file(format!("{APP}/.npmrc"), secrets::npmrc())
        .file(format!("{APP}/package.json"), inventory::APP_PACKAGE_JSON)
        .file(format!("{APP}/requirements.txt"), "Django==2.2\nrequests==2.19.1\n")
        .file(format!("{APP}/server.js"), inventory::SERVER_JS)
        .executable(format!("{APP}/start.sh"), inventory::START_SH)
        .file(format!("{APP}/settings.py"), secrets::settings_py());
    // A copy of an old tree, hidden by the last layer.
    install_npm(&mut layer, &format!("{APP}/legacy/node_modules"), "event-stream", "3.3.6");
    install_npm(&mut layer, &format!("{APP}/legacy/node_modules"), "flatmap-stream", "0.1.1");
    layer.finish()
}

fn node_modules() -> Layer {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    for (name, version) in inventory::NODE {
        install_npm(&mut layer, &format!("{APP}/node_modules"), name, version);
    }
    // Two versions of one package, as npm nests them.
    for (parent, name, version) in inventory::NODE_NESTED {
        install_npm(
            &mut layer,
            &format!("{APP}/node_modules/{parent}/node_modules"),
            name,
            version,
        );
    }
    layer.symlink(format!("{APP}/node_modules/.bin/mime"), "../mime/cli.js");
    layer.executable(format!("{APP}/node_modules/mime/cli.js"), "#!/usr/bin/env node\n");
    layer.finish()
}

fn site_packages() -> Layer {
    let mut layer = LayerBuilder::new();
    layer.with_parents();
    for (name, version) in inventory::PYTHON {
        install_wheel(&mut layer, SITE_PACKAGES, name, version);
    }
    layer.executable(
        "usr/local/bin/django-admin",
        "#!/usr/bin/python3\nfrom django.core import management\nmanagement.execute_from_command_line()\n",
    );
    layer.finish()
}

fn java() -> Layer {
    LayerBuilder::new()
        .with_parents()
        .file("opt/shop/shop.jar", programs::spring_boot_jar())
        .finish()
}

fn services() -> Layer {
    LayerBuilder::new()
        .with_parents()
        .executable("usr/local/bin/gateway", programs::go_program())
        .executable("usr/local/bin/ledger", programs::rust_program())
        .finish()
}

fn setuid() -> Layer {
    LayerBuilder::new()
        .with_parents()
        .file_with(
            "usr/local/bin/maintenance",
            programs::program("usr/bin/bash"),
            &Attributes::mode(0o4755),
        )
        .finish()
}

fn credentials() -> Layer {
    let private = Attributes::mode(0o600);
    LayerBuilder::new()
        .directory_with("root", &Attributes::mode(0o700))
        .directory_with("root/.aws", &Attributes::mode(0o755))
        .file_with("root/.aws/credentials", secrets::aws_credentials(), &private)
        .directory_with("root/.ssh", &Attributes::mode(0o700))
        .file_with("root/.ssh/id_rsa", secrets::private_key(), &private)
        .finish()
}

/// What is deleted here stays in the layers below, for anyone who pulls the image.
fn clean_up() -> Layer {
    LayerBuilder::new()
        .with_parents()
        .whiteout(format!("{APP}/.npmrc"))
        .whiteout("root/.ssh")
        .directory("var/lib/apt/lists")
        .opaque("var/lib/apt/lists")
        .directory(format!("{APP}/legacy"))
        .opaque(format!("{APP}/legacy"))
        .file(format!("{APP}/legacy/README"), "moved\n")
        .finish()
}

fn debs(table: &[(&str, &str, &str, &[&str])]) -> Vec<DebPackage> {
    table
        .iter()
        .map(|(name, version, source, files)| {
            let mut package = DebPackage::new(name, version);
            package.source = (!source.is_empty()).then(|| (*source).to_owned());
            package.is_multi_arch = name.starts_with("lib") && *name != "libc-bin";
            package.files = files.iter().map(|&path| path.to_owned()).collect();
            package
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::{Cursor, Read as _},
    };

    use sekisho_archive::{BlobExpectation, BlobReader, tar::TarReader};

    use super::*;

    /// Name and content of every entry of every layer, through the readers under test.
    fn entries() -> Vec<(String, Vec<u8>)> {
        let mut entries = Vec::new();
        for layer in image().layers {
            let expected = BlobExpectation {
                digest: Some(layer.blob.digest),
                diff_id: Some(layer.diff_id),
                size_bytes: None,
            };
            let blob = BlobReader::new(Box::new(Cursor::new(layer.blob.bytes)), expected).unwrap();
            let mut reader = TarReader::new(blob);
            while let Some(entry) = reader.next_entry().unwrap() {
                let mut content = Vec::new();
                reader.read_to_end(&mut content).unwrap();
                entries.push((String::from_utf8(entry.name).unwrap(), content));
            }
            reader.into_inner().finish().unwrap();
        }
        entries
    }

    #[test]
    fn the_image_is_the_same_each_time() {
        assert_eq!(image().manifest.digest, image().manifest.digest);
    }

    #[test]
    fn the_image_holds_enough_of_each_kind() {
        let entries = entries();
        let count = |end: &str| entries.iter().filter(|(name, _)| name.ends_with(end)).count();
        assert!(count("/package.json") >= 40, "{}", count("/package.json"));
        assert!(count(".dist-info/RECORD") >= 15);
        assert!(count(".list") >= 50);
        assert_eq!((count(".jar"), count("/.wh..wh..opq")), (1, 2));
    }

    #[test]
    fn every_program_that_a_package_lists_is_there() {
        let entries = entries();
        let names: BTreeSet<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        for (package, _, _, files) in inventory::BASE_DEBS.iter().chain(inventory::RUNTIME_DEBS) {
            for path in *files {
                // Below merged /usr, where dpkg still lists the old paths.
                let path = path.trim_start_matches('/');
                let merged = format!("usr/{path}");
                assert!(
                    names.contains(path) || names.contains(merged.as_str()),
                    "{package}: {path}"
                );
            }
        }
    }

    #[test]
    fn deleted_files_are_in_the_layers_below() {
        let entries = entries();
        for path in ["srv/shop/.npmrc", "root/.ssh/id_rsa", "srv/shop/.wh..npmrc", "root/.wh..ssh"]
        {
            assert!(entries.iter().any(|(name, _)| name == path), "{path}");
        }
    }
}
