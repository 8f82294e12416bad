use indicatif::HumanBytes;
use jiff::Timestamp;
use sekisho_advisory::{Database, Source};
use sekisho_report::Language;
use serde_json::{Value, json};

use crate::{
    cli::{
        Common,
        db_options::{DbFormat, DbOptions, columns, safe},
    },
    environment::now,
    exit::{self, Exit},
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho db status
  sekisho db status --format json --db /srv/sekisho/db",
    after_long_help = exit::HELP
)]
pub(super) struct DbStatus {
    #[command(flatten)]
    db: DbOptions,
    /// How to print it
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    format: DbFormat,
}

impl DbStatus {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let directory = settings.db.directory(self.db.flag())?;
        let database = settings.db.open(self.db.flag())?;
        let text = match self.format {
            DbFormat::Table => {
                let place = directory.display().to_string();
                table(&database, &place, now()?, common.language(&settings))
            }
            DbFormat::Json => format!("{:#}\n", json(&database)),
        };
        crate::output::print(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}

fn size_bytes(source: &Source) -> u64 {
    source.segments.iter().map(|segment| segment.size_bytes).sum()
}

fn table(database: &Database, place: &str, now: Timestamp, language: Language) -> String {
    let manifest = database.manifest();
    let minutes = now.duration_since(manifest.fetched).as_mins().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let age = match language {
        Language::English if days > 0 => format!("{days} d {hours} h"),
        Language::English => format!("{hours} h {minutes} min"),
        Language::Japanese if days > 0 => format!("{days} 日 {hours} 時間前"),
        Language::Japanese => format!("{hours} 時間 {minutes} 分前"),
    };
    let words = match language {
        Language::English => {
            ["database", "serial", "fetched", "built", "expires", "signed by", "size"]
        }
        Language::Japanese => {
            ["データベース", "通し番号", "取得日時", "作成日時", "有効期限", "署名した鍵", "大きさ"]
        }
    };
    let total: u64 = manifest.sources.iter().map(size_bytes).sum();
    let n_segments = manifest.segments().count();
    let values = [
        safe(place),
        manifest.serial.to_string(),
        format!("{} ({age})", manifest.fetched),
        manifest.built.to_string(),
        manifest.expires.to_string(),
        database.key_id().to_owned(),
        format!("{} ({n_segments})", HumanBytes(total)),
    ];
    let facts: Vec<Vec<String>> =
        words.iter().zip(values).map(|(word, value)| vec![(*word).to_owned(), value]).collect();
    let words = match language {
        Language::English => ["source", "advisories", "left out", "size", "updated"],
        Language::Japanese => ["情報源", "件数", "除外", "大きさ", "更新日時"],
    };
    let mut rows = vec![words.map(str::to_owned).to_vec()];
    for source in &manifest.sources {
        rows.push(vec![
            safe(&source.name),
            source.advisories.to_string(),
            source.skipped.to_string(),
            HumanBytes(size_bytes(source)).to_string(),
            safe(&source.updated),
        ]);
    }
    let facts = columns(&facts, &[false, false]);
    format!("{facts}\n{}", columns(&rows, &[false, true, true, true, false]))
}

fn json(database: &Database) -> Value {
    let manifest = database.manifest();
    let sources = manifest.sources.iter().map(|source| {
        json!({
            "name": source.name,
            "updated": source.updated,
            "advisories": source.advisories,
            "skipped": source.skipped,
            "size_bytes": size_bytes(source),
            "files": source.files,
        })
    });
    json!({
        "serial": manifest.serial,
        "fetched": manifest.fetched,
        "built": manifest.built,
        "expires": manifest.expires,
        "key_id": database.key_id(),
        "size_bytes": manifest.sources.iter().map(size_bytes).sum::<u64>(),
        "segments": manifest.segments().count(),
        "sources": sources.collect::<Value>(),
    })
}
