//! Subjects for the tests of checks, put together a piece at a time.

use jiff::Timestamp;
use sekisho_check::{Outcome, judge};
use sekisho_image::{HistoryStep, ImageConfig};
use sekisho_types::{
    Digest, Executable, ExecutableFormat, InstalledPackage, OsRelease, Package, PackageKind,
    report::Layer,
};

use crate::{Accounts, ImageCheck, ImageSubject, Place, Places};

/// When the tests take place.
pub(crate) const NOW: &str = "2026-06-30T00:00:00Z";

/// An image that starts `/app` and of which nothing else is known.
pub(crate) fn subject() -> ImageSubject {
    let config = ImageConfig {
        digest: digest(0),
        platform: None,
        created: Some("2026-06-01T00:00:00Z".to_owned()),
        user: String::new(),
        entrypoint: vec!["/app".to_owned()],
        cmd: Vec::new(),
        env: Vec::new(),
        working_dir: String::new(),
        exposed_ports: Vec::new(),
        volumes: Vec::new(),
        labels: Vec::new(),
        healthcheck: Vec::new(),
        stop_signal: String::new(),
        diff_ids: Vec::new(),
        history: Vec::new(),
    };
    ImageSubject {
        config: Some(config),
        now: Some(NOW.parse::<Timestamp>().unwrap()),
        ..ImageSubject::default()
    }
}

/// A plain directory.
pub(crate) fn directory() -> ImageSubject {
    ImageSubject::default()
}

pub(crate) fn config(subject: ImageSubject) -> ImageConfig {
    subject.config.unwrap()
}

pub(crate) fn digest(byte: u8) -> Digest {
    Digest::Sha256([byte; 32])
}

pub(crate) fn place(path: &str, mode: u16) -> Place {
    let (uid, gid, size_bytes) = (0, 0, 1000);
    Place { path: path.to_owned(), layer: Some(digest(1)), mode, uid, gid, size_bytes }
}

pub(crate) fn places(places: &[Place]) -> Places {
    Places { first: places.to_vec(), n_total: places.len() as u64 }
}

pub(crate) fn executable(path: &str) -> Executable {
    Executable {
        path: path.to_owned(),
        format: ExecutableFormat::Elf,
        size_bytes: 1000,
        sha256: "00".repeat(32),
        mode: "0755".to_owned(),
        uid: 0,
        gid: 0,
        setuid: false,
        setgid: false,
        capabilities: None,
        linkage: None,
        interpreter: None,
        needed: Vec::new(),
        missing: Vec::new(),
        pie: None,
        relro: None,
        nx: None,
        package: None,
        layer: Some(digest(1)),
        unneeded: None,
    }
}

/// An image with a program of this mode, of the package mount where one owns it.
pub(crate) fn privileged(mode: u16, package: Option<&str>) -> ImageSubject {
    let mut image = subject().layers(1).package("mount");
    let mut file = executable("bin/mount");
    file.package = package.map(str::to_owned);
    image.files.setuid = vec![place("bin/mount", mode)];
    image.executables(&[file])
}

impl ImageSubject {
    /// Changes the configuration.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut ImageConfig)) -> Self {
        change(self.config.as_mut().unwrap());
        self
    }

    /// Steps; one that starts with `+` made a layer.
    pub(crate) fn history(mut self, steps: &[&str]) -> Self {
        let mut n_layers = 0;
        let mut history = Vec::new();
        for step in steps {
            let made = step.strip_prefix('+');
            let layer = made.map(|_| n_layers);
            n_layers += usize::from(made.is_some());
            let created_by = made.unwrap_or(step).to_owned();
            let created = "2026-05-01T00:00:00Z".to_owned();
            history.push(HistoryStep { created, created_by, comment: String::new(), layer });
        }
        self.config.as_mut().unwrap().history = history;
        self.layers(n_layers)
    }

    pub(crate) fn layers(mut self, n_layers: usize) -> Self {
        self.layers = (1..=n_layers)
            .map(|number| Layer {
                diff_id: digest(u8::try_from(number).unwrap_or(u8::MAX)),
                created_by: String::new(),
                size_bytes: 1000,
                n_files: 1,
            })
            .collect();
        self
    }

    pub(crate) fn passwd(mut self, text: &str) -> Self {
        self.files.accounts = Accounts::parse(Some(text.as_bytes()), None, None);
        self
    }

    pub(crate) fn shadow(mut self, text: &str) -> Self {
        self.files.accounts = Accounts::parse(None, Some(text.as_bytes()), None);
        self
    }

    pub(crate) fn os(mut self, id: &str, version: &str) -> Self {
        let (id, version) = (id.to_owned(), version.to_owned());
        self.os = Some(OsRelease { id, version, ..OsRelease::default() });
        self
    }

    pub(crate) fn package(mut self, name: &str) -> Self {
        let package = Package::new(PackageKind::Deb, name, "1.0");
        let path = "var/lib/dpkg/status".to_owned();
        self.packages.push(InstalledPackage::new(package, None, Some(digest(1)), path));
        self
    }

    pub(crate) fn executables(mut self, executables: &[Executable]) -> Self {
        self.executables = executables.to_vec();
        self.executables.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }
}

/// What a check says of a subject, a line a finding.
pub(crate) fn shown(check: &ImageCheck, subject: &ImageSubject) -> String {
    match (check.run)(subject) {
        Outcome::Pass => "pass".to_owned(),
        Outcome::NotApplicable { because } => format!("not applicable: {}", because.en),
        Outcome::Unknown { because } => format!("unknown: {}", because.en),
        Outcome::Fail(_) => {
            let findings = judge(&[check], subject).findings;
            let lines: Vec<String> = findings
                .iter()
                .map(|finding| {
                    let place = finding.location.as_ref().map_or("", |place| &place.path);
                    let separator = if place.is_empty() { "" } else { " at " };
                    format!("{:?}{separator}{place}: {}", finding.severity, finding.message)
                })
                .collect();
            lines.join("\n")
        }
    }
}
