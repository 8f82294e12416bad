//! Images of containerd, read from its files.
//!
//! Its socket speaks gRPC, for which a client would be larger than all of this crate, and hands
//! out blobs in small messages. The files are simple: blobs lie under their digests, and a
//! database says which digest an image name stands for.
//!
//! # Source
//!
//! The packages `core/metadata` (`buckets.go` draws the schema) and `plugins/content/local` of
//! the containerd project.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sekisho_types::{Digest, Reference};

use crate::{
    Config, EngineError,
    bolt::{Bolt, BoltError, Bucket, Snapshot},
};

/// Where containerd keeps everything unless it is told otherwise.
pub const DEFAULT_CONTAINERD: &str = "/var/lib/containerd";

const METADATA: &str = "io.containerd.metadata.v1.bolt/meta.db";
const CONTENT: &str = "io.containerd.content.v1.content/blobs";

/// Namespaces that are looked in first: that of `ctr`, of Kubernetes, of Docker.
const FIRST_NAMESPACES: [&str; 3] = ["default", "k8s.io", "moby"];

/// Blobs in the directory of a containerd.
#[derive(Debug, Clone)]
pub struct ContentStore {
    blobs: PathBuf,
}

/// What a name in a containerd stands for.
#[derive(Debug)]
pub struct ContentImage {
    pub namespace: String,
    /// As containerd knows it.
    pub name: String,
    /// Of an index or a manifest.
    pub digest: Digest,
    pub media_type: String,
    pub size_bytes: Option<u64>,
    pub store: ContentStore,
}

impl ContentStore {
    pub(crate) fn of(root: &Path) -> Self {
        Self { blobs: root.join(CONTENT) }
    }

    /// Opens a blob.
    ///
    /// # Errors
    ///
    /// When it is not there: an image of several platforms has the blobs of those that were
    /// pulled, and layers may be discarded once they are unpacked.
    pub fn open(&self, digest: &Digest) -> io::Result<Box<dyn Read + Send>> {
        match fs_err::File::open(self.path(digest)) {
            Ok(file) => Ok(Box::new(file)),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "containerd has not kept it: it was pulled for another platform, or \
                 `discard_unpacked_layers` is set; pull it again with `ctr content fetch`",
            )),
            Err(err) => Err(err),
        }
    }

    pub fn has(&self, digest: &Digest) -> bool {
        self.path(digest).is_file()
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.blobs.join(digest.algorithm()).join(digest.to_hex())
    }
}

/// Looks a name up in the containerds of this machine.
///
/// # Errors
///
/// When none has it; the error is of the one that came nearest.
pub fn find_content(config: &Config, name: &str) -> Result<ContentImage, EngineError> {
    let mut nearest: Option<EngineError> = None;
    for root in &config.containerd {
        match find_in(root, &config.containerd_namespaces, name) {
            Ok(image) => return Ok(image),
            Err(err) => {
                if nearest.as_ref().is_none_or(|nearest| nearest.rank() < err.rank()) {
                    nearest = Some(err);
                }
            }
        }
    }
    Err(nearest.unwrap_or(EngineError::NoContainerd { path: DEFAULT_CONTAINERD.into() }))
}

fn find_in(root: &Path, stated: &[String], name: &str) -> Result<ContentImage, EngineError> {
    let path = root.join(METADATA);
    let database = Bolt::open(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => EngineError::NoContainerd { path: root.to_owned() },
        io::ErrorKind::PermissionDenied => EngineError::ContentPermission { path: root.to_owned() },
        _ => EngineError::Store { path: path.clone(), source },
    })?;
    let names = names(name);
    let (found, namespaces) = database
        .read(&|snapshot| look(snapshot, stated, &names))
        .map_err(|source| EngineError::Metadata { path: path.clone(), source })?;
    let Some(found) = found else {
        let namespaces: Vec<String> = namespaces.into_iter().collect();
        let namespaces = match namespaces.as_slice() {
            [] => "no namespace at all".to_owned(),
            namespaces => namespaces.join(", "),
        };
        return Err(EngineError::NoSuchContent { name: name.to_owned(), namespaces });
    };
    let digest = Digest::parse(&found.digest)
        .map_err(|_| EngineError::MetadataDigest { path, text: found.digest.clone() })?;
    Ok(ContentImage {
        namespace: found.namespace,
        name: found.name,
        digest,
        media_type: found.media_type,
        size_bytes: found.size_bytes,
        store: ContentStore::of(root),
    })
}

/// What containerd may call an image that a person calls `name`.
fn names(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    if let Ok(reference) = name.parse::<Reference>() {
        names.push(reference.to_string());
        if let Some(digest) = &reference.digest {
            names.push(format!("{}/{}@{digest}", reference.registry, reference.repository));
        }
    }
    names.dedup();
    names
}

/// An entry of the database, not yet understood.
struct Entry {
    namespace: String,
    name: String,
    digest: String,
    media_type: String,
    size_bytes: Option<u64>,
}

