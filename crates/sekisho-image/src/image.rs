use std::{
    fmt,
    io::{self, Read},
};

use sekisho_archive::{BlobExpectation, sha256};
use sekisho_types::{Digest, report::RunConfig};

use crate::{
    ImageError, Platform,
    document::{Configuration, History},
};

/// Most layers that are read. Overlay file systems mount at most 500.
const MAX_LAYERS: usize = 1000;

/// Opens a layer, by its index from the bottom, as its source keeps it: compressed or not.
pub type OpenLayer = Box<dyn Fn(usize) -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// An image whose documents have been read and verified, and whose layers can be read.
pub struct Image {
    /// Digest of the manifest where the source has one, else of the configuration.
    pub digest: Digest,
    pub config: ImageConfig,
    /// Bottom first.
    pub layers: Vec<ImageLayer>,
    open: OpenLayer,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}, {} layers)", self.digest, self.layers.len())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageLayer {
    pub diff_id: Digest,
    /// The command that made it, from the history; empty where the history does not fit.
    pub created_by: String,
    pub stored: StoredLayer,
}

/// A layer as its source keeps it, as far as the source knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredLayer {
    /// Digest of the bytes as they lie, compressed or not.
    pub digest: Option<Digest>,
    pub size_bytes: Option<u64>,
    /// About how many bytes there are, where nobody knows it exactly.
    pub estimated_bytes: Option<u64>,
    /// Name of its file in an archive.
    pub entry: Option<String>,
}

/// What the configuration of an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageConfig {
    /// The image id: digest of the configuration's bytes.
    pub digest: Digest,
    pub platform: Option<Platform>,
    /// RFC 3339; none where the image does not say, or says the zero time of a reproducible build.
    pub created: Option<String>,
    pub user: String,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    pub working_dir: String,
    pub exposed_ports: Vec<String>,
    /// Paths that a container gets a volume at.
    pub volumes: Vec<String>,
    pub labels: Vec<(String, String)>,
    /// `["CMD-SHELL", "curl …"]`, empty for none.
    pub healthcheck: Vec<String>,
    /// `SIGTERM`, `15`; empty for the engine's own choice.
    pub stop_signal: String,
    pub diff_ids: Vec<Digest>,
    /// Every step, also those that made no layer, first to last.
    pub history: Vec<HistoryStep>,
}

/// One step of the history of an image, as its builder wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryStep {
    /// RFC 3339, or empty.
    pub created: String,
    pub created_by: String,
    /// What builders add: `buildkit.dockerfile.v0`, `FROM docker.io/library/alpine:3.20`.
    pub comment: String,
    /// Index of the layer that the step made, from the bottom; none for a step that made none,
    /// and where the history does not fit the layers.
    pub layer: Option<usize>,
}

impl ImageConfig {
    /// Reads the configuration document of an image.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageError> {
        let digest = sha256(bytes);
        let read: Configuration = serde_json::from_slice(bytes).map_err(|source| {
            ImageError::Json { what: format!("image configuration {digest}"), source }
        })?;
        let diff_ids = read.rootfs.diff_ids;
        if diff_ids.len() > MAX_LAYERS {
            let n_layers = diff_ids.len();
            return Err(ImageError::TooManyLayers { n_layers, limit: MAX_LAYERS });
        }
        let execution = read.config;
        let platform = (!read.os.is_empty()).then_some(Platform {
            os: read.os,
            architecture: read.architecture,
            variant: read.variant,
        });
        Ok(Self {
            digest,
            platform,
            created: (!read.created.is_empty()).then_some(read.created),
            user: execution.user,
            entrypoint: execution.entrypoint,
            cmd: execution.cmd,
            env: execution.env,
            working_dir: execution.working_dir,
            exposed_ports: execution.exposed_ports.into_keys().collect(),
            volumes: execution.volumes.into_keys().collect(),
            labels: execution.labels.into_iter().collect(),
            healthcheck: match execution.healthcheck.test.split_first() {
                Some((kind, _)) if kind == "NONE" => Vec::new(),
                _ => execution.healthcheck.test,
            },
            stop_signal: execution.stop_signal,
            history: steps(read.history, diff_ids.len()),
            diff_ids,
        })
    }

    /// What a report shows of it.
    pub fn to_run_config(&self) -> RunConfig {
        let name = |pair: &String| pair.split('=').next().unwrap_or_default().to_owned();
        RunConfig {
            user: self.user.clone(),
            entrypoint: self.entrypoint.clone(),
            cmd: self.cmd.clone(),
            working_dir: self.working_dir.clone(),
            exposed_ports: self.exposed_ports.clone(),
            env_names: self.env.iter().map(name).collect(),
            has_healthcheck: !self.healthcheck.is_empty(),
        }
    }
}

/// The steps with the layers they made; a history that does not match the layers says nothing
/// sure.
fn steps(history: Vec<History>, n_layers: usize) -> Vec<HistoryStep> {
    let fits = history.iter().filter(|entry| !entry.empty_layer).count() == n_layers;
    let mut layers = 0..n_layers;
    history
        .into_iter()
        .map(|entry| HistoryStep {
            created: entry.created,
            created_by: entry.created_by,
            comment: entry.comment,
            layer: if fits && !entry.empty_layer { layers.next() } else { None },
        })
        .collect()
}

impl Image {
    /// Joins what is known of an image; `stored` has one entry a layer.
    pub fn new(
        digest: Digest,
        config: ImageConfig,
        stored: Vec<StoredLayer>,
        open: OpenLayer,
    ) -> Result<Self, ImageError> {
        let (n_layers, n_diff_ids) = (stored.len(), config.diff_ids.len());
        if n_layers != n_diff_ids {
            return Err(ImageError::LayerCount { n_layers, n_diff_ids });
        }
        let mut created_by = vec![String::new(); n_layers];
        for step in &config.history {
            if let Some(command) = step.layer.and_then(|layer| created_by.get_mut(layer)) {
                command.clone_from(&step.created_by);
            }
        }
        let layers = config
            .diff_ids
            .iter()
            .zip(created_by)
            .zip(stored)
            .map(|((diff_id, created_by), stored)| ImageLayer {
                diff_id: *diff_id,
                created_by,
                stored,
            })
            .collect();
        Ok(Self { digest, config, layers, open })
    }

    /// Opens a layer, by its index from the bottom, as its source keeps it; with what it must
    /// turn out to be.
    pub fn raw_layer(
        &self,
        index: usize,
    ) -> Result<(Box<dyn Read + Send>, BlobExpectation), ImageError> {
        let not_found = || self.layer_error(index, io::ErrorKind::NotFound.into());
        let layer = self.layers.get(index).ok_or_else(not_found)?;
        let expected = BlobExpectation {
            digest: layer.stored.digest,
            diff_id: Some(layer.diff_id),
            size_bytes: layer.stored.size_bytes,
        };
        let reader = (self.open)(index).map_err(|source| self.layer_error(index, source))?;
        Ok((reader, expected))
    }

    /// An error about a layer that was opened here.
    pub fn layer_error(&self, index: usize, source: io::Error) -> ImageError {
        let unnamed = Digest::Sha256([0; 32]);
        let diff_id = self.layers.get(index).map_or(unnamed, |layer| layer.diff_id);
        ImageError::Layer { number: index + 1, n_layers: self.layers.len(), diff_id, source }
    }
}

/// The digest that the name of a file in an archive states, `blobs/sha256/<hex>`.
pub(crate) fn digest_of_entry(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
    Digest::parse(&format!("{algorithm}:{hex}")).ok()
}
