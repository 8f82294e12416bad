//! What a document lists, one function a kind.

use sekisho_types::{
    Confidence, Digest, Executable, InstalledPackage, OsRelease,
    report::{Subject, SubjectKind},
};

use super::{
    Component, ComponentKind, Evidence, Hash, Identity, License as DocumentLicense, LicenseChoice,
    Method, NAMESPACE, Occurrence, Organization, Property,
};
use crate::{
    license::{License, licenses},
    oci,
};

/// The subject of the document.
pub(super) fn root(subject: &Subject) -> Component {
    let mut properties = vec![Property::new("source", subject.source.as_str())];
    if let Some(platform) = &subject.platform {
        properties.push(Property::new("platform", platform));
    }
    for layer in &subject.layers {
        properties.push(Property::new("layer", layer.diff_id.to_string()));
    }
    Component {
        kind: match subject.kind {
            SubjectKind::Image => ComponentKind::Container,
            SubjectKind::Directory | SubjectKind::File => ComponentKind::File,
        },
        bom_ref: Some(format!("{NAMESPACE}:subject")),
        name: subject.name.clone(),
        version: oci::version(subject),
        purl: oci::purl(subject),
        hashes: subject.digest.iter().map(hash).collect(),
        properties,
        ..Component::default()
    }
}

fn hash(digest: &Digest) -> Hash {
    let alg = match digest {
        Digest::Sha256(_) => "SHA-256",
        Digest::Sha512(_) => "SHA-512",
    };
    Hash { alg: alg.to_owned(), content: digest.to_hex() }
}

pub(super) fn operating_system(os: &OsRelease) -> Component {
    Component {
        kind: ComponentKind::OperatingSystem,
        bom_ref: Some(format!("{NAMESPACE}:os")),
        name: os.id.clone(),
        version: Some(os.version.clone()).filter(|version| !version.is_empty()),
        description: os.pretty_name.clone(),
        ..Component::default()
    }
}

pub(super) fn package(package: &InstalledPackage, reference: &str) -> Component {
    let mut properties = vec![Property::new("package_kind", package.kind.as_str())];
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            properties.push(Property::new(name, value));
        }
    };
    add("source_name", package.source_name.as_deref());
    add("source_version", package.source_version.as_deref());
    add("arch", package.arch.as_deref());
    add("module", package.module.as_deref());
    add("owned_by", package.owned_by.as_deref());
    add("layer", package.layer.map(|layer| layer.to_string()).as_deref());
    Component {
        kind: ComponentKind::Library,
        bom_ref: Some(reference.to_owned()),
        supplier: package
            .supplier
            .as_ref()
            .filter(|supplier| !supplier.trim().is_empty())
            .map(|supplier| Organization { name: supplier.clone() }),
        name: package.name.clone(),
        version: Some(package.version.clone()),
        licenses: license_choices(&package.licenses),
        purl: Some(package.purl.clone()),
        evidence: Some(evidence(package)),
        properties,
        ..Component::default()
    }
}

fn evidence(package: &InstalledPackage) -> Evidence {
    let (confidence, technique) = match package.confidence {
        Confidence::High => (1.0, "manifest-analysis"),
        Confidence::Medium => (0.7, "manifest-analysis"),
        Confidence::Low => (0.4, "filename"),
    };
    let method = Method { technique: technique.to_owned(), confidence };
    let identity = Identity { field: "purl".to_owned(), confidence, methods: vec![method] };
    let occurrences =
        package.paths.iter().map(|path| Occurrence { location: path.clone() }).collect();
    Evidence { identity: vec![identity], occurrences }
}

/// The schema takes one expression alone, or any number of identifiers and names.
fn license_choices(texts: &[String]) -> Vec<LicenseChoice> {
    let licenses = licenses(texts);
    if let [License::Expression(expression)] = licenses.as_slice() {
        return vec![LicenseChoice::Expression(expression.clone())];
    }
    licenses
        .iter()
        .map(|license| {
            LicenseChoice::License(match license {
                License::Id(id) => DocumentLicense::Id(id.clone()),
                License::Expression(_) | License::Name(_) => {
                    DocumentLicense::Name(license.as_str().to_owned())
                }
            })
        })
        .collect()
}

/// A program that no package answers for, by its number in the document.
pub(super) fn file(executable: &Executable, number: usize) -> Component {
    let mut properties = vec![Property::new("mode", &*executable.mode)];
    if executable.setuid {
        properties.push(Property::new("setuid", "true"));
    }
    if executable.setgid {
        properties.push(Property::new("setgid", "true"));
    }
    if let Some(layer) = executable.layer {
        properties.push(Property::new("layer", layer.to_string()));
    }
    Component {
        kind: ComponentKind::File,
        bom_ref: Some(format!("{NAMESPACE}:file:{number}")),
        name: executable.path.clone(),
        hashes: Digest::parse(&format!("sha256:{}", executable.sha256)).iter().map(hash).collect(),
        properties,
        ..Component::default()
    }
}
