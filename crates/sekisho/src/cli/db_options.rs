use std::path::{Path, PathBuf};

/// Which database.
#[derive(Debug, clap::Args)]
pub(super) struct DbOptions {
    /// Take the database in DIR instead of that of this user
    #[arg(long, value_name = "DIR")]
    db: Option<PathBuf>,
}

impl DbOptions {
    pub(super) fn flag(&self) -> Option<&Path> {
        self.db.as_deref()
    }
}

/// How a command on the database prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum DbFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// A text from a feed as a terminal may show it.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() {
            safe.extend(char.escape_default());
        } else {
            safe.push(char);
        }
    }
    safe
}

/// Rows below each other, each column as wide as its widest cell; numbers to the right.
pub(super) fn columns(rows: &[Vec<String>], is_number: &[bool]) -> String {
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| unicode_width::UnicodeWidthStr::width(cell.as_str())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..is_number.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), is_number) in row.iter().zip(&widths).zip(is_number) {
            let used = unicode_width::UnicodeWidthStr::width(cell.as_str());
            let space = " ".repeat(width.saturating_sub(used));
            let (before, after) =
                if *is_number { (space, String::new()) } else { (String::new(), space) };
            line.push_str(&before);
            line.push_str(cell);
            line.push_str(&after);
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