/// Finds the first of `names` in the first namespace that has one; and says which there are.
fn look(
    snapshot: &Snapshot<'_>,
    stated: &[String],
    names: &[String],
) -> Result<(Option<Entry>, BTreeSet<String>), BoltError> {
    let Some(version) = snapshot.bucket(&[b"v1"])? else { return Ok((None, BTreeSet::new())) };
    let there: Vec<String> = snapshot
        .bucket_names(&version)?
        .into_iter()
        .filter_map(|name| String::from_utf8(name).ok())
        .collect();
    let mut order: Vec<&str> = match stated {
        [] => FIRST_NAMESPACES.to_vec(),
        stated => stated.iter().map(String::as_str).collect(),
    };
    if stated.is_empty() {
        order.extend(there.iter().map(String::as_str));
    }
    let mut looked = BTreeSet::new();
    for namespace in order {
        let is_there = there.iter().any(|there| there == namespace);
        if !is_there || !looked.insert(namespace.to_owned()) {
            continue;
        }
        let path: [&[u8]; 3] = [b"v1", namespace.as_bytes(), b"images"];
        let Some(images) = snapshot.bucket(&path)? else { continue };
        for name in names {
            if let Some(image) = snapshot.sub_bucket(&images, name.as_bytes())?
                && let Some(target) = snapshot.sub_bucket(&image, b"target")?
            {
                return Ok((Some(entry(snapshot, namespace, name, &target)?), looked));
            }
        }
    }
    Ok((None, looked))
}

fn entry(
    snapshot: &Snapshot<'_>,
    namespace: &str,
    name: &str,
    target: &Bucket,
) -> Result<Entry, BoltError> {
    let text = |key: &[u8]| -> Result<String, BoltError> {
        let value = snapshot.value(target, key)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&value).into_owned())
    };
    Ok(Entry {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        digest: text(b"digest")?,
        media_type: text(b"mediatype")?,
        size_bytes: snapshot.value(target, b"size")?.and_then(|bytes| varint(&bytes)),
    })
}

/// # Source
///
/// `PutVarint` of Go's encoding/binary: seven bits a byte, the lowest first, sign in bit 0.
fn varint(bytes: &[u8]) -> Option<u64> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        let part = u64::from(byte & 0x7f);
        value |= part.checked_shl(u32::try_from(index * 7).ok()?)?;
        if byte & 0x80 == 0 {
            // A size is not negative.
            return (value & 1 == 0).then_some(value >> 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{BoltBucket, bolt};

    use super::*;

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// Writes the metadata of a containerd with images, each as namespace and name.
    fn store(images: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let mut root = BoltBucket::default();
        for (namespace, name) in images {
            let namespace = root.bucket("v1").bucket(namespace);
            let target = namespace.bucket("images").bucket(name).bucket("target");
            target.value("digest", DIGEST).value("mediatype", "m").value("size", [0xce, 6]);
        }
        let path = directory.path().join(METADATA);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bolt(&root, 3)).unwrap();
        directory
    }

    fn found(directory: &Path, namespaces: &[&str], name: &str) -> String {
        let config = Config {
            containerd: vec![directory.to_owned()],
            containerd_namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
            ..Config::default()
        };
        match find_content(&config, name) {
            Ok(image) => {
                assert_eq!(
                    (image.digest.to_string().as_str(), image.size_bytes),
                    (DIGEST, Some(423))
                );
                format!("{} in {}", image.name, image.namespace)
            }
            Err(err) => err.to_string().replace(directory.to_str().unwrap(), "DIR"),
        }
    }

    #[test]
    fn a_short_name_is_found_in_the_namespaces_in_order() {
        let directory = store(&[
            ("a-team", "docker.io/library/alpine:3.20"),
            ("k8s.io", "docker.io/library/alpine:3.20"),
            ("k8s.io", "odd name"),
            ("buildkit", "ghcr.io/a/b:1"),
        ]);
        let find = |namespaces: &[&str], name: &str| found(directory.path(), namespaces, name);
        insta::assert_snapshot!(
            [
                find(&[], "alpine:3.20"),
                find(&["a-team"], "alpine:3.20"),
                find(&[], "ghcr.io/a/b:1"),
                find(&[], "odd name"),
                find(&[], "alpine"),
                find(&["moby"], "alpine:3.20"),
            ]
            .join("\n"),
            @r#"
        docker.io/library/alpine:3.20 in k8s.io
        docker.io/library/alpine:3.20 in a-team
        ghcr.io/a/b:1 in buildkit
        odd name in k8s.io
        containerd has no image "alpine" (looked in a-team, buildkit, k8s.io)
        containerd has no image "alpine:3.20" (looked in no namespace at all)
        "#
        );
    }

    #[test]
    fn without_containerd_the_answer_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let shown = found(directory.path(), &[], "alpine");
        insta::assert_snapshot!(shown, @r#"containerd does not run here: it keeps nothing in "DIR""#);
        let path = directory.path().join(METADATA);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, "no database").unwrap();
        assert!(found(directory.path(), &[], "alpine").contains("failed to look up"));
    }
}
