//! How bad a weakness is, of all that say so.
//!
//! The publisher of what matched knows its package best: how it is built and whether the weakness
//! can be reached. Where it says nothing, the score of a vector counts, of the newest version
//! of CVSS; then what the National Vulnerability Database says.
//!
//! # Source
//!
//! CVSS 4.0, section 6, CVSS 3.1, section 5, and the ratings of NVD for CVSS 2; for words, the
//! Debian security tracker ("urgency"), Ubuntu ("CVE priority"), Red Hat and SUSE ("severity
//! ratings"), Amazon Linux and GitHub.

use std::str::FromStr as _;

use cvss::Cvss;
use sekisho_advisory::{AdvisoryKind, Rating};
use sekisho_check::Message;
use sekisho_types::{CvssScore, Severity, SeverityRating};

use crate::weakness::Weakness;

/// Longest vector or word that is looked at; all metrics of CVSS 4 have 250 characters.
const MAX_BYTES: usize = 512;

/// The feed whose ratings come after those of what matched.
const NVD: &str = "nvd";

/// The one that is shown, and why.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) severity: Severity,
    pub(crate) reason: Message,
    /// Of all publishers, in the order in which they are asked.
    pub(crate) ratings: Vec<SeverityRating>,
}

/// Chooses for `weakness`; `of_nvd` are the ratings of its CVE there.
pub(crate) fn choose(weakness: &Weakness<'_>, of_nvd: &[Rating]) -> Chosen {
    let ratings = ratings(weakness, of_nvd);
    if weakness.kind == AdvisoryKind::Malware {
        let reason = Message::new(
            "a package that was made to do harm is always critical",
            "害を与えるために作られたパッケージは常に緊急",
        );
        return Chosen { severity: Severity::Critical, reason, ratings };
    }
    let chosen = ratings.iter().find(|rating| rating.severity != Severity::Unknown);
    let (severity, reason) = match chosen {
        None => (Severity::Unknown, Message::new("nobody rated it", "誰も深刻度を評価していない")),
        Some(rating) => (rating.severity, reason(rating)),
    };
    Chosen { severity, reason, ratings }
}

fn reason(rating: &SeverityRating) -> Message {
    let SeverityRating { source, scheme, value, score, .. } = rating;
    match score {
        Some(score) => Message::new(
            format!("{scheme} base score {score} of {source}"),
            format!("{source} の {scheme} 基本値 {score}"),
        ),
        None => {
            Message::new(format!("{source} says {value}"), format!("{source} の評価は {value}"))
        }
    }
}

fn ratings(weakness: &Weakness<'_>, of_nvd: &[Rating]) -> Vec<SeverityRating> {
    let mut ranked: Vec<(u8, SeverityRating)> = Vec::new();
    for (entry, _) in &weakness.hits {
        if let Some(urgency) = entry.affected.urgency.as_deref().filter(|it| is_short(it)) {
            // What is said of this one package comes before what is said of the weakness.
            ranked.push((0, of_word(&entry.affected.ecosystem.name, urgency)));
        }
    }
    for entry in &weakness.all {
        for rating in &entry.advisory.ratings {
            ranked.extend(of_publisher(&entry.source, rating));
        }
    }
    for rating in of_nvd {
        if let Some((rank, rating)) = of_publisher(NVD, rating) {
            ranked.push((rank.saturating_add(10), rating));
        }
    }
    // The sort is stable: of two alike, the one of the advisory that comes first.
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut ratings: Vec<SeverityRating> = Vec::new();
    for (_, rating) in ranked {
        if !ratings.contains(&rating) {
            ratings.push(rating);
        }
    }
    ratings
}

/// With the place at which its kind of rating is asked.
fn of_publisher(source: &str, rating: &Rating) -> Option<(u8, SeverityRating)> {
    if !is_short(&rating.value) {
        return None;
    }
    if !rating.scheme.starts_with("CVSS") {
        return Some((1, of_word(source, &rating.value)));
    }
    let vector = base_of(&rating.value)?;
    let parsed = Cvss::from_str(&vector).ok()?;
    let (rank, scheme) = match &parsed {
        Cvss::CvssV40(_) => (2, "CVSS 4.0"),
        Cvss::CvssV31(_) => (3, "CVSS 3.1"),
        Cvss::CvssV30(_) => (4, "CVSS 3.0"),
        Cvss::CvssV20(_) => (5, "CVSS 2.0"),
        // A version that is newer than this program.
        _ => return None,
    };
    let score = CvssScore::new(parsed.score())?;
    let rating = SeverityRating {
        source: source.to_owned(),
        scheme: scheme.to_owned(),
        value: vector,
        severity: of_score(score, rank == 5),
        score: Some(score),
    };
    Some((rank, rating))
}

/// The vector without what its publisher knew of one day or one place: the base score is asked,
/// and a vector without all that it takes has none.
fn base_of(vector: &str) -> Option<String> {
    const V3: [&str; 9] = ["CVSS", "AV", "AC", "PR", "UI", "S", "C", "I", "A"];
    const V2: [&str; 6] = ["AV", "AC", "Au", "C", "I", "A"];
    const V4: [&str; 12] =
        ["CVSS", "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
    let vector = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let names: &[&str] = if vector.starts_with("CVSS:4") {
        &V4
    } else if vector.starts_with("CVSS:3") {
        &V3
    } else {
        &V2
    };
    let is_base = |metric: &&str| metric.split(':').next().is_some_and(|it| names.contains(&it));
    let base: Vec<&str> = vector.split('/').filter(is_base).collect();
    (base.len() == names.len()).then(|| base.join("/"))
}

fn of_word(source: &str, word: &str) -> SeverityRating {
    // Debian marks what people guessed with a star.
    let severity = match word.trim().trim_end_matches('*').to_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" | "minor" => Severity::Low,
        "unimportant" | "negligible" | "none" => Severity::Info,
        _ => Severity::Unknown,
    };
    SeverityRating {
        source: source.to_owned(),
        scheme: "word".to_owned(),
        value: word.to_owned(),
        severity,
        score: None,
    }
}

