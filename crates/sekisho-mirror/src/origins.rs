//! Where the files of each feed are published, and where they lie in the layout.

use quick_xml::{Reader, events::Event};
use sekisho_types::Digest;

use crate::{FetchError, client::Http};

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

/// Largest list that leads to a file.
const MAX_LISTING_BYTES: u64 = 1 << 20;

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
                    At::Publishers => {
                        let list = format!("{RED_HAT}archive_latest.txt");
                        let text = http.text(&list, MAX_LISTING_BYTES)?;
                        let name = std::str::from_utf8(&text).unwrap_or_default().trim();
                        if !is_archive_name(name) {
                            return Err(FetchError::Listing {
                                url: list,
                                what: "name of an archive",
                            });
                        }
                        format!("{RED_HAT}{name}")
                    }
                    At::Mirror(_) => String::new(),
                };
                let deletions = format!("{RED_HAT}deletions.csv");
                vec![
                    wanted("redhat/csaf_vex.tar.zst", &archive, 4096 * MIB, false),
                    wanted("redhat/deletions.csv", &deletions, 64 * MIB, true),
                ]
            }
            Files::Amazon => AMAZON_RELEASES
                .iter()
                .map(|(release, mirrors)| {
                    let (url, digest) = match at {
                        At::Publishers => update_info(mirrors, http)?,
                        At::Mirror(_) => (String::new(), None),
                    };
                    let path = format!("amazon/{release}/updateinfo.xml.gz");
                    Ok(Wanted { digest, ..wanted(&path, &url, 256 * MIB, false) })
                })
                .collect::<Result<_, FetchError>>()?,
        })
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

/// Whether `name` is the name of one file beside the list.
fn is_archive_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.ends_with(".tar.zst") && !name.starts_with('.') && name.bytes().all(is_plain)
}

/// The address and the digest of the list of updates in the repository that `mirrors` leads to.
fn update_info(mirrors: &str, http: &Http) -> Result<(String, Option<Digest>), FetchError> {
    let text = http.text(mirrors, MAX_LISTING_BYTES)?;
    let wrong = |what| FetchError::Listing { url: mirrors.to_owned(), what };
    let base = std::str::from_utf8(&text).unwrap_or_default().lines().next().unwrap_or_default();
    let base = base.trim().trim_end_matches('/');
    if !base.starts_with("https://") {
        return Err(wrong("list of mirrors with TLS"));
    }
    let url = format!("{base}/repodata/repomd.xml");
    let metadata = http.text(&url, MAX_LISTING_BYTES)?;
    let found = std::str::from_utf8(&metadata).ok().and_then(location);
    let (path, digest) = found.ok_or(FetchError::Listing { url, what: "place of updateinfo" })?;
    Ok((format!("{base}/{path}"), digest))
}

/// Where `repomd.xml` says that the list of updates lies, and its SHA-256.
///
/// # Source
///
/// createrepo's `repomd.xml`: `data` of the type `updateinfo` with `location` and `checksum`.
fn location(xml: &str) -> Option<(String, Option<Digest>)> {
    let mut reader = Reader::from_str(xml);
    let (mut is_wanted, mut is_sha256) = (false, false);
    let (mut place, mut digest) = (None, None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => {
                let attribute = |name: &str| {
                    let attribute = element.try_get_attribute(name).ok()??;
                    Some(attribute.value.into_owned())
                };
                match element.local_name().as_ref() {
                    "data" => is_wanted = attribute("type").as_deref() == Some("updateinfo"),
                    "location" if is_wanted => place = attribute("href"),
                    "checksum" => is_sha256 = attribute("type").as_deref() == Some("sha256"),
                    _ => (),
                }
            }
            Event::Text(text) if is_wanted && is_sha256 && digest.is_none() => {
                digest = format!("sha256:{}", text.xml10_content().trim()).parse().ok();
            }
            Event::End(element) if element.local_name().as_ref() == "data" => is_wanted = false,
            Event::Eof => break,
            _ => (),
        }
    }
    let place = place.filter(|place| {
        let is_path = !place.contains("..") && !place.contains(':') && !place.starts_with('/');
        is_path && place.bytes().all(|byte| byte.is_ascii_graphic())
    })?;
    Some((place, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_updates_is_found_with_its_digest() {
        let hex = "0123456789abcdef".repeat(4);
        let xml = |place: &str| {
            format!(
                r#"<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary"><checksum type="sha256">00</checksum><location href="repodata/primary.xml.gz"/></data>
                <data type="updateinfo"><checksum type="sha256">{hex}</checksum><open-checksum type="sha256">11</open-checksum><location href="{place}"/></data></repomd>"#
            )
        };
        let (place, digest) = location(&xml("repodata/x-updateinfo.xml.gz")).unwrap();
        assert_eq!(place, "repodata/x-updateinfo.xml.gz");
        assert_eq!(digest.unwrap().to_string(), format!("sha256:{hex}"));
        assert!(location(&xml("../../x")).is_none());
        assert!(location(&xml("https://example.org/x")).is_none());
        assert!(location("<repomd/>").is_none());
        assert!(location("<repomd").is_none());
    }

    #[test]
    fn an_archive_is_one_file() {
        assert!(is_archive_name("csaf_vex_2026-11-24.tar.zst"));
        assert!(!is_archive_name("../x.tar.zst"));
        assert!(!is_archive_name("https://example.org/x.tar.zst"));
        assert!(!is_archive_name(""));
    }

    #[test]
    fn a_mirror_has_the_layout() {
        let at = At::Mirror("https://mirror.example/feeds/");
        assert_eq!(
            at.url("osv/Red Hat/all.zip", "https://example.org/"),
            "https://mirror.example/feeds/osv/Red%20Hat/all.zip"
        );
    }
}
