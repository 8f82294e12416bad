//! A weakness of a package as a finding: what is said of it, in English and Japanese.

use sekisho_advisory::{Advisory, AdvisoryKind, Entry, Epss, KnownExploited, Rating, State};
use sekisho_check::{Message, fingerprint};
use sekisho_types::{
    Confidence, EpssScore, FixDate, FixStatus, InstalledPackage, Share, VulnerabilityFacts,
    report::{Finding, FindingKind, FindingPackage, Location, Translation},
};

use crate::{
    command,
    decision::range_text,
    fix::fix_of,
    question::Question,
    severity::{Chosen, choose},
    weakness::Weakness,
};

/// Most characters of what a publisher says of a weakness in one line.
const MAX_TITLE_CHARS: usize = 200;

/// Most web pages of one finding.
const MAX_REFERENCES: usize = 10;

/// What the database knows of a weakness besides the advisories that matched.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) exploited: Option<KnownExploited>,
    pub(crate) epss: Option<Epss>,
    pub(crate) of_nvd: Vec<Rating>,
    /// What its publisher says of it in one line; may be empty.
    pub(crate) summary: String,
    pub(crate) references: Vec<String>,
}

/// The finding that `weakness` is; `lead` is the installed package that stands for all of its
/// source, and `tool` installs packages of its distribution.
pub(crate) fn finding(
    question: &Question<'_>,
    weakness: &Weakness<'_>,
    known: &Known,
    lead: &InstalledPackage,
    os_id: Option<&str>,
) -> Finding {
    let Chosen { severity, reason, ratings } = choose(weakness, &known.of_nvd);
    let fixed_version = fix_of(&question.version, weakness).map(str::to_owned);
    let status = status(weakness, fixed_version.is_some());
    let (entry, range) = weakness.hits.first().copied().unzip();
    let range = range_text(range.flatten(), &question.version);
    let is_malware = weakness.kind == AdvisoryKind::Malware;
    let facts = VulnerabilityFacts {
        status,
        fixed_since: fixed_version.as_ref().and_then(|fixed| fixed_since(weakness, fixed)),
        known_exploited: known.exploited.as_ref().map(|entry| entry.date_added.clone()),
        epss: known.epss.as_ref().and_then(epss_score),
        source: entry.map(|entry| entry.source.clone()).unwrap_or_default(),
        range,
        malware: is_malware,
        published: weakness.all.iter().filter_map(|entry| day(&entry.advisory.published)).min(),
        severity_reason: reason.en,
        ratings,
        packages: question.packages.iter().map(|package| package.purl.clone()).collect(),
    };
    let title = title(question, weakness, known);
    let message = message(question, weakness, &facts);
    let remediation = remediation(question, &facts, fixed_version.as_deref(), os_id);
    let mut confidence = lead.confidence;
    if question.rebuilder.is_some() {
        confidence = Confidence::Low;
    }
    Finding {
        id: id(question, weakness, false),
        kind: FindingKind::Vulnerability,
        check: weakness.id.clone(),
        aliases: weakness.aliases.clone(),
        severity,
        confidence,
        title: title.en,
        message: message.en,
        remediation: remediation.en,
        references: references(weakness, known),
        package: Some(FindingPackage {
            name: question.name.to_owned(),
            version: question.version.clone().into_owned(),
            purl: lead.purl.clone(),
            fixed_version,
        }),
        vulnerability: Some(facts),
        location: lead.paths.first().map(|path| Location::of_file(lead.layer, path)),
        suppressed: None,
        origin: None,
        japanese: Some(Translation {
            title: title.ja,
            message: message.ja,
            remediation: remediation.ja,
        }),
    }
}

/// The identity of a finding. An update of a system's package that leaves the weakness in it is
/// the same finding; two versions of a library beside each other are two.
pub(crate) fn id(
    question: &Question<'_>,
    weakness: &Weakness<'_>,
    is_one_of_several: bool,
) -> String {
    let kind = question.kind.as_str();
    let version: &str = &question.version;
    if question.kind.is_os() && !is_one_of_several {
        return fingerprint(&[&weakness.id, kind, question.name]);
    }
    fingerprint(&[&weakness.id, kind, question.name, version])
}

