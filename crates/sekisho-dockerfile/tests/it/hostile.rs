//! Files that nobody wrote to build anything.

use std::time::{Duration, Instant};

use sekisho_dockerfile::{ALL, MAX_FILE_BYTES, Subject, fix, judge};

/// Far above what any takes, in a build without optimisation on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Judges and mends `text`, and says how many places could not be read.
fn survive(text: &str) -> usize {
    let start = Instant::now();
    let subject = Subject::new("Dockerfile", text.as_bytes());
    let answer = judge(ALL, &subject);
    fix(ALL, &subject);
    assert!(start.elapsed() < LIMIT, "{:?} for {:?}…", start.elapsed(), text.get(..80));
    for finding in &answer.findings {
        let line = finding.location.as_ref().unwrap().line.unwrap();
        assert!(line <= text.lines().count() as u64 + 1);
    }
    answer.unknowns.len()
}

#[test]
fn what_opens_and_never_closes_costs_no_more_than_it_is_long() {
    for open in [
        "( ",
        "{ ",
        "$(",
        "`",
        "if ",
        "while ",
        "case x in ",
        "! ",
        "<<a ",
        "\"$(",
        "${a:-",
        "[[ ( ",
        "f() ",
        "<( ",
        "( ! ",
        "case x in a) ( ",
    ] {
        for n in [11, 30, 900, 5000] {
            survive(&format!("FROM a\nRUN {}\n", open.repeat(n)));
        }
    }
}

#[test]
fn what_is_nested_and_closed_costs_no_more() {
    for (open, close) in
        [("( ", " )"), ("{ ", "; }"), ("$(", ")"), ("if ", "; then a; fi"), ("\"$(", ")\"")]
    {
        for n in [9, 100, 2000] {
            survive(&format!("FROM a\nRUN echo; {}a{}\n", open.repeat(n), close.repeat(n)));
        }
    }
    let shells = format!("FROM a\nRUN {}\n", "sh -c \"".repeat(50));
    survive(&shells);
}

#[test]
fn long_files_are_read_in_time() {
    for line in [
        "FROM a AS b\n",
        "RUN true\n",
        "ENV A=$A$A\n",
        "COPY a b\n",
        "XYZ\n",
        "# c\n",
        "RUN <<A\n",
        "ONBUILD ",
        "\\\n",
        "CMD [\"\n",
        "ARG A=${A//a/aa}\n",
    ] {
        survive(&line.repeat(20_000 / line.len().min(20)));
    }
    survive(&"A".repeat(MAX_FILE_BYTES + 10));
}

#[test]
fn what_is_left_unread_is_said() {
    assert_eq!(survive(&format!("FROM a\n{}", "# c\n".repeat(MAX_FILE_BYTES / 4))), 1);
    assert_eq!(survive(&format!("FROM a\nRUN {}\n", "( ".repeat(40))), 1);
    assert_eq!(survive(&format!("FROM a\nRUN echo {}\n", "a".repeat(200_000))), 1);
    let bytes = b"FROM a\nRUN echo \xff\xfe\n";
    assert_eq!(fix(ALL, &Subject::new("Dockerfile", bytes)), None);
}
