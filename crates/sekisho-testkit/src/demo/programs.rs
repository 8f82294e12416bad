//! The programs of the demo image.

use serde_json::json;

use crate::{
    elf::{Elf, go_buildinfo, rust_dep_section},
    jar::{ZipBuilder, manifest, maven_jar, pom_properties},
    layer::LayerBuilder,
};

const GO_MODULES: &[(&str, &str)] = &[
    ("github.com/dgrijalva/jwt-go", "v3.2.0+incompatible"),
    ("github.com/gin-gonic/gin", "v1.6.3"),
    ("github.com/golang/protobuf", "v1.3.3"),
    ("github.com/gorilla/websocket", "v1.4.0"),
    ("github.com/prometheus/client_golang", "v1.7.1"),
    ("golang.org/x/crypto", "v0.0.0-20200622213623-75b288015ac9"),
    ("golang.org/x/net", "v0.0.0-20200226121028-0de0cce0169b"),
    ("golang.org/x/text", "v0.3.2"),
    ("gopkg.in/yaml.v2", "v2.2.2"),
];

const RUST_CRATES: &[(&str, &str)] = &[
    ("chrono", "0.4.19"),
    ("hyper", "0.14.9"),
    ("openssl-src", "111.15.0+1.1.1k"),
    ("regex", "1.5.4"),
    ("smallvec", "1.6.0"),
    ("time", "0.1.42"),
    ("tokio", "1.7.1"),
];

/// Group, artifact and version of jars with `pom.properties`.
const MAVEN_JARS: &[(&str, &str, &str)] = &[
    ("com.fasterxml.jackson.core", "jackson-databind", "2.9.8"),
    ("commons-collections", "commons-collections", "3.2.1"),
    ("org.apache.logging.log4j", "log4j-api", "2.14.1"),
    ("org.apache.logging.log4j", "log4j-core", "2.14.1"),
    ("org.yaml", "snakeyaml", "1.23"),
];

/// Artifact and version of jars with nothing but a manifest, as Gradle builds them.
const PLAIN_JARS: &[(&str, &str)] =
    &[("spring-core", "5.2.0.RELEASE"), ("spring-web", "5.2.0.RELEASE")];

/// Adds programs, and libraries for the names that are those of libraries.
pub(super) fn install(layer: &mut LayerBuilder, programs: &[(&str, &[&str])]) {
    for (path, needed) in programs {
        match path.rsplit_once('/') {
            Some((_, name)) if name.contains(".so") => {
                let elf = Elf::library(name, needed).section(".rodata", path.as_bytes().to_vec());
                layer.file(path, elf.to_bytes());
            }
            _ => {
                let elf = Elf::dynamic(needed).section(".rodata", path.as_bytes().to_vec());
                layer.executable(path, elf.to_bytes());
            }
        }
    }
}

/// The program that stands at `path` of the base layer.
pub(super) fn program(path: &str) -> Vec<u8> {
    let found = super::inventory::BASE_PROGRAMS.iter().find(|(other, _)| *other == path);
    let (_, needed) = found.expect("the base layer has it");
    Elf::dynamic(needed).section(".rodata", path.as_bytes().to_vec()).to_bytes()
}

pub(super) fn go_program() -> Vec<u8> {
    let mut modules =
        "path\texample.org/shop/gateway\nmod\texample.org/shop/gateway\t(devel)\t\n".to_owned();
    for (path, version) in GO_MODULES {
        let sum = "A".repeat(43);
        modules.extend([format!("dep\t{path}\t{version}\th1:{sum}=\n")]);
    }
    modules +=
        "build\t-compiler=gc\nbuild\tCGO_ENABLED=0\nbuild\tGOARCH=amd64\nbuild\tGOOS=linux\n";
    Elf::default().section(".go.buildinfo", go_buildinfo("go1.18.1", &modules)).to_bytes()
}

pub(super) fn rust_program() -> Vec<u8> {
    let mut packages = Vec::new();
    for (name, version) in RUST_CRATES {
        packages.push(json!({"name": name, "version": version, "source": "crates.io"}));
    }
    let dependencies: Vec<_> = (0..packages.len()).collect();
    packages.push(json!({
        "name": "ledger",
        "version": "0.3.0",
        "source": "local",
        "dependencies": dependencies,
        "root": true,
    }));
    let section = rust_dep_section(&json!({"packages": packages}).to_string());
    Elf::dynamic(&["libc.so.6"]).section(".dep-v0", section).to_bytes()
}

/// An executable jar: the libraries lie in it as they are, uncompressed.
pub(super) fn spring_boot_jar() -> Vec<u8> {
    let mut jar = ZipBuilder::new();
    let attributes = [
        ("Main-Class", "org.springframework.boot.loader.JarLauncher"),
        ("Start-Class", "org.example.shop.Shop"),
        ("Spring-Boot-Version", "2.2.0.RELEASE"),
        ("Spring-Boot-Classes", "BOOT-INF/classes/"),
        ("Spring-Boot-Lib", "BOOT-INF/lib/"),
    ];
    jar.deflated("META-INF/MANIFEST.MF", manifest(&attributes))
        .deflated(
            "META-INF/maven/org.example/shop/pom.properties",
            pom_properties("org.example", "shop", "1.4.2"),
        )
        .deflated("BOOT-INF/classes/application.properties", "server.port=8081\n");
    for (group, artifact, version) in MAVEN_JARS {
        let inner = maven_jar(group, artifact, version).finish();
        jar.stored(format!("BOOT-INF/lib/{artifact}-{version}.jar"), inner);
    }
    for (artifact, version) in PLAIN_JARS {
        let attributes =
            [("Implementation-Title", *artifact), ("Implementation-Version", *version)];
        let inner =
            ZipBuilder::new().deflated("META-INF/MANIFEST.MF", manifest(&attributes)).finish();
        jar.stored(format!("BOOT-INF/lib/{artifact}-{version}.jar"), inner);
    }
    jar.finish()
}
