//! Numbers and texts as bytes: what every record of a segment is made of.

use jiff::Timestamp;

/// Years and numbers of a CVE that are packed; others are kept as text.
const CVE: &str = "CVE-";

/// The last second of the year 9999.
const MAX_SECONDS: u64 = 253_402_300_799;

pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

pub(super) fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_number(out, texts.len() as u64);
    for text in texts {
        put_text(out, text);
    }
}

/// A text that may be missing.
pub(super) fn put_option(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => {
            put_number(out, text.len() as u64 + 1);
            out.extend_from_slice(text.as_bytes());
        }
        None => out.push(0),
    }
}

/// The number of a weakness; those of CVE take four bytes.
pub(super) fn put_id(out: &mut Vec<u8>, id: &str) {
    match packed_cve(id) {
        Some((year, number)) => {
            put_number(out, year + 1);
            put_number(out, number);
        }
        None => {
            out.push(0);
            put_text(out, id);
        }
    }
}

pub(super) fn put_ids(out: &mut Vec<u8>, ids: &[String]) {
    put_number(out, ids.len() as u64);
    for id in ids {
        put_id(out, id);
    }
}

/// Only where printing the numbers gives the same text again.
fn packed_cve(id: &str) -> Option<(u64, u64)> {
    let (year, number) = id.strip_prefix(CVE)?.split_once('-')?;
    let numbers = (year.parse().ok()?, number.parse().ok()?);
    (cve(numbers.0, numbers.1) == id && numbers.0 < 10_000).then_some(numbers)
}

// Look-ups write thousands of these and of times, and formatting by the standard library is
// what they would spend most of their time on.
fn cve(year: u64, number: u64) -> String {
    let mut text = String::with_capacity(16);
    text.push_str(CVE);
    push_digits(&mut text, year, 4);
    text.push('-');
    push_digits(&mut text, number, 4);
    text
}

/// Adds a number with at least `width` digits.
fn push_digits(text: &mut String, number: u64, width: u32) {
    let n_digits = number.checked_ilog10().map_or(1, |log| log + 1).max(width);
    for place in (0..n_digits).rev() {
        // Beyond nineteen zeros there is no digit of such a number.
        let digit = 10_u64.checked_pow(place).map_or(0, |power| number / power % 10);
        let digit = u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10));
        text.push(digit.unwrap_or('0'));
    }
}

/// Seconds after 1970 as RFC 3339; none beyond the year 9999.
///
/// # Source
///
/// The Gregorian calendar, counted from March so that a leap day ends its year.
fn time_text(seconds: u64) -> Option<String> {
    if seconds > MAX_SECONDS {
        return None;
    }
    // From the first of March of the year 0.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let mut text = String::with_capacity(20);
    let parts = [
        (year, 4, '-'),
        (month, 2, '-'),
        (day, 2, 'T'),
        (seconds / 3600 % 24, 2, ':'),
        (seconds / 60 % 60, 2, ':'),
        (seconds % 60, 2, 'Z'),
    ];
    for (number, width, end) in parts {
        push_digits(&mut text, number, width);
        text.push(end);
    }
    Some(text)
}

/// A time of RFC 3339; whole seconds after 1970 in UTC are packed, all else is kept as text.
pub(super) fn put_time(out: &mut Vec<u8>, text: &str) {
    let whole = |time: &Timestamp| time.subsec_nanosecond() == 0 && time.to_string() == text;
    let seconds = text.parse::<Timestamp>().ok().filter(whole);
    match seconds.and_then(|time| u64::try_from(time.as_second()).ok()) {
        Some(seconds) => put_number(out, seconds + 1),
        None => {
            out.push(0);
            put_text(out, text);
        }
    }
}

