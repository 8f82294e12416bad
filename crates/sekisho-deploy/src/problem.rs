use sekisho_check::Message;

use crate::source::Place;

/// Why a file, or a part of it, was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    pub message: Message,
}

impl Problem {
    pub(crate) fn new(place: Place, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { place, message: Message::new(en, ja) }
    }
}
