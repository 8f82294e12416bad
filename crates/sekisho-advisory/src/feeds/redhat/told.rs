use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::{Csaf, Remediation, Score, Vector, Vulnerability},
    products::{Component, Products},
};
use crate::{
    Advisory, AdvisoryKind, Affected, Ecosystem, End, Range, Rating, State, records::Parsed, text,
};

/// Most ratings of one document.
const MAX_RATINGS: usize = 32;

/// Reads the document in `json`; why it is left out is a sentence without a full stop.
pub(super) fn advisory(json: &[u8]) -> Result<Parsed, String> {
    let csaf: Csaf =
        serde_json::from_slice(json).map_err(|err| format!("no document of CSAF: {err}"))?;
    let tracking = csaf.document.tracking;
    if !text::is_id(&tracking.id) {
        return Err("the document has no id that can be one".to_owned());
    }
    if tracking.status == "deleted" {
        return Err("the document was taken back".to_owned());
    }
    let products = Products::new(csaf.product_tree);
    let mut packages = Packages::default();
    for vulnerability in &csaf.vulnerabilities {
        if vulnerability.cve.as_ref().is_none_or(|cve| *cve == tracking.id) {
            packages.add(&products, vulnerability);
        } else {
            packages.left_out.insert("a part is on another weakness".to_owned());
        }
    }
    let affected = packages.affected();
    if affected.is_empty() {
        return Err("the document names no rpm of a product".to_owned());
    }
    let word = csaf.document.aggregate_severity.map(|severity| severity.text);
    let word = word.and_then(|word| text::rating("Red Hat".to_owned(), word));
    let vectors = csaf.vulnerabilities.iter().flat_map(|it| &it.scores).flat_map(vectors);
    let mut ratings: Vec<Rating> = Vec::new();
    for rating in word.into_iter().chain(vectors) {
        if ratings.len() < MAX_RATINGS && !ratings.contains(&rating) {
            ratings.push(rating);
        }
    }
    let fixes: BTreeSet<String> =
        csaf.vulnerabilities.iter().flat_map(|it| &it.remediations).filter_map(errata).collect();
    let pages = csaf.vulnerabilities.into_iter().flat_map(|it| it.references).map(|it| it.url);
    let advisory = Advisory {
        references: text::references(fixes.into_iter().chain(pages)),
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        ratings,
        summary: text::summary([csaf.document.title.as_str()]),
        published: text::date(&tracking.initial_release_date),
        modified: text::date(&tracking.current_release_date),
        withdrawn: None,
        id: tracking.id,
        affected,
    };
    Ok(Parsed { advisory, left_out: packages.left_out.into_iter().collect() })
}

fn vectors(score: &Score) -> Vec<Rating> {
    let Score { v2, v3, v4 } = score;
    let schemes = [("CVSS_V4", v4), ("CVSS_V3", v3), ("CVSS_V2", v2)];
    let rating = |(scheme, vector): (&str, &Option<Vector>)| {
        text::rating(scheme.to_owned(), vector.as_ref()?.vector.clone())
    };
    schemes.into_iter().filter_map(rating).collect()
}

/// The page of the update that fixes it.
fn errata(remediation: &Remediation) -> Option<String> {
    let is_fix = remediation.category == "vendor_fix";
    remediation.url.clone().filter(|url| is_fix && url.contains("/errata/"))
}

/// Release, module and name of a package.
type Key = (String, Option<String>, String);

/// What is told of one package.
#[derive(Default)]
struct Package {
    fixed: BTreeSet<String>,
    fixed_on: Option<String>,
    /// How it stays open.
    open: Option<State>,
    is_not_affected: bool,
    urgency: Option<String>,
}

/// The packages of a document, whatever their architectures.
#[derive(Default)]
struct Packages {
    by_key: BTreeMap<Key, Package>,
    left_out: BTreeSet<String>,
}

