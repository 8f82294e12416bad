//! The files in which images lie: OCI layouts and archives of `docker save`.

use std::{collections::BTreeMap, io, path::Path};

use sekisho_types::Digest;
use serde_json::{Value, json};

use crate::{
    image::{Blob, Image},
    layer::LayerBuilder,
    sha256,
};

const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    File(Vec<u8>),
    /// Target, relative to the directory it lies in.
    Symlink(String),
}

/// Named files of one or more images, to be changed, then written as a directory or a tar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// By path, so always in the same order.
    pub nodes: BTreeMap<String, Node>,
}

impl Bundle {
    /// An OCI layout whose index lists each image under its tag.
    ///
    /// # Source
    ///
    /// OCI image specification, image-layout.md.
    pub fn oci(images: &[(&str, &Image)]) -> Self {
        let mut bundle = Self::default();
        let mut manifests = Vec::new();
        for (tag, image) in images {
            bundle.add_image(image);
            let mut descriptor = image.manifest.descriptor();
            descriptor["annotations"] = json!({ REF_NAME: tag });
            manifests.push(descriptor);
        }
        bundle.finish_oci(&manifests);
        bundle
    }

    /// An OCI layout of one image in several platforms, below `depth` indexes besides
    /// `index.json`: none as skopeo writes, one as buildx does.
    pub fn oci_platforms(tag: &str, images: &[&Image], depth: usize) -> Self {
        let mut bundle = Self::default();
        let mut manifests = Vec::new();
        for image in images {
            bundle.add_image(image);
            let mut descriptor = image.manifest.descriptor();
            descriptor["platform"] = image.platform.to_json();
            manifests.push(descriptor);
        }
        for _ in 0..depth {
            let index = Blob::json(&index_json(&manifests), INDEX_TYPE);
            manifests = vec![index.descriptor()];
            bundle.add_blob(&index);
        }
        for descriptor in &mut manifests {
            descriptor["annotations"] = json!({ REF_NAME: tag });
        }
        bundle.finish_oci(&manifests);
        bundle
    }

    /// What `docker save` writes since Docker 25: an OCI layout with `manifest.json` beside.
    pub fn docker(images: &[(&str, &Image)]) -> Self {
        let mut bundle = Self::oci(images);
        let entries = images.iter().map(|(tag, image)| {
            let layers = image.layers.iter().map(|layer| Self::blob_path(&layer.blob.digest));
            let sources: BTreeMap<_, _> = image
                .layers
                .iter()
                .map(|layer| (layer.diff_id.to_string(), layer.blob.descriptor()))
                .collect();
            json!({
                "Config": Self::blob_path(&image.config.digest),
                "RepoTags": [tag],
                "Layers": layers.collect::<Vec<_>>(),
                "LayerSources": sources,
            })
        });
        bundle.add_json("manifest.json", &entries.collect());
        bundle
    }

    /// What `docker save` wrote before Docker 25: a directory a layer, uncompressed; a layer
    /// that was written before is a symbolic link to the first.
    ///
    /// # Source
    ///
    /// Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
    pub fn docker_old(images: &[(&str, &Image)]) -> Self {
        let mut bundle = Self::default();
        let (mut entries, mut repositories) = (Vec::new(), json!({}));
        let mut written = BTreeMap::new();
        for (tag, image) in images {
            let (mut layers, mut parent) = (Vec::new(), String::new());
            for layer in &image.layers {
                // As Docker's: a layer's id depends on those below it.
                let id = sha256(format!("{parent} {}", layer.diff_id).as_bytes()).to_hex();
                let path = format!("{id}/layer.tar");
                let first = written.entry(layer.diff_id).or_insert_with(|| id.clone());
                let node = if *first == id {
                    Node::File(layer.tar.clone())
                } else {
                    Node::Symlink(format!("../{first}/layer.tar"))
                };
                bundle.nodes.insert(path.clone(), node);
                bundle.add(format!("{id}/VERSION"), "1.0");
                let mut v1 = json!({"id": id});
                if !parent.is_empty() {
                    v1["parent"] = json!(parent);
                }
                bundle.add_json(format!("{id}/json"), &v1);
                layers.push(path);
                parent = id;
            }
            let config = format!("{}.json", image.config.digest.to_hex());
            bundle.add(config.clone(), &image.config.bytes);
            entries.push(json!({"Config": config, "RepoTags": [tag], "Layers": layers}));
            if let Some((repository, tag)) = tag.rsplit_once(':') {
                repositories[repository][tag] = json!(parent);
            }
        }
        bundle.add_json("manifest.json", &json!(entries));
        bundle.add_json("repositories", &repositories);
        bundle
    }

