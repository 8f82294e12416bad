//! VEX documents in the envelopes in which they are attached to images.
//!
//! # Source
//!
//! in-toto/attestation, `spec/v1/statement.md`; secure-systems-lab/dsse, `envelope.md`;
//! sigstore/protobuf-specs, "Bundle"; openvex/spec, `ATTESTING.md`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sekisho_types::Digest;
use serde::Deserialize;
use serde_json::Value;

use super::{MAX_VEX_BYTES, Vex, VexError, from_json};

/// Predicates that are VEX documents, by the start of their type.
const PREDICATES: [&str; 3] =
    ["https://openvex.dev/ns", "https://cyclonedx.org/", "https://docs.oasis-open.org/csaf/"];

/// Deepest nesting of envelopes: a bundle, an envelope, a statement.
const MAX_DEPTH: usize = 4;

#[derive(Debug, Deserialize)]
struct Marks {
    #[serde(rename = "dsseEnvelope")]
    dsse_envelope: Option<Value>,
    payload: Option<String>,
    #[serde(rename = "predicateType")]
    predicate_type: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Statement {
    #[serde(default)]
    subject: Vec<Subject>,
    predicate: Value,
}

#[derive(Debug, Deserialize)]
struct Subject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

/// Reads what is attached to an image with one of `digests`: an envelope of DSSE or sigstore, a
/// statement of in-toto or a bare document. None where it attests something else, such as how
/// the image was built.
///
/// The signature is not verified: whoever may write to the repository is believed.
///
/// # Errors
///
/// On what is damaged, and on a statement about another image.
pub fn read_attestation(bytes: &[u8], digests: &[Digest]) -> Result<Option<Vex>, VexError> {
    read(bytes, digests, MAX_DEPTH)
}

fn read(bytes: &[u8], digests: &[Digest], depth: usize) -> Result<Option<Vex>, VexError> {
    if bytes.len() > MAX_VEX_BYTES {
        return Err(VexError::TooLarge);
    }
    let wrong = |reason: &str| VexError::Attestation { reason: reason.to_owned() };
    let depth = depth.checked_sub(1).ok_or_else(|| wrong("is nested too deeply"))?;
    let json = |source| VexError::Json { source };
    match from_json(bytes)? {
        Marks { dsse_envelope: Some(envelope), .. } => {
            read(&serde_json::to_vec(&envelope).map_err(json)?, digests, depth)
        }
        Marks { payload: Some(payload), .. } => {
            let payload = STANDARD.decode(payload.trim());
            let payload = payload.map_err(|_| wrong("has a payload that is no base64"))?;
            read(&payload, digests, depth)
        }
        Marks { predicate_type: Some(kind), .. } => {
            if !PREDICATES.iter().any(|predicate| kind.starts_with(predicate)) {
                return Ok(None);
            }
            let statement: Statement = from_json(bytes)?;
            let is_meant = statement.subject.iter().any(|subject| subject.is_one_of(digests));
            if !is_meant {
                return Err(wrong("is about another image"));
            }
            document(&serde_json::to_vec(&statement.predicate).map_err(json)?)
        }
        Marks { .. } => document(bytes),
    }
}

/// A bill of materials may be attached in the same way; it says nothing of this kind.
fn document(bytes: &[u8]) -> Result<Option<Vex>, VexError> {
    match Vex::read(bytes) {
        Err(VexError::Format) => Ok(None),
        result => result.map(Some),
    }
}

impl Subject {
    fn is_one_of(&self, digests: &[Digest]) -> bool {
        self.digest.iter().any(|(algorithm, value)| {
            Digest::parse(&format!("{algorithm}:{value}"))
                .is_ok_and(|digest| digests.contains(&digest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(digest: &str) -> String {
        format!(
            r#"{{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://openvex.dev/ns/v0.2.0",
            "subject":[{{"name":"shop","digest":{{"sha256":"{digest}"}}}}],
            "predicate":{{"@context":"https://openvex.dev/ns/v0.2.0","author":"a","timestamp":"2026-05-01T00:00:00Z",
            "statements":[{{"vulnerability":{{"name":"CVE-1"}},"products":[{{"@id":"pkg:npm/a"}}],"status":"fixed"}}]}}}}"#
        )
    }

    #[test]
    fn a_document_is_taken_out_of_its_envelopes() {
        let digest = "ab".repeat(32);
        let digests = [Digest::parse(&format!("sha256:{digest}")).unwrap()];
        let payload = STANDARD.encode(statement(&digest));
        let envelope = format!(
            r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}","signatures":[]}}"#
        );
        let bundle = format!(
            r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{envelope}}}"#
        );
        for text in [statement(&digest), envelope, bundle] {
            let vex = read_attestation(text.as_bytes(), &digests).unwrap().unwrap();
            assert_eq!(vex.statements.len(), 1);
        }
        let other = read_attestation(statement(&"cd".repeat(32)).as_bytes(), &digests).unwrap_err();
        assert_eq!(other.to_string(), "the attestation is about another image");
        let provenance = statement(&digest)
            .replace("https://openvex.dev/ns/v0.2.0\",\n", "https://slsa.dev/provenance/v1\",\n");
        assert_eq!(read_attestation(provenance.as_bytes(), &digests).unwrap(), None);
    }

    #[test]
    fn envelopes_in_envelopes_end() {
        let mut text = statement("00");
        for _ in 0..6 {
            text = format!(r#"{{"payload":"{}"}}"#, STANDARD.encode(&text));
        }
        let err = read_attestation(text.as_bytes(), &[]).unwrap_err();
        assert_eq!(err.to_string(), "the attestation is nested too deeply");
    }
}