/// Reads what the functions above wrote. Everything gives none where the bytes are others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things that follow, each of at least one byte.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    pub(super) fn take(&mut self, n_bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n_bytes)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let n_bytes = self.count()?;
        self.take(n_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        (0..count).map(|_| self.text().map(str::to_owned)).collect()
    }

    #[expect(clippy::option_option, reason = "a text that is missing is not damage")]
    pub(super) fn option(&mut self) -> Option<Option<&'a str>> {
        match self.number()? {
            0 => Some(None),
            n_bytes => {
                let taken = self.take(usize::try_from(n_bytes - 1).ok()?)?;
                std::str::from_utf8(taken).ok().map(Some)
            }
        }
    }

    pub(super) fn id(&mut self) -> Option<String> {
        match self.number()? {
            0 => self.text().map(str::to_owned),
            year => Some(cve(year - 1, self.number()?)),
        }
    }

    pub(super) fn ids(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        (0..count).map(|_| self.id()).collect()
    }

    pub(super) fn time(&mut self) -> Option<String> {
        match self.number()? {
            0 => self.text().map(str::to_owned),
            seconds => time_text(seconds - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round(text: &str, put: fn(&mut Vec<u8>, &str)) -> (Vec<u8>, usize) {
        let mut bytes = Vec::new();
        put(&mut bytes, text);
        let n_bytes = bytes.len();
        (bytes, n_bytes)
    }

    #[test]
    fn numbers_of_weaknesses_and_times_are_short_and_come_back_as_they_were() {
        for (id, n_bytes) in [("CVE-2021-44228", 5), ("CVE-1999-0001", 3), ("CVE-2021-00441", 16)] {
            let (bytes, n_packed) = round(id, put_id);
            assert_eq!(n_packed, n_bytes, "{id}");
            assert_eq!(Cursor::new(&bytes).id().unwrap(), id);
        }
        for (time, n_bytes) in
            [("2024-01-02T03:04:05Z", 5), ("2024-01-02T03:04:05.5Z", 24), ("", 2)]
        {
            let (bytes, n_packed) = round(time, put_time);
            assert_eq!(n_packed, n_bytes, "{time}");
            assert_eq!(Cursor::new(&bytes).time().unwrap(), time);
        }
    }

    #[test]
    fn more_things_than_bytes_are_refused_before_memory_is_taken() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, u64::MAX);
        assert_eq!(Cursor::new(&bytes).number(), Some(u64::MAX));
        assert_eq!(Cursor::new(&bytes).texts(), None);
        assert_eq!(Cursor::new(&[0xff; 10]).number(), None);
    }

    proptest! {
        #[test]
        fn a_packed_time_comes_back(second in 0..=253_402_207_200_i64, number: u64) {
            let text = Timestamp::from_second(second).unwrap().to_string();
            let mut bytes = Vec::new();
            put_time(&mut bytes, &text);
            prop_assert!(bytes.len() < 8, "it is packed");
            prop_assert_eq!(Cursor::new(&bytes).time(), Some(text));
            prop_assert_eq!(cve(2024, number), format!("CVE-2024-{number:04}"));
        }

        #[test]
        fn every_text_comes_back(text in ".{0,40}", number: u64, id in "(CVE-)?[0-9]{0,22}-[0-9]{0,6}") {
            let mut bytes = Vec::new();
            put_text(&mut bytes, &text);
            put_number(&mut bytes, number);
            put_id(&mut bytes, &id);
            put_id(&mut bytes, &text);
            put_time(&mut bytes, &text);
            put_option(&mut bytes, Some(&text));
            put_option(&mut bytes, None);
            let mut cursor = Cursor::new(&bytes);
            prop_assert_eq!(cursor.text(), Some(text.as_str()));
            prop_assert_eq!(cursor.number(), Some(number));
            prop_assert_eq!(cursor.id(), Some(id));
            prop_assert_eq!(cursor.id(), Some(text.clone()));
            prop_assert_eq!(cursor.time(), Some(text.clone()));
            prop_assert_eq!(cursor.option(), Some(Some(text.as_str())));
            prop_assert_eq!(cursor.option(), Some(None));
            prop_assert!(cursor.is_empty());
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            let mut cursor = Cursor::new(&bytes);
            while cursor.ids().is_some() && cursor.time().is_some() && !cursor.is_empty() {}
            prop_assert!(cursor.len() <= bytes.len());
        }
    }
}
