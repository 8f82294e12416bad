//! Parser directives: `# syntax=…`, `# escape=…` and `# check=…` before everything else.

use crate::{lines::Lines, problem::Problem, span::Span};

/// What the first comments of the file say to the parser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directives {
    /// The character that joins lines, `\` or a backquote.
    pub escape: char,
    pub all: Vec<Directive>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    pub value: String,
    pub span: Span,
    pub value_span: Span,
}

impl Default for Directives {
    fn default() -> Self {
        Self { escape: '\\', all: Vec::new() }
    }
}

impl Directives {
    pub fn get(&self, name: &str) -> Option<&Directive> {
        self.all.iter().find(|directive| directive.name == name)
    }

    /// Reads them; the first line that is none ends them.
    pub(crate) fn parse(text: &str, problems: &mut Vec<Problem>) -> Self {
        let mut directives = Self::default();
        let mut lines = Lines::new(text);
        while let Some(line) = lines.next_line() {
            let Some(directive) = directive(line.text, line.start) else { break };
            if directives.get(&directive.name).is_some() {
                problems.push(Problem::broken(
                    directive.span,
                    format!("the directive {:?} is given twice", directive.name),
                    format!("ディレクティブ {:?} が二度書かれている", directive.name),
                ));
                continue;
            }
            if directive.name == "escape" {
                match directive.value.as_str() {
                    "\\" => directives.escape = '\\',
                    "`" => directives.escape = '`',
                    other => problems.push(Problem::broken(
                        directive.value_span,
                        format!("the escape character is \\ or `, not {other:?}"),
                        format!("エスケープ文字は \\ か ` であり、{other:?} ではない"),
                    )),
                }
            }
            directives.all.push(directive);
        }
        directives
    }
}

/// `# name=value`, with a name that BuildKit knows; any other is a comment.
fn directive(line: &str, start: usize) -> Option<Directive> {
    let body = line.strip_prefix('#')?;
    let (name, value) = body.split_once('=')?;
    let known = name.trim().to_ascii_lowercase();
    if !matches!(known.as_str(), "syntax" | "escape" | "check") || value.trim().is_empty() {
        return None;
    }
    let at = line.len() - value.trim_start().len();
    let value = value.trim();
    let value_span = Span::new(start + at, start + at + value.len());
    Some(Directive {
        name: known,
        value: value.to_owned(),
        span: Span::new(start, value_span.end),
        value_span,
    })
}
