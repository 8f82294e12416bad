//! Definitions that others published: each is read, or refused with its line, and in time.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sekisho_deploy::{ALL, Deployment, Profile, Settings, is_likely, is_named, judge};

/// For one file, in a build for development on a busy machine; ten times what a user may wait.
const MOST: Duration = Duration::from_millis(500);

#[test]
fn definitions_of_others_are_read_or_refused_with_their_line() {
    #[expect(clippy::disallowed_methods, reason = "a test takes its data from where it is told")]
    let shared = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from).unwrap_or_default();
    let corpus = shared.join("corpus");
    if !corpus.is_dir() {
        println!("skipped: SEKISHO_SHARED names no folder with a corpus");
        return;
    }
    let mut files = Vec::new();
    collect(&corpus, &mut files);
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let (mut n_tasks, mut n_files, mut shown) = (0, 0, String::new());
    for (directory, files) in together(files) {
        let read: Vec<(&str, &[u8])> =
            files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let settings = Settings { profile: Profile::Talk, ..Settings::default() };
        let start = Instant::now();
        let deployment = Deployment::read(&read, settings);
        let answer = judge(ALL, &deployment);
        let took = start.elapsed();
        assert!(took < MOST * u32::try_from(files.len()).unwrap(), "{directory}: {took:?}");
        for problem in &deployment.problems {
            let source = &deployment.sources[problem.place.file];
            let line = source.line(problem.place.span.start);
            writeln!(shown, "{}:{line}: {}", source.path, problem.message.en).unwrap();
        }
        for finding in answer.findings {
            let location = finding.location.unwrap();
            let path = Path::new(&location.path);
            assert!(read.iter().any(|(known, _)| Path::new(known) == path), "{location:?}");
            let kind = location.path.split('/').next().unwrap_or_default().to_owned();
            *counts.entry((title(&finding.check), kind)).or_default() += 1;
        }
        n_tasks += deployment.tasks.len();
        n_files += files.len();
    }
    for ((check, kind), count) in counts {
        writeln!(shown, "{count:4} {kind:8} {check}").unwrap();
    }
    println!("{n_files} files, {n_tasks} task definitions\n{shown}");
    assert!(n_tasks > 90, "{n_tasks}\n{shown}");
}

fn title(id: &str) -> &'static str {
    ALL.iter().find(|check| check.about.id == id).map_or("", |check| check.about.title.en)
}

/// Files that are deployed together: those of Terraform by directory, others on their own.
fn together(files: Vec<(String, Vec<u8>)>) -> BTreeMap<String, Vec<(String, Vec<u8>)>> {
    let mut groups: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for (path, bytes) in files {
        let group = match path.strip_suffix(".tf").and_then(|stem| stem.rsplit_once('/')) {
            Some((directory, _)) => directory.to_owned(),
            None => path.clone(),
        };
        groups.entry(group).or_default().push((path, bytes));
    }
    groups
}

/// Every file that may say something, with its path from the corpus.
fn collect(corpus: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    let mut open = vec![corpus.to_owned()];
    while let Some(directory) = open.pop() {
        let mut entries: Vec<PathBuf> =
            fs_err::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                open.push(path);
            } else if is_named(&path) {
                let bytes = fs_err::read(&path).unwrap();
                let name = path.strip_prefix(corpus).unwrap().to_string_lossy().into_owned();
                if is_likely(&bytes) {
                    files.push((name, bytes));
                }
            }
        }
    }
}
