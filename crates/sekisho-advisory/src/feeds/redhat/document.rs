use serde::Deserialize;

/// The parts of a document that are read.
#[derive(Deserialize)]
pub(super) struct Csaf {
    pub(super) document: Document,
    #[serde(default)]
    pub(super) product_tree: ProductTree,
    #[serde(default)]
    pub(super) vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) title: String,
    pub(super) tracking: Tracking,
    pub(super) aggregate_severity: Option<Severity>,
}

#[derive(Deserialize)]
pub(super) struct Tracking {
    pub(super) id: String,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) current_release_date: String,
    #[serde(default)]
    pub(super) initial_release_date: String,
}

#[derive(Deserialize)]
pub(super) struct Severity {
    pub(super) text: String,
}

#[derive(Default, Deserialize)]
pub(super) struct ProductTree {
    #[serde(default)]
    pub(super) branches: Vec<Branch>,
    #[serde(default)]
    pub(super) relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
pub(super) struct Branch {
    #[serde(default)]
    pub(super) branches: Vec<Self>,
    pub(super) product: Option<Product>,
}

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) product_id: String,
    #[serde(default)]
    pub(super) product_identification_helper: Helper,
}

#[derive(Default, Deserialize)]
pub(super) struct Helper {
    pub(super) cpe: Option<String>,
    pub(super) purl: Option<String>,
}

/// One product as a part of another.
#[derive(Deserialize)]
pub(super) struct Relationship {
    pub(super) full_product_name: Name,
    pub(super) product_reference: String,
    pub(super) relates_to_product_reference: String,
}

#[derive(Deserialize)]
pub(super) struct Name {
    pub(super) product_id: String,
}

#[derive(Deserialize)]
pub(super) struct Vulnerability {
    pub(super) cve: Option<String>,
    #[serde(default)]
    pub(super) product_status: ProductStatus,
    #[serde(default)]
    pub(super) remediations: Vec<Remediation>,
    #[serde(default)]
    pub(super) threats: Vec<Threat>,
    #[serde(default)]
    pub(super) scores: Vec<Score>,
    #[serde(default)]
    pub(super) references: Vec<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProductStatus {
    pub(super) fixed: Vec<String>,
    pub(super) known_affected: Vec<String>,
    pub(super) known_not_affected: Vec<String>,
    pub(super) under_investigation: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Remediation {
    pub(super) category: String,
    #[serde(default)]
    pub(super) date: String,
    #[serde(default)]
    pub(super) details: String,
    #[serde(default)]
    pub(super) product_ids: Vec<String>,
    pub(super) url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Threat {
    pub(super) category: String,
    #[serde(default)]
    pub(super) details: String,
    #[serde(default)]
    pub(super) product_ids: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Score {
    #[serde(rename = "cvss_v2")]
    pub(super) v2: Option<Vector>,
    #[serde(rename = "cvss_v3")]
    pub(super) v3: Option<Vector>,
    #[serde(rename = "cvss_v4")]
    pub(super) v4: Option<Vector>,
}

#[derive(Deserialize)]
pub(super) struct Vector {
    #[serde(rename = "vectorString")]
    pub(super) vector: String,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) url: String,
}
