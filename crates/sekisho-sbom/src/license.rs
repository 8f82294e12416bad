//! What a record says of licences, sorted by how much of it is SPDX.

use spdx::{Expression, LicenseItem, ParseMode};

/// One statement of a package's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum License<'a> {
    /// One identifier of the SPDX list: `MIT`.
    Id(String),
    /// A valid expression of more than that: `MIT OR Apache-2.0`.
    Expression(String),
    /// Text that is no expression: `see LICENSE.txt`.
    Name(&'a str),
}

/// Longest text that is tried as an expression.
const MAX_EXPRESSION_BYTES: usize = 4096;

/// Most parentheses in one, so that no parser is sent deep.
const MAX_PARENTHESES: usize = 64;

impl<'a> License<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if let Some(id) = spdx::license_id(text) {
            return Self::Id(id.name.to_owned());
        }
        let is_tame = text.len() <= MAX_EXPRESSION_BYTES
            && text.bytes().filter(|byte| *byte == b'(').count() <= MAX_PARENTHESES;
        if !is_tame {
            return Self::Name(text);
        }
        match Expression::parse_mode(text, ParseMode::STRICT) {
            Ok(expression) if is_listed(&expression) => Self::Expression(text.to_owned()),
            _ => Self::Name(text),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Expression(text) => text,
            Self::Name(text) => text,
        }
    }
}

/// The statements of a record, each once, in its order.
pub(crate) fn licenses(texts: &[String]) -> Vec<License<'_>> {
    let mut licenses = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let license = License::parse(text);
        if !licenses.contains(&license) {
            licenses.push(license);
        }
    }
    licenses
}

/// A reference to a licence text would need that text in the document.
fn is_listed(expression: &Expression) -> bool {
    expression
        .requirements()
        .all(|requirement| matches!(requirement.req.license, LicenseItem::Spdx { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_list_knows_is_spdx() {
        let id = |text: &str| License::Id(text.to_owned());
        let expression = |text: &str| License::Expression(text.to_owned());
        for (text, want) in [
            ("MIT", id("MIT")),
            (" MIT ", id("MIT")),
            ("GPL-2.0-or-later", id("GPL-2.0-or-later")),
            ("GPL-2.0", id("GPL-2.0")),
            ("MIT OR Apache-2.0", expression("MIT OR Apache-2.0")),
            (
                "GPL-2.0-only WITH Classpath-exception-2.0",
                expression("GPL-2.0-only WITH Classpath-exception-2.0"),
            ),
            ("BSD", License::Name("BSD")),
            ("Apache License, Version 2.0", License::Name("Apache License, Version 2.0")),
            (
                "LicenseRef-scancode-public-domain",
                License::Name("LicenseRef-scancode-public-domain"),
            ),
            ("MIT/X11", License::Name("MIT/X11")),
            ("MIT OR", License::Name("MIT OR")),
        ] {
            assert_eq!(License::parse(text), want, "{text}");
        }
    }

    #[test]
    fn a_hostile_expression_is_a_name() {
        let deep = "(".repeat(100_000);
        assert_eq!(License::parse(&deep), License::Name(&deep));
    }
}
