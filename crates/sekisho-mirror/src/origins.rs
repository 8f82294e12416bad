//! Where the files of each feed are published, and where they lie in the layout.

use sekisho_types::Digest;

use crate::{FetchError, client::Http, listings};

/// Oldest release of Alpine with a list of its own, and the newest that is known here. Newer ones
/// are asked for one after the other.
const ALPINE_RELEASES: std::ops::RangeInclusive<u32> = 2..=23;

/// Most releases of Alpine that may have come since.
const MAX_NEW_RELEASES: u32 = 20;

/// First year of the feeds of the NVD; older CVEs are in it.
const FIRST_NVD_YEAR: i16 = 2002;

/// Releases of Amazon Linux with a list of updates.
const AMAZON_RELEASES: &[(&str, &str)] = &[
    ("2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list"),
    ("2023", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list"),
];

const RED_HAT: &str = "https://security.access.redhat.com/data/csaf/v2/vex/";

/// Where documents lie that changed after the archive beside them was made.
const CHANGED: &str = "redhat/changed";

const MIB: u64 = 1 << 20;

/// A feed and where it is published.
#[derive(Debug)]
pub(crate) struct Origin {
    /// As the table of feeds calls it: `osv/Debian`.
    pub(crate) feed: &'static str,
    files: Files,
}

#[derive(Debug)]
enum Files {
    One { path: &'static str, url: &'static str, max_bytes: u64 },
    Alpine,
    Amazon,
    Nvd,
    RedHat,
}

/// One file to be fetched.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// In the layout.
    pub(crate) path: String,
    pub(crate) url: String,
    pub(crate) max_bytes: u64,
    /// Whether a publisher may not have it.
    pub(crate) is_optional: bool,
    /// What it has to be, where a list says so.
    pub(crate) digest: Option<Digest>,
}

const fn one(feed: &'static str, path: &'static str, url: &'static str, max_bytes: u64) -> Origin {
    Origin { feed, files: Files::One { path, url, max_bytes } }
}

macro_rules! osv {
    ($ecosystem:literal) => {
        osv!($ecosystem, $ecosystem)
    };
    ($ecosystem:literal, $in_address:literal) => {
        one(
            concat!("osv/", $ecosystem),
            concat!("osv/", $ecosystem, "/all.zip"),
            concat!("https://storage.googleapis.com/osv-vulnerabilities/", $in_address, "/all.zip"),
            2048 * MIB,
        )
    };
}

/// The addresses of all feeds.
///
/// # Source
///
/// google.github.io/osv.dev, "Data dumps"; security-tracker.debian.org, "Security Tracker data";
/// secdb.alpinelinux.org; first.org/epss, "Data"; cisa.gov, "Known Exploited Vulnerabilities
/// Catalog"; nvd.nist.gov, "Data Feeds"; Red Hat's "Security data"; the mirror lists in the
/// configuration of dnf on Amazon Linux; the repositories of Wolfi and Chainguard.
pub(crate) static ORIGINS: &[Origin] = &[
    Origin { feed: "alpine", files: Files::Alpine },
    Origin { feed: "amazon", files: Files::Amazon },
    one(
        "chainguard",
        "chainguard/security.json",
        "https://packages.cgr.dev/chainguard/security.json",
        256 * MIB,
    ),
    one(
        "debian",
        "debian/tracker.json",
        "https://security-tracker.debian.org/tracker/data/json",
        1024 * MIB,
    ),
    one(
        "epss",
        "epss.csv.gz",
        "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        128 * MIB,
    ),
    one(
        "kev",
        "kev.json",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        64 * MIB,
    ),
    Origin { feed: "nvd", files: Files::Nvd },
    osv!("AlmaLinux"),
    osv!("Alpaquita"),
    osv!("Alpine"),
    osv!("Azure Linux", "Azure%20Linux"),
    osv!("BellSoft Hardened Containers", "BellSoft%20Hardened%20Containers"),
    osv!("Chainguard"),
    osv!("Debian"),
    osv!("Echo"),
    osv!("Go"),
    osv!("Maven"),
    osv!("MinimOS"),
    osv!("NuGet"),
    osv!("Packagist"),
    osv!("PyPI"),
    osv!("Red Hat", "Red%20Hat"),
    osv!("Rocky Linux", "Rocky%20Linux"),
    osv!("RubyGems"),
    osv!("SUSE"),
    osv!("Ubuntu"),
    osv!("Wolfi"),
    osv!("crates.io"),
    osv!("npm"),
    osv!("openEuler"),
    osv!("openSUSE"),
    Origin { feed: "redhat", files: Files::RedHat },
    one("wolfi", "wolfi/security.json", "https://packages.wolfi.dev/os/security.json", 256 * MIB),
];

