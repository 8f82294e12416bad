//! Looks for secrets in the files of one layer.

use std::io::{self, BufRead, Read as _, Seek as _};

use sekisho_archive::Spool;
use sekisho_secret::{RuleSet, Scanner, Sighting, Sightings};
use sekisho_types::ImagePath;

use crate::{
    nested::{self, Inside, Kind},
    shipped::{self, Shipped, Sum, SumList},
};

/// A file up to this size is read as a whole, so that its sums can be taken afterwards.
const WHOLE_BYTES: u64 = 1 << 20;

/// Bytes of a file after which it is known whether there is anything to look for.
const START_BYTES: usize = 4096;

/// Keeps what is needed from one file to the next.
#[derive(Debug, Default)]
pub(crate) struct SecretLook<'a> {
    rules: Option<&'a RuleSet>,
    shipped: Shipped,
    buffer: Vec<u8>,
}

/// The secrets of one file.
#[derive(Debug, Default)]
pub(crate) struct SeenSecrets {
    found: Vec<Sighting>,
    /// Of a file that may be as its package shipped it.
    sums: Vec<Sum>,
    pub(crate) unknowns: Vec<String>,
}

impl<'a> SecretLook<'a> {
    pub(crate) fn new(rules: Option<&'a RuleSet>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Begins with a file that somebody else reads.
    pub(crate) fn scanner<'p>(&self, path: &'p ImagePath, size_bytes: u64) -> Option<Scanner<'p>>
    where
        'a: 'p,
    {
        Some(self.rules?.scanner(path.as_bytes(), size_bytes))
    }

    /// Ends a file that somebody else has read. The scanner has seen what did not stay in memory.
    pub(crate) fn finish(
        &mut self,
        scanner: Scanner<'_>,
        path: &ImagePath,
        spool: &mut Spool,
    ) -> SeenSecrets {
        if let Some(rules) = self.rules
            && let Some(kind) = start_of(spool).and_then(|start| Kind::of(path.as_bytes(), &start))
        {
            return in_archive(rules, kind, spool);
        }
        let mut seen = match spool {
            Spool::Memory(content) => SeenSecrets::of(scanner.finish_with(content.get_ref())),
            Spool::Disk(_) => SeenSecrets::of(scanner.finish()),
        };
        let list = SumList::at(path);
        if (list.is_some() || seen.is_published())
            && let Ok(content) = spool.content(shipped::MAX_BYTES)
        {
            self.keep_sums(list, &content, &mut seen);
        }
        seen
    }

    /// Keeps the sums that a list holds, and those of a file that may have been shipped.
    fn keep_sums(&mut self, list: Option<SumList>, content: &[u8], seen: &mut SeenSecrets) {
        if let Some(list) = list {
            self.shipped.add(list, content);
        }
        if seen.is_published() {
            seen.sums = shipped::sums(content);
        }
    }

