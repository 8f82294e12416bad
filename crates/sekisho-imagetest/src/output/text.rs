use std::{fmt::Write as _, time::Duration};

use crate::{FileResults, Summary, TestResult};

const TO_MEMORY: &str = "a String takes everything";

/// Colours of a terminal, by the numbers of ECMA-48.
const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;
const BLUE: u8 = 34;
const PURPLE: u8 = 35;
const CYAN: u8 = 36;

/// A text for people, each file with its tests, then the sums.
pub fn write_text(files: &[FileResults], has_color: bool) -> String {
    let mut text = Text { shown: String::new(), has_color };
    let mut width = 27;
    for file in files {
        let name = file.file.rsplit('/').next().unwrap_or_default();
        let banner = format!("====== Test file: {} ======", visible(name));
        width = banner.chars().count();
        let rule = "=".repeat(width);
        text.line(PURPLE, &format!("\n{rule}\n{banner}\n{rule}"));
        for result in &file.results {
            text.result(result);
        }
    }
    text.summary(Summary::of(files.iter().flat_map(|file| &file.results)), width | 1);
    text.shown
}

struct Text {
    shown: String,
    has_color: bool,
}

impl Text {
    fn line(&mut self, color: u8, line: &str) {
        let written = if self.has_color {
            writeln!(self.shown, "\u{1b}[{color}m{line}\u{1b}[0m")
        } else {
            writeln!(self.shown, "{line}")
        };
        written.expect(TO_MEMORY);
    }

    fn plain(&mut self, line: &str) {
        self.shown.push_str(line);
        self.shown.push('\n');
    }

    fn result(&mut self, result: &TestResult) {
        self.plain(&format!("=== RUN: {}", visible(&result.name)));
        if result.passed {
            self.line(GREEN, "--- PASS");
        } else {
            self.line(RED, "--- FAIL");
        }
        self.plain(&format!("duration: {}", go_duration(result.duration)));
        for (what, output) in [("stdout", &result.stdout), ("stderr", &result.stderr)] {
            if !output.is_empty() {
                self.line(BLUE, &format!("{what}: {}", visible(output)));
            }
        }
        for error in &result.errors {
            self.line(YELLOW, &format!("Error: {}", visible(error)));
        }
    }

    fn summary(&mut self, summary: Summary, width: usize) {
        if summary.n_tests() == 0 {
            self.line(RED, "No tests run! Check config file format.");
            return;
        }
        let (rule, half) = ("=".repeat(width), "=".repeat(width.saturating_sub(9) / 2));
        self.plain(&format!("\n{rule}\n{half} RESULTS {half}\n{rule}"));
        self.line(GREEN, &format!("Passes:      {}", summary.n_passed));
        self.line(RED, &format!("Failures:    {}", summary.n_failed));
        self.plain(&format!("Duration:    {}", go_duration(summary.duration)));
        self.line(CYAN, &format!("Total tests: {}", summary.n_tests()));
        self.plain("");
        let (color, verdict) = if summary.is_pass() { (GREEN, "PASS") } else { (RED, "FAIL") };
        self.line(color, verdict);
    }
}

/// Text of strangers: a terminal must not obey it.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() && !matches!(char, '\n' | '\t') {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// A duration as Go prints it: `1.5s`, `324.431982ms`, `1m0.25s`, `0s`.
fn go_duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    let (unit, name) = match nanoseconds {
        0 => return "0s".to_owned(),
        1..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let fraction = |value: u128| {
        let digits = unit.to_string().len() - 1;
        let rest = format!("{:0digits$}", value % unit);
        let rest = rest.trim_end_matches('0');
        if digits == 0 || rest.is_empty() { String::new() } else { format!(".{rest}") }
    };
    if name != "s" {
        return format!("{}{}{name}", nanoseconds / unit, fraction(nanoseconds));
    }
    let seconds = nanoseconds / unit;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut text = String::new();
    if hours > 0 {
        write!(text, "{hours}h").expect(TO_MEMORY);
    }
    if seconds >= 60 {
        write!(text, "{minutes}m").expect(TO_MEMORY);
    }
    write!(text, "{}{}s", seconds % 60, fraction(nanoseconds)).expect(TO_MEMORY);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_printed_as_by_go() {
        for (nanoseconds, want) in [
            (0, "0s"),
            (7, "7ns"),
            (1_500, "1.5µs"),
            (324_431_982, "324.431982ms"),
            (60_250_000_000, "1m0.25s"),
            (3_600_000_000_000, "1h0m0s"),
            (1_000_000_001, "1.000000001s"),
        ] {
            assert_eq!(go_duration(Duration::from_nanos(nanoseconds)), want);
        }
    }

    #[test]
    fn a_file_is_shown_with_its_tests_and_their_sum() {
        let mut failed = TestResult::failed("File Existence Test: b", "no \u{1b}[2Jscreen");
        failed.stdout = "a\nb\u{7}\n".to_owned();
        let results = vec![TestResult::new("Metadata Test", crate::Place::default()), failed];
        let files = [FileResults { file: "dir/s.yaml".to_owned(), results }];
        insta::assert_snapshot!(write_text(&files, false), @r"

        ===============================
        ====== Test file: s.yaml ======
        ===============================
        === RUN: Metadata Test
        --- PASS
        duration: 0s
        === RUN: File Existence Test: b
        --- FAIL
        duration: 0s
        stdout: a
        b\u{7}

        Error: no \u{1b}[2Jscreen

        ===============================
        =========== RESULTS ===========
        ===============================
        Passes:      1
        Failures:    1
        Duration:    0s
        Total tests: 2

        FAIL
        ");
    }
}
