//! Values that a policy leaves to whoever runs it: `${{ name }}`.

use std::collections::BTreeMap;

use crate::{
    Mistake,
    document::{Node, Value},
};

/// Values by name. Those of the environment are called `env.NAME`.
#[derive(Debug, Clone, Default)]
pub struct Variables(pub BTreeMap<String, String>);

/// Most that one text may grow to.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Fills in every `${{ name }}` of a document, from what was given, else from its own
/// `variables`.
pub(crate) fn fill(node: &mut Node, given: &Variables) -> Result<(), Vec<Mistake>> {
    let mut known = own(node);
    known.extend(given.0.clone());
    let mut mistakes = Vec::new();
    walk(node, &known, &mut mistakes);
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// The values that a document has itself.
fn own(node: &Node) -> BTreeMap<String, String> {
    let Value::Mapping(pairs) = &node.value else { return BTreeMap::new() };
    let is_it = |key: &Node| key.scalar().is_some_and(|scalar| scalar.text == "variables");
    let Some((_, Node { value: Value::Mapping(pairs), .. })) =
        pairs.iter().find(|(key, _)| is_it(key))
    else {
        return BTreeMap::new();
    };
    let pair = |(key, value): &(Node, Node)| {
        Some((key.scalar()?.text.clone(), value.scalar()?.text.clone()))
    };
    pairs.iter().filter_map(pair).collect()
}

fn walk(node: &mut Node, known: &BTreeMap<String, String>, mistakes: &mut Vec<Mistake>) {
    let place = node.place;
    match &mut node.value {
        Value::Sequence(items) => {
            for item in items {
                walk(item, known, mistakes);
            }
        }
        Value::Mapping(pairs) => {
            for (key, value) in pairs {
                walk(key, known, mistakes);
                walk(value, known, mistakes);
            }
        }
        Value::Scalar(scalar) if scalar.text.contains("${{") => match filled(&scalar.text, known) {
            Ok(text) => scalar.text = text,
            Err((message, help)) => {
                mistakes.push(Mistake { place, message, help });
            }
        },
        Value::Scalar(_) => (),
    }
}

fn filled(
    text: &str,
    known: &BTreeMap<String, String>,
) -> Result<String, (String, Option<String>)> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((name, after)) = after.split_once("}}") else {
            return Err(("${{ has no }}".to_owned(), None));
        };
        let name = name.trim();
        let Some(value) = known.get(name) else {
            let near =
                known.keys().find(|it| strsim::normalized_damerau_levenshtein(it, name) > 0.6);
            let help = match near {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("give it with --var {name}=VALUE, or below `variables`"),
            };
            return Err((format!("nobody says what {name:?} is"), Some(help)));
        };
        filled.push_str(before);
        filled.push_str(value);
        if filled.len() > MAX_TEXT_BYTES {
            return Err((format!("more than {MAX_TEXT_BYTES} bytes"), None));
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}
