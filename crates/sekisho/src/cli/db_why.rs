use std::fmt::Write as _;

use anyhow::Context;
use sekisho_advisory::{Database, Ecosystem, End, Entry, Range, State};
use sekisho_report::Language;
use serde_json::{Value, json};

use crate::{
    cli::{
        Common,
        db_options::{DbFormat, DbOptions, safe},
    },
    exit::{self, Exit},
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho db why CVE-2022-0778 openssl
  sekisho db why --ecosystem Debian:12 CVE-2022-0778 openssl",
    after_long_help = exit::HELP
)]
pub(super) struct DbWhy {
    /// The number of the vulnerability: a CVE, or what its publisher calls it
    vulnerability: String,
    /// The name of the package; of Debian and Ubuntu, that of the source package
    package: String,
    /// Look only there: Debian, Debian:12, npm
    #[arg(long, value_name = "ECOSYSTEM")]
    ecosystem: Option<String>,
    #[command(flatten)]
    db: DbOptions,
    /// How to print it
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    format: DbFormat,
}

impl DbWhy {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let asked = match &self.ecosystem {
            Some(text) => {
                let parsed = Ecosystem::parse(text);
                Some(parsed.with_context(|| format!("there is no ecosystem {text:?}"))?)
            }
            None => None,
        };
        let database = settings.db.open(self.db.flag())?;
        let places = places(&database, asked.as_ref());
        let language = common.language(&settings);
        if places.is_empty() {
            let asked = asked.as_ref().map(ToString::to_string).unwrap_or_default();
            let text = match language {
                Language::English => format!("the database holds nothing of {}\n", safe(&asked)),
                Language::Japanese => {
                    format!("データベースに {} の情報はありません\n", safe(&asked))
                }
            };
            crate::output::print(text.as_bytes())?;
            return Ok(Exit::Incomplete);
        }
        let mut entries = Vec::new();
        for ecosystem in places {
            let name = ecosystem.package_name(&self.package);
            let of_package = database.entries(&ecosystem, &name)?;
            entries.extend(of_package.into_iter().filter(|entry| self.is_asked(entry)));
        }
        let text = match self.format {
            DbFormat::Table => self.text(&database, &entries, language)?,
            DbFormat::Json => format!("{:#}\n", self.json(&database, &entries)?),
        };
        crate::output::print(text.as_bytes())?;
        Ok(Exit::Clean)
    }

    fn is_asked(&self, entry: &Entry) -> bool {
        let advisory = &entry.advisory;
        let mut ids = advisory.aliases.iter().chain(&advisory.upstream);
        advisory.id == self.vulnerability || ids.any(|id| *id == self.vulnerability)
    }

    fn text(
        &self,
        database: &Database,
        entries: &[Entry],
        language: Language,
    ) -> anyhow::Result<String> {
        let mut text = String::new();
        let (cve, package) = (safe(&self.vulnerability), safe(&self.package));
        let mut line =
            |text_line: String| writeln!(text, "{text_line}").expect("a String takes all");
        if entries.is_empty() {
            line(match language {
                Language::English => format!("no source says that {package} has {cve}"),
                Language::Japanese => format!("{package} に {cve} があると言う情報源はありません"),
            });
        }
        for entry in entries {
            let updated = updated(database, entry);
            line(format!(
                "{}  {}  {} ({})",
                safe(&entry.affected.ecosystem.to_string()),
                safe(&entry.source),
                safe(&entry.advisory.id),
                safe(updated)
            ));
            line(format!("  {}", says(entry, language)));
            if let Some(time) = &entry.advisory.withdrawn {
                line(match language {
                    Language::English => format!("  withdrawn {}", safe(time)),
                    Language::Japanese => format!("  {} に取り下げ", safe(time)),
                });
            }
            let summary = database.details(entry)?.summary;
            if !summary.is_empty() {
                line(format!("  {}", safe(&summary)));
            }
        }
        if let Some(known) = database.known_exploited(&self.vulnerability)? {
            let date = safe(&known.date_added);
            line(match language {
                Language::English => format!("known to be exploited since {date}"),
                Language::Japanese => format!("{date} から悪用が確認されています"),
            });
        }
        if let Some(epss) = database.epss(&self.vulnerability)? {
            line(format!("EPSS {} ({})", epss.score, epss.percentile));
        }
        for rating in database.severity(&self.vulnerability)? {
            line(format!("{} {}", safe(&rating.scheme), safe(&rating.value)));
        }
        Ok(text)
    }

    fn json(&self, database: &Database, entries: &[Entry]) -> anyhow::Result<Value> {
        let mut values = Vec::new();
        for entry in entries {
            let details = database.details(entry)?;
            let Entry { advisory, affected, source } = entry;
            values.push(json!({
                "source": source,
                "source_updated": updated(database, entry),
                "advisory": advisory.id,
                "aliases": advisory.aliases,
                "upstream": advisory.upstream,
                "modified": advisory.modified,
                "withdrawn": advisory.withdrawn,
                "summary": details.summary,
                "references": details.references,
                "ratings": advisory.ratings,
                "affected": affected,
            }));
        }
        let epss = database.epss(&self.vulnerability)?;
        Ok(json!({
            "vulnerability": self.vulnerability,
            "package": self.package,
            "serial": database.manifest().serial,
            "entries": values,
            "known_exploited": database.known_exploited(&self.vulnerability)?,
            "epss": epss.map(|it| json!({"score": it.score, "percentile": it.percentile})),
            "ratings": database.severity(&self.vulnerability)?,
        }))
    }
}