/// A fix that is there counts more than what was once planned.
fn status(weakness: &Weakness<'_>, has_fix: bool) -> FixStatus {
    if has_fix {
        return FixStatus::Fixed;
    }
    let states = weakness.hits.iter().map(|(entry, _)| entry.affected.state);
    match states.max().unwrap_or(State::Affected) {
        State::Affected | State::NotAffected | State::NoAdvisory => FixStatus::Affected,
        State::WillNotFix => FixStatus::WillNotFix,
        State::Deferred => FixStatus::FixDeferred,
        State::EndOfLife => FixStatus::EndOfLife,
        State::UnderInvestigation => FixStatus::UnderInvestigation,
    }
}

/// The first day of which an advisory says that the version is there: the one that its publisher
/// states, else the day of the bulletin or advisory that names the version.
fn fixed_since(weakness: &Weakness<'_>, fixed: &str) -> Option<FixDate> {
    let names_fix =
        |entry: &&&Entry| entry.affected.ranges.iter().any(|range| range.fixed() == Some(fixed));
    let naming: Vec<&&Entry> = weakness.all.iter().filter(names_fix).collect();
    let of = |date: &dyn Fn(&Entry) -> Option<String>| {
        let dated = naming.iter().filter_map(|entry| {
            Some(FixDate { date: date(entry)?, advisory: entry.advisory.id.clone() })
        });
        dated.min_by(|a, b| (&a.date, &a.advisory).cmp(&(&b.date, &b.advisory)))
    };
    of(&|entry| day(entry.affected.fixed_on.as_deref()?))
        .or_else(|| of(&|entry| day(&entry.advisory.published)))
}

/// The day of a time; none for what stands in for a time that nobody knows.
pub(crate) fn day(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    let is_digit = |index: usize, byte: u8| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let is_day = day.bytes().enumerate().all(|(index, byte)| is_digit(index, byte));
    (is_day && !day.starts_with('0')).then(|| day.to_owned())
}

fn epss_score(epss: &Epss) -> Option<EpssScore> {
    let score = Share::new(f64::from(epss.score))?;
    let percentile = Share::new(f64::from(epss.percentile))?;
    Some(EpssScore { score, percentile })
}

fn title(question: &Question<'_>, weakness: &Weakness<'_>, known: &Known) -> Message {
    if weakness.kind == AdvisoryKind::Malware {
        return Message::new(
            format!("{} is malicious", question.name),
            format!("{} は悪意のあるパッケージ", question.name),
        );
    }
    let summary = known.summary.trim();
    if summary.is_empty() {
        return Message::new(
            format!("Vulnerability in {}", question.name),
            format!("{} の脆弱性", question.name),
        );
    }
    let mut title: String = summary.chars().take(MAX_TITLE_CHARS).collect();
    if title.len() < summary.len() {
        title.push('…');
    }
    // It is what the publisher wrote; nobody has translated it.
    Message::new(title.clone(), title)
}

fn message(
    question: &Question<'_>,
    weakness: &Weakness<'_>,
    facts: &VulnerabilityFacts,
) -> Message {
    let Question { name, version, .. } = question;
    let by = weakness.hits.first().map_or("", |(entry, _)| entry.advisory.id.as_str());
    let VulnerabilityFacts { range, source, .. } = facts;
    let mut message = if facts.malware {
        Message::new(
            format!("{name} {version} was made to do harm ({by} of {source}, versions {range})"),
            format!(
                "{name} {version} は害を与えるために作られた（{source} の {by}、対象 {range}）"
            ),
        )
    } else {
        Message::new(
            format!("{name} {version} is among the affected versions, {range} ({by} of {source})"),
            format!(
                "{name} {version} は影響を受けるバージョン {range} に含まれる（{source} の {by}）"
            ),
        )
    };
    let mut add = |en: String, ja: String| {
        message.en.push_str(". ");
        message.en.push_str(&en);
        message.ja.push('。');
        message.ja.push_str(&ja);
    };
    let binaries: Vec<&str> =
        question.packages.iter().map(|package| package.name.as_str()).collect();
    if question.kind.is_os() && binaries != [*name] {
        let shown = shortened(&binaries);
        add(format!("Installed of it: {shown}"), format!("インストール済み: {shown}"));
    }
    match facts.status {
        FixStatus::Affected | FixStatus::Fixed => (),
        FixStatus::WillNotFix => {
            add("It will not be fixed".to_owned(), "修正されない予定".to_owned());
        }
        FixStatus::FixDeferred => {
            add("The fix is put off".to_owned(), "修正は先送りされている".to_owned());
        }
        FixStatus::EndOfLife => add(
            "The release is no longer looked after".to_owned(),
            "このリリースのサポートは終了している".to_owned(),
        ),
        FixStatus::UnderInvestigation => {
            add("Nobody has looked at it yet".to_owned(), "まだ調査されていない".to_owned());
        }
    }
    if let Some(date) = &facts.known_exploited {
        add(
            format!("It is known to be exploited since {date}"),
            format!("{date} から悪用が確認されている"),
        );
    }
    if let Some(who) = question.rebuilder {
        add(
            format!("{who} built this version anew and may have mended it"),
            format!("このバージョンは {who} が作り直したもので、修正済みの可能性がある"),
        );
    }
    message
}

