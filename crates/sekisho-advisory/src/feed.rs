use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sekisho_archive::UnpackReader;

use crate::{FeedError, FeedSummary, Item, error::ReadError, feeds, records::Records};

/// Most files of one feed in a layout: Red Hat changes some hundred documents a day.
const MAX_FILES: usize = 100_000;

/// A feed that can be read, and where its files lie in a directory of feeds.
#[derive(Debug)]
pub struct Feed {
    /// As reports name it: `osv/Debian`, `alpine`.
    pub name: &'static str,
    /// Paths from the root of a layout; the first that is there counts. A part may hold one `*`,
    /// which stands for any text.
    pub layout: &'static [&'static str],
    /// Paths of files that may lie beside those.
    pub beside: &'static [&'static str],
    reader: Reader,
}

/// How the files of a feed are read.
#[derive(Debug)]
enum Reader {
    /// One by one.
    Each(fn(&FeedFile, &mut Records<'_>) -> Result<(), ReadError>),
    /// Together, for one says what another means.
    All(fn(&[FeedFile], &mut Records<'_>) -> Result<(), FeedError>),
}

/// A file of a feed that is there.
#[derive(Debug)]
pub(crate) struct FeedFile {
    /// From the root of the layout, with `/` between the parts.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl FeedFile {
    /// The content as it lies.
    pub(crate) fn open(&self) -> io::Result<fs::File> {
        fs_err::File::open(&self.path).map(fs_err::File::into_file)
    }

    /// The content, unpacked where it is compressed.
    pub(crate) fn unpacked(&self) -> io::Result<UnpackReader> {
        UnpackReader::new(Box::new(self.open()?))
    }
}

const fn each(
    name: &'static str,
    layout: &'static [&'static str],
    read: fn(&FeedFile, &mut Records<'_>) -> Result<(), ReadError>,
) -> Feed {
    Feed { name, layout, beside: &[], reader: Reader::Each(read) }
}

macro_rules! osv {
    ($ecosystem:literal) => {
        each(
            concat!("osv/", $ecosystem),
            &[concat!("osv/", $ecosystem, "/all.zip")],
            feeds::osv::read,
        )
    };
}

/// Every feed that can be read.
pub static FEEDS: &[Feed] = &[
    each("alpine", &["alpine/*/*.json"], feeds::secdb::read_alpine),
    each("amazon", &["amazon/*/updateinfo.xml.gz", "amazon/*/updateinfo.xml"], feeds::amazon::read),
    each("chainguard", &["chainguard/security.json"], feeds::secdb::read_chainguard),
    each("debian", &["debian/tracker.json"], feeds::debian::read),
    each("epss", &["epss.csv.gz", "epss.csv"], feeds::epss::read),
    each("kev", &["kev.json"], feeds::kev::read),
    each("nvd", &["nvd/*.json.gz", "nvd/*.json"], feeds::nvd::read),
    osv!("AlmaLinux"),
    osv!("Alpaquita"),
    osv!("Alpine"),
    osv!("Azure Linux"),
    osv!("BellSoft Hardened Containers"),
    osv!("Chainguard"),
    osv!("Debian"),
    osv!("Echo"),
    osv!("Go"),
    osv!("Maven"),
    osv!("MinimOS"),
    osv!("NuGet"),
    osv!("Packagist"),
    osv!("PyPI"),
    osv!("Red Hat"),
    osv!("Rocky Linux"),
    osv!("RubyGems"),
    osv!("SUSE"),
    osv!("Ubuntu"),
    osv!("Wolfi"),
    osv!("crates.io"),
    osv!("npm"),
    osv!("openEuler"),
    osv!("openSUSE"),
    Feed {
        name: "redhat",
        layout: &["redhat/csaf_vex.tar.zst"],
        beside: &["redhat/deletions.csv", "redhat/changed/*/*.json"],
        reader: Reader::All(feeds::redhat::read),
    },
    each("wolfi", &["wolfi/security.json"], feeds::secdb::read_wolfi),
];

impl Feed {
    /// The feed that is called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        FEEDS.iter().find(|feed| feed.name == name)
    }

    /// The files of the feed below `root`, as paths from there in a fixed order.
    ///
    /// # Errors
    ///
    /// When a folder cannot be listed.
    pub fn files(&self, root: &Path) -> Result<Vec<String>, FeedError> {
        for pattern in self.layout {
            let mut found = Vec::new();
            let parts: Vec<&str> = pattern.split('/').collect();
            expand(root, String::new(), &parts, &mut found)?;
            if !found.is_empty() {
                for pattern in self.beside {
                    let parts: Vec<&str> = pattern.split('/').collect();
                    expand(root, String::new(), &parts, &mut found)?;
                }
                found.sort();
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }
}

/// Adds the files below `root` whose path begins with `prefix` and goes on as `parts` say.
fn expand(
    root: &Path,
    prefix: String,
    parts: &[&str],
    found: &mut Vec<String>,
) -> Result<(), FeedError> {
    let Some((part, rest)) = parts.split_first() else {
        if found.len() < MAX_FILES && root.join(&prefix).is_file() {
            found.push(prefix);
        }
        return Ok(());
    };
    let joined = |name: &str| match prefix.as_str() {
        "" => name.to_owned(),
        prefix => format!("{prefix}/{name}"),
    };
    let Some((start, end)) = part.split_once('*') else {
        return expand(root, joined(part), rest, found);
    };
    let folder = root.join(&prefix);
    let at = |source: io::Error| FeedError::Read { path: folder.clone(), source };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(err)
            if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(());
        }
        Err(err) => return Err(at(err)),
    };
    for entry in entries {
        let name = entry.map_err(at)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_match = name.len() >= start.len() + end.len()
            && !name.starts_with('.')
            && name.starts_with(start)
            && name.ends_with(end);
        if is_match {
            expand(root, joined(name), rest, found)?;
        }
    }
    Ok(())
}

/// Reads `feed` from the directory of feeds `root` and hands out what it tells, piece by piece.
///
/// Each record of the feed is either imported or skipped with its reason; one that is damaged
/// costs no other.
///
/// # Errors
///
/// When no file of the feed is there, or one cannot be read to its end. What `sink` was given
/// until then is not the whole feed.
pub fn read_feed(
    feed: &Feed,
    root: &Path,
    sink: &mut dyn FnMut(Item),
) -> Result<FeedSummary, FeedError> {
    let files = feed.files(root)?;
    if files.is_empty() {
        let (root, layout) = (root.to_owned(), feed.layout.join(" or "));
        return Err(FeedError::Missing { feed: feed.name, root, layout });
    }
    let mut records = Records::new(sink);
    let mut file_time = Timestamp::MIN;
    let mut found = Vec::new();
    for name in files {
        let path = root.join(&name);
        let modified = fs_err::metadata(&path).and_then(|metadata| metadata.modified());
        let modified = modified.map_err(|source| FeedError::Read { path: path.clone(), source })?;
        file_time = file_time.max(Timestamp::try_from(modified).unwrap_or_default());
        found.push(FeedFile { name, path });
    }
    match feed.reader {
        Reader::All(read) => read(&found, &mut records)?,
        Reader::Each(read) => {
            for file in found {
                read(&file, &mut records).map_err(|err| err.at(file.path))?;
            }
        }
    }
    Ok(records.summary(file_time))
}
