//! Takes secrets out of a text that is shown for what else it says.

use crate::RuleSet;

/// What stands in the place of a secret.
const MASK: &str = "***";

impl RuleSet {
    /// The text with every secret in it masked; `path` is that of the file it would stand in.
    /// A text that cannot be looked into as a whole is masked as a whole.
    pub fn redact(&self, path: &[u8], text: &str) -> String {
        let seen = self.scan(path, text.as_bytes());
        if seen.found.is_empty() && seen.notes.is_empty() {
            return text.to_owned();
        }
        if !seen.notes.is_empty() {
            return MASK.to_owned();
        }
        let starts: Vec<usize> = line_starts(text);
        let mut masked = String::new();
        let mut end = 0;
        for sighting in &seen.found {
            let line = usize::try_from(sighting.line).unwrap_or(usize::MAX).saturating_sub(1);
            let column = usize::try_from(sighting.column).unwrap_or(usize::MAX).saturating_sub(1);
            let start = starts.get(line).map_or(text.len(), |start| start.saturating_add(column));
            let length = usize::try_from(sighting.redacted.length()).unwrap_or(usize::MAX);
            // Base64 is longer than what is in it.
            let stop = if sighting.is_wrapped {
                let rest = text.get(start..).unwrap_or_default();
                start + rest.find(char::is_whitespace).unwrap_or(rest.len())
            } else {
                start.saturating_add(length)
            };
            let (start, stop) = (start.max(end), ceil(text, stop));
            if let Some(kept) = text.get(end..start) {
                masked.push_str(kept);
                masked.push_str(MASK);
            }
            end = end.max(stop);
        }
        masked.push_str(text.get(end..).unwrap_or_default());
        masked
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0).chain(ends.map(|(index, _)| index + 1)).collect()
}

/// The next place where a character begins.
fn ceil(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;

    #[test]
    fn secrets_are_masked_and_the_rest_stays() {
        let rules = RuleSet::builtin();
        let text = |example: &str| String::from_utf8(expand(example).unwrap()).unwrap();
        let redact = |example: &str| rules.redact(b"Dockerfile", &text(example));
        assert_eq!(
            redact(
                "RUN |1 T=glpat{{}}-{{base62 20}} /bin/sh -c make # あ{{nl}}glpat{{}}-{{base62 20}} x"
            ),
            "RUN |1 T=*** /bin/sh -c make # あ\n*** x"
        );
        assert_eq!(
            redact("RUN git clone https://shop:{{base62 12}}@git.example/shop && make"),
            "RUN git clone https://shop:***@git.example/shop && make"
        );
        assert_eq!(redact("RUN apt-get install -y curl"), "RUN apt-get install -y curl");
    }
}
