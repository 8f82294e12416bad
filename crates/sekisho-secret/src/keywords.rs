//! Finds the keywords of all rules in one pass.
//!
//! Three bytes at every second place of the text are looked up in a table that holds two
//! neighbouring triples of each keyword, so one of them meets every occurrence. Only where the
//! table says yes are the keywords compared. Nearly all text is passed over by this, at several
//! times the speed of an automaton, since no look-up waits for the one before.
//!
//! The work is bounded by the text: each keyword is compared at each place at most once.

/// A triple at every second place needs two triples of each keyword. The second triple of a
/// keyword of three bytes ends in any byte, so such a keyword is not found as the last of a text.
pub(crate) const MIN_KEYWORD_BYTES: usize = 3;

/// Longer keywords would find no more.
pub(crate) const MAX_KEYWORD_BYTES: usize = 64;

/// The table has this many bits, which fit the first cache: about one in forty random triples
/// is found in it by accident.
const TABLE_BITS: u32 = 17;

const TABLE_WORDS: usize = 1 << (TABLE_BITS - 6);

/// Lists of what to compare, by fewer bits of the same hash.
const BUCKET_BITS: u32 = 12;

/// An occurrence: where the keyword starts, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) keyword: u16,
}

#[derive(Debug)]
struct Keyword {
    bytes: Vec<u8>,
    ignores_case: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    triple: u32,
    keyword: u16,
    /// Of the triple in the keyword.
    offset: u8,
}

/// The first bytes of a keyword as one number: one comparison turns down nearly every place.
#[derive(Debug, Clone, Copy)]
struct Head {
    value: u64,
    /// Has the bits of the bytes that there are.
    mask: u64,
    /// Turns letters into small ones where case is ignored.
    fold: u64,
}

/// The keywords of all rules, ready for search.
#[derive(Debug)]
pub(crate) struct Keywords {
    words: Vec<Keyword>,
    /// By number of the keyword.
    heads: Vec<Head>,
    table: Box<[u64; TABLE_WORDS]>,
    /// Entries of bucket `n` are those from `starts[n]` to `starts[n + 1]`.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// Collects keywords; equal ones get the same number.
#[derive(Debug, Default)]
pub(crate) struct KeywordsBuilder {
    keywords: Vec<Keyword>,
}

impl KeywordsBuilder {
    /// The number of a keyword; none for one that is too short or too long, or when there are
    /// too many.
    pub(crate) fn add(&mut self, bytes: &[u8], ignores_case: bool) -> Option<u16> {
        if !(MIN_KEYWORD_BYTES..=MAX_KEYWORD_BYTES).contains(&bytes.len()) {
            return None;
        }
        let bytes = if ignores_case { bytes.to_ascii_lowercase() } else { bytes.to_vec() };
        let known = self
            .keywords
            .iter()
            .position(|other| other.bytes == bytes && other.ignores_case == ignores_case);
        let number = known.unwrap_or(self.keywords.len());
        if known.is_none() {
            self.keywords.push(Keyword { bytes, ignores_case });
        }
        u16::try_from(number).ok()
    }

