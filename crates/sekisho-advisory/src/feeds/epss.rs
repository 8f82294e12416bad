//! The exploit prediction scores of FIRST.
//!
//! # Source
//!
//! first.org/epss, "Data": CSV with a comment line, a header, and `cve,epss,percentile`.

use std::io::BufRead;

use crate::FeedError;

/// How likely a weakness is to be exploited within thirty days.
#[derive(Debug, Clone, PartialEq)]
pub struct Epss {
    pub cve: String,
    /// 0 to 1.
    pub score: f32,
    /// Of all weaknesses, how many score less: 0 to 1.
    pub percentile: f32,
}

/// Reads the scores, line by line.
///
/// # Errors
///
/// On the first line that is none.
pub fn read(csv: impl BufRead) -> Result<Vec<Epss>, FeedError> {
    let mut scores = Vec::new();
    for (number, line) in (1..).zip(csv.lines()) {
        let line = line.map_err(|source| FeedError::Read { source })?;
        if line.starts_with('#') || line.starts_with("cve,") || line.trim().is_empty() {
            continue;
        }
        let score = parse(&line).ok_or(FeedError::Line { what: "score", line: number })?;
        scores.push(score);
    }
    Ok(scores)
}

fn parse(line: &str) -> Option<Epss> {
    let mut fields = line.trim().split(',');
    let cve = fields.next()?.to_owned();
    let share = |text: &str| text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    let score = share(fields.next()?)?;
    let percentile = share(fields.next()?)?;
    cve.starts_with("CVE-").then_some(Epss { cve, score, percentile })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_the_header_are_no_scores() {
        let csv = "#model_version:v2025\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99\n";
        let scores = read(csv.as_bytes()).unwrap();
        assert_eq!(scores.len(), 1);
        assert_eq!(scores[0].cve, "CVE-2021-44228");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let err = read("CVE-1,2.0,0\n".as_bytes()).unwrap_err();
        assert_eq!(err.to_string(), "the feed has a wrong score in line 1");
    }
}
