use std::fmt;

use serde_saphyr::Spanned;

/// What is wrong in a file of rules, each mistake on its own line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes {
    path: String,
    mistakes: Vec<Mistake>,
}

/// One mistake and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    line: u64,
    column: u64,
    text: String,
    /// The line of the file.
    shown: String,
}

impl Mistakes {
    pub(crate) fn new(path: &str, text: &str, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        for mistake in &mut mistakes {
            let index = usize::try_from(mistake.line).unwrap_or(0).checked_sub(1);
            let line = index.and_then(|index| text.lines().nth(index)).unwrap_or_default();
            // Tabs would move the caret.
            mistake.shown =
                line.chars().take(160).map(|it| if it == '\t' { ' ' } else { it }).collect();
        }
        Self { path: path.to_owned(), mistakes }
    }

    pub(crate) fn one(path: &str, text: &str, mistake: Mistake) -> Self {
        Self::new(path, text, vec![mistake])
    }
}

impl Mistake {
    pub(crate) fn new((line, column): (u64, u64), text: String) -> Self {
        Self { line, column, text, shown: String::new() }
    }

    pub(crate) fn place<T>(spanned: &Spanned<T>) -> (u64, u64) {
        (spanned.referenced.line(), spanned.referenced.column())
    }

    pub(crate) fn of_yaml(err: &serde_saphyr::Error) -> Self {
        let place = err.location().map_or((1, 1), |location| (location.line(), location.column()));
        let text = err.without_snippet().to_string();
        Self::new(place, text.lines().next().unwrap_or_default().to_owned())
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let Mistake { line, column, text, shown } = mistake;
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{line}:{column}: {text}", self.path)?;
            if !shown.is_empty() {
                let margin = line.to_string().len();
                let indent = usize::try_from(*column).unwrap_or(1).saturating_sub(1).min(160);
                write!(f, "\n{line} | {shown}\n{:margin$} | {:indent$}^", "", "")?;
            }
        }
        Ok(())
    }
}
