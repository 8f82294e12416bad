//! A real registry, and what people have between it and them.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use assert_cmd::Command;
use sekisho_testkit::{
    Bundle, Image, ImageBuilder, ImageConfig, LayerBuilder, Platform, RegistryAccess,
    RegistryServer,
};
use serde_json::Value;

use crate::advisories;

/// An image for a platform, with a package of its name.
fn image(platform: &str) -> Image {
    let package = format!(r#"{{"name": "{}", "version": "1.0.0"}}"#, platform.replace('/', "-"));
    let mut layer = LayerBuilder::new();
    layer.with_parents().file("usr/lib/node_modules/a/package.json", package);
    let mut image = ImageBuilder::new();
    image
        .config(ImageConfig { platform: Platform::new(platform), ..ImageConfig::default() })
        .layer(layer.finish(), "COPY");
    image.build()
}

fn put(registry: &RegistryServer, repository: &str) {
    let images = [image("linux/amd64"), image("linux/arm64")];
    let images: Vec<&Image> = images.iter().collect();
    registry.put(repository, "1", &Bundle::oci_platforms("1", &images, 1));
}

/// Has logins kept by a helper, which is asked by the name of the host.
fn write_helper(directory: &Path, host: &str) {
    let helper = directory.join("docker-credential-test");
    let answer = r#"{"Username": "tester", "Secret": "a-pass-word"}"#;
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = get ] && [ \"$(cat)\" = {host} ] || exit 1\necho '{answer}'\n"
    );
    fs_err::write(&helper, script).unwrap();
    fs_err::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!(r#"{{"credHelpers": {{"{host}": "test"}}}}"#);
    fs_err::write(directory.join("config.json"), config).unwrap();
}

fn scan(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command
        .env_clear()
        .current_dir(directory)
        .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
        .env("DOCKER_CONFIG", directory)
        .env("XDG_CONFIG_HOME", advisories::shared().join(".config"))
        .args(["image", "scan", "--format", "json", "--no-cache", "--db"])
        .arg(advisories::directory(advisories::shared()))
        .args(args);
    command
}

fn report(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).expect(&stderr)
}

#[test]
fn the_image_of_a_platform_comes_by_a_login_from_a_helper_over_tls() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Closed) else { return };
    put(&registry, "team/app");
    let directory = registry.directory.path();
    write_helper(directory, &registry.host);
    fs_err::write(directory.join("sekisho.yaml"), "registry:\n  ca: [ca.pem]\n").unwrap();
    let target = format!("registry:{}/team/app:1", registry.host);
    for platform in ["linux/amd64", "linux/arm64"] {
        let found = report(&mut scan(directory, &[&target, "--platform", platform]));
        assert_eq!(found["subject"]["source"], "registry");
        assert_eq!(found["subject"]["platform"], platform);
        assert_eq!(found["packages"][0]["name"], platform.replace('/', "-"));
    }
    let missing = scan(directory, &[&target, "--platform", "linux/s390x"]).output().unwrap();
    let stderr = String::from_utf8(missing.stderr).unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr.contains("there is linux/amd64, linux/arm64"), "{stderr}");
}

#[test]
fn a_mirror_answers_for_docker_hub() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Open) else { return };
    put(&registry, "library/app");
    let directory = registry.directory.path();
    let settings = format!("registry:\n  mirrors:\n    docker.io: [{}]\n", registry.host);
    fs_err::write(directory.join("sekisho.yaml"), settings).unwrap();
    let found = report(&mut scan(directory, &["registry:app:1", "--platform", "linux/arm64"]));
    assert_eq!(found["packages"][0]["name"], "linux-arm64");
}

#[test]
fn a_proxy_of_the_environment_is_asked() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").unwrap();
        line
    });
    let directory = tempfile::tempdir().unwrap();
    let output = scan(directory.path(), &["registry:registry.example/app:1"])
        .env("HTTPS_PROXY", address)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(asked.join().unwrap(), "CONNECT registry.example:443 HTTP/1.1\r\n");
}

#[test]
fn a_reference_that_nobody_has_names_every_place() {
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("sekisho.yaml"), "engines:\n  containerd: none\n").unwrap();
    let output = scan(directory.path(), &["app:1", "--offline"])
        .env("DOCKER_HOST", "unix:///none/docker.sock")
        .env("CONTAINER_HOST", "unix:///none/podman.sock")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let shown =
        stderr.replace(&directory.path().canonicalize().unwrap().display().to_string(), "DIR");
    insta::assert_snapshot!(shown.trim_end(), @r#"
    error: "app:1" is neither a path nor an image that was found
      docker: Docker does not run here: "/none/docker.sock" is not there; start it with `systemctl start docker`, or set DOCKER_HOST to where it listens
      containerd: containerd does not run here: it keeps nothing in "DIR/none"
      podman: Podman does not run here: "/none/podman.sock" is not there; start its service with `systemctl --user start podman.socket`, or set CONTAINER_HOST to where it listens
      registry: "app:1" would have to be pulled, and the network is not to be used
    "#);
}
