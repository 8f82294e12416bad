//! An image with the content of some of its files, for tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use sekisho_image::{HardLink, Image, NodeKind, Squashed};
use sekisho_imagetest::{FileContent, Wanted};
use sekisho_types::{
    ImagePath,
    report::{Report, Source, Subject as ReportSubject, SubjectKind},
};

use crate::{
    asked::Asked,
    error::ScanError,
    facts::LayerFacts,
    inventory::Inventory,
    judge::report,
    layer::read_directory,
    open::{Opened, Subject, failed, open},
    progress::Progress,
    scan::{Config, Course, image_report},
    stack::{Stack, StackLayer},
    target::Target,
    vex::Attached,
};

/// What was found in a target.
#[derive(Debug)]
pub struct Examination {
    /// The source that answered.
    pub source: Source,
    /// As the user named it, without a prefix.
    pub name: String,
    /// None for a plain directory.
    pub image: Option<Image>,
    pub files: Squashed,
    /// By the path of the file itself, links resolved.
    pub contents: BTreeMap<ImagePath, FileContent>,
    /// Second names of files, by layer, bottom first.
    pub hard_links: Vec<Vec<HardLink>>,
    /// Of each layer, uncompressed, bottom first.
    pub layer_bytes: Vec<u64>,
    /// None where nobody asked for it.
    pub report: Option<Report>,
}

/// Content that was read when the layers were walked again, by layer and path.
type Read = BTreeMap<(usize, ImagePath), FileContent>;

/// Reads the files of `target`, with the content of those that are `wanted`.
///
/// Layers are walked once. A file that a link of another layer leads to is known only when all
/// layers are, and a tree that the cache has comes without content: then the layers that are
/// needed are walked again. Content that an archive on standard input gives away like that is
/// left out.
///
/// # Errors
///
/// As [`scan`](crate::scan()).
pub fn examine(
    target: &Target,
    config: &Config,
    wanted: &Arc<Wanted>,
    needs_report: bool,
    progress: &Arc<Progress>,
) -> Result<Examination, ScanError> {
    let Opened { source, name, subject } = open(target, config)?;
    let course = Course { target, config, progress };
    let asked = |is_directory| {
        if needs_report {
            Asked { contents: Arc::clone(wanted), ..Asked::new(is_directory, config) }
        } else {
            Asked::files(Arc::clone(wanted))
        }
    };
    let (image, source, stack, read) = match subject {
        Subject::Directory => {
            let facts = read_directory(Path::new(&name), &asked(true))
                .map_err(|source| failed(target, source))?;
            let stack = Stack::new(vec![StackLayer { diff_id: None, facts: Arc::new(facts) }]);
            let mut read = Read::new();
            for (_, paths) in missing(&stack, wanted) {
                let again = Asked::files(Arc::new(Wanted::of(paths)));
                let facts = read_directory(Path::new(&name), &again)
                    .map_err(|source| failed(target, source))?;
                keep(&mut read, 0, &facts);
            }
            (None, source, stack, read)
        }
        Subject::Listed(_) => return Err(ScanError::NoFiles { name }),
        Subject::Image(image) => {
            let stack = Course::stack(&image, &course.layers(&image, &asked(false))?);
            let mut read = Read::new();
            for (index, paths) in missing(&stack, wanted) {
                let again = Asked::files(Arc::new(Wanted::of(paths)));
                let (_, facts) = course
                    .read_one(&image, index, &again)
                    .map_err(|source| failed(target, source))?;
                keep(&mut read, index, &facts);
            }
            (Some(*image), source, stack, read)
        }
        Subject::Stream { stream, reopen, layout, reference } => {
            let reference = reference.as_deref();
            let streamed =
                course.stream(stream, reopen.as_ref(), layout, reference, &asked(false))?;
            let stack = Course::stack(&streamed.image, &streamed.facts);
            let more = missing(&stack, wanted);
            let mut read = Read::new();
            if let Some(reopen) = reopen.filter(|_| !more.is_empty()) {
                let paths = more.values().flatten().cloned().collect();
                let again = Asked::files(Arc::new(Wanted::of(paths)));
                let streamed = course.stream((reopen.0)()?, None, layout, reference, &again)?;
                for index in more.into_keys() {
                    let layer = streamed.image.layers.get(index);
                    let facts = layer.and_then(|layer| streamed.facts.get(&layer.diff_id));
                    if let Some(facts) = facts {
                        keep(&mut read, index, facts);
                    }
                }
            }
            let source = streamed.source(source);
            (Some(streamed.image), source, stack, read)
        }
    };
    let report = if needs_report {
        let inventory = Inventory::new(&stack, image.as_ref().map(|image| &image.config));
        Some(match &image {
            Some(image) => {
                image_report(source, name.clone(), image, inventory, &Attached::default(), config)?
            }
            None => {
                let kind = SubjectKind::Directory;
                let subject = ReportSubject::of_files(kind, source, name.clone());
                report(subject, inventory, None, &Attached::default(), config)?
            }
        })
    } else {
        None
    };
    let contents = contents(&stack, wanted, &read);
    let layer_bytes = stack.layers.iter().map(|layer| layer.facts.size_bytes).collect();
    let hard_links = stack.layers.iter().map(|layer| layer.facts.tree.hard_links.clone()).collect();
    let files = stack.squashed;
    Ok(Examination { source, name, image, files, contents, hard_links, layer_bytes, report })
}

