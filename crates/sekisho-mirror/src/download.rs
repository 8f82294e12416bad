use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    thread::sleep,
};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    StatusCode,
    blocking::Response,
    header::{CONTENT_LENGTH, CONTENT_RANGE, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE},
};
use sekisho_archive::Sha256;

use crate::{
    FetchError, Progress,
    client::{Http, refused},
    origins::Wanted,
    state::{State, beside},
    whole::fault,
};

/// How often one download is taken up again without a byte of progress in between.
const MAX_BREAKS: u32 = 5;

/// How often one download is taken up again at all: a server that gives a byte at a time would
/// take years.
const MAX_RESUMPTIONS: u32 = 100;

/// Bytes between two words about progress.
const CHUNK_BYTES: usize = 256 << 10;

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Downloaded {
    /// It is what it was.
    Unchanged,
    /// It is new. The old one, if there was one, lies beside it until it is dropped.
    Changed,
}

/// Fetches one file to `path`, unless it is there and has not changed.
pub(crate) fn download(
    http: &Http,
    wanted: &Wanted,
    path: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Downloaded, FetchError> {
    let url = wanted.url.as_str();
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(|source| write_error(path, source))?;
    }
    let part = Part::new(path);
    let known = known(path, url);
    progress(Progress::Asking { path: &wanted.path });
    let (mut n_breaks, mut n_resumptions, mut furthest) = (0, 0, 0);
    loop {
        let (mut file, start, resumed) = part.open(url).map_err(|err| write_error(path, err))?;
        let response = http.get(url, &|request| match (&resumed, &known) {
            (Some(resumed), _) => {
                let request = request.header(RANGE, format!("bytes={start}-"));
                request.header(IF_RANGE, resumed.range_validator().unwrap_or_default())
            }
            (None, Some(State { etag: Some(etag), .. })) => request.header(IF_NONE_MATCH, etag),
            (None, Some(State { last_modified: Some(date), .. })) => {
                request.header(IF_MODIFIED_SINCE, date)
            }
            (None, _) => request,
        })?;
        let expected = match response.status() {
            StatusCode::NOT_MODIFIED if known.is_some() && resumed.is_none() => {
                part.drop_it();
                return Ok(Downloaded::Unchanged);
            }
            // The part is of another file, or longer than this one.
            StatusCode::RANGE_NOT_SATISFIABLE if resumed.is_some() => {
                part.drop_it();
                continue;
            }
            StatusCode::PARTIAL_CONTENT if resumed.is_some() => {
                let Some(total) = range_total(&response, start) else {
                    part.drop_it();
                    continue;
                };
                Some(total)
            }
            StatusCode::OK => {
                let expected = content_length(&response);
                let state = State::of(url, &response, expected);
                part.restart(&mut file, &state).map_err(|source| write_error(path, source))?;
                expected
            }
            _ => return Err(refused(url, response)),
        };
        let limit = wanted.max_bytes;
        if expected.is_some_and(|expected| expected > limit) {
            part.drop_it();
            return Err(FetchError::TooLarge { url: url.to_owned(), limit });
        }
        let before = file.stream_position().map_err(|source| write_error(path, source))?;
        let copied = copy(response, &mut file, &wanted.path, before, expected, limit, progress);
        let n_bytes = file.stream_position().map_err(|source| write_error(path, source))?;
        let cause = match copied {
            Ok(()) if n_bytes > limit => {
                part.drop_it();
                return Err(FetchError::TooLarge { url: url.to_owned(), limit });
            }
            Ok(()) if expected.is_none_or(|expected| expected == n_bytes) => {
                return part.finish(&file, wanted, n_bytes);
            }
            Ok(()) if expected.is_some_and(|expected| n_bytes > expected) => {
                part.drop_it();
                let expected = expected.unwrap_or_default();
                return Err(FetchError::Length { url: url.to_owned(), expected, actual: n_bytes });
            }
            Ok(()) => io::ErrorKind::UnexpectedEof.into(),
            Err(CopyError::Write(source)) => return Err(write_error(path, source)),
            Err(CopyError::Read(source)) => source,
        };
        n_breaks = if n_bytes > furthest { 1 } else { n_breaks + 1 };
        furthest = n_bytes.max(furthest);
        n_resumptions += 1;
        if n_breaks > MAX_BREAKS || n_resumptions > MAX_RESUMPTIONS {
            return Err(FetchError::Broken { url: url.to_owned(), n_bytes, source: cause });
        }
        let wait = http.wait(n_breaks);
        tracing::info!(%url, n_bytes, wait_ms = wait.as_millis(),
            "a download broke off and is taken up again");
        sleep(wait);
    }
}

fn write_error(path: &Path, source: io::Error) -> FetchError {
    FetchError::Write { path: path.to_owned(), source }
}

/// What is known of the file that is there; none where it is not what was fetched from `url`.
fn known(path: &Path, url: &str) -> Option<State> {
    let state = State::load(path)?;
    let size_bytes = fs_err::metadata(path).ok()?.len();
    (state.url == url && state.size_bytes == Some(size_bytes)).then_some(state)
}

