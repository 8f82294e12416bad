//! CSAF 2.0, profile VEX.
//!
//! # Source
//!
//! OASIS, "Common Security Advisory Framework Version 2.0", sections 3.2 (properties) and 4.5
//! (profile VEX).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Vex, VexError, VexFormat, VexStatement, VexStatus, from_json,
    openvex::JUSTIFICATIONS,
    product::{Product, ProductId},
    text, time,
};

/// Deepest chain of relationships: a component in a module in a product.
const MAX_CHAIN: usize = 8;

#[derive(Debug, Deserialize)]
struct Csaf {
    document: Meta,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    category: String,
    csaf_version: String,
    publisher: Publisher,
    tracking: Tracking,
}

#[derive(Debug, Deserialize)]
struct Publisher {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Tracking {
    id: String,
    current_release_date: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tree {
    branches: Vec<Branch>,
    full_product_names: Vec<FullProduct>,
    relationships: Vec<Relationship>,
    product_groups: Vec<Group>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Branch {
    branches: Vec<Self>,
    product: Option<FullProduct>,
}

#[derive(Debug, Deserialize)]
struct FullProduct {
    product_id: String,
    name: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Helper {
    purl: Option<String>,
    cpe: Option<String>,
    hashes: Vec<FileHashes>,
}

#[derive(Debug, Deserialize)]
struct FileHashes {
    #[serde(default)]
    file_hashes: Vec<FileHash>,
}

#[derive(Debug, Deserialize)]
struct FileHash {
    algorithm: String,
    value: String,
}

#[derive(Debug, Deserialize)]
struct Relationship {
    full_product_name: FullProduct,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Debug, Deserialize)]
struct Group {
    group_id: String,
    product_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<OtherId>,
    #[serde(default)]
    product_status: ProductStatus,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Threat>,
}

#[derive(Debug, Deserialize)]
struct OtherId {
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProductStatus {
    fixed: Vec<String>,
    first_fixed: Vec<String>,
    known_affected: Vec<String>,
    first_affected: Vec<String>,
    last_affected: Vec<String>,
    known_not_affected: Vec<String>,
    under_investigation: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Threat {
    category: String,
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vex, VexError> {
    let Csaf { document, product_tree, vulnerabilities } = from_json(bytes)?;
    let unsupported =
        |what, found, supported| Err(VexError::Unsupported { what, found, supported });
    if document.csaf_version != "2.0" {
        return unsupported("csaf_version", document.csaf_version, "it has to be 2.0");
    }
    if document.category != "csaf_vex" {
        return unsupported("category", document.category, "it has to be csaf_vex");
    }
    let products = Products::new(&product_tree);
    let mut statements = Vec::new();
    for vulnerability in &vulnerabilities {
        let names: Vec<String> = vulnerability
            .cve
            .iter()
            .chain(vulnerability.ids.iter().map(|id| &id.text))
            .cloned()
            .collect();
        for (status, ids) in vulnerability.product_status.by_status() {
            for ((justification, impact), ids) in vulnerability.argued(status, ids, &products) {
                let number = statements.len() + 1;
                let mut of_statement = Vec::new();
                for id in ids {
                    let product = products.get(id).ok_or_else(|| VexError::Statement {
                        number,
                        vulnerability: names.first().cloned().unwrap_or_default(),
                        reason: format!("names the product {id:?}, which the document lacks"),
                    })?;
                    of_statement.push(product);
                }
                let statement = VexStatement {
                    vulnerabilities: names.clone(),
                    products: of_statement,
                    status,
                    justification: justification.map(str::to_owned),
                    impact: text(impact.map(str::to_owned)),
                    timestamp: time(Some(&document.tracking.current_release_date)),
                    author: document.publisher.name.clone(),
                };
                statements.push(statement.checked(number)?);
            }
        }
    }
    Ok(Vex { format: VexFormat::Csaf, id: document.tracking.id, statements })
}

/// Products of one status with the same reason.
type Argued<'a> = BTreeMap<(Option<&'a str>, Option<&'a str>), Vec<&'a str>>;

impl Vulnerability {
    /// Groups the products of a status by the reason that holds for them.
    fn argued<'a>(
        &'a self,
        status: VexStatus,
        ids: Vec<&'a str>,
        products: &Products<'a>,
    ) -> Argued<'a> {
        let mut argued: Argued<'a> = BTreeMap::new();
        let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
        let mut impacts: BTreeMap<&str, &str> = BTreeMap::new();
        if status == VexStatus::NotAffected {
            for flag in self.flags.iter().filter(|it| JUSTIFICATIONS.contains(&&*it.label)) {
                for id in products.all(&flag.product_ids, &flag.group_ids) {
                    labels.insert(id, &flag.label);
                }
            }
            for threat in self.threats.iter().filter(|threat| threat.category == "impact") {
                for id in products.all(&threat.product_ids, &threat.group_ids) {
                    impacts.insert(id, &threat.details);
                }
            }
        }
        for id in ids {
            let reason = (labels.get(id).copied(), impacts.get(id).copied());
            argued.entry(reason).or_default().push(id);
        }
        argued
    }
}

impl ProductStatus {
    fn by_status(&self) -> [(VexStatus, Vec<&str>); 4] {
        fn join<'a>(lists: &[&'a [String]]) -> Vec<&'a str> {
            lists.iter().copied().flatten().map(String::as_str).collect()
        }
        [
            (VexStatus::NotAffected, join(&[&self.known_not_affected])),
            (VexStatus::Fixed, join(&[&self.fixed, &self.first_fixed])),
            (
                VexStatus::Affected,
                join(&[&self.known_affected, &self.first_affected, &self.last_affected]),
            ),
            (VexStatus::UnderInvestigation, join(&[&self.under_investigation])),
        ]
    }
}

/// The products of a document by their ids.
#[derive(Debug, Default)]
struct Products<'a> {
    full: BTreeMap<&'a str, &'a FullProduct>,
    /// Component and product of a relationship.
    relationships: BTreeMap<&'a str, (&'a str, &'a str)>,
    groups: BTreeMap<&'a str, &'a [String]>,
}

