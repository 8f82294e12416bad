//! The security tracker of Debian.
//!
//! A record is one weakness of one source package. The tracker knows more than the advisories of
//! Debian in the format of OSV: what stays open, and why. Where both are there, a record here says
//! of a weakness by its own number what a DSA says of several, and so decides; the DSA adds the
//! day of the fix.
//!
//! # Source
//!
//! security-tracker.debian.org, "Security Tracker data", and security-team.debian.org, "security
//! tracker": the states, sub-states of `no-dsa`, and `0` for a release that was never affected.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Advisory, AdvisoryKind, Affected, Ecosystem, End, Item, Range, State,
    error::ReadError,
    feed::FeedFile,
    json_stream::{JsonStream, Raw},
    records::Records,
    text,
};

/// Largest entry of a weakness; real ones have about 2 kB.
const MAX_ENTRY_BYTES: usize = 1 << 20;

/// Releases by the names that the tracker gives them.
const RELEASES: &[(&str, &str)] = &[
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("sid", "sid"),
];

#[derive(Deserialize)]
struct Weakness {
    #[serde(default)]
    description: String,
    releases: BTreeMap<String, Release>,
}

#[derive(Deserialize)]
struct Release {
    status: String,
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: String,
    nodsa: Option<String>,
    nodsa_reason: Option<String>,
}

pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut json = JsonStream::new(file.unpacked()?);
    json.enter_object()?;
    while let Some(package) = json.next_key()? {
        json.enter_object()?;
        while let Some(id) = json.next_key()? {
            let name = format!("{package} {id}");
            match json.raw(MAX_ENTRY_BYTES)? {
                Raw::TooLarge { size_bytes } => {
                    out.skip(&name, &format!("the entry has {size_bytes} bytes"));
                }
                Raw::Bytes(_) if !text::is_id(&id) => out.skip(&name, "the id cannot be one"),
                Raw::Bytes(_) if !text::is_package(&package) => {
                    out.skip(&name, "the name of the package cannot be one");
                }
                Raw::Bytes(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(weakness) => add(&name, id, &package, &weakness, out),
                    Err(err) => out.skip(&name, &format!("no entry of the tracker: {err}")),
                },
            }
        }
    }
    Ok(())
}

fn add(name: &str, id: String, package: &str, weakness: &Weakness, out: &mut Records<'_>) {
    let mut affected = Vec::new();
    let mut left_out = Vec::new();
    for (codename, release) in &weakness.releases {
        match of_release(codename, release) {
            Ok(told) => affected.push(Told { package, ..told }.into_affected()),
            Err(reason) => left_out.push(reason),
        }
    }
    if affected.is_empty() {
        let reason = left_out.first().map_or("the entry names no release", String::as_str);
        return out.skip(name, reason);
    }
    out.import(Item::Advisory(Advisory {
        references: vec![format!("https://security-tracker.debian.org/tracker/{id}")],
        id,
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        ratings: Vec::new(),
        summary: text::summary([weakness.description.as_str()]),
        published: String::new(),
        modified: String::new(),
        withdrawn: None,
        affected,
    }));
    out.leave_out(name, &left_out);
}

/// What the tracker says of one release.
struct Told<'a> {
    package: &'a str,
    release: &'static str,
    /// None where no version of the release has it.
    end: Option<End>,
    state: State,
    urgency: Option<&'a str>,
}

fn of_release<'a>(codename: &str, release: &'a Release) -> Result<Told<'a>, String> {
    let number = RELEASES.iter().find(|(name, _)| *name == codename).map(|(_, number)| *number);
    let Some(number) = number else { return Err(format!("the release {codename:?} is not known")) };
    let urgency = release.urgency.trim_end_matches('*');
    let state = match urgency {
        "end-of-life" => State::EndOfLife,
        _ => match (&release.nodsa, release.nodsa_reason.as_deref()) {
            (_, Some("ignored")) => State::WillNotFix,
            (_, Some("postponed")) => State::Deferred,
            (Some(_), _) => State::NoAdvisory,
            (None, _) => State::Affected,
        },
    };
    let (end, state) = match (release.status.as_str(), release.fixed_version.as_deref()) {
        ("resolved", Some("0")) => (None, State::NotAffected),
        ("resolved", Some(fixed)) if text::is_version(fixed) => {
            (Some(End::Fixed(fixed.to_owned())), State::Affected)
        }
        ("resolved", _) => return Err(format!("{codename} is resolved by no version")),
        ("open", _) => (Some(End::Open), state),
        ("undetermined", _) => (Some(End::Open), State::UnderInvestigation),
        (status, _) => return Err(format!("{codename} has the status {status:?}")),
    };
    let is_word = !matches!(urgency, "" | "not yet assigned" | "end-of-life");
    let urgency = Some(urgency).filter(|urgency| is_word && text::is_id(urgency));
    Ok(Told { package: "", release: number, end, state, urgency })
}

