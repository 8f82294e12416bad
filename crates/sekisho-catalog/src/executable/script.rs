use std::collections::BTreeSet;

use bstr::ByteSlice;
use sekisho_types::ExecutableFormat;

use super::ExecutableFacts;

/// Longest `#!` line that Linux reads (`BINPRM_BUF_SIZE`).
const INTERPRETER_BYTES: usize = 256;

/// Most words that are kept of one script.
const MAX_WORDS: usize = 2000;

/// Longest word that may name a program.
const MAX_WORD_BYTES: usize = 256;

/// Reads a script: what its first line names, and which of its words may name programs.
/// None for what does not start with `#!` and a name.
pub fn script_facts(text: &[u8]) -> Option<ExecutableFacts> {
    let line = text.strip_prefix(b"#!")?.lines().next()?;
    let line = line.get(..INTERPRETER_BYTES).unwrap_or(line);
    let is_space = |char: char| char.is_ascii_whitespace();
    let mut words = line.fields_with(is_space);
    let interpreter = words.next()?.to_str_lossy().into_owned();
    let mut facts = ExecutableFacts::new(ExecutableFormat::Script);
    let mut found: BTreeSet<String> =
        words.filter(|word| is_word(word)).map(|word| word.to_str_lossy().into_owned()).collect();
    facts.interpreter = Some(interpreter);
    let body = text.lines().skip(1);
    for line in body.filter(|line| !line.trim_ascii_start().starts_with(b"#")) {
        for word in line.split(|byte| !is_part(*byte)).filter(|word| is_word(word)) {
            if found.len() >= MAX_WORDS {
                break;
            }
            found.insert(word.to_str_lossy().into_owned());
        }
    }
    facts.words = found.into_iter().collect();
    Some(facts)
}

/// Characters that names and paths of programs are made of.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-+[".contains(&byte) || byte >= 0x80
}

fn is_word(word: &[u8]) -> bool {
    word.len() <= MAX_WORD_BYTES
        && word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"/.[_".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        script_facts(text.as_bytes()).map_or("no script".to_owned(), |facts| {
            format!("{} {}", facts.interpreter.unwrap(), facts.words.join(" "))
        })
    }

    #[test]
    fn the_interpreter_and_the_words_are_read() {
        assert_eq!(
            shown(
                "#! /bin/sh -e\n# sudo is not run\nexec /usr/bin/nginx -g 'daemon off;' $(hostname)\n"
            ),
            "/bin/sh /usr/bin/nginx daemon exec hostname off"
        );
        assert_eq!(shown("#!/usr/bin/env python3\r\n"), "/usr/bin/env python3");
    }

    #[test]
    fn what_names_nothing_is_no_script() {
        for text in ["", "#!", "#!\n", "#!  \nx", "# comment"] {
            assert_eq!(shown(text), "no script");
        }
    }
}
