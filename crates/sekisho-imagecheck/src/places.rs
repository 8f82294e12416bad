//! Findings about places in the file tree.

use sekisho_check::{Failure, Message, Outcome, Text};

use crate::{ImageSubject, Place, Places, subject::at};

/// Most places that get a finding of their own: a `chmod -R 777` is one mistake.
const MAX_FINDINGS: usize = 10;

/// The answer of a check about files to an image of none.
pub(crate) const NO_FILES: Outcome = Outcome::NotApplicable {
    because: Text { en: "the image has no files", ja: "イメージにファイルがない" },
};

/// Fails for each of `places`; the last finding counts those that have none.
pub(crate) fn each(image: &ImageSubject, places: &Places) -> Outcome {
    if image.config.is_some() && image.layers.is_empty() {
        return NO_FILES;
    }
    let n_shown = places.first.len().min(MAX_FINDINGS);
    let n_more = places.n_total.saturating_sub(n_shown as u64);
    let failures = places.first.iter().take(n_shown).enumerate().map(|(index, place)| {
        let n_more = if index + 1 == n_shown { n_more } else { 0 };
        failure(place, n_more)
    });
    Outcome::of(failures.collect())
}

fn failure(place: &Place, n_more: u64) -> Failure {
    let Place { mode, uid, gid, .. } = place;
    let (more, more_ja) = match n_more {
        0 => (String::new(), String::new()),
        _ => (format!(", and {n_more} more like it"), format!("、ほか {n_more} 件")),
    };
    let message = Message::new(
        format!("mode {mode:04o}, owner {uid}:{gid}{more}"),
        format!("モード {mode:04o}、所有者 {uid}:{gid}{more_ja}"),
    );
    at(place, message)
}
