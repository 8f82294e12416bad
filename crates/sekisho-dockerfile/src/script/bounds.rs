//! What a script may cost, asked before the parser sees it.
//!
//! The parser descends into what is nested, and an unclosed parenthesis makes it try every way
//! to read what is inside twice. Both are bounded here by counting what can open something.

use brush_parser::Token;
use sekisho_check::Message;

/// Longest script. Those in Dockerfiles are lines, here-documents at most a few hundred.
const MAX_BYTES: usize = 128 * 1024;

/// Most words and marks that open a block, an expansion or a substitution.
const MAX_OPENERS: usize = 1000;

/// Deepest parentheses: time doubles with each.
const MAX_PARENTHESES: usize = 10;

/// Enough for `MAX_OPENERS` in a build without optimisation; untouched pages cost nothing.
pub(super) const STACK_BYTES: usize = 256 << 20;

/// So few need no stack of their own.
pub(super) const FEW_OPENERS: usize = 8;

const KEYWORDS: &[&str] = &[
    "!", "case", "coproc", "do", "elif", "else", "for", "function", "if", "select", "then",
    "until", "while",
];

/// How much of `text` opens something.
pub(super) fn openers(text: &str) -> usize {
    let marks = text.bytes().filter(|byte| matches!(byte, b'(' | b'{' | b'`')).count();
    let words = text
        .split(|char: char| char.is_whitespace() || matches!(char, ';' | '&' | '|' | '(' | ')'))
        .filter(|word| KEYWORDS.contains(word))
        .count();
    marks + words
}

/// Why `text` is not to be read.
pub(super) fn refusal(text: &str) -> Option<Message> {
    if text.len() > MAX_BYTES {
        return Some(Message::new(
            format!("the script is longer than {MAX_BYTES} bytes"),
            format!("スクリプトが {MAX_BYTES} バイトより長い"),
        ));
    }
    if openers(text) > MAX_OPENERS {
        return Some(Message::new(
            format!("the script opens more than {MAX_OPENERS} blocks and expansions"),
            format!("スクリプトのブロックと展開が {MAX_OPENERS} 個を超えている"),
        ));
    }
    None
}

/// Why these tokens are not to be parsed.
pub(super) fn refusal_of_tokens(tokens: &[Token]) -> Option<Message> {
    // In a `case`, `)` may end a pattern: nothing then tells which parenthesis it closes.
    let has_case = tokens.iter().any(|token| token.to_str() == "case");
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut before = "";
    for token in tokens {
        let Token::Operator(operator, _) = token else {
            before = "";
            continue;
        };
        match operator.as_str() {
            "(" => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ")" if before == "(" || !has_case => depth = depth.saturating_sub(1),
            _ => (),
        }
        before = operator;
    }
    (deepest > MAX_PARENTHESES).then(|| {
        Message::new(
            format!("parentheses are more than {MAX_PARENTHESES} deep"),
            format!("括弧の入れ子が {MAX_PARENTHESES} 段を超えている"),
        )
    })
}
