//! What package managers leave behind when nobody cleans up.

use sekisho_image::{NodeKind, Squashed};
use sekisho_types::{Digest, ImagePath};
use serde::{Deserialize, Serialize};

/// Files that a package manager could fetch again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageCache {
    pub manager: String,
    pub path: String,
    pub size_bytes: u64,
    pub n_files: u64,
    /// The layer of the first of its files.
    pub layer: Option<Digest>,
    /// The command that empties it.
    pub cleared_by: String,
}

struct Kind {
    manager: &'static str,
    directory: &'static str,
    /// What a file in it has to end in; empty for all.
    suffix: &'static str,
    cleared_by: &'static str,
}

const fn kind(
    manager: &'static str,
    directory: &'static str,
    suffix: &'static str,
    cleared_by: &'static str,
) -> Kind {
    Kind { manager, directory, suffix, cleared_by }
}

const KINDS: &[Kind] = &[
    kind("apt", "var/lib/apt/lists", "", "rm -rf /var/lib/apt/lists/*"),
    kind("apt", "var/cache/apt/archives", ".deb", "apt-get clean"),
    kind("apt", "var/cache/apt", ".bin", "apt-get clean"),
    kind("apk", "var/cache/apk", "", "apk add --no-cache"),
    kind("apk", "etc/apk/cache", "", "apk add --no-cache"),
    kind("yum", "var/cache/yum", "", "yum clean all"),
    kind("dnf", "var/cache/dnf", "", "dnf clean all"),
    kind("dnf", "var/cache/libdnf5", "", "dnf clean all"),
    kind("zypper", "var/cache/zypp", "", "zypper clean --all"),
    kind("pacman", "var/cache/pacman/pkg", "", "pacman -Scc --noconfirm"),
    kind("pip", "root/.cache/pip", "", "pip install --no-cache-dir"),
    kind("uv", "root/.cache/uv", "", "uv cache clean"),
    kind("poetry", "root/.cache/pypoetry", "", "poetry cache clear --all ."),
    kind("npm", "root/.npm/_cacache", "", "npm cache clean --force"),
    kind("yarn", "usr/local/share/.cache/yarn", "", "yarn cache clean"),
    kind("yarn", "root/.cache/yarn", "", "yarn cache clean"),
    kind("pnpm", "root/.local/share/pnpm/store", "", "pnpm store prune"),
    kind("go", "root/.cache/go-build", "", "go clean -cache"),
    kind("go", "go/pkg/mod/cache", "", "go clean -modcache"),
    kind("cargo", "root/.cargo/registry", "", "rm -rf /root/.cargo/registry"),
    kind("cargo", "usr/local/cargo/registry", "", "rm -rf /usr/local/cargo/registry"),
    kind("maven", "root/.m2/repository", "", "rm -rf /root/.m2/repository"),
    kind("gradle", "root/.gradle/caches", "", "rm -rf /root/.gradle/caches"),
    kind("composer", "root/.composer/cache", "", "composer clear-cache"),
    kind("bundler", "usr/local/bundle/cache", "", "rm -rf /usr/local/bundle/cache"),
    kind("nuget", "root/.nuget/packages", "", "dotnet nuget locals all --clear"),
];

/// Less than this is a left-over nobody would act on: lock files, empty indexes.
const MIN_BYTES: u64 = 64 << 10;

/// The caches that a container sees.
pub(crate) fn caches(
    tree: &Squashed,
    diff_id: impl Fn(usize) -> Option<Digest>,
) -> Vec<PackageCache> {
    let mut found = Vec::new();
    for kind in KINDS {
        let Ok(directory) = ImagePath::parse(kind.directory.as_bytes()) else { continue };
        let (mut size_bytes, mut n_files, mut layer) = (0, 0, None);
        for (path, file) in tree.below(&directory) {
            let is_file = file.node.kind == NodeKind::File;
            if is_file && path.as_bytes().ends_with(kind.suffix.as_bytes()) {
                size_bytes += file.node.size_bytes;
                n_files += 1;
                layer = layer.or_else(|| diff_id(file.layer));
            }
        }
        if size_bytes >= MIN_BYTES {
            found.push(PackageCache {
                manager: kind.manager.to_owned(),
                path: kind.directory.to_owned(),
                size_bytes,
                n_files,
                layer,
                cleared_by: kind.cleared_by.to_owned(),
            });
        }
    }
    found
}
