//! Where the feeds of the advisory database come from, and which are taken.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::bail;
use sekisho_advisory::{FEEDS, Feed};
use serde::Deserialize;

/// What is taken unless the settings say otherwise: for each ecosystem the source that knows
/// most, and OSV beside it where that knows more of dates. Left out are feeds of distributions
/// that few images are made of, and two that are large: `redhat`, what stays open in the products
/// of Red Hat, and `nvd`, ratings by the NVD.
const DEFAULT: &[&str] = &[
    "alpine",
    "amazon",
    "chainguard",
    "debian",
    "epss",
    "kev",
    "osv/AlmaLinux",
    "osv/Azure Linux",
    "osv/Debian",
    "osv/Go",
    "osv/Maven",
    "osv/NuGet",
    "osv/Packagist",
    "osv/PyPI",
    "osv/Red Hat",
    "osv/Rocky Linux",
    "osv/RubyGems",
    "osv/SUSE",
    "osv/Ubuntu",
    "osv/crates.io",
    "osv/npm",
    "osv/openSUSE",
    "wolfi",
];

/// What stands for [`DEFAULT`] in a list.
const DEFAULT_NAME: &str = "default";

/// Where feeds come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Whoever publishes each.
    Publisher,
    /// An address below which the layout lies.
    Mirror(String),
    /// A directory with the layout.
    Directory(PathBuf),
}

impl Place {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "publisher" => Self::Publisher,
            text if text.starts_with("https://") || text.starts_with("http://") => {
                Self::Mirror(text.to_owned())
            }
            path => Self::Directory(path.into()),
        }
    }
}

/// The part of the settings about the feeds.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DbSources {
    /// Where all feeds are that `overrides` does not name.
    pub(crate) from: Option<String>,
    /// Which feeds are taken.
    pub(crate) feeds: Option<Vec<String>>,
    /// Places of single feeds.
    pub(crate) overrides: BTreeMap<String, String>,
}

impl DbSources {
    /// Takes relative paths from the directory of the settings.
    pub(crate) fn start_at(&mut self, base: &Path) {
        for text in self.from.iter_mut().chain(self.overrides.values_mut()) {
            if let Place::Directory(path) = Place::parse(text) {
                *text = base.join(path).to_string_lossy().into_owned();
            }
        }
    }

    /// The place of a feed; `from` is that of the command line, which wins.
    pub(crate) fn place(&self, feed: &Feed, from: Option<&str>) -> Place {
        let named =
            from.or(self.overrides.get(feed.name).or(self.from.as_ref()).map(String::as_str));
        named.map_or(Place::Publisher, Place::parse)
    }

    /// The directory that all feeds are read from in place, where nothing else is asked for.
    pub(crate) fn in_place(&self, from: Option<&str>) -> Option<PathBuf> {
        let is_plain = self.feeds.is_none() && (from.is_some() || self.overrides.is_empty());
        match Place::parse(from.or(self.from.as_deref()).filter(|_| is_plain)?) {
            Place::Directory(path) => Some(path),
            Place::Publisher | Place::Mirror(_) => None,
        }
    }

    /// The feeds that are taken, in the order of the table of feeds.
    pub(crate) fn chosen(&self) -> anyhow::Result<Vec<&'static Feed>> {
        for name in self.overrides.keys() {
            if Feed::find(name).is_none() {
                bail!("db.sources.overrides names {name:?}, which is no feed: {}", names());
            }
        }
        match &self.feeds {
            Some(feeds) => choose(feeds.iter().map(String::as_str)),
            None => choose([DEFAULT_NAME]),
        }
    }
}

/// The feeds that are called by `wanted`.
pub(crate) fn choose<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<Vec<&'static Feed>> {
    let mut chosen = BTreeSet::new();
    for name in wanted {
        if name == DEFAULT_NAME {
            chosen.extend(DEFAULT);
        } else if let Some(feed) = Feed::find(name) {
            chosen.insert(feed.name);
        } else {
            bail!("{name:?} is no feed: {}", names());
        }
    }
    Ok(FEEDS.iter().filter(|feed| chosen.contains(feed.name)).collect())
}

fn names() -> String {
    let names: Vec<&str> = FEEDS.iter().map(|feed| feed.name).collect();
    format!("there are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feed_has_an_address_and_each_address_a_feed() {
        let addresses: BTreeSet<&str> = sekisho_mirror::feeds().collect();
        let feeds: BTreeSet<&str> = FEEDS.iter().map(|feed| feed.name).collect();
        assert_eq!(addresses, feeds);
        assert!(DEFAULT.iter().all(|name| feeds.contains(name)));
    }

    #[test]
    fn a_list_may_add_to_the_default() {
        let names = |wanted: &[&str]| -> Vec<&str> {
            choose(wanted.iter().copied()).unwrap().iter().map(|feed| feed.name).collect()
        };
        assert_eq!(names(&["kev", "epss", "kev"]), ["epss", "kev"]);
        assert_eq!(names(&["default", "nvd"]).len(), DEFAULT.len() + 1);
        let err = choose(["KEV"]).unwrap_err().to_string();
        assert!(err.starts_with("\"KEV\" is no feed: there are alpine, amazon, "), "{err}");
    }

    #[test]
    fn a_feed_may_come_from_elsewhere() {
        let mut sources = DbSources {
            from: Some("mirror".to_owned()),
            overrides: BTreeMap::from([("kev".to_owned(), "publisher".to_owned())]),
            ..DbSources::default()
        };
        sources.start_at(Path::new("/etc/sekisho"));
        let kev = Feed::find("kev").unwrap();
        assert_eq!(sources.place(kev, None), Place::Publisher);
        let mirror = Place::Directory("/etc/sekisho/mirror".into());
        assert_eq!(sources.place(Feed::find("epss").unwrap(), None), mirror);
        assert_eq!(sources.in_place(None), None);
        let url = "https://mirror.example/feeds";
        assert_eq!(sources.place(kev, Some(url)), Place::Mirror(url.to_owned()));
        assert_eq!(sources.in_place(Some("/srv/feeds")), Some("/srv/feeds".into()));
    }
}
