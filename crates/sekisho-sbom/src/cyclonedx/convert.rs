//! A report as a bill of materials.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_types::{InstalledPackage, report::Report};

use super::{
    Bom, Component, ComponentKind, Composition, Dependency, Metadata, NAMESPACE, Property, Tools,
    component, vulnerability,
};
use crate::{identity, time};

/// Most files that are listed; an image with more that nobody answers for is unusual, and the
/// report in JSON has all.
const MAX_FILES: usize = 10_000;

/// Most places that are named as not readable.
const MAX_UNKNOWNS: usize = 1_000;

impl From<&Report> for Bom {
    /// Packages become libraries, programs that no package owns become files.
    fn from(report: &Report) -> Self {
        let root = component::root(&report.subject);
        let os = report.subject.os.as_ref().map(component::operating_system);
        let references = References::new(&report.packages);
        let packages: Vec<Component> = report
            .packages
            .iter()
            .zip(&references.by_package)
            .map(|(package, reference)| component::package(package, reference))
            .collect();
        let n_files = report.executables.iter().filter(|file| file.package.is_none()).count();
        let files: Vec<Component> = report
            .executables
            .iter()
            .filter(|executable| executable.package.is_none())
            .take(MAX_FILES)
            .enumerate()
            .map(|(index, executable)| component::file(executable, index + 1))
            .collect();

        let graph = Graph { report, root: &root, os: os.as_ref(), files: &files };
        let dependencies = graph.dependencies(&references);
        let mut components: Vec<Component> = os.into_iter().chain(packages).collect();
        components.extend(files);
        let is_complete = report.unknowns.is_empty() && n_files <= MAX_FILES;
        let compositions = if is_complete { Vec::new() } else { vec![incomplete(&root)] };
        Self {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json".to_owned(),
            bom_format: "CycloneDX".to_owned(),
            spec_version: "1.6".to_owned(),
            serial_number: Some(format!("urn:uuid:{}", identity::document_uuid(report))),
            version: 1,
            metadata: metadata(report, root),
            components,
            dependencies,
            compositions,
            vulnerabilities: vulnerability::vulnerabilities(report, &references.by_purl),
        }
    }
}

fn metadata(report: &Report, root: Component) -> Metadata {
    let tool = Component {
        kind: ComponentKind::Application,
        name: report.tool.name.clone(),
        version: Some(report.tool.version.clone()),
        ..Component::default()
    };
    let mut properties: Vec<Property> = report
        .unknowns
        .iter()
        .take(MAX_UNKNOWNS)
        .map(|unknown| {
            let path = unknown.path.to_str_lossy();
            Property::new("unknown", format!("{path}: {}", unknown.reason))
        })
        .collect();
    if MAX_UNKNOWNS < report.unknowns.len() {
        let n_more = report.unknowns.len() - MAX_UNKNOWNS;
        properties.push(Property::new("unknown", format!("and {n_more} more places")));
    }
    Metadata {
        timestamp: time::to_utc_seconds(report.subject.created.as_deref()),
        tools: Some(Tools { components: vec![tool] }),
        component: Some(root),
        properties,
    }
}

/// Says that there is more than the document lists.
fn incomplete(root: &Component) -> Composition {
    Composition {
        aggregate: "incomplete".to_owned(),
        assemblies: root.bom_ref.iter().cloned().collect(),
    }
}

/// The `bom-ref` of every package.
struct References {
    /// In the order of the packages.
    by_package: Vec<String>,
    /// Several packages have one purl where a package is installed in several places.
    by_purl: BTreeMap<String, Vec<String>>,
}

impl References {
    fn new(packages: &[InstalledPackage]) -> Self {
        let mut by_purl: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut by_package = Vec::with_capacity(packages.len());
        for package in packages {
            let same = by_purl.entry(package.purl.clone()).or_default();
            let reference = match same.len() {
                0 => package.purl.clone(),
                n_before => format!("{}#{NAMESPACE}-{}", package.purl, n_before + 1),
            };
            same.push(reference.clone());
            by_package.push(reference);
        }
        Self { by_package, by_purl }
    }
}

struct Graph<'a> {
    report: &'a Report,
    root: &'a Component,
    os: Option<&'a Component>,
    files: &'a [Component],
}

impl Graph<'_> {
    /// The subject needs its system and its applications; the system needs its packages; a
    /// program needs what was linked into it.
    fn dependencies(&self, references: &References) -> Vec<Dependency> {
        let file_references: BTreeMap<&str, &str> = self
            .files
            .iter()
            .filter_map(|file| Some((file.name.as_str(), file.bom_ref.as_deref()?)))
            .collect();
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let root = self.root.bom_ref.as_deref().unwrap_or_default();
        let os = self.os.and_then(|os| os.bom_ref.as_deref());
        edges.entry(root).or_default().extend(os);
        edges.entry(root).or_default().extend(file_references.values());
        for (package, reference) in self.report.packages.iter().zip(&references.by_package) {
            let within = package.paths.iter().find_map(|path| file_references.get(path.as_str()));
            let user = match (within, os) {
                (Some(file), _) => file,
                (None, Some(os)) if package.kind.is_os() => os,
                (None, _) => root,
            };
            edges.entry(user).or_default().insert(reference);
            edges.entry(reference).or_default();
        }
        for file in file_references.values() {
            edges.entry(file).or_default();
        }
        edges
            .into_iter()
            .map(|(reference, used)| Dependency {
                reference: reference.to_owned(),
                depends_on: used.into_iter().map(ToOwned::to_owned).collect(),
            })
            .collect()
    }
}
