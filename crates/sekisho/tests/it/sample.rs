//! An image with a little of everything, in several layers.

use sekisho_testkit::{
    Attributes, BlobCompression, Elf, Image, ImageBuilder, ImageConfig, Layer, LayerBuilder,
    Platform,
    packages::{DebPackage, install_debs, install_npm, install_wheel},
};

const OS_RELEASE: &str = "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n";

pub(crate) fn deb(name: &str, version: &str, files: &[&str]) -> DebPackage {
    let mut package = DebPackage::new(name, version);
    package.files = files.iter().map(|&path| path.to_owned()).collect();
    package
}

fn libc() -> DebPackage {
    deb("libc6", "2.36-9", &["/usr/lib/x86_64-linux-gnu/libc.so.6"])
}

pub(crate) fn base() -> Layer {
    let mut layer = LayerBuilder::new();
    layer
        .with_parents()
        .symlink("bin", "usr/bin")
        .file("usr/lib/os-release", OS_RELEASE)
        .symlink("etc/os-release", "../usr/lib/os-release")
        .executable("usr/lib/x86_64-linux-gnu/libc.so.6", Elf::library("libc.so.6", &[]).to_bytes())
        .executable("usr/bin/dash", Elf::dynamic(&["libc.so.6"]).to_bytes())
        .hard_link("usr/bin/sh", "usr/bin/dash");
    install_debs(&mut layer, &[libc(), deb("dash", "0.5.12-2", &["/bin/dash"])]);
    layer.finish()
}

fn application() -> Layer {
    let mut layer = LayerBuilder::new();
    let long = "d".repeat(120);
    layer
        .with_parents()
        .file(format!("srv/{long}/{long}/notes"), "a name that needs a PAX header")
        .file_with("usr/bin/helper", Elf::default().to_bytes(), &Attributes::mode(0o4755));
    install_npm(&mut layer, "srv/app/node_modules", "left-pad", "1.3.0");
    install_npm(&mut layer, "srv/old/node_modules", "event-stream", "3.3.6");
    install_wheel(&mut layer, "usr/lib/python3.11/site-packages", "Flask", "2.0.1");
    layer.finish()
}

fn upgrade() -> Layer {
    let mut layer = LayerBuilder::new();
    let packages = [libc(), deb("dash", "0.5.12-6", &["/bin/dash"]), deb("curl", "7.88.1-10", &[])];
    install_debs(&mut layer, &packages);
    layer.whiteout("srv/old").finish()
}

pub(crate) fn image(compression: BlobCompression) -> Image {
    image_for("linux/amd64", compression)
}

pub(crate) fn image_for(platform: &str, compression: BlobCompression) -> Image {
    ImageBuilder::new()
        .config(ImageConfig {
            platform: Platform::new(platform),
            entrypoint: vec!["/bin/sh".to_owned()],
            env: vec!["TOKEN=not-for-the-report".to_owned()],
            ..ImageConfig::default()
        })
        .compression(compression)
        .layer(base(), "ADD base /")
        .empty_step("ENTRYPOINT [\"/bin/sh\"]")
        .layer(application(), "RUN npm ci")
        .layer(upgrade(), "RUN apt-get upgrade && rm -rf /srv/old")
        .build()
}

/// An image of one layer.
pub(crate) fn one_layer(layer: Layer) -> Image {
    ImageBuilder::new().layer(layer, "COPY . .").build()
}
