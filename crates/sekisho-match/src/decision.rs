//! Whether one advisory is about one version.

use std::{borrow::Cow, cmp::Ordering};

use sekisho_advisory::{Affected, End, Entry, Range, State};
use sekisho_version::Scheme;

use crate::{finding::day, question::LookUp};

/// What an advisory says of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is about other versions.
    Outside,
    /// The version has it; the range that says so, none where it is listed by itself.
    Inside(Option<Range>),
    /// The publisher says that this package never had it.
    NotAffected,
    /// Nobody can tell, for this reason.
    Indeterminate(Reason),
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// The installed version, or one of the advisory, is no version of its ecosystem.
    NoOrder,
    /// The advisory names no version at all.
    NoVersions,
}

/// Decides for the version of `look_up`, of a package of this module stream; an advisory that was
/// withdrawn is not asked here.
pub(crate) fn decide(look_up: &LookUp<'_>, stream: Option<&str>, entry: &Entry) -> Decision {
    let Affected { ecosystem, ranges, versions, state, module, .. } = &entry.affected;
    if ecosystem.scheme() == Scheme::Rpm && !is_same_stream(stream, module.as_deref(), ranges) {
        return Decision::Outside;
    }
    if *state == State::NotAffected {
        return Decision::NotAffected;
    }
    if ranges.is_empty() && versions.is_empty() {
        return Decision::Indeterminate(Reason::NoVersions);
    }
    let scheme = ecosystem.scheme();
    let mut is_undecided = false;
    for range in ranges {
        if look_up.is_without_fix && range.end != End::Open {
            continue;
        }
        match contains(look_up, scheme, range) {
            // What was built after the advisory may have the fix, whatever it calls itself.
            Some(true) if is_newer_than(look_up, scheme, entry) => is_undecided = true,
            Some(true) => return Decision::Inside(Some(range.clone())),
            Some(false) => (),
            None => is_undecided = true,
        }
    }
    for version in versions {
        let installed: &str = &look_up.version;
        if installed == version || scheme.compare(installed, version).is_some_and(Ordering::is_eq) {
            return Decision::Inside(None);
        }
    }
    // A version without an order may still be none of those that are listed.
    let is_before_releases = made_up_on(scheme, &look_up.version).is_some()
        && !is_of_go(&look_up.name)
        && ranges.iter().any(starts_at_release);
    if is_undecided || is_before_releases {
        return Decision::Indeterminate(Reason::NoOrder);
    }
    Decision::Outside
}

/// The day of the commit that a version without a release was made up from: of
/// `v0.0.0-20240102030405-0123456789ab`, `2024-01-02`. A program that was built of a copy without
/// the tags of its repository says that of itself, and then it stands before all of its releases
/// and says nothing.
///
/// # Source
///
/// Go Modules Reference, "Pseudo-versions".
fn made_up_on(scheme: Scheme, version: &str) -> Option<String> {
    let rest = version.trim_start_matches('v').strip_prefix("0.0.0-")?;
    let (time, _) = rest.split_once('-').filter(|_| scheme == Scheme::Go)?;
    let is_time = time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = time.split_at_checked(4).filter(|_| is_time)?;
    let (month, rest) = rest.split_at_checked(2)?;
    Some(format!("{year}-{month}-{}", rest.get(..2)?))
}

fn is_newer_than(look_up: &LookUp<'_>, scheme: Scheme, entry: &Entry) -> bool {
    let published = day(&entry.advisory.published);
    made_up_on(scheme, &look_up.version).zip(published).is_some_and(|(made, told)| made > told)
}

/// Modules of Go's makers, whose versions without a release are older than all that have one.
fn is_of_go(name: &str) -> bool {
    name.starts_with("golang.org/x/")
}

fn starts_at_release(range: &Range) -> bool {
    let introduced = range.introduced.as_deref().unwrap_or("0.0.0-0");
    !introduced.trim_start_matches('v').starts_with("0.0.0-")
}

/// Whether `version`, which fixes something else, is still inside.
pub(crate) fn still_has(version: &str, entry: &Entry) -> bool {
    let Affected { ecosystem, ranges, versions, .. } = &entry.affected;
    let scheme = ecosystem.scheme();
    ranges.iter().any(|range| range.contains(scheme, version) == Some(true))
        || versions.iter().any(|listed| listed == version)
}