/// The first few, and how many more.
fn shortened(names: &[&str]) -> String {
    const MAX: usize = 5;
    let shown: Vec<&str> = names.iter().take(MAX).copied().collect();
    match names.len().saturating_sub(MAX) {
        0 => shown.join(" "),
        n_more => format!("{} +{n_more}", shown.join(" ")),
    }
}

fn remediation(
    question: &Question<'_>,
    facts: &VulnerabilityFacts,
    fixed_version: Option<&str>,
    os_id: Option<&str>,
) -> Message {
    let name = question.name;
    if facts.malware {
        return Message::new(
            format!(
                "Remove {name}, and replace every secret that was within its reach: it has run, or \
                 may have, wherever it was installed."
            ),
            format!(
                "{name} を取り除き、それが触れ得た秘密情報をすべて取り替える。インストールした\
                 場所では既に実行された可能性がある。"
            ),
        );
    }
    let Some(fixed) = fixed_version else {
        return Message::new(
            format!("No fixed version is known. Remove {name} if the image can do without it."),
            format!("修正版は知られていない。{name} がなくても動くなら取り除く。"),
        );
    };
    let command = command::of_package(question, fixed, os_id);
    Message::new(
        format!("Upgrade {name} to {fixed} or later: {command}"),
        format!("{name} を {fixed} 以降に上げる: {command}"),
    )
}

/// The pages of its numbers first, then those that its publisher names.
fn references(weakness: &Weakness<'_>, known: &Known) -> Vec<String> {
    let ids = std::iter::once(&weakness.id).chain(&weakness.aliases);
    let mut references: Vec<String> = ids.filter_map(|id| page_of(id)).take(3).collect();
    for reference in &known.references {
        if references.len() >= MAX_REFERENCES {
            break;
        }
        if !references.contains(reference) {
            references.push(reference.clone());
        }
    }
    references
}

fn page_of(id: &str) -> Option<String> {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_plain {
        return None;
    }
    let prefix = id.split('-').next().unwrap_or_default();
    Some(match prefix {
        "CVE" => format!("https://nvd.nist.gov/vuln/detail/{id}"),
        "GHSA" => format!("https://github.com/advisories/{id}"),
        "GO" => format!("https://pkg.go.dev/vuln/{id}"),
        "RUSTSEC" => format!("https://rustsec.org/advisories/{id}"),
        "DSA" | "DLA" => format!("https://security-tracker.debian.org/tracker/{id}"),
        "MAL" | "PYSEC" => format!("https://osv.dev/vulnerability/{id}"),
        _ => return None,
    })
}

/// The advisories from which a summary and web pages are taken, best first.
pub(crate) fn tellers<'a>(weakness: &Weakness<'a>) -> impl Iterator<Item = &'a Entry> {
    let hits = weakness.hits.iter().map(|(entry, _)| *entry);
    let others = weakness.all.iter().copied();
    let is_told = |entry: &&Entry| {
        let Advisory { withdrawn, .. } = &entry.advisory;
        withdrawn.is_none()
    };
    hits.chain(others).filter(is_told)
}
