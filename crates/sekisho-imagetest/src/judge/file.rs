use sekisho_image::{Node, NodeKind};

use super::{Words, expect};
use crate::{
    Compat, TestResult, View,
    expand::{Variables, expand},
    go_text,
    mode::mode_string,
    suite::{FileContentTest, FileExistenceTest},
    view::Found,
};

/// Files and directories that Docker puts into every container, where the image lacks them.
///
/// # Source
///
/// `daemon/initlayer/setup_unix.go` of Moby.
const OF_DOCKER: [(&str, NodeKind); 9] = [
    (".dockerenv", NodeKind::File),
    ("dev/console", NodeKind::File),
    ("dev/pts", NodeKind::Directory),
    ("dev/shm", NodeKind::Directory),
    ("etc/hostname", NodeKind::File),
    ("etc/hosts", NodeKind::File),
    ("etc/resolv.conf", NodeKind::File),
    ("proc", NodeKind::Directory),
    ("sys", NodeKind::Directory),
];

/// What the peer sees at a path that the image has nothing at: it asks a container.
fn of_docker(path: &str) -> Option<Node> {
    let node = |kind| Node { kind, mode: 0o755, uid: 0, gid: 0, size_bytes: 0 };
    let path = path.trim_matches('/');
    let known = OF_DOCKER.iter().find(|(known, _)| *known == path);
    match path {
        "dev" | "etc" => Some(node(NodeKind::Directory)),
        "etc/mtab" => {
            Some(Node { mode: 0o777, ..node(NodeKind::Symlink(b"/proc/mounts".as_slice().into())) })
        }
        _ => known.map(|(_, kind)| node(kind.clone())),
    }
}

pub(super) fn judge_existence(
    test: &FileExistenceTest,
    view: &View,
    variables: &Variables,
    compat: Compat,
) -> TestResult {
    if let Some(result) = invalid(&test.name, &test.path) {
        return TestResult { place: test.place, ..result };
    }
    let mut result = TestResult::new(format!("File Existence Test: {}", test.name), test.place);
    let path = expand(&test.path, variables, compat.is_strict());
    let found = view.lookup(&path).map(|Found { node, .. }| node);
    let found = found.or_else(|| of_docker(&path).filter(|_| !compat.is_strict()));
    let shown = &test.path;
    let node = match (found, test.should_exist) {
        (None, true) => {
            result
                .fail(format!("Error examining file in container: File {path} not found in image"));
            return result;
        }
        (Some(_), false) => {
            result.fail(format!("File {shown} should not exist but does"));
            return result;
        }
        (None, false) => return result,
        (Some(node), true) => node,
    };
    let actual = mode_string(&node.kind, node.mode);
    let permissions = &test.permissions.value;
    if !permissions.is_empty() && *permissions != actual {
        result.fail(format!(
            "{shown} has incorrect permissions. Expected: {permissions}, Actual: {actual}"
        ));
    }
    let bits = match test.executable_by.value.as_str() {
        "" => None,
        "any" => Some(0o111),
        "owner" => Some(0o100),
        "group" => Some(0o010),
        "other" => Some(0o001),
        unknown => {
            result.fail(format!("{unknown} not recognised as a valid option"));
            None
        }
    };
    if bits.is_some_and(|bits| node.mode & bits == 0) {
        let by = &test.executable_by.value;
        result.fail(format!(
            "{shown} has incorrect executable bit. Expected to be executable by {by}, \
             Actual: {actual}"
        ));
    }
    for (what, expected, actual) in [("user", test.uid, node.uid), ("group", test.gid, node.gid)] {
        if expected != -1 && expected != i64::from(actual) {
            result.fail(format!(
                "{shown} has incorrect {what} ownership. Expected: {expected}, Actual: {actual}"
            ));
        }
    }
    result
}

pub(super) fn judge_content(test: &FileContentTest, view: &View, compat: Compat) -> TestResult {
    if let Some(result) = invalid(&test.name, &test.path) {
        return TestResult { place: test.place, ..result };
    }
    let mut result = TestResult::new(format!("File Content Test: {}", test.name), test.place);
    let is_of_docker = !compat.is_strict()
        && view.lookup(&test.path).is_none()
        && of_docker(&test.path).is_some_and(|node| node.kind == NodeKind::File);
    let content = if is_of_docker { Ok(&[][..]) } else { view.read(&test.path) };
    match content {
        Ok(bytes) => {
            let text = go_text(bytes);
            expect(
                &mut result,
                &test.contents,
                &Words { what: "file content string", text: &text },
            );
        }
        Err(err) => {
            result.is_unanswered = err.is_unanswered();
            result.fail(format!("Failed to open {}. Error: {err}", test.path));
        }
    }
    result
}

/// What comes of a test without a name or a path.
fn invalid(name: &str, path: &str) -> Option<TestResult> {
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push("Please provide a valid name for every test".to_owned());
    }
    if path.is_empty() {
        errors.push(format!("Please provide a valid file path for test {name}"));
    }
    if errors.is_empty() {
        return None;
    }
    Some(TestResult { name: name.to_owned(), errors, ..TestResult::default() })
}
