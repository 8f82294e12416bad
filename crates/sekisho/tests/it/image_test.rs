//! `sekisho image test`, on images of the test kit.

mod compat;
mod daemon;
mod hostile;
mod own;
mod peer;
mod runners;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use sekisho_testkit::{Attributes, Bundle, Image, ImageBuilder, ImageConfig, LayerBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// A static program with the usual tools, which command tests run.
const BUSYBOX: &str = "/bin/busybox";

/// An image with a file of each kind, in two layers.
fn image() -> Image {
    let owned = Attributes { uid: 1000, gid: 1001, ..Attributes::mode(0o755) };
    let mut base = LayerBuilder::new();
    base.directory("etc")
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/srv/app:/bin/sh\n")
        .file("etc/group", "root:x:0:\nstaff:x:1001:\n")
        .symlink("etc/os-release", "../usr/lib/os-release")
        .file("usr/lib/os-release", "ID=test\n")
        .directory_with("tmp", &Attributes::mode(0o1777))
        .directory("bin");
    match fs_err::read(BUSYBOX) {
        Ok(program) => base.executable("bin/busybox", program),
        Err(_) => base.executable("bin/busybox", "#!/bin/sh\n"),
    };
    for name in
        ["sh", "cat", "id", "echo", "true", "false", "sleep", "yes", "ls", "touch", "printenv"]
    {
        base.symlink(format!("bin/{name}"), "busybox");
    }
    let mut top = LayerBuilder::new();
    top.directory_with("srv/app", &owned)
        .file_with("opt/suid", "#!/bin/sh\n", &Attributes::mode(0o4755))
        .file("opt/target", "content\n")
        .symlink("opt/sibling", "target")
        .symlink("opt/absolute", "/usr/lib/os-release")
        .symlink("opt/etc", "/etc")
        .hard_link("opt/hard", "opt/target")
        .directory_with("opt/sg", &Attributes::mode(0o2775))
        .file("opt/empty", "")
        .file("opt/bin", b"\xff\xfebin\0ary")
        .symlink("opt/loop", "loop2")
        .symlink("opt/loop2", "loop")
        .fifo("opt/fifo")
        .char_device("opt/null", 1, 3)
        .file("usr/share/doc/good/copyright", "GPL-2\n")
        .file("usr/share/doc/bad/copyright", "Agpl\n");
    let config = ImageConfig {
        env: [
            "PATH=/bin",
            "APP=/srv/app",
            "EMPTY=",
            "TEAM=shop",
            "REGEX_VAR=test-2.1.8",
            "FOO_BAR=FOO\\:BAR=BAZ",
        ]
        .map(str::to_owned)
        .to_vec(),
        entrypoint: vec!["/bin/busybox".to_owned()],
        cmd: vec!["sh".to_owned()],
        working_dir: "/srv/app".to_owned(),
        labels: [("team", "shop"), ("empty", "")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        exposed_ports: vec!["53/udp".to_owned(), "80/tcp".to_owned()],
        ..ImageConfig::default()
    };
    ImageBuilder::new()
        .config(config)
        .layer(base.finish(), "base")
        .layer(top.finish(), "top")
        .build()
}

/// A directory with an image and files of tests.
struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new(image: &Image) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let tar = Bundle::docker(&[("app:1", image)]).to_tar("");
        fs_err::write(directory.path().join("image.tar"), tar).unwrap();
        Self { directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs_err::write(&path, text).unwrap();
        path
    }

    /// The program in the directory of the image, with an environment of `PATH` alone.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir(self.path())
            .args(["image", "test"])
            .args(args)
            .timeout(std::time::Duration::from_secs(100));
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(&mut self.command(args))
    }

    /// Tests `target` by one suite, with results as JSON.
    fn results_of(&self, target: &str, suite: &str, args: &[&str]) -> Run {
        self.write("suite.yaml", suite);
        let args = [&[target, "-c", "suite.yaml", "-o", "json", "--no-cache"], args].concat();
        self.run(&args)
    }

    /// Tests the image by one suite, with results as JSON.
    fn results(&self, suite: &str, args: &[&str]) -> Run {
        self.results_of("image.tar", suite, args)
    }
}

/// What a run left behind.
#[derive(Debug)]
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { code: output.status.code().unwrap(), stdout, stderr }
    }

    fn json(&self) -> Value {
        let wrong = |err| panic!("{err}: {} {}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(wrong)
    }

    /// A line a test: whether it passed, its name, its errors.
    fn lines(&self) -> String {
        let mut lines = String::new();
        for result in self.json()["Results"].as_array().into_iter().flatten() {
            let word = if result["Pass"] == true { "pass" } else { "FAIL" };
            lines += &[word, " ", result["Name"].as_str().unwrap()].concat();
            for error in result["Errors"].as_array().into_iter().flatten() {
                lines += &["\n  ", error.as_str().unwrap().trim_end()].concat();
            }
            lines.push('\n');
        }
        lines
    }
}