impl<'a> Products<'a> {
    fn new(tree: &'a Tree) -> Self {
        let mut all = Self::default();
        let mut branches: Vec<&Branch> = tree.branches.iter().collect();
        while let Some(branch) = branches.pop() {
            branches.extend(&branch.branches);
            all.add(branch.product.iter());
        }
        all.add(tree.full_product_names.iter());
        all.add(tree.relationships.iter().map(|related| &related.full_product_name));
        all.relationships = tree
            .relationships
            .iter()
            .map(|related| {
                let part = related.product_reference.as_str();
                let whole = related.relates_to_product_reference.as_str();
                (related.full_product_name.product_id.as_str(), (part, whole))
            })
            .collect();
        let group = |group: &'a Group| (group.group_id.as_str(), group.product_ids.as_slice());
        all.groups = tree.product_groups.iter().map(group).collect();
        all
    }

    fn add(&mut self, products: impl Iterator<Item = &'a FullProduct>) {
        self.full.extend(products.map(|product| (product.product_id.as_str(), product)));
    }

    /// Ids that are named by themselves or by groups.
    fn all<'b>(&'b self, ids: &'b [String], groups: &'b [String]) -> impl Iterator<Item = &'b str> {
        let of_groups = groups.iter().filter_map(|group| self.groups.get(group.as_str())).copied();
        ids.iter().chain(of_groups.flatten()).map(String::as_str)
    }

    /// A product with what of it is meant; none where the document lacks it.
    fn get(&self, id: &str) -> Option<Product> {
        let product = self.full.get(id)?;
        let Some((part, whole)) = self.relationships.get(id) else {
            return Some(Product { ids: product.ids(), components: Vec::new() });
        };
        let (_, components) = self.ends(part, MAX_CHAIN)?;
        let (ids, _) = self.ends(whole, MAX_CHAIN)?;
        Some(Product { ids, components })
    }

    /// Ids of the outermost product and of the innermost component behind `id`.
    fn ends(&self, id: &str, depth: usize) -> Option<(Vec<ProductId>, Vec<ProductId>)> {
        let product = self.full.get(id)?;
        match self.relationships.get(id) {
            None => Some((product.ids(), product.ids())),
            Some((part, whole)) => {
                let depth = depth.checked_sub(1)?;
                let (ids, _) = self.ends(whole, depth)?;
                let (_, components) = self.ends(part, depth)?;
                Some((ids, components))
            }
        }
    }
}

