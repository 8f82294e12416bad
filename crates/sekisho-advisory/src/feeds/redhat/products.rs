use std::collections::BTreeMap;

use super::{
    document::{Branch, ProductTree, Relationship},
    purl::RpmPurl,
};
use crate::text;

/// Longest chain from a package to its product: a package of a module of a product has two.
const MAX_STEPS: usize = 8;

/// The products of one document by their ids.
pub(super) struct Products {
    purls: BTreeMap<String, RpmPurl>,
    /// The release that a CPE stands for.
    releases: BTreeMap<String, String>,
    /// What each combined product is made of: a component, and what holds it.
    parts: BTreeMap<String, (String, String)>,
}

/// A package in a product.
pub(super) struct Component<'a> {
    pub(super) release: &'a str,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) module: Option<&'a str>,
}

impl Products {
    pub(super) fn new(tree: ProductTree) -> Self {
        let (mut purls, mut releases) = (BTreeMap::new(), BTreeMap::new());
        let mut branches: Vec<Branch> = tree.branches;
        while let Some(branch) = branches.pop() {
            branches.extend(branch.branches);
            let Some(product) = branch.product else { continue };
            let helper = product.product_identification_helper;
            if let Some(purl) = helper.purl.as_deref().and_then(RpmPurl::parse) {
                purls.insert(product.product_id, purl);
            } else if let Some(release) = helper.cpe.as_deref().and_then(release) {
                releases.insert(product.product_id, release);
            }
        }
        let part = |it: Relationship| {
            let parts = (it.product_reference, it.relates_to_product_reference);
            (it.full_product_name.product_id, parts)
        };
        Self { purls, releases, parts: tree.relationships.into_iter().map(part).collect() }
    }

    /// What the product `id` is; none where it is no rpm in a product with a name.
    pub(super) fn component(&self, id: &str) -> Option<Component<'_>> {
        let (mut reference, mut holder) = self.parts.get(id).map(|(part, of)| (part, of))?;
        let mut module = None;
        // A package may be combined before it is put into its product.
        for _ in 0..MAX_STEPS {
            let Some((inner, _)) = self.parts.get(reference) else { break };
            reference = inner;
        }
        let purl = self.purls.get(reference).filter(|purl| !purl.is_module)?;
        for _ in 0..MAX_STEPS {
            let Some((part, outer)) = self.parts.get(holder) else { break };
            module = module.or(self.purls.get(part).and_then(|purl| purl.module.as_deref()));
            holder = outer;
        }
        let release = self.releases.get(holder)?;
        let is_sound = text::is_package(&purl.name)
            && (purl.version.is_empty() || text::is_version(&purl.version));
        is_sound.then_some(Component {
            release,
            name: &purl.name,
            version: &purl.version,
            module: purl.module.as_deref().or(module),
        })
    }
}

/// The part of a CPE that OSV has as the release: `enterprise_linux:9::appstream`.
///
/// # Source
///
/// NISTIR 7695, 6.1 (the URI binding).
fn release(cpe: &str) -> Option<String> {
    let product = cpe.strip_prefix("cpe:/")?;
    let (_, product) = product.split_once(':')?;
    let release = product.strip_prefix("redhat:")?;
    text::is_id(release).then(|| release.to_owned())
}
