//! What a document lists, one function a kind.

use std::{collections::BTreeMap, fmt::Write as _};

use sekisho_types::{
    Digest, Executable, InstalledPackage, OsRelease,
    report::{Subject, SubjectKind},
};

use super::{Checksum, ExternalRef, NOASSERTION, Package};
use crate::{
    identity::short_hash,
    license::{License, licenses},
    oci,
};

fn named(id: String, name: String) -> Package {
    Package {
        id,
        name,
        version_info: None,
        package_file_name: None,
        supplier: None,
        download_location: NOASSERTION.to_owned(),
        files_analyzed: false,
        checksums: Vec::new(),
        source_info: None,
        license_concluded: NOASSERTION.to_owned(),
        license_declared: NOASSERTION.to_owned(),
        copyright_text: NOASSERTION.to_owned(),
        description: None,
        external_refs: Vec::new(),
        primary_package_purpose: None,
    }
}

/// The subject of the document.
pub(super) fn root(subject: &Subject) -> Package {
    let (id, purpose) = match subject.kind {
        SubjectKind::Image => ("SPDXRef-Image", "CONTAINER"),
        SubjectKind::Directory => ("SPDXRef-Directory", "OTHER"),
        SubjectKind::File => ("SPDXRef-File", "FILE"),
    };
    Package {
        version_info: oci::version(subject),
        checksums: subject.digest.iter().map(checksum).collect(),
        source_info: Some(format!("read from {}", subject.source.as_str())),
        external_refs: oci::purl(subject).iter().map(|purl| purl_reference(purl)).collect(),
        primary_package_purpose: Some(purpose.to_owned()),
        ..named(id.to_owned(), subject.name.clone())
    }
}

fn checksum(digest: &Digest) -> Checksum {
    Checksum { algorithm: digest.algorithm().to_ascii_uppercase(), checksum_value: digest.to_hex() }
}

fn purl_reference(purl: &str) -> ExternalRef {
    ExternalRef {
        reference_category: "PACKAGE-MANAGER".to_owned(),
        reference_type: "purl".to_owned(),
        reference_locator: purl.to_owned(),
    }
}

pub(super) fn operating_system(os: &OsRelease) -> Package {
    Package {
        version_info: Some(os.version.clone()).filter(|version| !version.is_empty()),
        description: os.pretty_name.clone(),
        primary_package_purpose: Some("OPERATING_SYSTEM".to_owned()),
        ..named("SPDXRef-OperatingSystem".to_owned(), os.id.clone())
    }
}

/// A package; texts of licences that the SPDX list lacks go to `extracted`, by identifier.
pub(super) fn package(
    installed: &InstalledPackage,
    extracted: &mut BTreeMap<String, String>,
) -> Package {
    let path = installed.paths.first().map(String::as_str).unwrap_or_default();
    let id = format!(
        "SPDXRef-Package-{}-{}-{}",
        installed.kind.as_str(),
        id_part(&installed.name),
        short_hash(&[&installed.purl, path])
    );
    Package {
        version_info: Some(installed.version.clone()),
        supplier: installed.supplier.as_deref().map(supplier),
        source_info: Some(source_info(installed)),
        license_declared: declared(&installed.licenses, extracted),
        external_refs: vec![purl_reference(&installed.purl)],
        ..named(id, installed.name.clone())
    }
}

/// Letters, digits, dots and dashes are all that an identifier may have.
fn id_part(name: &str) -> String {
    const MAX_CHARS: usize = 80;
    name.chars()
        .take(MAX_CHARS)
        .map(|char| if char.is_ascii_alphanumeric() || char == '.' { char } else { '-' })
        .collect()
}

/// A record does not say whether a person or an organisation stands there; who maintains packages
/// of a distribution does so in its name.
fn supplier(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|char| match char {
            '<' => '(',
            '>' => ')',
            char if char.is_control() => ' ',
            char => char,
        })
        .collect();
    match text.trim() {
        "" => NOASSERTION.to_owned(),
        text => format!("Organization: {text}"),
    }
}

fn source_info(installed: &InstalledPackage) -> String {
    let mut text = format!("found in {}", installed.paths.join(", "));
    let mut add = |part: String| {
        write!(text, "; {part}").expect("a String takes everything");
    };
    if let Some(layer) = installed.layer {
        add(format!("layer {layer}"));
    }
    if installed.source_name.is_some() || installed.source_version.is_some() {
        let name = installed.source_name.as_ref().unwrap_or(&installed.name);
        let version = installed.source_version.as_ref().unwrap_or(&installed.version);
        add(format!("built from source package {name} {version}"));
    }
    text
}

/// All that the record states holds, so the statements are joined with AND.
fn declared(texts: &[String], extracted: &mut BTreeMap<String, String>) -> String {
    let licenses = licenses(texts);
    let is_alone = licenses.len() == 1;
    let parts: Vec<String> = licenses
        .iter()
        .map(|license| match license {
            License::Id(id) => id.clone(),
            License::Expression(expression) if is_alone => expression.clone(),
            License::Expression(expression) => format!("({expression})"),
            License::Name(text) => {
                let id = format!("LicenseRef-{}", short_hash(&[text]));
                extracted.insert(id.clone(), (*text).to_owned());
                id
            }
        })
        .collect();
    if parts.is_empty() { NOASSERTION.to_owned() } else { parts.join(" AND ") }
}

/// A program that no package answers for.
pub(super) fn file(executable: &Executable) -> Package {
    let name = executable.path.rsplit('/').next().unwrap_or(&executable.path);
    let id = format!("SPDXRef-File-{}-{}", id_part(name), short_hash(&[&executable.path]));
    let digest = Digest::parse(&format!("sha256:{}", executable.sha256));
    Package {
        package_file_name: Some(executable.path.clone()),
        checksums: digest.iter().map(checksum).collect(),
        source_info: executable.layer.map(|layer| format!("layer {layer}")),
        primary_package_purpose: Some("FILE".to_owned()),
        ..named(id, name.to_owned())
    }
}