/// The names of the feeds whose addresses are known.
pub fn feeds() -> impl Iterator<Item = &'static str> {
    ORIGINS.iter().map(|origin| origin.feed)
}

/// Where the files of a feed come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At<'a> {
    Publishers,
    /// An address below which the layout lies.
    Mirror(&'a str),
}

impl At<'_> {
    fn url(self, path: &str, published: &str) -> String {
        match self {
            Self::Publishers => published.to_owned(),
            Self::Mirror(base) => {
                format!("{}/{}", base.trim_end_matches('/'), path.replace(' ', "%20"))
            }
        }
    }
}

impl Origin {
    /// The files to ask for; `year` is the current one. Some publishers are asked for lists.
    pub(crate) fn wanted(
        &self,
        at: At<'_>,
        year: i16,
        http: &Http,
    ) -> Result<Vec<Wanted>, FetchError> {
        let wanted = |path: &str, published: &str, max_bytes: u64, is_optional: bool| Wanted {
            path: path.to_owned(),
            url: at.url(path, published),
            max_bytes,
            is_optional,
            digest: None,
        };
        Ok(match &self.files {
            Files::One { path, url, max_bytes } => vec![wanted(path, url, *max_bytes, false)],
            Files::Alpine => {
                let releases = ALPINE_RELEASES.map(|minor| format!("v3.{minor}"));
                releases.chain(["edge".to_owned()]).flat_map(|it| alpine(at, &it)).collect()
            }
            Files::Nvd => (FIRST_NVD_YEAR..=year)
                .map(|year_of| {
                    let name = format!("nvdcve-2.0-{year_of}.json.gz");
                    let url = format!("https://nvd.nist.gov/feeds/json/cve/2.0/{name}");
                    // The file of a new year comes when there is a CVE of it.
                    wanted(&format!("nvd/{name}"), &url, 256 * MIB, year_of == year)
                })
                .collect(),
            Files::RedHat => {
                let archive = match at {
                    At::Publishers => listings::red_hat(RED_HAT, http)?,
                    At::Mirror(_) => listings::RedHat::default(),
                };
                let deletions = format!("{RED_HAT}deletions.csv");
                let changed = archive.changed.iter().map(|path| {
                    let url = format!("{RED_HAT}{path}");
                    // It may have been taken back since the list was made.
                    wanted(&format!("{CHANGED}/{path}"), &url, 128 * MIB, true)
                });
                [
                    wanted("redhat/csaf_vex.tar.zst", &archive.url, 4096 * MIB, false),
                    wanted("redhat/deletions.csv", &deletions, 64 * MIB, true),
                ]
                .into_iter()
                .chain(changed)
                .collect()
            }
            Files::Amazon => AMAZON_RELEASES
                .iter()
                .map(|(release, mirrors)| {
                    let (url, digest) = match at {
                        At::Publishers => listings::amazon(mirrors, http)?,
                        At::Mirror(_) => (String::new(), None),
                    };
                    let path = format!("amazon/{release}/updateinfo.xml.gz");
                    Ok(Wanted { digest, ..wanted(&path, &url, 256 * MIB, false) })
                })
                .collect::<Result<_, FetchError>>()?,
        })
    }

    /// A folder in which only the files that were wanted last have a meaning.
    pub(crate) fn folder_of_few(&self) -> Option<&'static str> {
        match self.files {
            Files::RedHat => Some(CHANGED),
            Files::One { .. } | Files::Alpine | Files::Amazon | Files::Nvd => None,
        }
    }

    /// Files of what came after the newest that is known, one step at a time: the first that is
    /// not there ends them.
    pub(crate) fn newer(&self, at: At<'_>) -> Vec<Vec<Wanted>> {
        match self.files {
            Files::Alpine => (ALPINE_RELEASES.end() + 1..)
                .take(MAX_NEW_RELEASES as usize)
                .map(|minor| alpine(at, &format!("v3.{minor}")))
                .collect(),
            Files::One { .. } | Files::Amazon | Files::Nvd | Files::RedHat => Vec::new(),
        }
    }
}

fn alpine(at: At<'_>, release: &str) -> Vec<Wanted> {
    ["main", "community"]
        .into_iter()
        .map(|repository| {
            let path = format!("alpine/{release}/{repository}.json");
            let url = at
                .url(&path, &format!("https://secdb.alpinelinux.org/{release}/{repository}.json"));
            Wanted { path, url, max_bytes: 64 * MIB, is_optional: true, digest: None }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_the_layout() {
        let at = At::Mirror("https://mirror.example/feeds/");
        assert_eq!(
            at.url("osv/Red Hat/all.zip", "https://example.org/"),
            "https://mirror.example/feeds/osv/Red%20Hat/all.zip"
        );
    }
}
