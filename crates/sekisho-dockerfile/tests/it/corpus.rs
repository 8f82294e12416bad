//! Dockerfiles as people write them: real ones in all but their names.

use std::path::{Path, PathBuf};

use sekisho_dockerfile::{ALL, ProblemKind, Subject, fix, judge};

/// The files, by name.
pub(crate) fn corpus() -> Vec<(String, PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/corpus");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        #[expect(clippy::disallowed_methods, reason = "its name is in the failure")]
        let text = std::fs::read_to_string(&path).unwrap();
        files.push((name, path, text));
    }
    files.sort();
    assert!(files.len() >= 60);
    files
}

#[test]
fn every_script_and_line_of_the_corpus_is_read() {
    for (name, _, text) in corpus() {
        let subject = Subject::new(&name, text.as_bytes());
        let answer = judge(ALL, &subject);
        assert!(answer.unknowns.is_empty(), "{name}: {:?}", answer.unknowns);
        let is_meant = matches!(name.as_str(), "empty-run" | "syntax-error");
        let is_broken = subject.file.problems.iter().any(|it| it.kind == ProblemKind::Broken);
        assert_eq!(is_broken, is_meant, "{name}: {:?}", subject.file.problems);
    }
}

#[test]
fn mending_a_file_takes_findings_away_and_brings_none() {
    let mut n_mended = 0;
    for (name, _, text) in corpus() {
        let before = Subject::new(&name, text.as_bytes());
        let Some(fixed) = fix(ALL, &before) else { continue };
        n_mended += 1;
        let after = Subject::new(&name, fixed.as_bytes());
        assert_eq!(fix(ALL, &after), None, "{name}");
        let count = |subject: &Subject, id: &str| {
            judge(ALL, subject).findings.iter().filter(|it| it.check == id).count()
        };
        for check in ALL {
            let id = check.about.id;
            assert!(count(&after, id) <= count(&before, id), "{name} {id}\n{fixed}");
        }
    }
    assert!(n_mended > 20, "{n_mended}");
}
