use std::{
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use globset::GlobBuilder;
use sekisho_imagetest::{Compat, MAX_DOCUMENT_BYTES, Mistake, Notation, Tests, Variables};

/// Most files that a pattern may name.
const MAX_FILES: usize = 10_000;

/// Deepest directory below the one where a pattern starts.
const MAX_DEPTH: usize = 32;

/// Deepest chain of files that include each other.
const MAX_INCLUDES: usize = 16;

/// A file of tests, whatever came of reading it.
#[derive(Debug)]
pub(crate) struct TestFile {
    /// As it was given.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) tests: Result<Tests, Failure>,
}

/// Why a file gives no tests.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It cannot be read at all.
    Unreadable(String),
    Mistakes(Vec<Mistake>),
}

/// The files that names and patterns mean, in the order of the arguments; `-` is standard input.
pub(crate) fn find(names: &[String]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for name in names {
        if name == "-" || Path::new(name).exists() || !name.contains(['*', '?', '[', '{']) {
            found.push(name.clone());
            continue;
        }
        let matcher = GlobBuilder::new(name)
            .literal_separator(true)
            .build()
            .with_context(|| format!("{name:?} is no pattern of files"))?
            .compile_matcher();
        let mut start = PathBuf::new();
        for part in Path::new(name).components() {
            if part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']) {
                break;
            }
            start.push(part);
        }
        let mut files = Vec::new();
        walk(&start, MAX_DEPTH, &mut files)?;
        let fits = files.into_iter().filter(|path| matcher.is_match(path));
        let before = found.len();
        found.extend(fits.map(|path| path.display().to_string()));
        if found.len() == before {
            bail!("no file fits {name:?}");
        }
    }
    Ok(found)
}

/// All files below a directory, sorted.
fn walk(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let mut entries: Vec<_> = fs_err::read_dir(here)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        let path = directory.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            walk(&path, depth - 1, files)?;
        } else if !kind.is_dir() {
            files.push(path);
        }
        if files.len() > MAX_FILES {
            bail!("more than {MAX_FILES} files below {}", here.display());
        }
    }
    Ok(())
}

impl TestFile {
    /// Reads a file of tests and those that it includes, which come before it.
    pub(crate) fn read_all(name: &str, compat: Compat, given: &Variables) -> Vec<Self> {
        let mut files = Vec::new();
        Self::read_into(name, compat, given, MAX_INCLUDES, &mut files);
        files
    }

    fn read_into(
        name: &str,
        compat: Compat,
        given: &Variables,
        depth: usize,
        files: &mut Vec<Self>,
    ) {
        if files.iter().any(|file| file.name == name) {
            return;
        }
        let mut file = Self::read(name, compat, given);
        let includes = match &file.tests {
            Ok(Tests::Own(policy)) => policy.include.clone(),
            Ok(Tests::Peer(_)) | Err(_) => Vec::new(),
        };
        if depth == 0 && !includes.is_empty() {
            let message = format!("files include each other more than {MAX_INCLUDES} deep");
            file.tests = Err(Failure::Unreadable(message));
            files.push(file);
            return;
        }
        // Noted before what it includes, so that a circle ends.
        let at = files.len();
        files.push(file);
        let base = Path::new(name).parent().unwrap_or(Path::new(""));
        for include in includes {
            let path = base.join(&include.value).display().to_string();
            Self::read_into(&path, compat, given, depth.saturating_sub(1), files);
        }
        if let Some(own) = files.get_mut(at..) {
            own.rotate_left(1);
        }
    }

    /// Reads a file of tests.
    fn read(name: &str, compat: Compat, given: &Variables) -> Self {
        let text = match read(name) {
            Ok(text) => text,
            Err(err) => {
                let tests = Err(Failure::Unreadable(format!("{err:#}")));
                return Self { name: name.to_owned(), text: String::new(), tests };
            }
        };
        let tests = match notation(name, &text) {
            Some(notation) => {
                Tests::parse(&text, notation, compat, given).map_err(Failure::Mistakes)
            }
            None => {
                let message = "Please provide valid JSON or YAML config file";
                Err(Failure::Unreadable(message.to_owned()))
            }
        };
        Self { name: name.to_owned(), text, tests }
    }
}

/// By the name of the file; what comes from standard input is told by its start.
fn notation(name: &str, text: &str) -> Option<Notation> {
    if name != "-" {
        return Notation::of_name(name);
    }
    let is_json = text.trim_start().starts_with('{');
    Some(if is_json { Notation::Json } else { Notation::Yaml })
}

fn read(name: &str) -> anyhow::Result<String> {
    let limit = MAX_DOCUMENT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        fs_err::File::open(name)?.take(limit).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_DOCUMENT_BYTES {
        bail!("{name:?} has more than {MAX_DOCUMENT_BYTES} bytes");
    }
    String::from_utf8(bytes).with_context(|| format!("{name:?} is no text in UTF-8"))
}
