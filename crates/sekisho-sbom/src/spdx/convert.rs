//! A report as a document.

use std::collections::BTreeMap;

use sekisho_types::report::Report;

use super::{CreationInfo, Document, ExtractedLicense, Package, Relationship, package};
use crate::{identity, time};

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// Most files that are listed, as for CycloneDX.
const MAX_FILES: usize = 10_000;

/// Most places that are named as not readable.
const MAX_UNKNOWNS: usize = 1_000;

impl From<&Report> for Document {
    /// Files are packages here: an SPDX file needs a SHA-1, which nothing else wants.
    fn from(report: &Report) -> Self {
        let mut licenses = BTreeMap::new();
        let root = package::root(&report.subject);
        let os = report.subject.os.as_ref().map(package::operating_system);
        let mut packages: Vec<Package> = report
            .packages
            .iter()
            .map(|installed| package::package(installed, &mut licenses))
            .collect();
        let mut files: Vec<Package> = report
            .executables
            .iter()
            .filter(|executable| executable.package.is_none())
            .take(MAX_FILES)
            .map(package::file)
            .collect();
        number(packages.iter_mut().chain(&mut files));
        let relationships = relationships(report, &root, os.as_ref(), &packages, &files);
        Self {
            spdx_version: "SPDX-2.3".to_owned(),
            data_license: "CC0-1.0".to_owned(),
            id: DOCUMENT.to_owned(),
            name: report.subject.name.clone(),
            document_namespace: format!("urn:uuid:{}", identity::document_uuid(report)),
            comment: comment(report),
            creation_info: CreationInfo {
                created: time::to_utc_seconds_or_epoch(report.subject.created.as_deref()),
                creators: vec![format!("Tool: {}-{}", report.tool.name, report.tool.version)],
            },
            packages: std::iter::once(root).chain(os).chain(packages).chain(files).collect(),
            has_extracted_licensing_infos: licenses
                .into_iter()
                .map(|(license_id, text): (String, String)| ExtractedLicense {
                    license_id,
                    name: text.clone(),
                    extracted_text: text,
                })
                .collect(),
            relationships,
        }
    }
}

/// Tells apart what has the same identifier, which a report only has where a record repeats itself.
fn number<'a>(packages: impl Iterator<Item = &'a mut Package>) {
    let mut n_seen: BTreeMap<String, u64> = BTreeMap::new();
    for package in packages {
        let n = n_seen.entry(package.id.clone()).or_default();
        *n += 1;
        if *n > 1 {
            // No other identifier ends so: they end in a hash without a dash.
            package.id = format!("{}-{n}", package.id);
        }
    }
}

/// What the document lacks, for whoever reads it as the whole truth.
fn comment(report: &Report) -> Option<String> {
    let n_files = report.executables.iter().filter(|file| file.package.is_none()).count();
    let mut lines: Vec<String> = report
        .unknowns
        .iter()
        .take(MAX_UNKNOWNS)
        .map(|unknown| format!("Not read: {}: {}", unknown.path.to_str_lossy(), unknown.reason))
        .collect();
    if MAX_UNKNOWNS < report.unknowns.len() {
        lines.push(format!("Not read: {} more places", report.unknowns.len() - MAX_UNKNOWNS));
    }
    if MAX_FILES < n_files {
        lines.push(format!("Not listed: {} more files", n_files - MAX_FILES));
    }
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

/// The subject contains what was found in it; a program what was linked into it, and a package of
/// the system the packages it brought along.
fn relationships(
    report: &Report,
    root: &Package,
    os: Option<&Package>,
    packages: &[Package],
    files: &[Package],
) -> Vec<Relationship> {
    let files_by_path: BTreeMap<&str, &str> = files
        .iter()
        .filter_map(|file| Some((file.package_file_name.as_deref()?, file.id.as_str())))
        .collect();
    let owners: BTreeMap<&str, &str> = report
        .packages
        .iter()
        .zip(packages)
        .map(|(installed, package)| (installed.purl.as_str(), package.id.as_str()))
        .collect();
    let contains = |container: &str, contained: &str| Relationship {
        spdx_element_id: container.to_owned(),
        relationship_type: "CONTAINS".to_owned(),
        related_spdx_element: contained.to_owned(),
    };
    let mut relationships = vec![Relationship {
        spdx_element_id: DOCUMENT.to_owned(),
        relationship_type: "DESCRIBES".to_owned(),
        related_spdx_element: root.id.clone(),
    }];
    relationships.extend(os.into_iter().chain(files).map(|part| contains(&root.id, &part.id)));
    for (installed, package) in report.packages.iter().zip(packages) {
        let owner = installed.owned_by.as_deref().and_then(|purl| owners.get(purl));
        let file = installed.paths.iter().find_map(|path| files_by_path.get(path.as_str()));
        let container = owner.or(file).copied().filter(|id| *id != package.id);
        relationships.push(contains(container.unwrap_or(&root.id), &package.id));
    }
    relationships
}
