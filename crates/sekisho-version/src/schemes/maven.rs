//! Versions of Maven artifacts.
//!
//! # Source
//!
//! Maven documentation, "POM Reference", "Version Order Specification": tokens parted by dots,
//! hyphens, and between digits and letters; known qualifiers in their own order.

use std::cmp::Ordering;

use crate::digits;

/// Qualifiers before, at and behind the release, in order.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (tokens(a), tokens(b));
    compare_lists(&a, &b)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Number(String),
    Word(String),
    List(Vec<Self>),
}

impl Item {
    /// Whether it says no more than nothing would.
    fn is_null(&self) -> bool {
        match self {
            Self::Number(number) => number.bytes().all(|byte| byte == b'0'),
            Self::Word(word) => word.is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }
}

/// The version as nested lists: a hyphen, and a change between digits and letters, opens one.
fn tokens(text: &str) -> Vec<Item> {
    let text = text.to_lowercase();
    // The lists that are open, the outermost first.
    let mut open: Vec<Vec<Item>> = vec![Vec::new()];
    let mut token = String::new();
    let mut was_digit = false;
    let push =
        |open: &mut Vec<Vec<Item>>, token: &mut String, is_digit: bool, before_digit: bool| {
            let item = if token.is_empty() {
                Item::Number("0".to_owned())
            } else if is_digit {
                Item::Number(std::mem::take(token))
            } else {
                Item::Word(alias(&std::mem::take(token), before_digit))
            };
            token.clear();
            if let Some(last) = open.last_mut() {
                last.push(item);
            }
        };
    for char in text.chars() {
        match char {
            '.' => push(&mut open, &mut token, was_digit, false),
            '-' => {
                push(&mut open, &mut token, was_digit, false);
                open.push(Vec::new());
            }
            _ => {
                let is_digit = char.is_ascii_digit();
                if !token.is_empty() && is_digit != was_digit {
                    push(&mut open, &mut token, was_digit, is_digit);
                    open.push(Vec::new());
                }
                was_digit = is_digit;
                token.push(char);
            }
        }
        if matches!(char, '.' | '-') {
            was_digit = false;
        }
    }
    if !token.is_empty() {
        push(&mut open, &mut token, was_digit, false);
    }
    // Closing from the innermost on, each list without what says nothing at its end.
    let mut inner: Option<Vec<Item>> = None;
    while let Some(mut list) = open.pop() {
        if let Some(inner) = inner.take() {
            list.push(Item::List(inner));
        }
        trim(&mut list);
        inner = Some(list);
    }
    inner.unwrap_or_default()
}

/// Takes away items that say nothing at the end, and before a list.
fn trim(items: &mut Vec<Item>) {
    let mut index = items.len();
    while index > 0 {
        index -= 1;
        let Some(item) = items.get(index) else { break };
        if item.is_null() {
            items.remove(index);
        } else if !matches!(item, Item::List(_)) {
            break;
        }
    }
}

fn alias(word: &str, before_digit: bool) -> String {
    let full = match word {
        "a" if before_digit => "alpha",
        "b" if before_digit => "beta",
        "m" if before_digit => "milestone",
        "ga" | "final" | "release" => "",
        "cr" => "rc",
        _ => word,
    };
    full.to_owned()
}

fn compare_lists(a: &[Item], b: &[Item]) -> Ordering {
    let length = a.len().max(b.len());
    for index in 0..length {
        let order = match (a.get(index), b.get(index)) {
            (Some(a), Some(b)) => compare_items(a, b),
            (Some(a), None) => compare_with_nothing(a),
            (None, Some(b)) => compare_with_nothing(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn compare_items(a: &Item, b: &Item) -> Ordering {
    match (a, b) {
        (Item::Number(a), Item::Number(b)) => digits::compare(a, b),
        (Item::Word(a), Item::Word(b)) => compare_words(a, b),
        (Item::List(a), Item::List(b)) => compare_lists(a, b),
        // A number beats a list, and a list beats a word.
        (Item::Number(_), _) => Ordering::Greater,
        (_, Item::Number(_)) => Ordering::Less,
        (Item::List(_), Item::Word(_)) => Ordering::Greater,
        (Item::Word(_), Item::List(_)) => Ordering::Less,
    }
}

fn compare_with_nothing(item: &Item) -> Ordering {
    match item {
        Item::Number(number) => digits::compare(number, "0"),
        Item::Word(word) => compare_words(word, ""),
        // The first item that says something decides.
        Item::List(items) => items
            .iter()
            .map(compare_with_nothing)
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal),
    }
}

/// Known qualifiers by rank; unknown ones behind all of them, by their letters.
fn compare_words(a: &str, b: &str) -> Ordering {
    let rank =
        |word: &str| QUALIFIERS.iter().position(|known| *known == word).unwrap_or(QUALIFIERS.len());
    rank(a)
        .cmp(&rank(b))
        .then_with(|| if rank(a) == QUALIFIERS.len() { a.cmp(b) } else { Ordering::Equal })
}