impl FullProduct {
    /// Everything that identifies it; its name where nothing does, which fits nothing.
    fn ids(&self) -> Vec<ProductId> {
        let Helper { purl, cpe, hashes } = &self.product_identification_helper;
        let mut ids: Vec<ProductId> =
            purl.iter().chain(cpe).map(|text| ProductId::parse(text)).collect();
        let hashes = hashes.iter().flat_map(|hashes| &hashes.file_hashes);
        ids.extend(hashes.filter_map(|hash| ProductId::of_hash(&hash.algorithm, &hash.value)));
        if ids.is_empty() {
            ids.push(ProductId::Other(self.name.clone()));
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{
      "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "Shop",
        "publisher": {"category": "vendor", "name": "Shop Security", "namespace": "https://shop.example"},
        "tracking": {"id": "SHOP-2026-1", "current_release_date": "2026-05-01T00:00:00Z",
          "initial_release_date": "2026-05-01T00:00:00Z", "status": "final", "version": "1", "revision_history": []}},
      "product_tree": {
        "branches": [{"category": "vendor", "name": "Shop", "branches": [
          {"category": "product_version", "name": "image", "product": {"product_id": "IMAGE", "name": "shop image",
            "product_identification_helper": {"purl": "pkg:oci/shop?repository_url=a.example/shop"}}},
          {"category": "product_version", "name": "qs", "product": {"product_id": "QS", "name": "qs 6",
            "product_identification_helper": {"purl": "pkg:npm/qs@6.0.0"}}}]}],
        "relationships": [{"category": "default_component_of", "product_reference": "QS",
          "relates_to_product_reference": "IMAGE",
          "full_product_name": {"product_id": "IMAGE:QS", "name": "qs in shop"}}],
        "product_groups": [{"group_id": "G", "product_ids": ["IMAGE:QS"]}]},
      "vulnerabilities": [{"cve": "CVE-2026-1",
        "product_status": {"known_not_affected": ["IMAGE:QS"], "fixed": ["QS"]},
        "flags": [{"label": "vulnerable_code_not_present", "group_ids": ["G"]}],
        "threats": [{"category": "impact", "details": "qs is only built", "product_ids": ["IMAGE:QS"]}]}]}"#;

    #[test]
    fn statements_are_made_by_status_and_reason() {
        let vex = Vex::read(DOCUMENT.as_bytes()).unwrap();
        let shown: Vec<String> = vex
            .statements
            .iter()
            .map(|it| {
                let VexStatement { vulnerabilities, products, status, justification, .. } = it;
                format!(
                    "{vulnerabilities:?} {} {} of {} {justification:?} {:?} {}",
                    status.as_str(),
                    products[0].components.len(),
                    products.len(),
                    it.impact,
                    it.author
                )
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        ["CVE-2026-1"] not_affected 1 of 1 Some("vulnerable_code_not_present") Some("qs is only built") Shop Security
        ["CVE-2026-1"] fixed 0 of 1 None None Shop Security
        "#);
    }

    #[test]
    fn a_product_that_the_document_lacks_is_named() {
        let text = DOCUMENT.replace("\"fixed\": [\"QS\"]", "\"fixed\": [\"QX\"]");
        let err = Vex::read(text.as_bytes()).unwrap_err();
        insta::assert_snapshot!(err, @r#"statement 2 ("CVE-2026-1") names the product "QX", which the document lacks"#);
        let text = DOCUMENT.replace("csaf_vex", "csaf_security_advisory");
        insta::assert_snapshot!(Vex::read(text.as_bytes()).unwrap_err(), @r#"category is "csaf_security_advisory", which is not supported: it has to be csaf_vex"#);
    }

    #[test]
    fn a_relationship_with_itself_ends() {
        let text = DOCUMENT
            .replace("\"product_reference\": \"QS\"", "\"product_reference\": \"IMAGE:QS\"");
        assert!(Vex::read(text.as_bytes()).unwrap_err().to_string().contains("IMAGE:QS"));
    }
}
