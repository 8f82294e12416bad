//! What package managers leave in an image.

use serde_json::json;

use crate::layer::LayerBuilder;

/// A Debian package and its files.
#[derive(Debug, Clone)]
pub struct DebPackage {
    pub name: String,
    pub version: String,
    pub arch: String,
    /// As the field has it: `gcc-12`, `glibc (2.36-9)`; none where it equals the package.
    pub source: Option<String>,
    /// `Multi-Arch: same`, which puts the architecture into the names of the lists.
    pub is_multi_arch: bool,
    /// As the field has it.
    pub status: String,
    /// Absolute paths of what it owns.
    pub files: Vec<String>,
}

impl DebPackage {
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            arch: "amd64".to_owned(),
            source: None,
            is_multi_arch: false,
            status: "install ok installed".to_owned(),
            files: Vec::new(),
        }
    }

    /// The stanza in `var/lib/dpkg/status`, with the empty line after it.
    ///
    /// # Source
    ///
    /// deb822(5), deb-control(5).
    pub fn stanza(&self) -> String {
        let Self { name, version, arch, status, .. } = self;
        let multi_arch = if self.is_multi_arch { "Multi-Arch: same\n" } else { "" };
        let source =
            self.source.as_ref().map(|source| format!("Source: {source}\n")).unwrap_or_default();
        format!(
            "Package: {name}\nStatus: {status}\nPriority: optional\nSection: misc\n\
             Installed-Size: 100\nMaintainer: {MAINTAINER}\nArchitecture: {arch}\n\
             {multi_arch}{source}Version: {version}\n\
             Description: {name}\n made for the test kit\n .\n Second paragraph.\n\n"
        )
    }

    /// Name of the lists below `var/lib/dpkg/info`, without extension.
    pub fn list_name(&self) -> String {
        if self.is_multi_arch { format!("{}:{}", self.name, self.arch) } else { self.name.clone() }
    }
}

const MAINTAINER: &str = "Test Kit Maintainers <maintainers@example.org>";

/// The content of `var/lib/dpkg/status`.
pub fn dpkg_status(packages: &[DebPackage]) -> String {
    packages.iter().map(DebPackage::stanza).collect()
}

/// Writes `status` and the list of each package that is installed.
pub fn install_debs(layer: &mut LayerBuilder, packages: &[DebPackage]) {
    layer.file("var/lib/dpkg/status", dpkg_status(packages));
    // Without it dpkg looks for lists whose names have no architecture.
    layer.file("var/lib/dpkg/info/format", "1\n");
    for package in packages {
        let mut list = "/.\n".to_owned();
        list.extend(package.files.iter().map(|path| format!("{path}\n")));
        layer.file(format!("var/lib/dpkg/info/{}.list", package.list_name()), list);
    }
}

/// Writes a package as distroless images have it.
pub fn install_distroless(layer: &mut LayerBuilder, package: &DebPackage) {
    let stanza = package.stanza();
    let lines = stanza.lines().filter(|line| !line.starts_with("Status:"));
    let stanza: String = lines.flat_map(|line| [line, "\n"]).collect();
    let path = format!("var/lib/dpkg/status.d/{}", package.name);
    layer.file(&path, stanza);
    let sums = package.files.iter().map(|path| {
        format!("d41d8cd98f00b204e9800998ecf8427e  {}\n", path.trim_start_matches('/'))
    });
    layer.file(format!("{path}.md5sums"), sums.collect::<String>());
}

/// An Alpine package and its files.
#[derive(Debug, Clone)]
pub struct ApkPackage {
    pub name: String,
    pub version: String,
    /// The source package.
    pub origin: String,
    pub license: String,
    /// Paths without a leading slash.
    pub files: Vec<String>,
}

impl ApkPackage {
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            origin: name.to_owned(),
            license: "MIT".to_owned(),
            files: Vec::new(),
        }
    }
}

/// The content of `lib/apk/db/installed`.
///
/// # Source
///
/// Alpine wiki, "Apk spec", "Installed database V2".
pub fn apk_installed(packages: &[ApkPackage]) -> String {
    let mut text = String::new();
    for package in packages {
        let ApkPackage { name, version, origin, license, files } = package;
        text.extend([format!(
            "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:{name}\nV:{version}\nA:x86_64\nS:1000\n\
             I:4096\nT:{name}\nU:https://example.org/\nL:{license}\no:{origin}\n\
             m:{MAINTAINER}\nt:1704067200\nc:0123456789abcdef\n"
        )]);
        let mut directory = None;
        for path in files {
            let (parent, file) = path.rsplit_once('/').unwrap_or(("", path));
            if directory != Some(parent) {
                text.extend(["F:", parent, "\n"]);
                directory = Some(parent);
            }
            text.extend(["R:", file, "\na:0:0:755\nZ:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\n"]);
        }
        text.push('\n');
    }
    text
}