/// Where the wanted files lie: the path that a container sees, its layer, and the name that the
/// content has in that layer.
fn places(stack: &Stack, wanted: &Wanted) -> Vec<(ImagePath, usize, ImagePath)> {
    let mut asked: BTreeSet<ImagePath> = wanted.paths().cloned().collect();
    if wanted.has_globs() {
        let fits = stack
            .squashed
            .iter()
            .filter(|(path, file)| file.node.kind != NodeKind::Directory && wanted.is_wanted(path));
        asked.extend(fits.map(|(path, _)| path.clone()));
    }
    let resolved: BTreeSet<ImagePath> =
        asked.iter().filter_map(|path| stack.squashed.resolve(path)).collect();
    let mut places = Vec::new();
    for path in resolved {
        let Some(file) = stack.squashed.get(&path) else { continue };
        if file.node.kind != NodeKind::File || file.node.size_bytes == 0 {
            continue;
        }
        let links = stack.layers.get(file.layer).map(|layer| &layer.facts.tree.hard_links);
        let link = links.and_then(|links| {
            let index = links.binary_search_by(|link| link.path.cmp(&path)).ok()?;
            links.get(index)
        });
        let name = link.map_or_else(|| path.clone(), |link| link.target.clone());
        places.push((path, file.layer, name));
    }
    places
}

/// What has to be read again, by layer.
fn missing(stack: &Stack, wanted: &Wanted) -> BTreeMap<usize, BTreeSet<ImagePath>> {
    let mut missing: BTreeMap<usize, BTreeSet<ImagePath>> = BTreeMap::new();
    for (_, index, name) in places(stack, wanted) {
        let layer = stack.layers.get(index);
        if layer.is_some_and(|layer| layer.facts.content(&name).is_none()) {
            missing.entry(index).or_default().insert(name);
        }
    }
    missing
}

fn keep(read: &mut Read, index: usize, facts: &LayerFacts) {
    let contents = facts.contents.iter();
    read.extend(contents.map(|(path, content)| ((index, path.clone()), content.clone())));
}

fn contents(stack: &Stack, wanted: &Wanted, read: &Read) -> BTreeMap<ImagePath, FileContent> {
    let mut contents = BTreeMap::new();
    for (path, index, name) in places(stack, wanted) {
        let facts = stack.layers.get(index).map(|layer| &layer.facts);
        let key = (index, name);
        let found = facts.and_then(|facts| facts.content(&key.1)).or_else(|| read.get(&key));
        if let Some(content) = found {
            contents.insert(path, content.clone());
        }
    }
    contents
}
