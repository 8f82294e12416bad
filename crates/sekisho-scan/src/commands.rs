//! The commands of an image's history, as a report may show them.

use sekisho_imagecheck::is_secret;
use sekisho_secret::RuleSet;

const MASK: &str = "***";

/// A command without the secrets in it: those that a rule knows, and what is assigned to a name
/// that says it is one.
pub(crate) fn redacted(rules: Option<&RuleSet>, command: &str) -> String {
    let command = match rules {
        Some(rules) => rules.redact(b"Dockerfile", command),
        None => command.to_owned(),
    };
    let mut shown = String::new();
    let mut rest = command.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        let name_start = before
            .rfind(|char: char| !char.is_ascii_alphanumeric() && char != '_')
            .map_or(0, |at| at + before.get(at..).map_or(1, first_len));
        let name = before.get(name_start..).unwrap_or_default();
        shown.push_str(before);
        shown.push('=');
        let (value, behind) = after.split_at_checked(value_len(after)).unwrap_or((after, ""));
        let is_hidden = is_secret(name, value.trim_matches(['"', '\'']));
        if is_hidden {
            shown.push_str(MASK);
        }
        rest = if is_hidden { behind } else { after };
    }
    shown.push_str(rest);
    shown
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// How long a value of a shell or an instruction is: to its closing quote, or to a space.
fn value_len(text: &str) -> usize {
    let mut quote = None;
    for (index, char) in text.char_indices() {
        match quote {
            Some(open) if char == open => quote = None,
            Some(_) => (),
            None if char == '"' || char == '\'' => quote = Some(char),
            None if char.is_whitespace() || ";&|=".contains(char) => return index,
            None => (),
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_the_name_of_a_secret_are_not_shown() {
        for (command, want) in [
            ("ENV DB_PASSWORD=hunter2 A=b", "ENV DB_PASSWORD=*** A=b"),
            (
                "RUN |2 NPM_TOKEN=abc V='1 2' /bin/sh -c make X=1",
                "RUN |2 NPM_TOKEN=*** V='1 2' /bin/sh -c make X=1",
            ),
            (
                "RUN x && API_KEY=\"a b\" make;PASSWORD_FILE=/run/x y",
                "RUN x && API_KEY=*** make;PASSWORD_FILE=/run/x y",
            ),
            ("COPY . .", "COPY . ."),
            ("é=é=TOKEN=ééé", "é=é=TOKEN=***"),
        ] {
            assert_eq!(redacted(None, command), want);
        }
    }
}
