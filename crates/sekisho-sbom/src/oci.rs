use std::collections::BTreeMap;

use sekisho_types::{
    Purl, Reference,
    report::{Source, Subject, SubjectKind},
};

/// The package URL of an image; none where its digest names no manifest of a registry.
///
/// # Source
///
/// package-url/purl-spec, `types/oci-definition.json`.
pub(crate) fn purl(subject: &Subject) -> Option<String> {
    let names_a_manifest = matches!(subject.source, Source::Registry | Source::Containerd);
    let digest = subject.digest.filter(|_| names_a_manifest)?;
    let reference: Reference = subject.name.parse().ok()?;
    let name = reference.repository.rsplit('/').next()?.to_owned();
    let mut platform = subject.platform.as_deref().unwrap_or_default().splitn(3, '/');
    let arch = platform.nth(1).unwrap_or_default().to_owned();
    let qualifiers = BTreeMap::from([
        ("arch".into(), arch),
        ("repository_url".into(), format!("{}/{}", reference.registry, reference.repository)),
        ("tag".into(), reference.tag.clone().unwrap_or_default()),
    ]);
    let purl = Purl {
        kind: "oci".to_owned(),
        name,
        version: digest.to_string(),
        qualifiers,
        ..Purl::default()
    };
    Some(purl.to_string())
}

/// The digest as the version of a subject, else the tag; nothing for a directory.
pub(crate) fn version(subject: &Subject) -> Option<String> {
    match subject.kind {
        SubjectKind::Image => subject.digest.map(|digest| digest.to_string()),
        SubjectKind::Directory | SubjectKind::File => None,
    }
}