impl Packages {
    fn add(&mut self, products: &Products, vulnerability: &Vulnerability) {
        let said = Said::new(vulnerability);
        let status = &vulnerability.product_status;
        for id in &status.fixed {
            let Some((package, component)) = self.package(products, id, &said) else { continue };
            if component.version.is_empty() {
                let name = component.name;
                self.left_out.insert(format!("a fix of {name:?} names no version"));
                continue;
            }
            package.fixed.insert(component.version.to_owned());
            let date = said.fix.get(id.as_str()).map(|date| text::date(date));
            let date = date.filter(|date| !date.is_empty());
            package.fixed_on = package.fixed_on.take().into_iter().chain(date).min();
        }
        for id in &status.known_affected {
            let Some((package, _)) = self.package(products, id, &said) else { continue };
            let state = said.open.get(id.as_str()).copied().unwrap_or(State::Affected);
            // Where builds of one package differ, the plain answer comes first in the order.
            package.open = package.open.into_iter().chain([state]).min();
        }
        for id in &status.under_investigation {
            let Some((package, _)) = self.package(products, id, &said) else { continue };
            package.open = package.open.or(Some(State::UnderInvestigation));
        }
        for id in &status.known_not_affected {
            let Some((package, _)) = self.package(products, id, &said) else { continue };
            package.is_not_affected = true;
        }
    }

    /// What is known of the package that the product `id` is; none for images and files of other
    /// kinds, which are no rpm.
    fn package<'a>(
        &mut self,
        products: &'a Products,
        id: &str,
        said: &Said<'_>,
    ) -> Option<(&mut Package, Component<'a>)> {
        let component = products.component(id)?;
        let key = (
            component.release.to_owned(),
            component.module.map(str::to_owned),
            component.name.to_owned(),
        );
        let package = self.by_key.entry(key).or_default();
        if let Some(word) = said.impact.get(id) {
            package.urgency = Some((*word).to_lowercase()).filter(|word| text::is_id(word));
        }
        Some((package, component))
    }

    fn affected(&mut self) -> Vec<Affected> {
        let mut affected = Vec::new();
        for ((release, module, name), package) in std::mem::take(&mut self.by_key) {
            let ecosystem = Ecosystem { name: "Red Hat".to_owned(), release: Some(release) };
            let range = |end| Range { introduced: None, end };
            let fixed: Vec<Range> =
                package.fixed.into_iter().map(|fixed| range(End::Fixed(fixed))).collect();
            let mut told = Vec::new();
            if let Some(open) = package.open {
                told.push((vec![range(End::Open)], open, None));
            }
            if !fixed.is_empty() {
                told.push((fixed, State::Affected, package.fixed_on));
            }
            // Beside another answer it is about other builds.
            if told.is_empty() && package.is_not_affected {
                told.push((Vec::new(), State::NotAffected, None));
            }
            affected.extend(told.into_iter().map(|(ranges, state, fixed_on)| Affected {
                ecosystem: ecosystem.clone(),
                package: name.clone(),
                ranges,
                versions: Vec::new(),
                state,
                urgency: package.urgency.clone(),
                module: module.clone(),
                fixed_on,
            }));
        }
        affected
    }
}

/// What is said of products by their ids.
struct Said<'a> {
    open: BTreeMap<&'a str, State>,
    /// The day of the fix.
    fix: BTreeMap<&'a str, &'a str>,
    impact: BTreeMap<&'a str, &'a str>,
}

impl<'a> Said<'a> {
    fn new(vulnerability: &'a Vulnerability) -> Self {
        let (mut open, mut fix, mut impact) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for remediation in &vulnerability.remediations {
            let details = remediation.details.as_str();
            let state = match (remediation.category.as_str(), details) {
                ("vendor_fix", _) => {
                    let date = remediation.date.as_str();
                    fix.extend(remediation.product_ids.iter().map(|id| (id.as_str(), date)));
                    continue;
                }
                ("no_fix_planned", "Out of support scope") => State::EndOfLife,
                ("no_fix_planned", _) => State::WillNotFix,
                ("none_available", "Fix deferred") => State::Deferred,
                ("none_available", "Will not fix") => State::WillNotFix,
                ("none_available", "Out of support scope") => State::EndOfLife,
                ("none_available", "Under investigation") => State::UnderInvestigation,
                // Workarounds and mitigations say nothing of a fix.
                _ => continue,
            };
            open.extend(remediation.product_ids.iter().map(|id| (id.as_str(), state)));
        }
        for threat in vulnerability.threats.iter().filter(|threat| threat.category == "impact") {
            let details = threat.details.as_str();
            impact.extend(threat.product_ids.iter().map(|id| (id.as_str(), details)));
        }
        Self { open, fix, impact }
    }
}
