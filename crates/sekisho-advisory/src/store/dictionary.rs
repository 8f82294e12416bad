//! Words that come again and again in one segment: the vectors of ratings.

use std::collections::BTreeMap;

use super::encode::{put_number, put_text};

/// Most words of one segment; what comes later is written in full.
const MAX_WORDS: usize = 1 << 16;

/// The words of a segment that is being written, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    numbers: BTreeMap<String, u64>,
    words: Vec<String>,
}

impl Dictionary {
    /// Writes a word as its number, or in full behind a zero.
    pub(super) fn put(&mut self, out: &mut Vec<u8>, word: &str) {
        let known = self.numbers.get(word).copied();
        let number = known.or_else(|| {
            let is_room = self.words.len() < MAX_WORDS;
            is_room.then(|| {
                self.words.push(word.to_owned());
                let number = self.words.len() as u64;
                self.numbers.insert(word.to_owned(), number);
                number
            })
        });
        match number {
            Some(number) => put_number(out, number),
            None => {
                out.push(0);
                put_text(out, word);
            }
        }
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }
}
