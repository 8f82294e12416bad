use std::{collections::BTreeMap, io};

use super::{BOLD, DIM, INDENT, PLAIN, Table, by_layer};
use crate::{
    locale::Text,
    summary::{Programs, ecosystems, size},
    terminal::{pad, pad_left, width},
};

/// Most layers that have a line of their own.
const MAX_LAYERS: usize = 40;

/// Most programs that are named in a line.
const MAX_NAMED: usize = 4;

impl Table<'_> {
    pub(super) fn packages(&mut self) -> io::Result<()> {
        let (ecosystems, n_owned) = ecosystems(self.report, &self.layers);
        let n: usize = ecosystems.iter().map(|ecosystem| ecosystem.n_packages).sum();
        self.section(Text::Packages, &n.to_string())?;
        if n == 0 {
            self.out.line(&[INDENT, (PLAIN, self.say(Text::NoPackages))])?;
        }
        for ecosystem in &ecosystems {
            let by_layer = by_layer(ecosystem, self.language);
            let kind = pad(ecosystem.kind.as_str(), 10);
            let count = pad_left(&ecosystem.n_packages.to_string(), 7);
            self.out.hanging(&[INDENT, (PLAIN, &kind), (BOLD, &count), INDENT], DIM, &by_layer)?;
        }
        if n_owned > 0 {
            let owned = self.language.count(Text::OneOwned, Text::Owned, n_owned);
            self.out.hanging(&[INDENT], DIM, &owned)?;
        }
        Ok(())
    }

    pub(super) fn layer_table(&mut self) -> io::Result<()> {
        let report = self.report;
        let layers = &report.subject.layers;
        if layers.is_empty() {
            return Ok(());
        }
        let mut n_packages: BTreeMap<usize, usize> = BTreeMap::new();
        for package in report.packages.iter().filter(|package| package.owned_by.is_none()) {
            if let Some(number) = self.layers.get(package.layer) {
                *n_packages.entry(number).or_default() += 1;
            }
        }
        self.section(Text::Layers, &layers.len().to_string())?;
        let titles = [Text::Size, Text::Files, Text::Packages].map(|title| self.say(title));
        let columns = [11, 9, 8].into_iter().zip(titles);
        let columns: Vec<usize> =
            columns.map(|(least, title)| least.max(width(title) + 2)).collect();
        let cells = |texts: [&str; 3]| -> String {
            texts.iter().zip(&columns).map(|(text, columns)| pad_left(text, *columns)).collect()
        };
        let number_columns = width(self.say(Text::Layer)).max(3);
        let head = pad(self.say(Text::Layer), number_columns) + &cells(titles);
        self.out.line(&[INDENT, (DIM, &head), INDENT, (DIM, self.say(Text::MadeBy))])?;
        for (layer, number) in layers.iter().zip(1..).take(MAX_LAYERS) {
            let n_packages = n_packages.get(&number).copied().unwrap_or(0);
            let n_packages = if n_packages == 0 { String::new() } else { n_packages.to_string() };
            let row = cells([&size(layer.size_bytes), &layer.n_files.to_string(), &n_packages]);
            let number = pad_left(&number.to_string(), number_columns);
            self.out.line(&[
                INDENT,
                (PLAIN, &number),
                (PLAIN, &row),
                INDENT,
                (DIM, layer.created_by.trim()),
            ])?;
        }
        let n_more = layers.len().saturating_sub(MAX_LAYERS);
        if n_more > 0 {
            let more = self.language.fill(Text::MoreLayers, &[("n", &n_more.to_string())]);
            self.out.line(&[INDENT, (DIM, "… "), (DIM, &more)])?;
        }
        Ok(())
    }

    pub(super) fn programs(&mut self) -> io::Result<()> {
        let programs = Programs::of(self.report);
        if programs.is_empty() {
            return Ok(());
        }
        let values =
            [("elf", &*programs.n_elf.to_string()), ("scripts", &*programs.n_scripts.to_string())];
        let note = self.language.fill(Text::ProgramsAndScripts, &values);
        self.section(Text::Executables, &note)?;
        let rows = programs.rows();
        let columns = rows.iter().map(|(label, _)| width(self.say(*label))).max().unwrap_or(0);
        for (label, named) in rows.iter().filter(|(_, named)| !named.is_empty()) {
            let mut shown: Vec<String> = named
                .iter()
                .take(MAX_NAMED)
                .map(|(path, note)| match note.as_str() {
                    "" => (*path).to_owned(),
                    note => format!("{path} ({note})"),
                })
                .collect();
            let n_more = named.len().saturating_sub(MAX_NAMED);
            if n_more > 0 {
                shown.push(self.language.fill(Text::AndMore, &[("n", &n_more.to_string())]));
            }
            if *label == Text::Unneeded {
                let bytes = size(programs.unneeded_bytes());
                shown.push(self.language.fill(Text::UnneededBytes, &[("size", &bytes)]));
            }
            let label = pad(self.say(*label), columns);
            let count = pad_left(&named.len().to_string(), 7);
            let head = [INDENT, (PLAIN, &*label), (BOLD, &*count), INDENT];
            self.out.hanging(&head, DIM, &shown.join(self.say(Text::Separator)))?;
        }
        Ok(())
    }
}
