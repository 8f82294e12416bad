//! What happens when the database is replaced and something goes wrong.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    db::{build, db, home_with_feeds, why},
    program::{Run, run_limited, run_with_home, run_with_home_for},
};

/// Feeds that take a while: a thousand packages of Alpine, mended by a version.
fn write_large(home: &Path, fixed: &str) {
    let mut packages = String::new();
    for number in 0..3000 {
        let cve = format!("CVE-2024-{}", number + 1000);
        let comma = if number == 0 { "" } else { "," };
        write!(
            packages,
            r#"{comma}{{"pkg":{{"name":"package{number}","secfixes":{{"{fixed}":["{cve}"]}}}}}}"#
        )
        .unwrap();
    }
    let curl = format!(r#"{{"pkg":{{"name":"curl","secfixes":{{"{fixed}":["CVE-2024-1"]}}}}}}"#);
    let json = format!(r#"{{"distroversion":"v3.20","packages":[{packages},{curl}]}}"#);
    fs_err::write(home.join("feeds/alpine/v3.20/main.json"), json).unwrap();
}

/// The version that mends curl, as the database says; every other answer is wrong.
fn fixed(home: &Path) -> String {
    let answer = why(home).unwrap_or_else(|run| panic!("{} {}", run.code, run.stderr));
    let line = answer.lines().find(|line| line.contains("affected: < ")).unwrap();
    line.trim().trim_start_matches("affected: < ").to_owned()
}

#[test]
fn an_update_killed_at_any_point_leaves_an_answer() {
    let home = home_with_feeds();
    write_large(home.path(), "1.0.0-r0");
    let start = Instant::now();
    build(home.path());
    let whole = start.elapsed();
    let (mut n_killed, mut current) = (0, "1.0.0-r0".to_owned());
    for number in 1..=50 {
        let new = format!("1.0.0-r{number}");
        write_large(home.path(), &new);
        // In an order without a pattern, over the time that an update takes.
        let part = f64::from(number * 17 % 50) / 50.0;
        let ended = run_with_home_for(
            home.path(),
            &["db", "build", "--from", "feeds"],
            whole.mul_f64(part).max(Duration::from_millis(1)),
        );
        let found = fixed(home.path());
        match ended {
            Some(run) => assert_eq!((run.code, &found), (0, &new), "{}", run.stderr),
            None => {
                n_killed += 1;
                assert!(found == current || found == new, "{found}");
            }
        }
        current = found;
    }
    assert!(n_killed >= 10, "{n_killed} were killed");
    build(home.path());
    assert_eq!(fixed(home.path()), "1.0.0-r50");
    // What the killed ones left behind is gone: segments of this and the manifest before.
    let segments = fs_err::read_dir(home.path().join(".cache/sekisho/db/segments")).unwrap();
    assert!(segments.count() <= 4);
}

#[test]
fn of_two_updates_at_once_one_says_so_and_readers_do_not_notice() {
    let home = home_with_feeds();
    write_large(home.path(), "1.0.0-r0");
    build(home.path());
    for number in 1..=5 {
        write_large(home.path(), &format!("1.0.0-r{number}"));
        let path = home.path();
        let update = || run_with_home(path, &["db", "build", "--from", "feeds"]);
        let (runs, answers): (Vec<Run>, Vec<String>) = std::thread::scope(|scope| {
            let updates = [scope.spawn(update), scope.spawn(update)];
            let answers = (0..4).map(|_| fixed(path)).collect();
            (updates.map(|update| update.join().unwrap()).into(), answers)
        });
        assert!(runs.iter().any(|run| run.code == 0));
        for run in &runs {
            let is_told = run.stderr.contains("another process is writing the advisory database");
            assert!(run.code == 0 || (run.code == 3 && is_told), "{} {}", run.code, run.stderr);
        }
        let allowed = [format!("1.0.0-r{}", number - 1), format!("1.0.0-r{number}")];
        assert!(answers.iter().all(|answer| allowed.contains(answer)), "{answers:?}");
        assert_eq!(fixed(home.path()), allowed[1]);
    }
}

#[test]
fn the_second_updater_is_told() {
    let home = home_with_feeds();
    build(home.path());
    let lock = fs_err::File::open(home.path().join(".cache/sekisho/db/lock")).unwrap();
    lock.file().lock().unwrap();
    let run = db(home.path(), &["build", "--from", "feeds"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("another process is writing"), "{}", run.stderr);
    why(home.path()).unwrap();
}

#[test]
fn without_space_the_old_database_answers() {
    let home = home_with_feeds();
    write_large(home.path(), "1.0.0-r0");
    build(home.path());
    write_large(home.path(), "2.0.0-r0");
    let mut n_refused = 0;
    // Bytes that a file may have.
    for kilobytes in [0, 1, 4, 16, 64, 128, 256, 512] {
        let run = run_limited(home.path(), kilobytes, &["db", "build", "--from", "feeds"]);
        match run.code {
            0 => break,
            code => {
                n_refused += 1;
                assert_eq!(code, 3, "{}", run.stderr);
                assert!(run.stderr.contains("failed to write"), "{}", run.stderr);
                assert_eq!(fixed(home.path()), "1.0.0-r0");
            }
        }
    }
    assert!(n_refused >= 4, "{n_refused}");
    build(home.path());
    assert_eq!(fixed(home.path()), "2.0.0-r0");
}

#[test]
fn a_flipped_byte_in_any_file_is_no_other_answer() {
    let home = home_with_feeds();
    build(home.path());
    let sound = why(home.path()).unwrap();
    let database = home.path().join(".cache/sekisho/db");
    let segments = fs_err::read_dir(database.join("segments")).unwrap();
    let files = segments.map(|entry| entry.unwrap().path()).chain([database.join("manifest")]);
    let mut n_errors = 0;
    for path in files.collect::<Vec<_>>() {
        let bytes = fs_err::read(&path).unwrap();
        for at in [0, 70, bytes.len() / 2, bytes.len() - 40, bytes.len() - 1] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            fs_err::write(&path, flipped).unwrap();
            match why(home.path()) {
                Ok(answer) => assert_eq!(answer, sound, "{path:?} {at}"),
                Err(run) => {
                    n_errors += 1;
                    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{}", run.stderr);
                    assert!(run.stderr.contains("of the advisory database"), "{}", run.stderr);
                }
            }
        }
        fs_err::write(&path, &bytes).unwrap();
    }
    assert!(n_errors >= 15, "{n_errors}");
}