/// Writes `package.json` of a package below a `node_modules` directory; `name` may have a scope.
pub fn install_npm(layer: &mut LayerBuilder, node_modules: &str, name: &str, version: &str) {
    let document = json!({
        "name": name,
        "version": version,
        "license": "MIT",
        "main": "index.js",
    });
    layer.file(format!("{node_modules}/{name}/package.json"), format!("{document:#}\n"));
    layer.file(format!("{node_modules}/{name}/index.js"), "module.exports = {};\n");
}

/// Writes `name` with its `.dist-info` as pip installs a wheel into `site_packages`.
///
/// # Source
///
/// Python packaging user guide, "Recording installed projects".
pub fn install_wheel(layer: &mut LayerBuilder, site_packages: &str, name: &str, version: &str) {
    let module = name.to_lowercase().replace(['-', '.'], "_");
    let info = format!("{}-{version}.dist-info", name.replace('-', "_"));
    let files = [
        (format!("{module}/__init__.py"), format!("__version__ = \"{version}\"\n")),
        (format!("{info}/INSTALLER"), "pip\n".to_owned()),
        (
            format!("{info}/METADATA"),
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: BSD\n\nText.\n"),
        ),
        (
            format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.32.3)\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                .to_owned(),
        ),
    ];
    let mut record = String::new();
    for (path, content) in &files {
        record.extend([format!("{path},,{}\n", content.len())]);
        layer.file(format!("{site_packages}/{path}"), content);
    }
    record.extend([info.as_str(), "/RECORD,,\n"]);
    layer.file(format!("{site_packages}/{info}/RECORD"), record);
}

#[cfg(test)]
mod tests {
    use sekisho_archive::{Spool, tar::TarReader};
    use sekisho_catalog::{Cataloged, File, Selection};
    use sekisho_types::ImagePath;

    use super::*;

    /// What the catalogers find in the layer: `name version`, then owned paths.
    fn catalog(layer: &mut LayerBuilder) -> Vec<String> {
        let tar = layer.finish().tar;
        let selection = Selection::new(false);
        let mut reader = TarReader::new(&tar[..]);
        let mut out = Cataloged::default();
        while let Some(entry) = reader.next_entry().unwrap() {
            let path = ImagePath::parse(&entry.name).unwrap();
            let mut content = Spool::fill(&mut reader, entry.size_bytes).unwrap();
            for cataloger in selection.for_path(&path) {
                let mut file = File { path: &path, content: &mut content };
                (cataloger.parse)(&mut file, &mut out).unwrap();
            }
        }
        assert_eq!(out.damages, []);
        let packages = out.packages.iter().map(|record| {
            format!("{} {} {:?}", record.package.name, record.package.version, record.key)
        });
        let owned = out.owned.iter().map(|owned| format!("{} owns {:?}", owned.key, owned.paths));
        packages.chain(owned).collect()
    }

    #[test]
    fn debian_packages_read_back_with_their_files() {
        let mut libc = DebPackage::new("libc6", "2.36-9");
        libc.source = Some("glibc".to_owned());
        libc.is_multi_arch = true;
        libc.files = vec!["/lib/x86_64-linux-gnu/libc.so.6".to_owned()];
        let mut gone = DebPackage::new("nano", "7.2-1");
        gone.status = "deinstall ok config-files".to_owned();
        let mut layer = LayerBuilder::new();
        install_debs(&mut layer, &[libc, gone]);
        install_distroless(&mut layer, &DebPackage::new("tzdata", "2023c-5"));
        insta::assert_snapshot!(catalog(&mut layer).join("\n"), @r#"
        libc6 2.36-9 Some("libc6:amd64")
        tzdata 2023c-5 Some("tzdata")
        libc6:amd64 owns ["lib/x86_64-linux-gnu/libc.so.6"]
        nano owns []
        tzdata owns []
        "#);
    }

    #[test]
    fn an_apk_database_groups_files_by_directory() {
        let mut package = ApkPackage::new("busybox", "1.36.1-r5");
        package.files =
            ["bin/busybox", "etc/securetty", "etc/udhcpd.conf"].map(str::to_owned).into();
        let text = apk_installed(&[package]);
        let shown = text.lines().filter(|line| line.starts_with(['P', 'V', 'F', 'R']));
        let shown: Vec<_> = shown.collect();
        assert_eq!(
            shown,
            [
                "P:busybox",
                "V:1.36.1-r5",
                "F:bin",
                "R:busybox",
                "F:etc",
                "R:securetty",
                "R:udhcpd.conf"
            ]
        );
    }
}
