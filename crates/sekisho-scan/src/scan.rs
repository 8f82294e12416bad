//! The course of a scan.

use std::{
    collections::BTreeMap,
    io,
    num::NonZero,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use jiff::Timestamp;
use sekisho_advisory::Database;
use sekisho_archive::BlobReader;
use sekisho_image::{Archive, ArchiveStream, Image, ImageError, Layout, Platform, StreamedEntry};
use sekisho_imagecheck::lineage as likely_base;
use sekisho_policy::Policy;
use sekisho_sbom::vex::VexSet;
use sekisho_secret::RuleSet;
use sekisho_types::{
    Digest,
    report::{FindingKind, Layer, Report, Source, Subject as ReportSubject, SubjectKind},
};

use crate::{
    asked::Asked,
    cache::{Cache, Key},
    commands::redacted,
    error::ScanError,
    facts::{FACTS_VERSION, LayerFacts},
    inventory::Inventory,
    judge::report,
    layer::{Linked, give_up_linked, read_directory, read_layer, read_linked, read_once},
    lineage, listed,
    look::sort,
    open::{Opened, Reopen, Subject, failed, open},
    progress::{Counted, Progress},
    stack::{Stack, StackLayer},
    target::Target,
    vex::Attached,
};

/// How a scan is done.
#[derive(Debug, Default)]
pub struct Config {
    /// Which of the images behind one name; this machine's own where it is not given.
    pub platform: Option<Platform>,
    /// None to read everything anew and keep nothing.
    pub cache: Option<Cache>,
    /// Where the engines of this machine are.
    pub engines: sekisho_engine::Config,
    /// How registries are reached; none where the network is not to be used.
    pub registry: Option<sekisho_registry::Config>,
    /// When the scan is made; none where nothing is to be judged by its age.
    pub now: Option<Timestamp>,
    /// The kinds of findings that are wanted; none for all.
    pub kinds: Option<Vec<FindingKind>>,
    /// What the verdict follows from.
    pub policy: Policy,
    /// How secrets are told; none where they are not looked for.
    pub secrets: Option<Arc<RuleSet>>,
    /// Where packages are looked up; none where vulnerabilities are not looked for.
    pub database: Option<Arc<Database>>,
    /// What others say of vulnerabilities.
    pub vex: VexSet,
    /// Images that the image may have been built on, or may be built on anew.
    pub bases: Vec<Target>,
    /// Whether what is attached to the image in its registry counts as well.
    pub attached_vex: bool,
}

impl Config {
    pub(crate) fn wants(&self, kind: FindingKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// How secrets are told, where they are wanted.
    pub(crate) fn wanted_secrets(&self) -> Option<&Arc<RuleSet>> {
        self.secrets.as_ref().filter(|_| self.wants(FindingKind::Secret))
    }

    /// Where packages are looked up, where vulnerabilities are wanted.
    pub(crate) fn wanted_database(&self) -> Option<&Arc<Database>> {
        self.database.as_ref().filter(|_| self.wants(FindingKind::Vulnerability))
    }
}

/// Scans `target`.
///
/// # Errors
///
/// When the target cannot be found or read, or is not what its digests say. Damage inside its
/// files is no error: it is named in the report.
pub fn scan(
    target: &Target,
    config: &Config,
    progress: &Arc<Progress>,
) -> Result<Report, ScanError> {
    let mut report = scan_one(target, config, config.attached_vex, progress)?;
    let bases = config.bases.iter().map(|base| scan_one(base, config, false, progress));
    let bases: Vec<Report> = bases.collect::<Result<_, _>>()?;
    lineage::add(&mut report, &bases, config.now);
    Ok(report)
}

fn scan_one(
    target: &Target,
    config: &Config,
    attached_vex: bool,
    progress: &Arc<Progress>,
) -> Result<Report, ScanError> {
    let opened = open(target, config)?;
    let Opened { source, name, subject } = opened;
    match subject {
        Subject::Directory => directory(target, name, config),
        Subject::Listed(listed) => {
            let (subject, inventory) = listed::subject(&name, *listed);
            report(subject, inventory, None, &Attached::default(), config)
        }
        Subject::Image(image) => {
            let inventory = Course { target, config, progress }.image(&image)?;
            let attached = Attached::fetch(source, &name, digests(&image), attached_vex, config)?;
            image_report(source, name, &image, inventory, &attached, config)
        }
        Subject::Stream { stream, reopen, layout, reference } => {
            let course = Course { target, config, progress };
            let asked = Asked::new(false, config);
            let streamed =
                course.stream(stream, reopen.as_ref(), layout, reference.as_deref(), &asked)?;
            let inventory = course.streamed_inventory(&streamed, &asked);
            let source = streamed.source(source);
            let known = digests(&streamed.image);
            let attached = Attached::fetch(source, &name, known, attached_vex, config)?;
            image_report(source, name, &streamed.image, inventory, &attached, config)
        }
    }
}

fn directory(target: &Target, name: String, config: &Config) -> Result<Report, ScanError> {
    let asked = Asked::new(true, config);
    let facts =
        read_directory(Path::new(&name), &asked).map_err(|source| failed(target, source))?;
    let stack = Stack::new(vec![StackLayer { diff_id: None, facts: Arc::new(facts) }]);
    let inventory = Inventory::new(&stack, None);
    let subject = ReportSubject::of_files(SubjectKind::Directory, Source::Dir, name);
    report(subject, inventory, None, &Attached::default(), config)
}

/// What an image is known by.
fn digests(image: &Image) -> Vec<Digest> {
    vec![image.digest, image.config.digest]
}

pub(crate) fn image_report(
    source: Source,
    name: String,
    image: &Image,
    mut inventory: Inventory,
    attached: &Attached,
    config: &Config,
) -> Result<Report, ScanError> {
    let sizes = std::mem::take(&mut inventory.layers);
    let layers = image
        .layers
        .iter()
        .zip(sizes)
        .map(|(layer, (size_bytes, n_files))| Layer {
            diff_id: layer.diff_id,
            created_by: redacted(config.secrets.as_deref(), &layer.created_by),
            size_bytes,
            n_files,
        })
        .collect();
    let subject = ReportSubject {
        kind: SubjectKind::Image,
        name,
        digest: Some(image.digest),
        source,
        os: None,
        created: image.config.created.clone(),
        platform: image.config.platform.as_ref().map(Platform::to_string),
        config: Some(image.config.to_run_config()),
        layers,
        base: likely_base(&image.config),
        document: None,
    };
    report(subject, inventory, Some(image.config.clone()), attached, config)
}

/// One scan of an image.
pub(crate) struct Course<'a> {
    pub(crate) target: &'a Target,
    pub(crate) config: &'a Config,
    pub(crate) progress: &'a Arc<Progress>,
}

/// An image that went by once.
pub(crate) struct Streamed {
    pub(crate) image: Image,
    layout: Layout,
    pub(crate) facts: LayersFacts,
    /// Whether nothing is missing from the facts that another source would give.
    is_whole: bool,
}

impl Streamed {
    /// What the source turned out to be.
    pub(crate) fn source(&self, asked: Source) -> Source {
        match (asked, self.layout) {
            (Source::DockerArchive, Layout::OciArchive) => Source::OciArchive,
            (source, _) => source,
        }
    }
}

/// The facts of each layer.
pub(crate) type LayersFacts = BTreeMap<Digest, Arc<LayerFacts>>;

impl Course<'_> {
    fn image(&self, image: &Image) -> Result<Inventory, ScanError> {
        let asked = Asked::new(false, self.config);
        if let Some(cache) = &self.config.cache
            && let Some(inventory) = cache.get(inventory_key(image, &asked))
        {
            self.progress.n_layers_cached.fetch_add(image.layers.len() as u64, Relaxed);
            return Ok(inventory);
        }
        let facts = self.layers(image, &asked)?;
        let inventory = Self::join(image, &facts);
        if let Some(cache) = &self.config.cache {
            cache.put(inventory_key(image, &asked), &inventory);
        }
        Ok(inventory)
    }

    /// Reads an archive that goes by once, then asks what it was.
    pub(crate) fn stream(
        &self,
        stream: ArchiveStream,
        reopen: Option<&Reopen>,
        layout: Option<Layout>,
        reference: Option<&str>,
        asked: &Asked,
    ) -> Result<Streamed, ScanError> {
        let wrong = |source| failed(self.target, source);
        let (archive, mut looked) =
            stream.read(&|entry| read_once(entry.layer, asked)).map_err(wrong)?;
        let layout = match layout {
            Some(layout) => layout,
            None => archive.layout().map_err(wrong)?,
        };
        let image = Archive::image(archive, layout, reference, self.config.platform.as_ref())
            .map_err(wrong)?;
        let mut layers: BTreeMap<Digest, (String, LayerFacts, Linked)> = BTreeMap::new();
        for layer in &image.layers {
            let entry = layer.stored.entry.clone().unwrap_or_default();
            if layers.contains_key(&layer.diff_id) {
                continue;
            }
            let found = looked.remove(&entry).unwrap_or_else(|| {
                Err(io::Error::new(io::ErrorKind::InvalidData, "it does not look like a layer"))
            });
            let (facts, summary, linked) = found.map_err(|source| ScanError::Streamed {
                target: self.target.to_string(),
                entry: entry.clone(),
                source,
            })?;
            if summary.diff_id != layer.diff_id {
                let (expected, actual) = (layer.diff_id, summary.diff_id);
                return Err(ScanError::DiffId { entry, expected, actual });
            }
            layers.insert(layer.diff_id, (entry, facts, linked));
        }
        let has_links = layers.values().any(|(_, _, linked)| !linked.is_empty());
        if let Some(Reopen(reopen)) = reopen.filter(|_| has_links) {
            self.stream_links(reopen()?, &mut layers, asked)?;
        }
        let mut facts = BTreeMap::new();
        let mut is_whole = true;
        for (diff_id, (_, mut layer_facts, linked)) in layers {
            if linked.is_empty() {
                if let Some(cache) = &self.config.cache {
                    cache.put(layer_key(&diff_id, asked), &layer_facts);
                }
            } else {
                is_whole = false;
                give_up_linked(linked, &mut layer_facts);
            }
            facts.insert(diff_id, Arc::new(layer_facts));
        }
        Ok(Streamed { image, layout, facts, is_whole })
    }

    fn streamed_inventory(&self, streamed: &Streamed, asked: &Asked) -> Inventory {
        let inventory = Self::join(&streamed.image, &streamed.facts);
        // The same image from a place that can be read again has more to say.
        if let Some(cache) = self.config.cache.as_ref().filter(|_| streamed.is_whole) {
            cache.put(inventory_key(&streamed.image, asked), &inventory);
        }
        inventory
    }

    /// Reads a stream a second time, for files whose content came under another name.
    fn stream_links(
        &self,
        stream: ArchiveStream,
        layers: &mut BTreeMap<Digest, (String, LayerFacts, Linked)>,
        asked: &Asked,
    ) -> Result<(), ScanError> {
        let wanted: BTreeMap<&str, &Linked> = layers
            .values()
            .filter(|(_, _, linked)| !linked.is_empty())
            .map(|(entry, _, linked)| (entry.as_str(), linked))
            .collect();
        let look = |entry: StreamedEntry| -> io::Result<LayerFacts> {
            let mut facts = LayerFacts::default();
            if let Some(linked) = wanted.get(entry.name.as_str()) {
                read_linked(entry.layer, linked, asked, &mut facts)?;
            }
            Ok(facts)
        };
        let (_, mut looked) = stream.read(&look).map_err(|source| failed(self.target, source))?;
        for (entry, facts, linked) in layers.values_mut().filter(|(_, _, l)| !l.is_empty()) {
            let missing = || Err(io::Error::from(io::ErrorKind::NotFound));
            let more = looked.remove(entry).unwrap_or_else(missing).map_err(|source| {
                let (target, entry) = (self.target.to_string(), entry.clone());
                ScanError::Streamed { target, entry, source }
            })?;
            facts.extend(more);
            sort(facts);
            linked.clear();
        }
        Ok(())
    }

    fn join(image: &Image, facts: &LayersFacts) -> Inventory {
        Inventory::new(&Self::stack(image, facts), Some(&image.config))
    }

    /// The layers of an image with their facts.
    pub(crate) fn stack(image: &Image, facts: &LayersFacts) -> Stack {
        let layers = image
            .layers
            .iter()
            .filter_map(|layer| {
                let facts = Arc::clone(facts.get(&layer.diff_id)?);
                Some(StackLayer { diff_id: Some(layer.diff_id), facts })
            })
            .collect();
        Stack::new(layers)
    }

    /// The facts of each layer, from the cache or by reading it; large ones are begun first.
    pub(crate) fn layers(&self, image: &Image, asked: &Asked) -> Result<LayersFacts, ScanError> {
        let mut facts = BTreeMap::new();
        let mut todo: Vec<usize> = Vec::new();
        for (index, layer) in image.layers.iter().enumerate() {
            let is_new = !facts.contains_key(&layer.diff_id)
                && todo.iter().all(|other| {
                    image.layers.get(*other).is_some_and(|other| other.diff_id != layer.diff_id)
                });
            if !is_new {
                continue;
            }
            let cached = self
                .config
                .cache
                .as_ref()
                .and_then(|cache| cache.get(layer_key(&layer.diff_id, asked)));
            match cached {
                Some(cached) => {
                    self.progress.n_layers_cached.fetch_add(1, Relaxed);
                    facts.insert(layer.diff_id, Arc::new(cached));
                }
                None => todo.push(index),
            }
        }
        let size = |index: &usize| {
            let layer = image.layers.get(*index).map(|layer| &layer.stored);
            layer.and_then(|layer| layer.size_bytes.or(layer.estimated_bytes)).unwrap_or(0)
        };
        todo.sort_by_key(|index| std::cmp::Reverse(size(index)));
        self.progress.n_layers.fetch_add(todo.len() as u64, Relaxed);
        self.progress.n_bytes.fetch_add(todo.iter().map(size).sum(), Relaxed);
        for (diff_id, read) in self.read_all(image, &todo, asked)? {
            facts.insert(diff_id, Arc::new(read));
        }
        Ok(facts)
    }

    fn read_all(
        &self,
        image: &Image,
        todo: &[usize],
        asked: &Asked,
    ) -> Result<Vec<(Digest, LayerFacts)>, ScanError> {
        let next = AtomicUsize::new(0);
        let has_failed = AtomicBool::new(false);
        let results = Mutex::new(Vec::new());
        let work = || {
            while let Some(index) = todo.get(next.fetch_add(1, Relaxed)) {
                if has_failed.load(Relaxed) {
                    break;
                }
                let result = self.read_one(image, *index, asked);
                has_failed.fetch_or(result.is_err(), Relaxed);
                self.progress.n_layers_done.fetch_add(1, Relaxed);
                results.lock().unwrap_or_else(PoisonError::into_inner).push((*index, result));
            }
        };
        let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| {
            for _ in 1..n_threads.min(todo.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        // The lowest layer's error, so that the same damage gives the same message.
        results.sort_by_key(|(index, _)| *index);
        results
            .into_iter()
            .map(|(_, result)| result.map_err(|source| failed(self.target, source)))
            .collect()
    }

    pub(crate) fn read_one(
        &self,
        image: &Image,
        index: usize,
        asked: &Asked,
    ) -> Result<(Digest, LayerFacts), ImageError> {
        let open = || -> Result<BlobReader, ImageError> {
            let (inner, expected) = image.raw_layer(index)?;
            let counted = Counted { inner, progress: Arc::clone(self.progress) };
            BlobReader::new(Box::new(counted), expected)
                .map_err(|source| image.layer_error(index, source))
        };
        let again = || open().map_err(io::Error::other);
        let (facts, summary) = read_layer(open()?, &again, asked)
            .map_err(|source| image.layer_error(index, source))?;
        if let Some(cache) = &self.config.cache {
            cache.put(layer_key(&summary.diff_id, asked), &facts);
        }
        Ok((summary.diff_id, facts))
    }
}

fn layer_key(diff_id: &Digest, asked: &Asked) -> Key {
    Key::new("layer")
        .with(diff_id.as_bytes())
        .with(&FACTS_VERSION.to_le_bytes())
        .with(asked.fingerprint().as_bytes())
}

/// The configuration holds the `diff_id` of every layer, and what the image starts.
fn inventory_key(image: &Image, asked: &Asked) -> Key {
    Key::new("inventory")
        .with(image.config.digest.as_bytes())
        .with(&FACTS_VERSION.to_le_bytes())
        .with(env!("CARGO_PKG_VERSION").as_bytes())
        .with(asked.fingerprint().as_bytes())
}