impl Told<'_> {
    fn into_affected(self) -> Affected {
        let ecosystem =
            Ecosystem { name: "Debian".to_owned(), release: Some(self.release.to_owned()) };
        Affected {
            ecosystem,
            package: self.package.to_owned(),
            ranges: self.end.into_iter().map(|end| Range { introduced: None, end }).collect(),
            versions: Vec::new(),
            state: self.state,
            urgency: self.urgency.map(str::to_owned),
            module: None,
            fixed_on: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::shown::shown;

    fn read(json: &str) -> String {
        shown("debian", &[("debian/tracker.json", json.as_bytes())])
    }

    #[test]
    fn each_state_is_kept() {
        insta::assert_snapshot!(read(
            r#"{"openssl":{"CVE-2024-1":{"description":"A buffer grows","scope":"remote","debianbug":1,"releases":{
            "buster":{"status":"open","repositories":{"buster":"1.1.1n-0"},"urgency":"end-of-life"},
            "bullseye":{"status":"open","repositories":{"bullseye":"1.1.1n-0"},"urgency":"low**","nodsa":"Minor issue","nodsa_reason":""},
            "bookworm":{"status":"resolved","repositories":{"bookworm":"3.0.1-1"},"fixed_version":"3.0.2-1","urgency":"not yet assigned"},
            "trixie":{"status":"resolved","repositories":{},"fixed_version":"0","urgency":"unimportant"},
            "forky":{"status":"undetermined","repositories":{},"urgency":"not yet assigned"},
            "sid":{"status":"open","repositories":{},"urgency":"unimportant"}}},
            "TEMP-0000000-ABCDEF":{"releases":{
            "bullseye":{"status":"open","urgency":"medium","nodsa":"Too intrusive","nodsa_reason":"ignored"},
            "bookworm":{"status":"open","urgency":"medium","nodsa":"Later","nodsa_reason":"postponed"}}}}}"#
        ), @"
        CVE-2024-1
          Debian:12 openssl [..3.0.2-1)
          Debian:11 openssl [..] NoAdvisory urgency low
          Debian:10 openssl [..] EndOfLife
          Debian:14 openssl [..] UnderInvestigation
          Debian:sid openssl [..] urgency unimportant
          Debian:13 openssl NotAffected urgency unimportant
        TEMP-0000000-ABCDEF
          Debian:12 openssl [..] Deferred urgency medium
          Debian:11 openssl [..] WillNotFix urgency medium
        2 of 2, 0 in part
        ");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        insta::assert_snapshot!(read(
            r#"{"a":{"CVE-1":{"releases":{"zurg":{"status":"open"},"sid":{"status":"open"}}},
            "CVE-2":{"releases":{"sid":{"status":"resolved"},"trixie":{"status":"fixed","fixed_version":"1"}}},
            "CVE-3":{"releases":{}},"CVE-4":[],"CVE\u00075":{"releases":{}}},
            "b\u001b":{"CVE-6":{"releases":{"sid":{"status":"open"}}}}}"#
        ), @r#"
        CVE-1
          Debian:sid a [..]
        skipped a CVE-1: the release "zurg" is not known
        skipped a CVE-2: sid is resolved by no version
        skipped a CVE-3: the entry names no release
        skipped a CVE-4: no entry of the tracker: invalid length 1, expected struct Weakness with 2 elements at line 1 column 2
        skipped a CVE\u{7}5: the id cannot be one
        skipped b\u{1b} CVE-6: the name of the package cannot be one
        1 of 6, 1 in part
        "#);
    }

    #[test]
    fn a_document_that_was_cut_off_is_no_feed() {
        insta::assert_snapshot!(read(r#"{"a":{"CVE-1":{"releases":{"sid":{"status":"open"}}}"#), @"
        CVE-1
          Debian:sid a [..]
        error: the feed file ROOT/debian/tracker.json has an end in the middle of the text at byte 52
        ");
        insta::assert_snapshot!(read("[]"), @"error: the feed file ROOT/debian/tracker.json has no object where one is expected at byte 0");
    }
}
