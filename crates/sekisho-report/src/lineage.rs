//! What an image has from its base, told in a line or two.

use sekisho_types::report::Report;

use crate::locale::{Language, Text};

/// What came with the base, and what another base would change.
pub(crate) fn lineage(report: &Report, language: Language) -> Vec<(Text, String)> {
    let Some(lineage) = &report.lineage else { return Vec::new() };
    let mut facts = Vec::new();
    if lineage.base_layers.is_some() {
        let (inherited, own) = (lineage.inherited.to_string(), lineage.own.to_string());
        let values = [("inherited", inherited.as_str()), ("own", &own)];
        let mut line = language.fill(Text::LineageFindings, &values);
        if let Some(days) = lineage.days {
            let values = [("line", line.as_str()), ("days", &days.to_string())];
            line = language.fill(Text::LineageLeft, &values);
        }
        facts.push((Text::Lineage, line));
    }
    if let Some(rebuild) = &lineage.rebuild {
        let removes = rebuild.removes.len().to_string();
        let (remains, adds) = (rebuild.remains.to_string(), rebuild.adds.to_string());
        let values = [
            ("base", rebuild.base.as_str()),
            ("removes", &removes),
            ("remains", &remains),
            ("adds", &adds),
        ];
        let mut line = language.fill(Text::RebuildOn, &values);
        if !rebuild.is_complete {
            line = language.fill(Text::RebuildIncomplete, &[("line", &line)]);
        }
        facts.push((Text::Rebuild, line));
    }
    facts
}