    /// An OCI layout with a manifest of schema 1, which nobody should read any more.
    pub fn oci_schema_1(tag: &str) -> Self {
        let manifest = json!({
            "schemaVersion": 1,
            "name": tag,
            "tag": "latest",
            "architecture": "amd64",
            "fsLayers": [{"blobSum": sha256(b"")}],
            "history": [{"v1Compatibility": "{}"}],
            "signatures": [],
        });
        let media_type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        let manifest = Blob::json(&manifest, media_type);
        let mut bundle = Self::default();
        bundle.add_blob(&manifest);
        bundle.finish_oci(&[manifest.descriptor()]);
        bundle
    }

    /// Where a blob lies in an OCI layout.
    pub fn blob_path(digest: &Digest) -> String {
        format!("blobs/{}/{}", digest.algorithm(), digest.to_hex())
    }

    /// The bytes of the file at `path`, to be read or damaged.
    pub fn file(&mut self, path: &str) -> &mut Vec<u8> {
        match self.nodes.get_mut(path) {
            Some(Node::File(bytes)) => bytes,
            found => unreachable!("no file at {path:?} but {found:?}"),
        }
    }

    /// The bytes of a blob, to be read or damaged.
    pub fn blob(&mut self, digest: &Digest) -> &mut Vec<u8> {
        self.file(&Self::blob_path(digest))
    }

    pub fn remove_blob(&mut self, digest: &Digest) {
        let path = Self::blob_path(digest);
        assert!(self.nodes.remove(&path).is_some(), "no blob at {path:?}");
    }

    pub fn add(&mut self, path: impl Into<String>, bytes: impl AsRef<[u8]>) {
        self.nodes.insert(path.into(), Node::File(bytes.as_ref().to_vec()));
    }

    /// Writes the files below `directory`, which is made where it is missing.
    pub fn write_to(&self, directory: &Path) -> io::Result<()> {
        for (path, node) in &self.nodes {
            let path = directory.join(path);
            fs_err::create_dir_all(path.parent().unwrap_or(directory))?;
            match node {
                Node::File(bytes) => fs_err::write(path, bytes)?,
                Node::Symlink(target) => fs_err::os::unix::fs::symlink(target, path)?,
            }
        }
        Ok(())
    }

    /// The files as one tar, each name after `prefix`: empty, or `./` as `tar c .` writes.
    pub fn to_tar(&self, prefix: &str) -> Vec<u8> {
        let mut tar = LayerBuilder::new();
        tar.with_parents();
        for (path, node) in &self.nodes {
            match node {
                Node::File(bytes) => tar.file(format!("{prefix}{path}"), bytes),
                Node::Symlink(target) => tar.symlink(format!("{prefix}{path}"), target),
            };
        }
        tar.finish().tar
    }

    fn add_image(&mut self, image: &Image) {
        self.add_blob(&image.manifest);
        for blob in image.blobs() {
            self.add_blob(blob);
        }
    }

    fn add_blob(&mut self, blob: &Blob) {
        self.add(Self::blob_path(&blob.digest), &blob.bytes);
    }

    fn add_json(&mut self, path: impl Into<String>, document: &Value) {
        self.add(path, document.to_string());
    }

    fn finish_oci(&mut self, manifests: &[Value]) {
        self.add_json("index.json", &index_json(manifests));
        self.add_json("oci-layout", &json!({"imageLayoutVersion": "1.0.0"}));
    }
}

