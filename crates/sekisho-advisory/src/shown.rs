//! A feed as a person would read it, for the tests of the formats.

use std::fmt::Write as _;

use sekisho_testkit::ZipBuilder;

use crate::{Advisory, Affected, End, Feed, Item, Range, State, read_feed};

/// What the feed called `feed` gives for `files`, paths with contents: a line a fact, and how
/// many records there were.
pub(crate) fn shown(feed: &str, files: &[(&str, &[u8])]) -> String {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }
    let mut shown = String::new();
    let mut sink = |item| write(&mut shown, item);
    let result = read_feed(Feed::find(feed).unwrap(), root.path(), &mut sink);
    match result {
        Ok(summary) => {
            assert_eq!(summary.records, summary.imported + summary.skipped);
            let (imported, records) = (summary.imported, summary.records);
            writeln!(shown, "{imported} of {records}, {} in part", summary.partial).unwrap();
        }
        Err(err) => {
            let root = root.path().display().to_string();
            let mut source = std::error::Error::source(&err);
            let mut text = err.to_string();
            while let Some(err) = source {
                write!(text, ": {err}").unwrap();
                source = err.source();
            }
            writeln!(shown, "error: {}", text.replace(&root, "ROOT")).unwrap();
        }
    }
    shown
}

/// As [`shown`], for an archive of OSV with these members.
pub(crate) fn shown_zip(members: &[(&str, &str)]) -> String {
    let mut zip = ZipBuilder::new();
    for (name, content) in members {
        zip.deflated(name, content);
    }
    shown("osv/npm", &[("osv/npm/all.zip", &zip.finish())])
}

fn write(shown: &mut String, item: Item) {
    match item {
        Item::Advisory(advisory) => write_advisory(shown, &advisory),
        Item::KnownExploited(known) => {
            let due = &known.due_date;
            writeln!(shown, "{} exploited since {}, due {due}", known.cve, known.date_added)
                .unwrap();
        }
        Item::Epss(epss) => {
            writeln!(shown, "{} {} {}", epss.cve, epss.score, epss.percentile).unwrap();
        }
        Item::Severity { cve, ratings } => {
            let ratings =
                ratings.iter().map(|rating| format!("{} {}", rating.scheme, rating.value));
            writeln!(shown, "{cve} {}", ratings.collect::<Vec<_>>().join(", ")).unwrap();
        }
        Item::Skipped(skipped) => {
            writeln!(shown, "skipped {}: {}", skipped.name, skipped.reason).unwrap();
        }
    }
}

fn write_advisory(shown: &mut String, advisory: &Advisory) {
    let Advisory { id, aliases, upstream, withdrawn, ratings, .. } = advisory;
    shown.push_str(id);
    if !aliases.is_empty() {
        write!(shown, " = {}", aliases.join(" = ")).unwrap();
    }
    if !upstream.is_empty() {
        write!(shown, " on {}", upstream.join(", ")).unwrap();
    }
    for rating in ratings {
        write!(shown, " [{} {}]", rating.scheme, rating.value).unwrap();
    }
    if let Some(withdrawn) = withdrawn {
        write!(shown, " withdrawn {withdrawn}").unwrap();
    }
    shown.push('\n');
    for affected in &advisory.affected {
        write_affected(shown, affected);
    }
}

fn write_affected(shown: &mut String, affected: &Affected) {
    let Affected { ecosystem, package, ranges, versions, state, urgency, module, fixed_on } =
        affected;
    write!(shown, "  {ecosystem} {package}").unwrap();
    if let Some(module) = module {
        write!(shown, " ({module})").unwrap();
    }
    for Range { introduced, end } in ranges {
        let introduced = introduced.as_deref().unwrap_or("");
        match end {
            End::Open => write!(shown, " [{introduced}..]"),
            End::Fixed(fixed) => write!(shown, " [{introduced}..{fixed})"),
            End::LastAffected(last) => write!(shown, " [{introduced}..{last}]"),
        }
        .unwrap();
    }
    if !versions.is_empty() {
        write!(shown, " {versions:?}").unwrap();
    }
    if *state != State::Affected {
        write!(shown, " {state:?}").unwrap();
    }
    if let Some(urgency) = urgency {
        write!(shown, " urgency {urgency}").unwrap();
    }
    if let Some(fixed_on) = fixed_on {
        write!(shown, " fixed on {fixed_on}").unwrap();
    }
    shown.push('\n');
}