/// The releases in which to look.
fn places(database: &Database, asked: Option<&Ecosystem>) -> Vec<Ecosystem> {
    let all = database.ecosystems();
    let names = all.into_iter().filter(|name| asked.is_none_or(|asked| asked.name == *name));
    let mut places = Vec::new();
    for name in names {
        for release in database.releases(name) {
            let wanted = asked.and_then(|asked| asked.release.as_deref());
            if wanted.is_none() || wanted == release {
                let release = release.map(str::to_owned);
                places.push(Ecosystem { name: name.to_owned(), release });
            }
        }
    }
    places
}

/// How new the feed of an entry is.
fn updated<'a>(database: &'a Database, entry: &Entry) -> &'a str {
    let mut sources = database.manifest().sources.iter();
    let source = sources.find(|source| source.name == entry.source);
    source.map(|source| source.updated.as_str()).unwrap_or_default()
}

/// Which versions a source speaks of, and what it says of them.
fn says(entry: &Entry, language: Language) -> String {
    let affected = &entry.affected;
    let mut parts: Vec<String> = affected.ranges.iter().map(|it| range(it, language)).collect();
    parts.extend(affected.versions.iter().take(10).map(|version| format!("= {}", safe(version))));
    if affected.versions.len() > 10 {
        parts.push(format!("… ({})", affected.versions.len()));
    }
    let words = match language {
        Language::English => [
            "affected",
            "not affected",
            "affected, no advisory",
            "will not be fixed",
            "fix deferred",
            "end of life",
            "under investigation",
        ],
        Language::Japanese => [
            "影響あり",
            "影響なし",
            "影響あり(勧告なし)",
            "修正しない",
            "修正は延期",
            "サポート終了",
            "調査中",
        ],
    };
    let [yes, no, no_advisory, will_not, deferred, end_of_life, investigation] = words;
    let state = match affected.state {
        State::Affected => yes,
        State::NotAffected => no,
        State::NoAdvisory => no_advisory,
        State::WillNotFix => will_not,
        State::Deferred => deferred,
        State::EndOfLife => end_of_life,
        State::UnderInvestigation => investigation,
    };
    if parts.is_empty() { state.to_owned() } else { format!("{state}: {}", parts.join(", ")) }
}

fn range(range: &Range, language: Language) -> String {
    let start = range.introduced.as_deref().map(|version| format!(">= {} ", safe(version)));
    let end = match &range.end {
        End::Open => match (&start, language) {
            (Some(_), _) => String::new(),
            (None, Language::English) => "all versions".to_owned(),
            (None, Language::Japanese) => "すべての版".to_owned(),
        },
        End::Fixed(version) => format!("< {}", safe(version)),
        End::LastAffected(version) => format!("<= {}", safe(version)),
    };
    format!("{}{end}", start.unwrap_or_default()).trim_end().to_owned()
}
