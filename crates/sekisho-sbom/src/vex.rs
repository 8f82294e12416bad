//! What somebody says of vulnerabilities in a product: OpenVEX, CSAF and CycloneDX in one shape.
//!
//! A statement counts only where it means something: a document with a wrong one is refused with
//! the place of it, since a statement that is misread would hide a vulnerability.
//!
//! Whose signature stands below a document is not asked here.

mod attestation;
mod csaf;
mod cyclonedx;
mod openvex;
mod product;
mod set;

use jiff::Timestamp;
use serde::Deserialize;

pub use attestation::read_attestation;
pub use product::{Product, ProductId, VexContext, VexImage};
pub use set::{VexAnswer, VexSet};

/// Largest document: what a large vendor says of all its products in one file stays below it.
pub const MAX_VEX_BYTES: usize = 64 << 20;

/// Most statements of one document.
const MAX_STATEMENTS: usize = 200_000;

/// Most products that one document names, counted in every statement.
const MAX_PRODUCTS: usize = 2_000_000;

/// Longest text that is kept of a statement, in characters.
const MAX_TEXT: usize = 2_000;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vex {
    pub format: VexFormat,
    /// As its author names it; empty where it has no name.
    pub id: String,
    pub statements: Vec<VexStatement>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VexFormat {
    OpenVex,
    Csaf,
    CycloneDx,
}

impl VexFormat {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenVex => "OpenVEX",
            Self::Csaf => "CSAF",
            Self::CycloneDx => "CycloneDX",
        }
    }
}

/// What is said of one vulnerability in some products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VexStatement {
    /// Its id, then its other names.
    pub vulnerabilities: Vec<String>,
    pub products: Vec<Product>,
    pub status: VexStatus,
    /// A word of the format: `vulnerable_code_not_present`.
    pub justification: Option<String>,
    /// What the author writes, in whole sentences.
    pub impact: Option<String>,
    /// When it was said; the later of two statements counts.
    pub timestamp: Option<Timestamp>,
    pub author: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VexStatus {
    NotAffected,
    Affected,
    Fixed,
    UnderInvestigation,
}

impl VexStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }
}

/// Why a text is no document of this kind.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    #[error("it is larger than {MAX_VEX_BYTES} bytes")]
    TooLarge,
    #[error("it is no JSON of the expected shape")]
    Json {
        #[source]
        source: serde_json::Error,
    },
    #[error("it is neither OpenVEX nor a VEX document of CSAF or CycloneDX")]
    Format,
    /// `what` names the field with what is supported.
    #[error("{what} is {found:?}, which is not supported: {supported}")]
    Unsupported { what: &'static str, found: String, supported: &'static str },
    /// `number` counts from 1.
    #[error("statement {number} ({vulnerability:?}) {reason}")]
    Statement { number: usize, vulnerability: String, reason: String },
    #[error("it has more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("the attestation {reason}")]
    Attestation { reason: String },
}

/// What tells the formats apart.
#[derive(Debug, Deserialize)]
struct Marks {
    #[serde(rename = "@context")]
    context: Option<serde::de::IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde::de::IgnoredAny>,
    document: Option<serde::de::IgnoredAny>,
}

impl Vex {
    /// Reads a document of any of the formats.
    ///
    /// # Errors
    ///
    /// On what is none, and on a statement that says less than its format demands.
    pub fn read(bytes: &[u8]) -> Result<Self, VexError> {
        if bytes.len() > MAX_VEX_BYTES {
            return Err(VexError::TooLarge);
        }
        let marks: Marks = from_json(bytes)?;
        let vex = match marks {
            Marks { context: Some(_), .. } => openvex::read(bytes)?,
            Marks { bom_format: Some(_), .. } => cyclonedx::read(bytes)?,
            Marks { document: Some(_), .. } => csaf::read(bytes)?,
            Marks { .. } => return Err(VexError::Format),
        };
        if vex.statements.len() > MAX_STATEMENTS {
            return Err(VexError::TooMany { what: "statements", limit: MAX_STATEMENTS });
        }
        let n_products = |statement: &VexStatement| -> usize {
            statement.products.iter().map(|product| 1 + product.components.len()).sum()
        };
        if vex.statements.iter().map(n_products).sum::<usize>() > MAX_PRODUCTS {
            return Err(VexError::TooMany { what: "products", limit: MAX_PRODUCTS });
        }
        Ok(vex)
    }
}

impl VexStatement {
    /// Why it says less than it has to.
    fn flaw(&self) -> Option<String> {
        if self.vulnerabilities.iter().all(String::is_empty) {
            return Some("names no vulnerability".to_owned());
        }
        if self.products.is_empty() {
            return Some("names no product".to_owned());
        }
        let is_argued = self.justification.is_some() || self.impact.is_some();
        if self.status == VexStatus::NotAffected && !is_argued {
            return Some("says not_affected without saying why".to_owned());
        }
        None
    }

    /// Refuses a statement that says less than it has to; `number` counts from 1.
    fn checked(self, number: usize) -> Result<Self, VexError> {
        match self.flaw() {
            None => Ok(self),
            Some(reason) => {
                let vulnerability = self.vulnerabilities.into_iter().next().unwrap_or_default();
                Err(VexError::Statement { number, vulnerability, reason })
            }
        }
    }
}

fn from_json<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, VexError> {
    serde_json::from_slice(bytes).map_err(|source| VexError::Json { source })
}

/// A text of bounded length; none where there is nothing in it.
fn text(text: Option<String>) -> Option<String> {
    let text = text?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(MAX_TEXT).collect())
}

/// A time that means something; a wrong one makes the statement the oldest.
fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}