    /// Reads a file that nobody else wants.
    pub(crate) fn look(
        &mut self,
        path: &ImagePath,
        size_bytes: u64,
        content: &mut dyn BufRead,
    ) -> io::Result<SeenSecrets> {
        let Some(rules) = self.rules else { return Ok(SeenSecrets::default()) };
        let list = SumList::at(path);
        let most = if list.is_some() { shipped::MAX_BYTES } else { WHOLE_BYTES };
        let mut scanner = rules.scanner(path.as_bytes(), size_bytes);
        // Most files lie in one piece in what was read last.
        let whole = usize::try_from(size_bytes).ok();
        let available = if size_bytes <= most { content.fill_buf()? } else { &[] };
        if let Some(whole) = whole.and_then(|size| available.get(..size)) {
            if let Some(kind) = Kind::of(path.as_bytes(), whole) {
                return Ok(in_archive(rules, kind, &mut Spool::from_bytes(whole.to_vec())));
            }
            let mut seen = SeenSecrets::of(scanner.finish_with(whole));
            self.keep_sums(list, whole, &mut seen);
            return Ok(seen);
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        content.take(START_BYTES as u64).read_to_end(&mut buffer)?;
        let archive = Kind::of(path.as_bytes(), &buffer);
        let seen = if let Some(kind) = archive.filter(|_| size_bytes <= nested::MAX_BYTES) {
            let mut whole = buffer.as_slice().chain(content);
            in_archive(rules, kind, &mut Spool::fill(&mut whole, size_bytes)?)
        } else if !scanner.wants(&buffer) && list.is_none() {
            SeenSecrets::default()
        } else if size_bytes <= most {
            content.take(most).read_to_end(&mut buffer)?;
            let mut seen = SeenSecrets::of(scanner.finish_with(&buffer));
            self.keep_sums(list, &buffer, &mut seen);
            seen
        } else {
            scanner.feed(&buffer);
            while scanner.wants_more() {
                let chunk = content.fill_buf()?;
                if chunk.is_empty() {
                    break;
                }
                scanner.feed(chunk);
                let n = chunk.len();
                content.consume(n);
            }
            SeenSecrets::of(scanner.finish())
        };
        self.buffer = buffer;
        Ok(seen)
    }

    /// Takes what a database of packages says of the files that they brought.
    pub(crate) fn add_sums(&mut self, sums: &[Sum]) {
        if self.rules.is_some() {
            self.shipped.extend(sums);
        }
    }

    /// Leaves out what lies among dependencies, and marks what came with a package, once every
    /// file was seen.
    pub(crate) fn into_filter(self) -> impl Fn(&ImagePath, SeenSecrets) -> Vec<Sighting> {
        let is_shipped = self.shipped.finish();
        move |path, seen| {
            let SeenSecrets { mut found, sums, unknowns: _ } = seen;
            if is_dependency(path) {
                let is_text = is_documentation(path);
                found.retain(|sighting| !sighting.is_published && !is_text);
            }
            let is_shipped = !sums.is_empty() && is_shipped(&sums);
            for sighting in &mut found {
                sighting.is_shipped = is_shipped && sighting.is_published;
            }
            found
        }
    }
}

/// The first bytes of a file that somebody read.
fn start_of(spool: &mut Spool) -> Option<Vec<u8>> {
    let mut start = Vec::new();
    spool.rewind().ok()?;
    spool.take(nested::START_BYTES).read_to_end(&mut start).ok()?;
    Some(start)
}

/// The secrets of the files in an archive.
fn in_archive(rules: &RuleSet, kind: Kind, spool: &mut Spool) -> SeenSecrets {
    let Inside { found, notes } = nested::look(rules, kind, spool);
    let mut seen = SeenSecrets { found, sums: Vec::new(), unknowns: notes };
    if seen.is_published()
        && let Ok(content) = spool.content(shipped::MAX_BYTES)
    {
        seen.sums = shipped::sums(&content);
    }
    seen
}

/// Whether a file of a package explains it or tests it: what looks like a token there is made up.
fn is_documentation(path: &ImagePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let is_text = [&b".md"[..], b".markdown", b".rst"].iter().any(|end| name.ends_with(end));
    is_text || is_sample(path)
}

/// Whether a file lies where tests, documentation and examples do.
pub(crate) fn is_sample(path: &ImagePath) -> bool {
    const FOLDERS: &[&[u8]] = &[
        b"doc",
        b"docs",
        b"example",
        b"examples",
        b"fixture",
        b"fixtures",
        b"sample",
        b"samples",
        b"spec",
        b"t",
        b"test",
        b"test_data",
        b"testdata",
        b"testing",
        b"tests",
    ];
    let mut parts = path.as_bytes().split(|byte| *byte == b'/').rev().skip(1);
    parts.any(|part| FOLDERS.contains(&part))
}

/// Whether the file lies in a tree that npm, Go, Bundler, Composer or Cargo fills from a lock
/// file. They write down no sum of a file; but what lies there comes from the package or is lost
/// with the next installation, so nobody keeps a key there. Tokens that are told by their own
/// form are found there all the same, unless they stand in documentation or a test.
fn is_dependency(path: &ImagePath) -> bool {
    let parts: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let has = |sequence: &[&[u8]]| {
        let last = parts.len().saturating_sub(1);
        let folders = parts.get(..last).unwrap_or_default();
        folders.windows(sequence.len()).any(|window| window == sequence)
    };
    let is_cache = has(&[b"node_modules", b".cache"]);
    (has(&[b"node_modules"]) && !is_cache)
        || has(&[b"pkg", b"mod"])
        || has(&[b"vendor", b"bundle"])
        || has(&[b"registry", b"src"])
        || is_gem(&parts)
        || is_composer(&parts)
}

/// `…/gems/<name>-<version>/…`.
fn is_gem(parts: &[&[u8]]) -> bool {
    let is_versioned = |name: &[u8]| {
        name.iter()
            .rposition(|byte| *byte == b'-')
            .and_then(|at| name.get(at + 1))
            .is_some_and(u8::is_ascii_digit)
    };
    parts.windows(3).any(|window| match window {
        [folder, name, _] => *folder == b"gems" && is_versioned(name),
        _ => false,
    })
}

/// `vendor/<owner>/<package>/…`, beside Composer's own `vendor/composer`.
fn is_composer(parts: &[&[u8]]) -> bool {
    let is_source =
        parts.last().is_some_and(|name| name.ends_with(b".php") || name.ends_with(b".md"));
    is_source && parts.windows(4).any(|window| window.first() == Some(&b"vendor".as_slice()))
}

impl SeenSecrets {
    fn of(sightings: Sightings) -> Self {
        let unknowns = sightings.notes.iter().map(|note| format!("secrets: {note}")).collect();
        Self { found: sightings.found, sums: Vec::new(), unknowns }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.found.is_empty() && self.unknowns.is_empty()
    }

    fn is_published(&self) -> bool {
        self.found.iter().any(|sighting| sighting.is_published)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_and_tests_of_a_package_are_known() {
        for (path, want) in [
            ("a/node_modules/serverless/docs/events/cos.js", true),
            ("a/node_modules/x/README.md", true),
            ("a/node_modules/x/tests/a.js", true),
            ("a/node_modules/x/lib/a.js", false),
        ] {
            let path = ImagePath::parse(path.as_bytes()).unwrap();
            assert_eq!(is_documentation(&path), want, "{path}");
        }
    }

    #[test]
    fn trees_of_dependencies_are_known_by_their_layout() {
        for (path, want) in [
            ("srv/app/node_modules/ssh2/test/id_rsa", true),
            ("srv/app/node_modules/.cache/x/id_rsa", false),
            ("srv/app/id_rsa", false),
            ("root/go/pkg/mod/example.org/x@v1.0.0/key.pem", true),
            ("usr/local/bundle/gems/rack-2.0.1/test/key.pem", true),
            ("srv/gems/mine/key.pem", false),
            ("srv/app/vendor/acme/http/README.md", true),
            ("srv/app/vendor/acme/http/key.pem", false),
            ("root/.ssh/node_modules", false),
        ] {
            assert_eq!(is_dependency(&ImagePath::parse(path.as_bytes()).unwrap()), want, "{path}");
        }
    }
}