    pub(crate) fn finish(self) -> Keywords {
        let mut entries = Vec::new();
        for (number, keyword) in (0..).zip(&self.keywords) {
            let offset = rarest(&keyword.bytes);
            for offset in [offset, offset + 1] {
                for triple in keyword.triples(offset) {
                    let offset = u8::try_from(offset).unwrap_or(u8::MAX);
                    entries.push(Entry { triple, keyword: number, offset });
                }
            }
        }
        entries.sort_by_key(|entry| (bucket(entry.triple), entry.triple, entry.keyword));
        let mut table = Box::new([0; TABLE_WORDS]);
        let mut starts = vec![0; (1 << BUCKET_BITS) + 1];
        for entry in &entries {
            let hash = hash(entry.triple);
            if let Some(word) = table.get_mut(hash >> 6) {
                *word |= 1 << (hash & 63);
            }
            if let Some(count) = starts.get_mut(bucket(entry.triple) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let heads = self.keywords.iter().map(Keyword::head).collect();
        Keywords { words: self.keywords, heads, table, starts, entries }
    }
}

impl Keyword {
    /// The triple at `offset`, in every spelling.
    fn triples(&self, offset: usize) -> Vec<u32> {
        let spellings = |at: usize| match self.bytes.get(at) {
            None => (0..=u8::MAX).collect(),
            Some(byte) if self.ignores_case && byte.is_ascii_alphabetic() => {
                vec![*byte, byte.to_ascii_uppercase()]
            }
            Some(byte) => vec![*byte],
        };
        let mut triples = vec![0];
        for (shift, at) in [(0, offset), (8, offset + 1), (16, offset + 2)] {
            let bytes = spellings(at);
            let with =
                |triple: u32| bytes.iter().map(move |byte| triple | u32::from(*byte) << shift);
            triples = triples.into_iter().flat_map(with).collect();
        }
        triples
    }

    fn head(&self) -> Head {
        let (mut value, mut mask, mut fold) = ([0; 8], [0; 8], [0; 8]);
        for (index, byte) in self.bytes.iter().take(8).enumerate() {
            let is_folded = self.ignores_case && byte.is_ascii_alphabetic();
            for (to, from) in [
                (&mut value, *byte),
                (&mut mask, u8::MAX),
                (&mut fold, if is_folded { 0x20 } else { 0 }),
            ] {
                to.iter_mut().skip(index).take(1).for_each(|to| *to = from);
            }
        }
        let [value, mask, fold] = [value, mask, fold].map(u64::from_le_bytes);
        Head { value, mask, fold }
    }

    fn is_at(&self, text: &[u8], start: usize) -> bool {
        let Some(there) = text.get(start..start + self.bytes.len()) else { return false };
        if self.ignores_case {
            there.eq_ignore_ascii_case(&self.bytes)
        } else {
            there == self.bytes
        }
    }
}

impl Head {
    fn is_like(self, there: u64) -> bool {
        (there | self.fold) & self.mask == self.value
    }
}

/// Where the two neighbouring triples start that are seen least in text.
fn rarest(keyword: &[u8]) -> usize {
    let cost = |offset: usize| -> u32 {
        keyword
            .get(offset..offset + 4)
            .unwrap_or_default()
            .iter()
            .map(|byte| frequency(*byte))
            .sum()
    };
    (0..keyword.len().saturating_sub(3)).min_by_key(|offset| cost(*offset)).unwrap_or(0)
}

/// How often a byte is seen in source code, roughly.
fn frequency(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b' ' => 12,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 9,
        b'c' | b'd' | b'l' | b'm' | b'p' | b'u' => 6,
        b'b' | b'f' | b'g' | b'h' | b'v' | b'w' | b'y' => 4,
        b'.' | b'-' | b'=' | b'"' | b'/' | b':' | b'_' => 4,
        b'0'..=b'9' => 3,
        b'A'..=b'Z' => 2,
        _ => 1,
    }
}

/// The lowest three bytes.
fn low_bits(word: u64) -> u32 {
    (word & 0x00FF_FFFF) as u32
}

fn hash(triple: u32) -> usize {
    (triple.wrapping_mul(0x9E37_79B1) >> (32 - TABLE_BITS)) as usize
}

fn bucket(triple: u32) -> usize {
    hash(triple) >> (TABLE_BITS - BUCKET_BITS)
}

impl Keywords {
    /// Adds the occurrences that start before `end` to `hits`, in order. Those that start at or
    /// after it are found with the text that follows.
    pub(crate) fn find(&self, text: &[u8], from: usize, end: usize, hits: &mut Vec<Hit>) {
        let before = hits.len();
        // A triple lies up to MAX_KEYWORD_BYTES behind the start of its keyword.
        let last = text.len().min(end.saturating_add(MAX_KEYWORD_BYTES));
        let region = text.get(from..last).unwrap_or_default();
        let mut at = 0;
        while let Some(Ok(bytes)) = region.get(at..at + 8).map(<[u8; 8]>::try_from) {
            let word = u64::from_le_bytes(bytes);
            for place in [0, 2, 4] {
                let triple = low_bits(word >> (8 * place));
                if self.may_be(triple) {
                    self.compare(text, triple, from + at + place, from, end, hits);
                }
            }
            at += 6;
        }
        while let Some(&[a, b, c]) = region.get(at..at + 3) {
            let triple = u32::from_le_bytes([a, b, c, 0]);
            if self.may_be(triple) {
                self.compare(text, triple, from + at, from, end, hits);
            }
            at += 2;
        }
        if let Some(new) = hits.get_mut(before..) {
            new.sort_unstable();
        }
    }

