use std::path::Path;

use sekisho_engine::Config as Engines;

use crate::{
    daemon::{Daemon, load},
    images::{archive, assert_same, expected, images, report},
};

#[test]
fn podman_gives_what_was_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (socket, address) = (path("podman.sock"), format!("unix://{}", path("podman.sock")));
    let started = Daemon::start(
        "podman",
        &[
            "--root",
            &path("root"),
            "--runroot",
            &path("run"),
            "--storage-driver",
            "vfs",
            "system",
            "service",
            "--time",
            "0",
            &address,
        ],
        Path::new(&socket),
    );
    let Some(_podman) = started else { return };
    let engines = Engines { podman: vec![address], ..Engines::default() };
    for (name, image) in images() {
        let archive = archive(name, &image);
        load(Path::new(&socket), &archive);
        let found = report(&format!("podman:{name}"), &engines).unwrap();
        assert_same(&found, &expected(&archive, "podman", name));
    }
}
