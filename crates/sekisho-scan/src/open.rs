//! Finds a target and opens it.

use std::{fmt, io, path::Path};

use sekisho_engine::Kind;
use sekisho_image::{Archive, ArchiveStream, Image, ImageError, Layout, OciDir};
use sekisho_types::report::Source;

use crate::{
    engine::{open_containerd, open_engine},
    error::{NotFound, ScanError},
    listed,
    remote::open_registry,
    scan::Config,
    target::{Target, split_path},
};

/// A target that can be read.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) source: Source,
    /// As the user named it, without a prefix.
    pub(crate) name: String,
    pub(crate) subject: Subject,
}

#[derive(Debug)]
pub(crate) enum Subject {
    Image(Box<Image>),
    /// An archive that goes by once. The layout is known when it has gone by, if it is not given.
    Stream {
        stream: ArchiveStream,
        /// Where it can be asked for a second time.
        reopen: Option<Reopen>,
        layout: Option<Layout>,
        reference: Option<String>,
    },
    Directory,
    /// A list of what is in a subject that is not there.
    Listed(Box<sekisho_sbom::Inventory>),
}

/// Starts a stream from its beginning again.
pub(crate) struct Reopen(pub(crate) Box<dyn Fn() -> Result<ArchiveStream, ScanError>>);

impl fmt::Debug for Reopen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reopen")
    }
}

/// Opens `target`.
pub(crate) fn open(target: &Target, config: &Config) -> Result<Opened, ScanError> {
    match target {
        Target::Stdin => {
            let stream = ArchiveStream::new("-", Box::new(io::stdin()))
                .map_err(|source| failed(target, source))?;
            Ok(Opened {
                source: Source::DockerArchive,
                name: "-".to_owned(),
                subject: Subject::Stream { stream, reopen: None, layout: None, reference: None },
            })
        }
        Target::In(source, name) => open_in(*source, name, target, config),
        Target::Path(name) => open_in(detect(name, target)?, name, target, config),
        Target::Reference(name) => open_anywhere(name, target, config),
    }
}

/// Asks the engines of this machine for an image, then its registry.
fn open_anywhere(name: &str, target: &Target, config: &Config) -> Result<Opened, ScanError> {
    let mut tried = Vec::new();
    for source in [Source::Docker, Source::Containerd, Source::Podman, Source::Registry] {
        match open_in(source, name, target, config) {
            Ok(opened) => return Ok(opened),
            Err(error) => tried.push(NotFound { source, error }),
        }
    }
    Err(ScanError::Nowhere { name: name.to_owned(), tried })
}

pub(crate) fn failed(target: &Target, source: ImageError) -> ScanError {
    ScanError::Image { target: target.to_string(), source }
}

/// Tells the kind of a path by what lies there.
fn detect(name: &str, target: &Target) -> Result<Source, ScanError> {
    let (path, _) = split_path(name);
    let metadata = fs_err::metadata(path)
        .map_err(|source| ScanError::NoSuchPath { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        let is_layout =
            ["oci-layout", "index.json"].iter().all(|file| Path::new(path).join(file).is_file());
        return Ok(if is_layout { Source::OciDir } else { Source::Dir });
    }
    if listed::is_likely(Path::new(path)) {
        return Ok(Source::Sbom);
    }
    let archive = Archive::open(Path::new(path)).map_err(|source| failed(target, source))?;
    match archive {
        Some(archive) => match archive.layout().map_err(|source| failed(target, source))? {
            Layout::DockerArchive => Ok(Source::DockerArchive),
            Layout::OciArchive => Ok(Source::OciArchive),
        },
        None => Ok(Source::DockerArchive),
    }
}

fn open_in(
    source: Source,
    name: &str,
    target: &Target,
    config: &Config,
) -> Result<Opened, ScanError> {
    let platform = config.platform.as_ref();
    let wrong = |source| failed(target, source);
    let (path, reference) = split_path(name);
    let subject = match source {
        Source::Dir => Subject::Directory,
        Source::Sbom => Subject::Listed(Box::new(listed::read(name, config)?)),
        // Files that describe containers are for `sekisho check`: no prefix leads here.
        Source::File => {
            let source = io::ErrorKind::InvalidInput.into();
            return Err(ScanError::NoSuchPath { path: name.to_owned(), source });
        }
        Source::OciDir => Subject::Image(Box::new(
            OciDir::open(Path::new(path), reference, platform).map_err(wrong)?,
        )),
        Source::DockerArchive | Source::OciArchive => {
            let layout = match source {
                Source::OciArchive => Layout::OciArchive,
                _ => Layout::DockerArchive,
            };
            match Archive::open(Path::new(path)).map_err(wrong)? {
                Some(archive) => Subject::Image(Box::new(
                    archive.image(layout, reference, platform).map_err(wrong)?,
                )),
                None => {
                    let (target_again, path) = (target.clone(), path.to_owned());
                    let open = move || {
                        let wrong = |source| failed(&target_again, source);
                        let file = fs_err::File::open(&path).map_err(|source| {
                            wrong(ImageError::Path { path: path.as_str().into(), source })
                        })?;
                        ArchiveStream::new(&path, Box::new(file)).map_err(wrong)
                    };
                    let stream = open()?;
                    let reference = reference.map(str::to_owned);
                    // A compressed archive tells its kind when it has gone by.
                    let layout = match target {
                        Target::Path(_) => None,
                        _ => Some(layout),
                    };
                    let reopen = Some(Reopen(Box::new(open)));
                    Subject::Stream { stream, reopen, layout, reference }
                }
            }
        }
        Source::Registry => Subject::Image(Box::new(open_registry(name, target, config)?)),
        Source::Docker => open_engine(Kind::Docker, name, target, config)?,
        Source::Podman => open_engine(Kind::Podman, name, target, config)?,
        Source::Containerd => Subject::Image(Box::new(open_containerd(name, target, config)?)),
    };
    Ok(Opened { source, name: name.to_owned(), subject })
}