/// A range of the versions of a source package whose epoch nobody wrote down holds a version when
/// it does so without epochs.
fn contains(look_up: &LookUp<'_>, scheme: Scheme, range: &Range) -> Option<bool> {
    let version: &str = &look_up.version;
    let is_one_sided = scheme == Scheme::Rpm && look_up.has_lost_epoch && !version.contains(':');
    if !is_one_sided {
        return range.contains(scheme, version);
    }
    let strip = |text: &str| match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest.to_owned(),
        _ => text.to_owned(),
    };
    let end = match &range.end {
        End::Open => End::Open,
        End::Fixed(version) => End::Fixed(strip(version)),
        End::LastAffected(version) => End::LastAffected(strip(version)),
    };
    Range { introduced: range.introduced.as_deref().map(strip), end }.contains(scheme, version)
}

/// Whether an installed package and an advisory are of the same module stream. Feeds that do not
/// name it have it in the release of the fix, which tells a module from none: `module+el8.9.0`.
///
/// # Source
///
/// `modularity(7)`: labels are `name:stream:version:context`.
fn is_same_stream(installed: Option<&str>, advised: Option<&str>, ranges: &[Range]) -> bool {
    let stream = |label: &str| label.split(':').take(2).map(str::to_owned).collect::<Vec<_>>();
    match (installed, advised) {
        (Some(installed), Some(advised)) => stream(installed) == stream(advised),
        (None, Some(_)) => false,
        (installed, None) => {
            let mut fixes = ranges.iter().filter_map(Range::fixed).peekable();
            let is_modular = |fixed: &str| fixed.contains("module+") || fixed.contains("module_");
            fixes.peek().is_none() || fixes.any(|fixed| is_modular(fixed) == installed.is_some())
        }
    }
}

