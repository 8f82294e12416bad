use sekisho_image::{Node, NodeKind};
use sekisho_types::{ImagePath, Linkage};

use super::{
    FileKind, FileRule,
    judge::{named, unanswered},
};
use crate::{
    Located, Place, TestResult, View, Wanted, go_text,
    judge::{Words, expect},
    view::Found,
    wanted::glob,
};

/// Whether something may be run: a link is as good as what it leads to.
pub(super) fn may_run(node: &Node) -> bool {
    match node.kind {
        NodeKind::File => node.mode & 0o111 != 0,
        NodeKind::Symlink(_) => true,
        NodeKind::Directory | NodeKind::CharDevice | NodeKind::BlockDevice | NodeKind::Fifo => {
            false
        }
    }
}

impl FileRule {
    fn is_pattern(&self) -> bool {
        self.path.value.contains(['*', '?', '[', '{'])
    }

    fn is_about_content(&self) -> bool {
        self.sha256.is_some()
            || !self.contents.expected.is_empty()
            || !self.contents.excluded.is_empty()
    }

    pub(super) fn want(&self, wanted: &mut Wanted) {
        if self.owner.is_some() || self.group.is_some() {
            wanted.add_path("etc/passwd");
            wanted.add_path("etc/group");
        }
        if !self.is_about_content() {
            return;
        }
        if self.is_pattern() {
            // What is no pattern was refused when the policy was read.
            drop(wanted.add_glob(&self.path.value));
        } else {
            wanted.add_path(&self.path.value);
        }
    }

    fn found(&self, view: &View) -> Vec<Found> {
        if !self.is_pattern() {
            return view.lookup(&self.path.value).into_iter().collect();
        }
        let Ok(glob) = glob(&self.path.value) else { return Vec::new() };
        let matcher = glob.compile_matcher();
        let files = view.files.iter();
        let files = files.filter(|(path, _)| matcher.is_match(&*path.to_str_lossy()));
        files.map(|(path, file)| Found { path: path.clone(), node: file.node.clone() }).collect()
    }

    pub(super) fn judge(&self, view: &View) -> TestResult {
        let mut result = TestResult::new(format!("file {}", self.path.value), self.path.place);
        let found = self.found(view);
        if self.exists == Some(false) {
            if !found.is_empty() {
                let paths: Vec<String> = found.iter().map(|it| format!("/{}", it.path)).collect();
                result.fail(format!("there are {}", named(&paths)));
            }
            return result;
        }
        let n_found = found.len() as u64;
        let least = self.min_count.unwrap_or(1);
        if n_found < least || self.max_count.is_some_and(|most| n_found > most) {
            let error = match (n_found, self.is_pattern()) {
                (0, false) => "it is not there".to_owned(),
                _ => format!("{n_found} files fit"),
            };
            result.fail(error);
        }
        for found in &found {
            self.judge_one(found, view, &mut result);
        }
        result
    }

    fn judge_one(&self, found: &Found, view: &View, result: &mut TestResult) {
        let Found { path, node } = found;
        let path = format!("/{path}");
        let mut fail = |what: &str, actual: String, wanted: String| {
            result.fail(format!("{path}: {what} is {actual}, {wanted} is wanted"));
        };
        if let Some(wanted) = self.kind
            && kind(&node.kind) != wanted
        {
            fail("the type", name(kind(&node.kind)).to_owned(), name(wanted).to_owned());
        }
        if let Some(wanted) = &self.link {
            match &node.kind {
                NodeKind::Symlink(target) if **target == *wanted.as_bytes() => (),
                NodeKind::Symlink(target) => {
                    fail(
                        "the target",
                        String::from_utf8_lossy(target).into_owned(),
                        wanted.clone(),
                    );
                }
                _ => fail("the type", name(kind(&node.kind)).to_owned(), "symlink".to_owned()),
            }
        }
        if let Some(wanted) = self.mode
            && node.mode != wanted
        {
            fail("the mode", format!("{:04o}", node.mode), format!("{wanted:04o}"));
        }
        for (what, wanted, id, file) in [
            ("the owner", &self.owner, node.uid, "/etc/passwd"),
            ("the group", &self.group, node.gid, "/etc/group"),
        ] {
            let Some(wanted) = wanted else { continue };
            let actual = account(view, file, id);
            if *wanted != id.to_string() && actual.as_ref() != Some(wanted) {
                let actual = actual.unwrap_or_else(|| id.to_string());
                fail(what, actual, wanted.clone());
            }
        }
        if let Some(least) = self.min_size.filter(|least| node.size_bytes < *least) {
            fail("the size", node.size_bytes.to_string(), format!("at least {least}"));
        }
        if let Some(most) = self.max_size.filter(|most| node.size_bytes > *most) {
            fail("the size", node.size_bytes.to_string(), format!("at most {most}"));
        }
        if let Some(wanted) = self.empty {
            let is_empty = match node.kind {
                NodeKind::Directory => view.files.below(&found.path).next().is_none(),
                _ => node.size_bytes == 0,
            };
            if is_empty != wanted {
                let word = |is_empty| if is_empty { "empty" } else { "not empty" };
                fail("it", word(is_empty).to_owned(), word(wanted).to_owned());
            }
        }
        if let Some(wanted) = self.executable {
            let actual = node.kind == NodeKind::File && node.mode & 0o111 != 0;
            if actual != wanted {
                fail("executable", actual.to_string(), wanted.to_string());
            }
        }
        self.judge_linkage(found, view, result);
        if self.is_about_content() && node.kind != NodeKind::Directory {
            self.judge_content(&path, view, result);
        }
    }

