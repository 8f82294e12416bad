//! The exact tar of a layer, rebuilt from its unpacked files.
//!
//! Docker keeps for every layer what its tar had besides the content of files: headers and
//! padding. Together with the files this gives the bytes that were unpacked once, so the layer's
//! `diff_id` says whether the files are still what they were.
//!
//! # Source
//!
//! `tar-split` of the vbatts project, `tar/storage`: one JSON object a line, of type 1 for the
//! content of a file, of type 2 for bytes as they are.

use std::{
    borrow::Cow,
    ffi::OsStr,
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags};
use serde::Deserialize;

/// Longest line. Bytes between two files are headers, a long name of at most 1 MiB, or padding,
/// which is cut into pieces of 1 MiB; base64 makes four bytes of three.
const MAX_LINE_BYTES: u64 = 8 << 20;

const FILE: u8 = 1;
const SEGMENT: u8 = 2;

/// Reads a tar from its parts.
pub struct TarSplit {
    lines: BufReader<Box<dyn Read + Send>>,
    line: Vec<u8>,
    root: OwnedFd,
    current: Part,
}

impl fmt::Debug for TarSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TarSplit").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What is read right now.
enum Part {
    Bytes { bytes: Vec<u8>, position: usize },
    File { file: File, name: Vec<u8>, left: u64 },
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    /// Base64 of a name that is not UTF-8.
    #[serde(borrow, default)]
    name_raw: Option<Cow<'a, str>>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(borrow, default)]
    payload: Option<Cow<'a, str>>,
}

impl TarSplit {
    /// Rebuilds the tar that `lines`, unpacked, describes, with files below `root`.
    pub fn new(lines: Box<dyn Read + Send>, root: OwnedFd) -> Self {
        let current = Part::Bytes { bytes: Vec::new(), position: 0 };
        Self { lines: BufReader::with_capacity(64 * 1024, lines), line: Vec::new(), root, current }
    }

    /// Goes on to the next part; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        self.line.clear();
        (&mut self.lines).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            return Ok(false);
        }
        if self.line.len() as u64 == MAX_LINE_BYTES {
            return Err(damaged("a line is longer than any part of a tar"));
        }
        let line: Line<'_> = serde_json::from_slice(&self.line)
            .map_err(|err| damaged(&format!("a line is not as expected: {err}")))?;
        let decode = |text: &str| {
            STANDARD.decode(text).map_err(|err| damaged(&format!("a line is no base64: {err}")))
        };
        match line.kind {
            SEGMENT => {
                let bytes = decode(line.payload.as_deref().unwrap_or_default())?;
                self.current = Part::Bytes { bytes, position: 0 };
            }
            FILE => {
                let Some(left) = line.size.filter(|size_bytes| *size_bytes > 0) else {
                    return Ok(true);
                };
                let name = match (&line.name_raw, &line.name) {
                    (Some(raw), _) => decode(raw)?,
                    (None, Some(name)) => name.as_bytes().to_vec(),
                    (None, None) => return Err(damaged("a file has no name")),
                };
                let file = open_file(&self.root, &name).map_err(|err| {
                    io::Error::new(err.kind(), format!("{:?}: {err}", show(&name)))
                })?;
                self.current = Part::File { file, name, left };
            }
            kind => return Err(damaged(&format!("there is a part of the unknown type {kind}"))),
        }
        Ok(true)
    }
}

impl Read for TarSplit {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.current {
                Part::Bytes { bytes, position } => {
                    let mut rest = bytes.get(*position..).unwrap_or_default();
                    let n = rest.read(buffer)?;
                    *position += n;
                    if n > 0 {
                        return Ok(n);
                    }
                }
                Part::File { file, name, left } if *left > 0 => {
                    let wanted = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
                    let n = file.read(buffer.get_mut(..wanted).unwrap_or_default())?;
                    if n == 0 {
                        let what = format!("{:?} is {left} bytes shorter than it was", show(name));
                        return Err(damaged(&what));
                    }
                    *left = left.saturating_sub(n as u64);
                    return Ok(n);
                }
                Part::File { .. } => (),
            }
            if !self.advance()? {
                return Ok(0);
            }
        }
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn show(name: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(name)
}

/// Opens a file below `root`, which is the root also for links on the way, as it was for Docker
/// when it unpacked the layer.
fn open_file(root: impl AsFd, name: &[u8]) -> io::Result<File> {
    // An image may hold devices, and opening one can do something: look before.
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let found = rustix::fs::openat2(root, OsStr::from_bytes(name), flags, Mode::empty(), resolve)?;
    let stat = rustix::fs::fstat(&found)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(damaged("not a regular file any more"));
    }
    let path = format!("/proc/self/fd/{}", found.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(CWD, path, flags, Mode::empty())?))
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, path::Path};

    use super::*;

    fn rebuild(root: &Path, lines: &str) -> Result<String, String> {
        let lines = Box::new(io::Cursor::new(lines.to_owned()));
        let root = OwnedFd::from(File::from(
            rustix::fs::open(root, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap(),
        ));
        let mut tar = String::new();
        match TarSplit::new(lines, root).read_to_string(&mut tar) {
            Ok(_) => Ok(tar),
            Err(err) => Err(err.to_string()),
        }
    }

    #[test]
    fn headers_and_files_come_in_order() {
        let root = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(root.path().join("usr/lib")).unwrap();
        fs_err::write(root.path().join("usr/lib/a"), "content").unwrap();
        // What led into the layer's own directory then still does.
        symlink("/usr/lib", root.path().join("lib")).unwrap();
        // "head", "lib/a" and "tail" in base64.
        let lines = r#"{"type":2,"payload":"aGVhZA==","position":0}
{"type":1,"name":"./lib/","payload":null,"position":1}
{"type":1,"name":"lib/a","size":7,"payload":"AAAAAAAAAAA=","position":2}
{"type":1,"name_raw":"bGliL2E=","size":4,"position":3}
{"type":2,"payload":"dGFpbA==","position":4}
"#;
        assert_eq!(rebuild(root.path(), lines).unwrap(), "headcontentconttail");
    }

    #[test]
    fn nothing_outside_of_the_layer_is_read() {
        let top = tempfile::tempdir().unwrap();
        fs_err::write(top.path().join("secret"), "secret").unwrap();
        let root = top.path().join("diff");
        fs_err::create_dir(&root).unwrap();
        symlink(top.path().join("secret"), root.join("link")).unwrap();
        for name in ["../secret", "link", "/etc/passwd"] {
            let err = rebuild(&root, &format!(r#"{{"type":1,"name":"{name}","size":6}}"#));
            assert!(err.clone().unwrap_err().contains(name), "{err:?}");
        }
    }

    #[test]
    fn what_has_changed_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs_err::write(root.path().join("short"), "1").unwrap();
        fs_err::create_dir(root.path().join("directory")).unwrap();
        let read = |lines: &str| rebuild(root.path(), lines).unwrap_err();
        insta::assert_snapshot!([
            r#"{"type":1,"name":"short","size":3}"#,
            r#"{"type":1,"name":"directory","size":3}"#,
            r#"{"type":1,"size":3}"#,
            r#"{"type":3}"#,
            r#"{"type":2,"payload":"?"}"#,
            "no JSON",
        ].map(read).join("\n"), @r#"
        "short" is 2 bytes shorter than it was
        "directory": not a regular file any more
        a file has no name
        there is a part of the unknown type 3
        a line is no base64: Invalid symbol 63, offset 0.
        a line is not as expected: expected ident at line 1 column 2
        "#);
    }
}
