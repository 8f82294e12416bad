//! What an image holds, once its layers are known.

use sekisho_image::{ImageConfig, NodeKind};
use sekisho_imagecheck::FileFacts;
use sekisho_types::{Executable, InstalledPackage, OsRelease, Unknown};
use serde::{Deserialize, Serialize};

use crate::{
    executables::executables,
    packages::packages,
    secrets::{FoundSecret, found_secrets},
    stack::Stack,
};

/// The joined facts. Cached, so nothing in it depends on the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inventory {
    pub(crate) os: Option<OsRelease>,
    pub(crate) packages: Vec<InstalledPackage>,
    pub(crate) executables: Vec<Executable>,
    pub(crate) unknowns: Vec<Unknown>,
    /// What the checks of the image want to know of its files.
    pub(crate) files: FileFacts,
    /// In all layers, without their values.
    pub(crate) secrets: Vec<FoundSecret>,
    /// Bytes and files of each layer, bottom first.
    pub(crate) layers: Vec<(u64, u64)>,
    /// Where Alpine installs packages from.
    pub(crate) apk_repositories: Option<String>,
}

impl Inventory {
    /// Joins the layers; `config` says what the image starts.
    pub(crate) fn new(stack: &Stack, config: Option<&ImageConfig>) -> Self {
        let os = stack.os();
        let (packages, owners) = packages(stack, os.as_ref());
        let executables = executables(stack, &owners, config);
        let layers = stack
            .layers
            .iter()
            .map(|layer| {
                let entries = &layer.facts.tree.entries;
                let is_file = |kind: &NodeKind| *kind != NodeKind::Directory;
                let n_files = entries.iter().filter(|(_, node)| is_file(&node.kind)).count();
                (layer.facts.size_bytes, n_files as u64)
            })
            .collect();
        let trees: Vec<_> =
            stack.layers.iter().map(|layer| (layer.diff_id, &layer.facts.tree)).collect();
        let files = FileFacts::gather(&stack.squashed, &trees, |path| stack.system_file(path));
        let (unknowns, secrets) = (stack.unknowns(), found_secrets(stack));
        let repositories = stack.system_file("etc/apk/repositories");
        let apk_repositories = repositories.map(|text| String::from_utf8_lossy(text).into_owned());
        Self { os, packages, executables, unknowns, files, secrets, layers, apk_repositories }
    }
}
