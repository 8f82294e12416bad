//! What others say of vulnerabilities, from files and from the registry.

use sekisho_registry::Repository;
use sekisho_sbom::vex::{MAX_VEX_BYTES, VexContext, VexImage, VexSet, read_attestation};
use sekisho_types::{
    Digest, InstalledPackage, OsRelease,
    report::{Finding, Source, Subject},
};

use crate::{
    error::{AttachedError, ScanError},
    remote,
    scan::Config,
};

/// Words in the kinds of artifacts that may be statements; a kind that is not said may be one.
const KINDS: [&str; 7] = ["vex", "in-toto", "dsse", "sigstore", "attestation", "csaf", "cyclonedx"];

/// What is attached to an image, and under which digests it is known.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    pub(crate) vex: VexSet,
    pub(crate) digests: Vec<Digest>,
}

impl Attached {
    /// Asks the registry of an image, where that was asked for.
    pub(crate) fn fetch(
        source: Source,
        name: &str,
        digests: Vec<Digest>,
        is_wanted: bool,
        config: &Config,
    ) -> Result<Self, ScanError> {
        let mut attached = Self { vex: VexSet::default(), digests };
        if !is_wanted {
            return Ok(attached);
        }
        if !matches!(source, Source::Registry | Source::Containerd) {
            return Err(ScanError::NotInRegistry { name: name.to_owned() });
        }
        let (repository, reference) = remote::repository(name, config)?;
        let wrong = |source| ScanError::Registry { reference: name.to_owned(), source };
        // Documents are attached to the index as often as to one of its images.
        let root = repository.manifest(&reference.version()).map_err(wrong)?;
        attached.digests.push(root.digest);
        attached.digests.dedup();
        for digest in attached.digests.clone() {
            attached.add(&repository, &digest, name)?;
        }
        Ok(attached)
    }

    fn add(
        &mut self,
        repository: &Repository,
        digest: &Digest,
        name: &str,
    ) -> Result<(), ScanError> {
        let wrong = |source| ScanError::Attached { name: name.to_owned(), source };
        let is_wanted =
            |kind: &str| kind.is_empty() || KINDS.iter().any(|word| kind.contains(word));
        let artifacts = repository
            .attached(digest, &is_wanted)
            .map_err(|source| wrong(AttachedError::Registry(source)))?;
        for blob in artifacts.iter().flat_map(|artifact| &artifact.blobs) {
            let bytes = repository
                .read_artifact_blob(blob, MAX_VEX_BYTES as u64)
                .map_err(|source| wrong(AttachedError::Registry(source)))?;
            let read = read_attestation(&bytes, &self.digests);
            let document = read.map_err(|source| wrong(AttachedError::Vex(source)))?;
            if let Some(vex) = document {
                self.vex.add(&format!("attached {}", blob.digest.to_short_hex()), vex);
            }
        }
        Ok(())
    }
}

/// Marks the findings that somebody calls not affecting or fixed, and names what was said in vain.
pub(crate) fn apply(
    config: &Config,
    subject: &Subject,
    attached: &Attached,
    (os, packages): (Option<&OsRelease>, &[InstalledPackage]),
    findings: &mut [Finding],
) {
    let mut all = config.vex.clone();
    all.extend(attached.vex.clone());
    if all.is_empty() {
        return;
    }
    let has_reference = !matches!(
        subject.source,
        Source::DockerArchive | Source::OciArchive | Source::OciDir | Source::Dir | Source::File
    );
    let mut digests = attached.digests.clone();
    digests.extend(subject.digest);
    let reference = if has_reference { subject.name.parse().ok() } else { None };
    let image = VexImage { digests, reference };
    let answer = all.apply(&VexContext { image: &image, os, packages }, findings);
    for statement in answer.unused {
        tracing::info!("VEX says something of nothing that was found: {statement}");
    }
}