/// How people write a range: `>= 1.2, < 1.4.1`.
pub(crate) fn range_text(range: Option<&Range>, version: &str) -> String {
    let Some(Range { introduced, end }) = range else { return format!("= {version}") };
    let start = introduced.as_ref().map(|version| Cow::Owned(format!(">= {version}")));
    let end = match end {
        End::Open => None,
        End::Fixed(version) => Some(Cow::Owned(format!("< {version}"))),
        End::LastAffected(version) => Some(Cow::Owned(format!("<= {version}"))),
    };
    let parts: Vec<Cow<'_, str>> = start.into_iter().chain(end).collect();
    if parts.is_empty() { "*".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{entry, fixed, from_to};

    fn look_up(version: &str) -> LookUp<'_> {
        LookUp {
            name: Cow::Borrowed("p"),
            version: Cow::Borrowed(version),
            has_lost_epoch: false,
            is_without_fix: false,
        }
    }

    fn inside(version: &str, ecosystem: &str, ranges: Vec<Range>) -> Option<bool> {
        match decide(&look_up(version), None, &entry("CVE-2024-1", ecosystem, "p", ranges)) {
            Decision::Inside(_) => Some(true),
            Decision::Outside => Some(false),
            Decision::NotAffected | Decision::Indeterminate(_) => None,
        }
    }

    #[test]
    fn a_fix_in_several_branches_ends_each_of_them() {
        let ranges =
            || vec![fixed("1.21.11"), from_to("1.22.0-0", End::Fixed("1.22.4".to_owned()))];
        for (version, want) in
            [("1.21.10", true), ("1.21.11", false), ("1.22.0", true), ("1.22.4", false)]
        {
            assert_eq!(inside(version, "Go", ranges()), Some(want), "{version}");
        }
    }

    #[test]
    fn the_last_affected_version_is_affected() {
        let ranges = || vec![from_to("1.0.0", End::LastAffected("1.5.0".to_owned()))];
        assert_eq!(inside("1.5.0", "npm", ranges()), Some(true));
        assert_eq!(inside("1.5.1", "npm", ranges()), Some(false));
    }

    #[test]
    fn listed_versions_match_however_they_are_written() {
        let mut advisory = entry("PYSEC-1", "PyPI", "p", Vec::new());
        advisory.affected.versions = vec!["1.0".to_owned(), "dev-main".to_owned()];
        let decide = |version: &str| decide(&look_up(version), None, &advisory);
        assert_eq!(decide("1.0.0"), Decision::Inside(None));
        assert_eq!(decide("dev-main"), Decision::Inside(None));
        assert_eq!(decide("1.1"), Decision::Outside);
    }

    #[test]
    fn the_epoch_of_a_source_package_is_not_known() {
        let advisory = entry("RHSA-1", "Rocky Linux:8", "perl", vec![fixed("4:5.26.3-420.el8")]);
        let mut asked = look_up("5.26.3-419.el8");
        asked.has_lost_epoch = true;
        assert!(matches!(decide(&asked, None, &advisory), Decision::Inside(_)));
        asked.version = Cow::Borrowed("5.26.3-420.el8");
        assert_eq!(decide(&asked, None, &advisory), Decision::Outside);
        // Where the package itself is named, a missing epoch is 0.
        asked.has_lost_epoch = false;
        assert!(matches!(decide(&asked, None, &advisory), Decision::Inside(_)));
    }

    #[test]
    fn a_module_stream_is_asked_about_its_own_fixes() {
        let of = |module: Option<&str>, fix: &str| {
            let mut advisory = entry("RHSA-1", "Red Hat:8", "nodejs", vec![fixed(fix)]);
            advisory.affected.module = module.map(str::to_owned);
            advisory
        };
        let installed = look_up("1:16.19.0-2.module+el8.7.0+1+a");
        let is_inside = |stream: Option<&str>, advisory: &Entry| {
            matches!(decide(&installed, stream, advisory), Decision::Inside(_))
        };
        let stream = Some("nodejs:16:8070020230113:bd1311ed");
        let fix = "1:18.14.2-3.module+el8.7.0+1+b";
        assert!(is_inside(stream, &of(Some("nodejs:16"), fix)));
        assert!(!is_inside(stream, &of(Some("nodejs:18"), fix)));
        assert!(!is_inside(None, &of(Some("nodejs:16"), fix)));
        assert!(is_inside(stream, &of(None, fix)));
        assert!(!is_inside(None, &of(None, fix)));
        assert!(!is_inside(stream, &of(None, "1:18.14.2-3.el8")));
    }

    #[test]
    fn a_version_made_up_from_a_commit_says_little() {
        let decided = |name: &str, date: &str, range: Range| {
            let mut advisory = entry("GO-1", "Go", name, vec![range]);
            advisory.advisory.published = "2023-06-01T00:00:00Z".to_owned();
            let version = format!("v0.0.0-{date}000000-0123456789ab");
            let asked = LookUp { name: Cow::Borrowed(name), ..look_up(&version) };
            match decide(&asked, None, &advisory) {
                Decision::Inside(_) => "inside",
                Decision::Outside => "outside",
                Decision::NotAffected | Decision::Indeterminate(_) => "who knows",
            }
        };
        let since = || from_to("1.2.0", End::Fixed("1.2.3".to_owned()));
        assert_eq!(decided("example.org/a", "20230101", fixed("1.2.3")), "inside");
        assert_eq!(decided("example.org/a", "20240101", fixed("1.2.3")), "who knows");
        assert_eq!(decided("example.org/a", "20230101", since()), "who knows");
        assert_eq!(decided("golang.org/x/net", "20230101", since()), "outside");
        assert_eq!(decided("golang.org/x/net", "20230101", fixed("0.7.0")), "inside");
    }

    #[test]
    fn what_cannot_be_compared_has_no_answer() {
        assert_eq!(inside("(devel)", "Go", vec![fixed("1.0.0")]), None);
        assert_eq!(inside("1.0.0", "npm", vec![fixed("soon")]), None);
        assert_eq!(inside("1.0.0", "npm", Vec::new()), None);
        // One range that holds it is enough.
        assert_eq!(inside("1.0.0", "npm", vec![fixed("soon"), fixed("2.0.0")]), Some(true));
    }

    #[test]
    fn a_range_is_told_as_people_write_it() {
        let text = |range: &Range| range_text(Some(range), "1.0");
        assert_eq!(text(&fixed("2.0")), "< 2.0");
        assert_eq!(text(&from_to("1.0", End::LastAffected("1.5".to_owned()))), ">= 1.0, <= 1.5");
        assert_eq!(text(&Range { introduced: None, end: End::Open }), "*");
        assert_eq!(range_text(None, "1.0"), "= 1.0");
    }
}
