//! Versions of Ruby gems.
//!
//! # Source
//!
//! Documentation of `Gem::Version`: segments are runs of digits or letters, letters come before
//! numbers, zeros at the end of the numbers do not count, a dash means `.pre.`.

use std::cmp::Ordering;

use crate::digits;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (segments(a)?, segments(b)?);
    let order = (0..a.len().max(b.len())).map(|index| {
        let (a, b) = (a.get(index), b.get(index));
        let (a, b) = (a.map_or("0", String::as_str), b.map_or("0", String::as_str));
        match (digits::are_digits(a), digits::are_digits(b)) {
            (true, true) => digits::compare(a, b),
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => a.cmp(b),
        }
    });
    Some(order.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
}

/// The numbers up to the first word, and the rest from it on, each without zeros at its end.
fn segments(text: &str) -> Option<Vec<String>> {
    let text = text.replace('-', ".pre.");
    let mut numbers: Vec<String> = Vec::new();
    for part in text.split('.') {
        let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if part.is_empty() || !part.bytes().all(is_sound) {
            return None;
        }
        let mut rest = part;
        while !rest.is_empty() {
            let is_number = rest.starts_with(|char: char| char.is_ascii_digit());
            let (segment, next) =
                digits::split_while(rest, |char| char.is_ascii_digit() == is_number);
            numbers.push(segment.to_owned());
            rest = next;
        }
    }
    let first_word = numbers.iter().position(|segment| !digits::are_digits(segment));
    let mut words = numbers.split_off(first_word.unwrap_or(numbers.len()));
    for segments in [&mut numbers, &mut words] {
        while segments.last().is_some_and(|last| last.bytes().all(|byte| byte == b'0')) {
            segments.pop();
        }
    }
    numbers.append(&mut words);
    Some(numbers)
}