    fn may_be(&self, triple: u32) -> bool {
        let hash = hash(triple);
        self.table.get(hash >> 6).is_some_and(|word| word >> (hash & 63) & 1 != 0)
    }

    #[inline(never)]
    fn compare(
        &self,
        text: &[u8],
        triple: u32,
        at: usize,
        from: usize,
        end: usize,
        hits: &mut Vec<Hit>,
    ) {
        let bucket = bucket(triple);
        let (Some(start), Some(stop)) = (self.starts.get(bucket), self.starts.get(bucket + 1))
        else {
            return;
        };
        for entry in self.entries.get(*start as usize..*stop as usize).unwrap_or_default() {
            if entry.triple != triple {
                continue;
            }
            let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
            let number = usize::from(entry.keyword);
            // The last bytes of a text are compared without this.
            if let Some(head) = self.heads.get(number)
                && let Some(Ok(there)) = text.get(start..start + 8).map(<[u8; 8]>::try_from)
                && !head.is_like(u64::from_le_bytes(there))
            {
                continue;
            }
            let keyword = self.words.get(number);
            if (from..end).contains(&start) && keyword.is_some_and(|it| it.is_at(text, start)) {
                hits.push(Hit { start, keyword: entry.keyword });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keywords(words: &[(&str, bool)]) -> Keywords {
        let mut builder = KeywordsBuilder::default();
        for (word, ignores_case) in words {
            builder.add(word.as_bytes(), *ignores_case).unwrap();
        }
        builder.finish()
    }

    fn found(keywords: &Keywords, text: &[u8]) -> Vec<(usize, u16)> {
        let mut hits = Vec::new();
        keywords.find(text, 0, text.len(), &mut hits);
        hits.iter().map(|hit| (hit.start, hit.keyword)).collect()
    }

    const WORDS: &[(&str, bool)] = &[("abab", false), ("babaa", false), ("AbAb", true)];

    #[test]
    fn case_is_ignored_where_it_is_asked_for() {
        let keywords = keywords(&[("ghp_", false), ("PassWord", true)]);
        assert_eq!(found(&keywords, b"x ghp_ GHP_ pASSwORD"), [(2, 0), (12, 1)]);
    }

    #[test]
    fn short_and_overlong_keywords_are_refused() {
        let mut builder = KeywordsBuilder::default();
        assert_eq!(builder.add(b"ab", false), None);
        assert_eq!(builder.add(&[b'a'; MAX_KEYWORD_BYTES + 1], false), None);
        assert_eq!(builder.add(b"abcd", false), Some(0));
        assert_eq!(builder.add(b"abcd", false), Some(0));
    }

    proptest! {
        /// Few letters, so that keywords overlap each other and themselves.
        #[test]
        fn every_occurrence_is_found_once(text in "[abAB]{0,60}") {
            let text = text.as_bytes();
            let mut want = Vec::new();
            for start in 0..text.len() {
                for (number, (word, ignores_case)) in (0..).zip(WORDS) {
                    let there = text[start..].get(..word.len());
                    let is_there = there.is_some_and(|there| if *ignores_case {
                        there.eq_ignore_ascii_case(word.as_bytes())
                    } else {
                        there == word.as_bytes()
                    });
                    if is_there {
                        want.push((start, number));
                    }
                }
            }
            prop_assert_eq!(found(&keywords(WORDS), text), want);
        }
    }
}
