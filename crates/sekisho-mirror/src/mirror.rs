use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    FetchError, SetupError,
    client::Http,
    directory,
    download::{self, Downloaded, download},
    origins::{At, ORIGINS, Origin, Wanted},
};

/// Where feeds come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Whoever publishes each.
    Publishers,
    /// An address below which the layout lies.
    Mirror(String),
}

/// How feeds are fetched.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the files go.
    pub directory: PathBuf,
    /// PEM files of authorities trusted besides the system's.
    pub ca: Vec<PathBuf>,
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// The current one, for feeds that have a file a year.
    pub year: i16,
    /// Wait before a request is sent again; doubled each time.
    pub first_wait: Duration,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A server is asked whether a file has changed.
    Asking { path: &'a str },
    /// A part of a file has come.
    Received { path: &'a str, n_bytes: u64, total: Option<u64> },
}

/// Fetches feeds into one directory, which no other process fetches into meanwhile.
#[derive(Debug)]
pub struct Mirror {
    config: Config,
    http: Http,
    /// Held for as long as this lives.
    _lock: File,
}

/// The files of one feed after they were fetched.
///
/// Those that they replaced are kept until [`Fetched::settle`], for what came may turn out to be
/// unreadable.
#[derive(Debug)]
#[must_use]
pub struct Fetched {
    changed: Vec<PathBuf>,
}

impl Fetched {
    /// Whether any file is another than before.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Lets go of the files that were replaced.
    pub fn settle(self) {
        for path in self.changed {
            download::settle(&path);
        }
    }

    /// Puts back the files that were replaced; new ones go.
    ///
    /// # Errors
    ///
    /// When a file cannot be put back.
    pub fn undo(self) -> Result<(), FetchError> {
        for path in self.changed {
            download::undo(&path).map_err(|source| FetchError::Write { path, source })?;
        }
        Ok(())
    }
}

impl Mirror {
    /// Sets up connections and takes the directory, which is made where there is none.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up, or another process has the directory.
    pub fn open(config: Config) -> Result<Self, SetupError> {
        let path = config.directory.clone();
        let error = |source| SetupError::Directory { path: path.clone(), source };
        fs_err::create_dir_all(&path).map_err(error)?;
        let mut options = fs_err::OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let lock = options.open(path.join(".lock")).map_err(error)?.into_file();
        match lock.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => return Err(SetupError::Locked { path }),
            Err(TryLockError::Error(source)) => return Err(error(source)),
        }
        let http = Http::new(&config.ca, &config.user_agent, config.first_wait)?;
        Ok(Self { config, http, _lock: lock })
    }

    /// Where the files go.
    pub fn directory(&self) -> &Path {
        &self.config.directory
    }

    /// Fetches the files of `feed` that have changed.
    ///
    /// # Errors
    ///
    /// When one of them cannot be fetched whole: then all are as they were.
    pub fn fetch(
        &self,
        feed: &str,
        source: &Source,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Fetched, FetchError> {
        let unknown = || FetchError::Unknown { feed: feed.to_owned() };
        let origin = ORIGINS.iter().find(|origin| origin.feed == feed).ok_or_else(unknown)?;
        let mut fetched = Fetched { changed: Vec::new() };
        let result = match source {
            Source::Publishers => self.download(origin, At::Publishers, &mut fetched, progress),
            Source::Mirror(url) => self.download(origin, At::Mirror(url), &mut fetched, progress),
        };
        settled(result, fetched)
    }

    /// Copies `files` of a feed from another directory with the same layout, where they differ.
    ///
    /// # Errors
    ///
    /// When one of them cannot be copied: then all are as they were.
    pub fn copy(&self, root: &Path, files: &[String]) -> Result<Fetched, FetchError> {
        let mut fetched = Fetched { changed: Vec::new() };
        let mut result = Ok(());
        for file in files {
            let path = self.config.directory.join(file);
            match directory::copy(&root.join(file), &path) {
                Ok(Downloaded::Changed) => fetched.changed.push(path),
                Ok(Downloaded::Unchanged) => (),
                Err(err) => {
                    result = Err(err);
                    break;
                }
            }
        }
        settled(result, fetched)
    }

    fn download(
        &self,
        origin: &Origin,
        at: At<'_>,
        fetched: &mut Fetched,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), FetchError> {
        let mut n_found: usize = 0;
        let mut missing = None;
        let all = origin.wanted(at, self.config.year, &self.http)?;
        for wanted in &all {
            match self.file(wanted, fetched, progress) {
                Ok(()) => n_found += 1,
                // What was there and is not any more may come again.
                Err(err @ FetchError::NotFound { .. })
                    if wanted.is_optional && !self.place(wanted).exists() =>
                {
                    missing = Some(err);
                }
                Err(err) => return Err(err),
            }
        }
        'newer: for step in origin.newer(at) {
            for wanted in step {
                match self.file(&wanted, fetched, progress) {
                    Ok(()) => n_found += 1,
                    Err(FetchError::NotFound { .. }) if !self.place(&wanted).exists() => {
                        break 'newer;
                    }
                    Err(err) => return Err(err),
                }
            }
        }
        if let Some(folder) = origin.folder_of_few() {
            self.clear(folder, &all, fetched)?;
        }
        match missing {
            Some(err) if n_found == 0 => Err(err),
            _ => Ok(()),
        }
    }

    /// Takes away the files of a folder that are not wanted any more.
    fn clear(&self, folder: &str, all: &[Wanted], fetched: &mut Fetched) -> Result<(), FetchError> {
        let root = self.config.directory.join(folder);
        let error = |source| FetchError::Write { path: root.clone(), source };
        for path in directory::files(&root).map_err(error)? {
            if !all.iter().any(|wanted| self.place(wanted) == path) {
                download::keep(&path).map_err(error)?;
                fetched.changed.push(path);
            }
        }
        Ok(())
    }

    fn file(
        &self,
        wanted: &Wanted,
        fetched: &mut Fetched,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), FetchError> {
        let path = self.place(wanted);
        if download(&self.http, wanted, &path, progress)? == Downloaded::Changed {
            fetched.changed.push(path);
        }
        Ok(())
    }

    fn place(&self, wanted: &Wanted) -> PathBuf {
        self.config.directory.join(&wanted.path)
    }
}

/// The files, when all came; else they are put back.
fn settled(result: Result<(), FetchError>, fetched: Fetched) -> Result<Fetched, FetchError> {
    match result {
        Ok(()) => Ok(fetched),
        Err(err) => {
            fetched.undo()?;
            Err(err)
        }
    }
}