fn index_json(manifests: &[Value]) -> Value {
    json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests})
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use sekisho_archive::tar::{EntryKind, TarReader};

    use super::*;
    use crate::{BlobCompression, ImageBuilder, Layer, Platform, image::ImageConfig};

    fn layer(name: &str) -> Layer {
        LayerBuilder::new().file(name, name).finish()
    }

    fn image(platform: &str, names: &[&str]) -> Image {
        let platform = Platform::new(platform);
        let mut builder = ImageBuilder::new();
        builder.config(ImageConfig { platform, ..ImageConfig::default() });
        for name in names {
            builder.layer(layer(name), "COPY");
        }
        builder.build()
    }

    fn json(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    /// Follows the first descriptor of `document` to the blob it names, which it verifies.
    fn follow(bundle: &mut Bundle, descriptor: &Value) -> Vec<u8> {
        let digest = Digest::parse(descriptor["digest"].as_str().unwrap()).unwrap();
        let bytes = bundle.blob(&digest).clone();
        assert_eq!(sha256(&bytes), digest);
        assert_eq!(bytes.len(), usize::try_from(descriptor["size"].as_u64().unwrap()).unwrap());
        bytes
    }

    #[test]
    fn an_index_leads_to_every_layer() {
        let image = image("linux/amd64", &["a", "b"]);
        let mut bundle = Bundle::oci(&[("1.0", &image)]);
        let index = json(bundle.file("index.json"));
        assert_eq!(index["manifests"][0]["annotations"][REF_NAME], "1.0");
        let manifest = json(&follow(&mut bundle, &index["manifests"][0]));
        let config = json(&follow(&mut bundle, &manifest["config"]));
        for (at, layer) in [layer("a"), layer("b")].iter().enumerate() {
            follow(&mut bundle, &manifest["layers"][at]);
            assert_eq!(config["rootfs"]["diff_ids"][at], layer.diff_id.to_string());
        }
    }

    #[test]
    fn platforms_lie_below_as_many_indexes_as_asked() {
        let images = [image("linux/amd64", &["a"]), image("linux/arm64/v8", &["b"])];
        for depth in [0, 1, 3] {
            let mut bundle = Bundle::oci_platforms("1", &[&images[0], &images[1]], depth);
            let mut index = json(bundle.file("index.json"));
            for _ in 0..depth {
                index = json(&follow(&mut bundle, &index["manifests"][0]));
            }
            assert_eq!(index["manifests"][1]["platform"]["variant"], "v8");
            let manifest = json(&follow(&mut bundle, &index["manifests"][1]));
            assert_eq!(manifest["schemaVersion"], 2);
        }
    }

    #[test]
    fn an_old_archive_links_layers_it_has_written() {
        let images = [image("linux/amd64", &["a", "b"]), image("linux/amd64", &["c", "b"])];
        let mut bundle = Bundle::docker_old(&[("x:1", &images[0]), ("y:1", &images[1])]);
        let manifest = json(bundle.file("manifest.json"));
        let first = manifest[0]["Layers"][1].as_str().unwrap();
        let second = manifest[1]["Layers"][1].as_str().unwrap();
        assert_eq!(sha256(bundle.file(first)), layer("b").diff_id);
        assert_eq!(bundle.nodes[second], Node::Symlink(format!("../{first}")));
        let tar = bundle.to_tar("./");
        let mut reader = TarReader::new(&tar[..]);
        let mut names = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            if entry.kind == EntryKind::Symlink {
                assert_eq!(entry.name, format!("./{second}").as_bytes());
            }
            names.push(String::from_utf8(entry.name).unwrap());
        }
        assert_eq!(names.first().unwrap(), "./");
        assert_eq!(names.last().unwrap(), "./repositories");
    }

    #[test]
    fn a_new_archive_names_its_blobs() {
        let image = image("linux/amd64", &["a"]);
        let mut bundle = Bundle::docker(&[("x:1", &image)]);
        let manifest = json(bundle.file("manifest.json"));
        let config = manifest[0]["Config"].as_str().unwrap().to_owned();
        assert_eq!(*bundle.file(&config), image.config.bytes);
    }

    #[test]
    fn a_directory_holds_what_the_tar_holds() {
        let mut builder = ImageBuilder::new();
        builder.compression(BlobCompression::Zstd).layer(layer("a"), "COPY");
        let bundle = Bundle::oci(&[("1", &builder.build())]);
        let directory = tempfile::tempdir().unwrap();
        bundle.write_to(directory.path()).unwrap();
        let tar = bundle.to_tar("");
        let mut reader = TarReader::new(&tar[..]);
        let mut n_files = 0;
        while let Some(entry) = reader.next_entry().unwrap() {
            let path = directory.path().join(String::from_utf8(entry.name.clone()).unwrap());
            if entry.kind == EntryKind::File {
                let mut content = Vec::new();
                reader.read_to_end(&mut content).unwrap();
                assert_eq!(content, fs_err::read(path).unwrap());
                n_files += 1;
            }
        }
        assert_eq!(n_files, bundle.nodes.len());
    }
}