fn content_length(response: &Response) -> Option<u64> {
    response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

/// How long the whole file is; none unless the answer goes on at `start` and says so.
fn range_total(response: &Response, start: u64) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let first: u64 = range.split_once('-')?.0.parse().ok()?;
    let total = total.parse().ok()?;
    (first == start).then_some(total)
}

enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

fn copy(
    mut response: Response,
    file: &mut File,
    path: &str,
    before: u64,
    total: Option<u64>,
    limit: u64,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), CopyError> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut n_bytes = before;
    loop {
        let n = response.read(&mut buffer).map_err(CopyError::Read)?;
        let Some(chunk) = buffer.get(..n).filter(|chunk| !chunk.is_empty()) else { return Ok(()) };
        file.write_all(chunk).map_err(CopyError::Write)?;
        n_bytes += n as u64;
        progress(Progress::Received { path, n_bytes, total });
        if n_bytes > limit {
            return Ok(());
        }
    }
}

/// A download that is not complete: `.all.zip.part`, with what the server said of it beside it.
struct Part<'a> {
    target: &'a Path,
    path: PathBuf,
}

impl<'a> Part<'a> {
    fn new(target: &'a Path) -> Self {
        Self { target, path: beside(target, "part") }
    }

    /// Opens it at its end; what may go on there, where it is of `url`.
    fn open(&self, url: &str) -> io::Result<(File, u64, Option<State>)> {
        let mut options = fs_err::OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&self.path)?;
        let mut file = file.into_file();
        let start = file.seek(io::SeekFrom::End(0))?;
        let state = State::load(&self.path).filter(|state| state.url == url && start > 0);
        let state = state.filter(|state| state.range_validator().is_some());
        Ok((file, start, state))
    }

    fn restart(&self, file: &mut File, state: &State) -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        state.save(&self.path)
    }

    fn drop_it(&self) {
        // What cannot be removed is written over by the next download.
        for path in [beside(&self.path, "http"), self.path.clone()] {
            drop(fs_err::remove_file(path));
        }
    }

    /// Puts the whole file into its place, when it is whole.
    fn finish(&self, file: &File, wanted: &Wanted, n_bytes: u64) -> Result<Downloaded, FetchError> {
        let (url, target) = (wanted.url.clone(), self.target);
        let write = |source| write_error(target, source);
        if let Some(expected) = wanted.digest {
            let actual = digest(&self.path).map_err(write)?;
            if actual != expected {
                self.drop_it();
                return Err(FetchError::Digest { url, expected, actual });
            }
        }
        if let Some(what) = fault(&self.path, &wanted.path).map_err(write)? {
            self.drop_it();
            return Err(FetchError::NotWhole { url, what });
        }
        let state =
            State::load(&self.path).map(|state| State { size_bytes: Some(n_bytes), ..state });
        let date = state.as_ref().and_then(|state| state.last_modified.as_deref()).and_then(date);
        if let Some(date) = date {
            file.set_modified(date.into()).map_err(write)?;
        }
        file.sync_all().map_err(write)?;
        if is_same(&self.path, target) {
            // The server did not say so, but it is what it was.
            if let Some(state) = state {
                state.save(target).map_err(write)?;
            }
            self.drop_it();
            return Ok(Downloaded::Unchanged);
        }
        keep(target).map_err(write)?;
        fs_err::rename(&self.path, target).map_err(write)?;
        if let Some(state) = state {
            state.save(target).map_err(write)?;
        }
        self.drop_it();
        Ok(Downloaded::Changed)
    }
}

/// The moment that a date of HTTP stands for.
fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

fn digest(path: &Path) -> io::Result<sekisho_types::Digest> {
    let mut hash = Sha256::default();
    let mut file = fs_err::File::open(path)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let n = file.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..n).filter(|chunk| !chunk.is_empty()) else {
            return Ok(hash.finish());
        };
        hash.update(chunk);
    }
}

fn is_same(left: &Path, right: &Path) -> bool {
    let size = |path: &Path| fs_err::metadata(path).map(|metadata| metadata.len()).ok();
    size(left) == size(right)
        && digest(left).ok().is_some_and(|left| digest(right).ok() == Some(left))
}

/// Keeps the file that is about to be replaced, until [`settle`] or [`undo`].
pub(crate) fn keep(path: &Path) -> io::Result<()> {
    for (path, kind) in [(path.to_owned(), "old"), (beside(path, "http"), "old")] {
        match fs_err::rename(&path, beside(&path, kind)) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
            _ => (),
        }
    }
    Ok(())
}

/// Lets go of what [`keep`] kept.
pub(crate) fn settle(path: &Path) {
    for path in [beside(path, "old"), beside(&beside(path, "http"), "old")] {
        // A file that is left takes space and does no harm.
        drop(fs_err::remove_file(path));
    }
}

/// Puts back what [`keep`] kept, in the place of the file that came.
pub(crate) fn undo(path: &Path) -> io::Result<()> {
    for path in [path.to_owned(), beside(path, "http")] {
        match fs_err::rename(beside(&path, "old"), &path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                drop(fs_err::remove_file(&path));
            }
            result => result?,
        }
    }
    Ok(())
}
