use std::fmt::Write as _;

use anyhow::bail;
use sekisho_check::{Explanation, Message};
use sekisho_report::Language;
use serde_json::{Value, json};

use crate::{cli::Common, exit::Exit, explanations::find, settings::Settings};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sekisho explain SEK-DOCKERFILE-0017
  sekisho explain --lang ja DL3008
  sekisho explain --format json root-user")]
pub(super) struct Explain {
    /// Id or name of a check or rule; those of Hadolint are understood too
    id: String,
    /// How to print it
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ExplainFormat {
    /// For people
    Text,
    /// For programs, in both languages
    Json,
}

impl Explain {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let found = find(&self.id);
        if found.is_empty() {
            bail!("there is no check or rule {:?}; findings name theirs", self.id);
        }
        let text = match self.format {
            ExplainFormat::Text => {
                let language = common.language(&settings);
                let texts: Vec<String> = found.iter().map(|it| text(it, language)).collect();
                texts.join("\n")
            }
            ExplainFormat::Json => {
                let values: Vec<Value> = found.iter().map(json).collect();
                format!("{:#}\n", Value::from(values))
            }
        };
        crate::output::print(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}

fn text(it: &Explanation, language: Language) -> String {
    let say = |message: &Message| match language {
        Language::English => message.en.clone(),
        Language::Japanese => message.ja.clone(),
    };
    let words = match language {
        Language::English => ["severity", "kind", "benchmark", "Why", "What to do", "References"],
        Language::Japanese => ["深刻度", "種類", "ベンチマーク", "理由", "対処", "参考"],
    };
    let [severity, kind, benchmark, why, what, references] = words;
    let mut text = format!("{} ({})\n{}\n\n", it.id, it.name, say(&it.title));
    let mut line = |text_line: String| writeln!(text, "{text_line}").expect("a String takes all");
    line(format!("{severity}: {}", it.severity.as_str()));
    line(format!("{kind}: {}", it.kind.as_str()));
    if let Some(of) = &it.benchmark {
        line(format!("{benchmark}: {of}"));
    }
    line(format!("\n{why}\n  {}", say(&it.rationale)));
    line(format!("\n{what}\n  {}", say(&it.remediation)));
    line(format!("\n{references}"));
    for reference in &it.references {
        line(format!("  {reference}"));
    }
    text
}

fn json(it: &Explanation) -> Value {
    let both = |message: &Message| json!({ "en": message.en, "ja": message.ja });
    json!({
        "check": it.id,
        "name": it.name,
        "kind": it.kind.as_str(),
        "severity": it.severity.as_str(),
        "title": both(&it.title),
        "rationale": both(&it.rationale),
        "remediation": both(&it.remediation),
        "references": it.references,
        "benchmark": it.benchmark,
    })
}