/// CVSS 2 has no word for the highest scores, and none for 0.
fn of_score(score: CvssScore, is_v2: bool) -> Severity {
    match score.tenths() {
        90.. if !is_v2 => Severity::Critical,
        70.. => Severity::High,
        40.. => Severity::Medium,
        1.. => Severity::Low,
        0 if is_v2 => Severity::Low,
        0 => Severity::Info,
    }
}

fn is_short(value: &str) -> bool {
    !value.trim().is_empty() && value.len() <= MAX_BYTES
}

#[cfg(test)]
mod tests {
    use sekisho_advisory::Entry;

    use super::*;
    use crate::testing::{entry, fixed, rated};

    fn score(vector: &str) -> Option<String> {
        let rating = Rating { scheme: "CVSS".to_owned(), value: vector.to_owned() };
        let (_, rating) = of_publisher("nvd", &rating)?;
        Some(format!("{} {} {}", rating.scheme, rating.score?, rating.severity.as_str()))
    }

    /// The examples that FIRST published for each version, and well-known weaknesses.
    #[test]
    fn base_scores_are_those_of_the_published_examples() {
        for (vector, want) in [
            // CVE-2002-0392, CVE-2003-0818 and CVE-2003-0062 of the guide of version 2.
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "CVSS 2.0 7.8 high"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "CVSS 2.0 10.0 high"),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", "CVSS 2.0 6.2 medium"),
            ("(AV:N/AC:M/Au:N/C:P/I:P/A:P/E:U/RL:OF/RC:C)", "CVSS 2.0 6.8 medium"),
            // CVE-2013-1937, CVE-2013-0375, CVE-2014-3566, CVE-2012-1516, CVE-2009-0783 and
            // CVE-2012-0384 of the examples of version 3.1.
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "CVSS 3.1 6.1 medium"),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", "CVSS 3.1 6.4 medium"),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", "CVSS 3.1 3.1 low"),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", "CVSS 3.1 9.9 critical"),
            ("CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", "CVSS 3.1 4.2 medium"),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "CVSS 3.1 8.8 high"),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "CVSS 3.0 0.0 info"),
            // CVE-2021-44228 in version 3.1.
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "CVSS 3.1 10.0 critical"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U/RL:O", "CVSS 3.1 10.0 critical"),
            // CVE-2022-41741, CVE-2020-3549, CVE-2023-3089, CVE-2021-44714 and CVE-2022-22186 of
            // the examples of version 4.0.
            (
                "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "CVSS 4.0 7.3 high",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "CVSS 4.0 7.7 high",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N",
                "CVSS 4.0 8.3 high",
            ),
            (
                "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N",
                "CVSS 4.0 4.6 medium",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N",
                "CVSS 4.0 6.9 medium",
            ),
        ] {
            assert_eq!(score(vector).as_deref(), Some(want), "{vector}");
        }
        for wrong in ["CVSS:3.1/AV:N", "CVSS:9.9/AV:N/AC:L", "", "7.5"] {
            assert_eq!(score(wrong), None, "{wrong}");
        }
    }

    fn chosen(entry: &Entry, of_nvd: &[(&str, &str)]) -> String {
        let of_nvd: Vec<Rating> = of_nvd
            .iter()
            .map(|(scheme, value)| Rating {
                scheme: (*scheme).to_owned(),
                value: (*value).to_owned(),
            })
            .collect();
        let weakness = Weakness {
            id: "CVE-2024-1".to_owned(),
            aliases: Vec::new(),
            kind: entry.advisory.kind,
            hits: vec![(entry, None)],
            all: vec![entry],
        };
        let Chosen { severity, reason, ratings } = choose(&weakness, &of_nvd);
        format!("{}: {}; {} in all", severity.as_str(), reason.en, ratings.len())
    }

    const NVD_V3: (&str, &str) = ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");

    #[test]
    fn the_publisher_of_what_matched_decides_and_the_rest_is_kept() {
        let bare = || entry("CVE-2024-1", "Debian:12", "p", vec![fixed("2")]);
        let mut unimportant = bare();
        unimportant.affected.urgency = Some("unimportant".to_owned());
        assert_eq!(chosen(&unimportant, &[NVD_V3]), "info: Debian says unimportant; 2 in all");
        let mut unasked = bare();
        unasked.affected.urgency = Some("not yet assigned".to_owned());
        assert_eq!(
            chosen(&unasked, &[NVD_V3]),
            "critical: CVSS 3.1 base score 9.8 of nvd; 2 in all"
        );
        let github = rated(bare(), "CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N");
        assert_eq!(
            chosen(&github, &[NVD_V3]),
            "medium: CVSS 3.0 base score 4.3 of osv/Debian; 2 in all"
        );
        let word = rated(github, "publisher", "MODERATE");
        assert_eq!(chosen(&word, &[]), "medium: osv/Debian says MODERATE; 2 in all");
        assert_eq!(chosen(&bare(), &[]), "unknown: nobody rated it; 0 in all");
    }

    #[test]
    fn malware_is_critical_whoever_rates_it() {
        let malware = rated(entry("MAL-2024-1", "npm", "p", Vec::new()), "publisher", "LOW");
        assert!(chosen(&malware, &[]).starts_with("critical: a package that was made to do harm"));
    }
}
