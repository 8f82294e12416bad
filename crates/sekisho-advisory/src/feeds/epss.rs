//! The exploit prediction scores of FIRST.
//!
//! # Source
//!
//! first.org/epss, "Data": CSV with a comment line, a header, and `cve,epss,percentile`.

use std::io::{BufRead, Read};

use serde::{Deserialize, Serialize};

use crate::{Item, error::ReadError, feed::FeedFile, records::Records, text};

/// Longest line; real ones have about 30 bytes.
const MAX_LINE_BYTES: u64 = 4096;

/// How likely a weakness is to be exploited within thirty days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epss {
    pub cve: String,
    /// 0 to 1.
    pub score: f32,
    /// Of all weaknesses, how many score less: 0 to 1.
    pub percentile: f32,
}

pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut reader = file.unpacked()?;
    let mut has_header = false;
    let mut at = 0;
    let mut number: u64 = 0;
    loop {
        let mut line = Vec::new();
        let n = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? as u64;
        if n == 0 {
            break;
        }
        number += 1;
        at += n;
        let is_whole = line.ends_with(b"\n") || n < MAX_LINE_BYTES;
        if !is_whole {
            at += pass_line(&mut reader)?;
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let date = comment.split(',').find_map(|field| field.strip_prefix("score_date:"));
            out.date(date.unwrap_or_default());
        } else if line.starts_with("cve,epss") {
            has_header = true;
        } else if !has_header {
            return Err(ReadError::Damaged { what: "no header of scores", at: at - n });
        } else if !line.is_empty() {
            match parse(line).filter(|_| is_whole) {
                Some(score) => out.import(Item::Epss(score)),
                None => out.skip(&format!("line {number}"), "the line is no score of a CVE"),
            }
        }
    }
    if !has_header {
        return Err(ReadError::Damaged { what: "no header of scores", at });
    }
    Ok(())
}

/// Passes over the rest of a line without holding it.
fn pass_line(reader: &mut impl BufRead) -> Result<u64, ReadError> {
    let mut passed = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let n = end.map_or(buffer.len(), |end| end + 1);
        let is_over = end.is_some() || buffer.is_empty();
        reader.consume(n);
        passed += n as u64;
        if is_over {
            return Ok(passed);
        }
    }
}

fn parse(line: &str) -> Option<Epss> {
    let mut fields = line.split(',');
    let cve = fields.next()?.to_owned();
    let share = |text: &str| text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    let score = share(fields.next()?)?;
    let percentile = share(fields.next()?)?;
    (cve.starts_with("CVE-") && text::is_id(&cve)).then_some(Epss { cve, score, percentile })
}

#[cfg(test)]
mod tests {
    use crate::shown::shown;

    fn read(csv: &str) -> String {
        shown("epss", &[("epss.csv", csv.as_bytes())])
    }

    #[test]
    fn comments_and_the_header_are_no_scores() {
        insta::assert_snapshot!(read(
            "#model_version:v2025.03.14,score_date:2026-11-24T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99\n"
        ), @"
        CVE-2021-44228 0.94358 0.99
        1 of 1, 0 in part
        ");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let long = "x".repeat(10_000);
        insta::assert_snapshot!(read(&format!(
            "cve,epss,percentile\nCVE-1,2.0,0\nCVE-2,0.5\n{long}\nCVE-3,NaN,0\nCVE-4,0.1,0.2"
        )), @"
        skipped line 2: the line is no score of a CVE
        skipped line 3: the line is no score of a CVE
        skipped line 4: the line is no score of a CVE
        skipped line 5: the line is no score of a CVE
        CVE-4 0.1 0.2
        1 of 5, 0 in part
        ");
    }

    #[test]
    fn a_page_that_says_sorry_is_no_feed() {
        insta::assert_snapshot!(read("<html>\nsorry\n"), @"error: the feed file ROOT/epss.csv has no header of scores at byte 0");
        insta::assert_snapshot!(read(""), @"error: the feed file ROOT/epss.csv has no header of scores at byte 0");
    }
}
