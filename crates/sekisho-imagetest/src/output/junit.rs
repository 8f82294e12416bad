use std::fmt::Write as _;

use crate::{FileResults, Summary, TestResult};

/// What the peer calls its only suite.
pub const DEFAULT_SUITE_NAME: &str = "container-structure-test.test";

/// The document of the peer, in one suite, with the counts and classes that readers of `JUnit`
/// files ask for besides.
pub fn write_junit(files: &[FileResults], suite_name: &str) -> String {
    let summary = Summary::of(files.iter().flat_map(|file| &file.results));
    let (n_tests, n_failed) = (summary.n_tests(), summary.n_failed);
    let seconds = summary.duration.as_secs_f64();
    let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    let name = escape(suite_name);
    put(
        &mut xml,
        format_args!(
            "<testsuites failures=\"{n_failed}\" tests=\"{n_tests}\" time=\"{seconds}\">\
         <testsuite name=\"{name}\" tests=\"{n_tests}\" failures=\"{n_failed}\" errors=\"0\" \
         time=\"{seconds}\">"
        ),
    );
    for file in files {
        for result in &file.results {
            case(&mut xml, &file.file, result);
        }
    }
    xml.push_str("</testsuite></testsuites>\n");
    xml
}

fn put(xml: &mut String, text: std::fmt::Arguments<'_>) {
    xml.write_fmt(text).expect("a String takes everything");
}

fn case(xml: &mut String, file: &str, result: &TestResult) {
    let seconds = result.duration.as_secs_f64();
    put(
        xml,
        format_args!(
            "<testcase name=\"{}\" classname=\"{}\" time=\"{seconds}\">",
            escape(&result.name),
            escape(file)
        ),
    );
    for error in &result.errors {
        put(xml, format_args!("<failure>{}</failure>", escape(error)));
    }
    if result.errors.is_empty() && !result.passed {
        xml.push_str("<failure></failure>");
    }
    put(
        xml,
        format_args!(
            "<system-out>{}</system-out><system-err>{}</system-err></testcase>",
            escape(&result.stdout),
            escape(&result.stderr)
        ),
    );
}

/// Text of XML 1.0; characters that it cannot hold are replaced.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\t' => escaped.push_str("&#x9;"),
            '\n' => escaped.push_str("&#xA;"),
            '\r' => escaped.push_str("&#xD;"),
            ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(char),
            _ => escaped.push(char::REPLACEMENT_CHARACTER),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_hostile_output_stays_text() {
        let mut result = TestResult::failed("Command Test: a", "expected \"<x>\" & \u{1b}[31m");
        result.stdout = "]]>\n\u{0}".to_owned();
        result.duration = Duration::from_millis(1500);
        let files = [FileResults { file: "a.yaml".to_owned(), results: vec![result] }];
        insta::assert_snapshot!(write_junit(&files, DEFAULT_SUITE_NAME), @r#"<?xml version="1.0" encoding="UTF-8"?><testsuites failures="1" tests="1" time="1.5"><testsuite name="container-structure-test.test" tests="1" failures="1" errors="0" time="1.5"><testcase name="Command Test: a" classname="a.yaml" time="1.5"><failure>expected &#34;&lt;x&gt;&#34; &amp; �[31m</failure><system-out>]]&gt;&#xA;�</system-out><system-err></system-err></testcase></testsuite></testsuites>"#);
    }
}
