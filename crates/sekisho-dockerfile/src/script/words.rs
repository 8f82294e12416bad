//! Words of the shell without their quotes.

use brush_parser::{
    ParserOptions,
    word::{WordPiece, WordPieceWithSource},
};

/// A word as it is after quotes are gone, and the scripts substituted in it.
#[derive(Debug, Default)]
pub(super) struct Unquoted {
    pub(super) text: String,
    pub(super) has_expansion: bool,
    /// Scripts and where each starts in the word.
    pub(super) substitutions: Vec<(String, usize)>,
}

pub(super) fn unquote(raw: &str, options: &ParserOptions) -> Unquoted {
    let mut out = Unquoted::default();
    if !raw.contains(['\'', '"', '\\', '$', '`']) {
        raw.clone_into(&mut out.text);
        return out;
    }
    match brush_parser::word::parse(raw, options) {
        Ok(pieces) => pieces.iter().for_each(|piece| out.piece(raw, piece)),
        Err(_) => {
            // Still a word; what it stands for is not known.
            raw.clone_into(&mut out.text);
            out.has_expansion = true;
        }
    }
    out
}

impl Unquoted {
    fn piece(&mut self, raw: &str, piece: &WordPieceWithSource) {
        match &piece.piece {
            WordPiece::Text(text)
            | WordPiece::SingleQuotedText(text)
            | WordPiece::AnsiCQuotedText(text) => self.text.push_str(text),
            WordPiece::DoubleQuotedSequence(pieces)
            | WordPiece::GettextDoubleQuotedSequence(pieces) => {
                for piece in pieces {
                    self.piece(raw, piece);
                }
            }
            WordPiece::EscapeSequence(text) => {
                self.text.push_str(text.strip_prefix('\\').unwrap_or(text));
            }
            WordPiece::TildeExpansion(_) => self.as_written(raw, piece),
            WordPiece::ParameterExpansion(_) | WordPiece::ArithmeticExpression(_) => {
                self.as_written(raw, piece);
                self.has_expansion = true;
            }
            WordPiece::CommandSubstitution(script) => {
                self.as_written(raw, piece);
                self.has_expansion = true;
                self.substitutions.push((script.clone(), piece.start_index + "$(".len()));
            }
            WordPiece::BackquotedCommandSubstitution(script) => {
                self.as_written(raw, piece);
                self.has_expansion = true;
                self.substitutions.push((script.clone(), piece.start_index + "`".len()));
            }
        }
    }

    fn as_written(&mut self, raw: &str, piece: &WordPieceWithSource) {
        self.text.push_str(raw.get(piece.start_index..piece.end_index).unwrap_or_default());
    }
}
