use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sekisho_archive::UnpackReader;

use crate::{FeedError, FeedSummary, Item, error::ReadError, feeds, records::Records};

/// Most files of one feed in a layout; the largest, of Alpine, has two a release.
const MAX_FILES: usize = 10_000;

/// A feed that can be read, and where its files lie in a directory of feeds.
#[derive(Debug)]
pub struct Feed {
    /// As reports name it: `osv/Debian`, `alpine`.
    pub name: &'static str,
    /// Paths from the root of a layout; the first that is there counts. A part may hold one `*`,
    /// which stands for any text.
    pub layout: &'static [&'static str],
    read: ReadFile,
}

/// Reads one file: its path from the root of the layout, and where it lies.
type ReadFile = fn(&FeedFile, &mut Records<'_>) -> Result<(), ReadError>;

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

const fn osv(name: &'static str, layout: &'static [&'static str]) -> Feed {
    Feed { name, layout, read: feeds::osv::read }
}

/// Every feed that can be read.
pub static FEEDS: &[Feed] = &[
    Feed { name: "alpine", layout: &["alpine/*/*.json"], read: feeds::secdb::read_alpine },
    Feed { name: "epss", layout: &["epss.csv.gz", "epss.csv"], read: feeds::epss::read },
    Feed { name: "kev", layout: &["kev.json"], read: feeds::kev::read },
    osv("osv/AlmaLinux", &["osv/AlmaLinux/all.zip"]),
    osv("osv/Alpine", &["osv/Alpine/all.zip"]),
    osv("osv/Chainguard", &["osv/Chainguard/all.zip"]),
    osv("osv/Debian", &["osv/Debian/all.zip"]),
    osv("osv/Go", &["osv/Go/all.zip"]),
    osv("osv/Maven", &["osv/Maven/all.zip"]),
    osv("osv/NuGet", &["osv/NuGet/all.zip"]),
    osv("osv/Packagist", &["osv/Packagist/all.zip"]),
    osv("osv/PyPI", &["osv/PyPI/all.zip"]),
    osv("osv/Red Hat", &["osv/Red Hat/all.zip"]),
    osv("osv/Rocky Linux", &["osv/Rocky Linux/all.zip"]),
    osv("osv/RubyGems", &["osv/RubyGems/all.zip"]),
    osv("osv/SUSE", &["osv/SUSE/all.zip"]),
    osv("osv/Ubuntu", &["osv/Ubuntu/all.zip"]),
    osv("osv/Wolfi", &["osv/Wolfi/all.zip"]),
    osv("osv/crates.io", &["osv/crates.io/all.zip"]),
    osv("osv/npm", &["osv/npm/all.zip"]),
    osv("osv/openSUSE", &["osv/openSUSE/all.zip"]),
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
    for name in files {
        let path = root.join(&name);
        let modified = fs_err::metadata(&path).and_then(|metadata| metadata.modified());
        let modified = modified.map_err(|source| FeedError::Read { path: path.clone(), source })?;
        file_time = file_time.max(Timestamp::try_from(modified).unwrap_or_default());
        let file = FeedFile { name, path };
        (feed.read)(&file, &mut records).map_err(|err| err.at(file.path))?;
    }
    Ok(records.summary(file_time))
}
