use jiff::Timestamp;

use crate::{Advisory, FeedSummary, Item, Skipped, text};

/// Longest name of a skipped record, and longest reason, that is kept.
const MAX_TEXT_BYTES: usize = 512;

/// A record as an advisory, and what of it was left out.
pub(crate) struct Parsed {
    pub(crate) advisory: Advisory,
    pub(crate) left_out: Vec<String>,
}

/// Where the reader of a format puts what it reads. Counts what it is told, so that no record
/// goes missing.
pub(crate) struct Records<'a> {
    sink: &'a mut dyn FnMut(Item),
    imported: u64,
    skipped: u64,
    partial: u64,
    newest: Option<Timestamp>,
}

impl<'a> Records<'a> {
    pub(crate) fn new(sink: &'a mut dyn FnMut(Item)) -> Self {
        Self { sink, imported: 0, skipped: 0, partial: 0, newest: None }
    }

    /// Takes a record that gave one item.
    pub(crate) fn import(&mut self, item: Item) {
        self.imported += 1;
        self.give(item);
    }

    /// Takes an item of records that are counted apart.
    pub(crate) fn give(&mut self, item: Item) {
        (self.sink)(item);
    }

    /// Counts records that gave items, or part of one.
    pub(crate) fn count(&mut self, n_imported: u64) {
        self.imported += n_imported;
    }

    /// Takes the name and the reason of a record that is left out.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        self.skipped += 1;
        self.name(name, reason);
    }

    /// Names what was left out of the record that was imported last.
    pub(crate) fn leave_out(&mut self, name: &str, reasons: &[String]) {
        self.partial += u64::from(!reasons.is_empty());
        for reason in reasons {
            self.name(name, reason);
        }
    }

    fn name(&mut self, name: &str, reason: &str) {
        let skipped = Skipped { name: shown(name), reason: shown(reason) };
        self.give(Item::Skipped(skipped));
    }

    /// Notes a date that the feed states; what is no date is not noted.
    pub(crate) fn date(&mut self, text: &str) {
        self.newest = self.newest.max(text::timestamp(text));
    }

    /// What came in; `file_time` is the time of the newest file.
    pub(crate) fn summary(self, file_time: Timestamp) -> FeedSummary {
        let Self { imported, skipped, partial, newest, .. } = self;
        let updated = newest.unwrap_or(file_time).to_string();
        FeedSummary { records: imported + skipped, imported, skipped, partial, updated }
    }
}

/// `text` of a usual length, with its control characters escaped.
fn shown(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    let mut shown = String::new();
    for char in text.get(..end).unwrap_or_default().chars() {
        if char.is_control() {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}