    fn judge_linkage(&self, found: &Found, view: &View, result: &mut TestResult) {
        let Some(wanted) = self.linkage else { return };
        let path = format!("/{}", found.path);
        let resolved = view.follow(&path).map(|found| found.path.to_string()).unwrap_or_default();
        let Some(report) = &view.report else {
            *result = unanswered(std::mem::take(result), "programs are not known");
            return;
        };
        let program = report.executables.iter().find(|it| it.path == resolved);
        let word = |linkage| match linkage {
            Linkage::Static => "static",
            Linkage::Dynamic => "dynamic",
            Linkage::Library => "a library",
            Linkage::Object => "an object",
        };
        match program.and_then(|program| program.linkage) {
            Some(linkage) if linkage == wanted => (),
            Some(linkage) => {
                let (actual, wanted) = (word(linkage), word(wanted));
                result.fail(format!("{path}: the linkage is {actual}, {wanted} is wanted"));
            }
            None => result.fail(format!("{path}: it is no ELF program")),
        }
    }

    fn judge_content(&self, path: &str, view: &View, result: &mut TestResult) {
        if let Some(wanted) = &self.sha256 {
            let found = view.follow(path).ok();
            let content = found.as_ref().and_then(|found| view.contents.get(&found.path));
            match content {
                Some(content) => {
                    let actual = sekisho_types::Digest::Sha256(content.sha256).to_hex();
                    if actual != *wanted {
                        result.fail(format!("{path}: the SHA-256 is {actual}"));
                    }
                }
                None if found.is_some_and(|found| found.node.size_bytes == 0) => {
                    if wanted != EMPTY_SHA256 {
                        result.fail(format!("{path}: the SHA-256 is {EMPTY_SHA256}"));
                    }
                }
                None => *result = unanswered(std::mem::take(result), format!("{path}: not read")),
            }
        }
        if self.contents.expected.is_empty() && self.contents.excluded.is_empty() {
            return;
        }
        match view.read(path) {
            Ok(bytes) => {
                let text = go_text(bytes);
                expect(result, &self.contents, &Words { what: path, text: &text });
            }
            Err(err) => {
                result.is_unanswered |= err.is_unanswered();
                result.fail(err.to_string());
            }
        }
    }
}

/// The digest of nothing.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn kind(kind: &NodeKind) -> FileKind {
    match kind {
        NodeKind::File => FileKind::File,
        NodeKind::Directory => FileKind::Directory,
        NodeKind::Symlink(_) => FileKind::Symlink,
        NodeKind::CharDevice => FileKind::CharDevice,
        NodeKind::BlockDevice => FileKind::BlockDevice,
        NodeKind::Fifo => FileKind::Fifo,
    }
}

fn name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::File => "file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symlink",
        FileKind::CharDevice => "char-device",
        FileKind::BlockDevice => "block-device",
        FileKind::Fifo => "fifo",
    }
}

/// The name of a user or group, as the image has it.
fn account(view: &View, file: &str, id: u32) -> Option<String> {
    let text = go_text(view.read(file).ok()?);
    let fields = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut known = fields.filter(|line| line.get(2).is_some_and(|it| *it == id.to_string()));
    known.next()?.first().map(|name| (*name).to_owned())
}

/// The files that fit `is_meant`, and those patterns that fit none of them.
fn compared(
    allowed: &[Located<String>],
    view: &View,
    is_meant: impl Fn(&Node) -> bool,
) -> (Vec<String>, Vec<String>) {
    let matchers: Vec<_> = allowed
        .iter()
        .filter_map(|pattern| Some((pattern, glob(&pattern.value).ok()?.compile_matcher())))
        .collect();
    let meant: Vec<&ImagePath> =
        view.files.iter().filter(|(_, file)| is_meant(&file.node)).map(|(path, _)| path).collect();
    let fits = |path: &ImagePath| {
        let path = path.to_str_lossy();
        matchers.iter().any(|(_, matcher)| matcher.is_match(&*path))
    };
    let other = meant.iter().filter(|path| !fits(path)).map(|path| format!("/{path}")).collect();
    let unused = matchers
        .iter()
        .filter(|(_, matcher)| !meant.iter().any(|path| matcher.is_match(&*path.to_str_lossy())))
        .map(|(pattern, _)| pattern.value.clone())
        .collect();
    (other, unused)
}

pub(super) fn judge_setuid(allowed: &[Located<String>], view: &View) -> TestResult {
    let place = allowed.first().map_or_else(Place::default, |pattern| pattern.place);
    let mut result = TestResult::new("setuid", place);
    let is_privileged = |node: &Node| {
        node.kind == NodeKind::File && node.mode & 0o6000 != 0 && node.mode & 0o111 != 0
    };
    let (other, _) = compared(allowed, view, is_privileged);
    if !other.is_empty() {
        result.fail(format!("setuid or setgid are {}", named(&other)));
    }
    result
}

pub(super) fn judge_executables(allowed: &[Located<String>], view: &View) -> TestResult {
    let place = allowed.first().map_or_else(Place::default, |pattern| pattern.place);
    let mut result = TestResult::new("executables", place);
    let is_executable = |node: &Node| node.kind == NodeKind::File && node.mode & 0o111 != 0;
    let (other, unused) = compared(allowed, view, is_executable);
    if !other.is_empty() {
        result.fail(format!("executable and not listed are {}", named(&other)));
    }
    if !unused.is_empty() {
        result.fail(format!("listed and not there are {}", named(&unused)));
    }
    result
}
