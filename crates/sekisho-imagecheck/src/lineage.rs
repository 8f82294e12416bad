//! The image that an image was likely built on, told without asking anyone.

use sekisho_image::ImageConfig;
use sekisho_types::{
    Confidence,
    report::{BaseImage, LineageEvidence},
};

use crate::Step;

/// Annotation keys of the OCI Image Specification, annotations.md, which builders also write as
/// labels.
const BASE_NAME: &str = "org.opencontainers.image.base.name";
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";

/// The likely base image of an image; none where nothing hints at one.
pub fn lineage(config: &ImageConfig) -> Option<BaseImage> {
    let steps: Vec<Step<'_>> = config.history.iter().map(Step::parse).collect();
    let label = |key: &str| {
        let found = config.labels.iter().find(|(name, value)| name == key && !value.is_empty());
        found.map(|(_, value)| value.clone())
    };
    let from = steps.iter().rev().find_map(|step| {
        let name = step.comment.strip_prefix("FROM ")?.trim();
        (!name.is_empty()).then(|| name.to_owned())
    });
    let end = end_of_base(&steps);
    let of_base = |end: usize| steps.get(..=end).unwrap_or_default();
    let n_layers = end
        .map(|end| of_base(end).iter().filter(|step| step.layer.is_some()).count())
        .filter(|n_layers| *n_layers > 0);
    let created = end.and_then(|end| {
        let dated = of_base(end).iter().rev().find(|step| !step.created.is_empty());
        dated.map(|step| step.created.to_owned())
    });
    let (name, evidence, confidence) = match (label(BASE_NAME), from) {
        (Some(name), _) => (Some(name), LineageEvidence::Label, Confidence::High),
        (None, Some(name)) => (Some(name), LineageEvidence::Comment, Confidence::High),
        (None, None) => (root_name(&steps), LineageEvidence::History, Confidence::Medium),
    };
    let digest = label(BASE_DIGEST);
    if name.is_none() && digest.is_none() && n_layers.is_none() {
        return None;
    }
    Some(BaseImage { name, digest, n_layers, created, evidence, confidence })
}

/// Index of the last step of the base: an image ends by saying what it starts, so a `CMD` or an
/// `ENTRYPOINT` with a layer behind it was the end of another image.
fn end_of_base(steps: &[Step<'_>]) -> Option<usize> {
    let last_layer = steps.iter().rposition(|step| step.layer.is_some())?;
    let starts = |step: &Step<'_>| matches!(step.instruction, "CMD" | "ENTRYPOINT");
    let before = steps.get(..last_layer)?;
    let end = before.iter().rposition(starts)?;
    // A Dockerfile may state ENTRYPOINT and then CMD; both belong to the same image.
    let also = before.get(end + 1..)?.iter().take_while(|step| starts(step)).count();
    Some(end + also)
}

/// The name of the root file system that the first layer brings, as its publisher writes it.
fn root_name(steps: &[Step<'_>]) -> Option<String> {
    let first = steps.iter().find(|step| step.layer.is_some())?;
    let text = first.arguments;
    if let Some(rest) = text.strip_prefix("# debian.sh") {
        let suite = rest.split('\'').nth(3)?;
        return Some(format!("debian:{suite}"));
    }
    if let Some(rest) = text.strip_prefix("alpine-minirootfs-") {
        let version = rest.split('-').next()?;
        return Some(format!("alpine:{version}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{config, subject};

    fn shown(steps: &[&str], labels: &[(&str, &str)]) -> String {
        let mut config = config(subject().history(steps));
        config.labels =
            labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        lineage(&config).map_or("none".to_owned(), |base| {
            let BaseImage { name, n_layers, evidence, .. } = base;
            format!("{} {n_layers:?} {evidence:?}", name.as_deref().unwrap_or("?"))
        })
    }

    #[test]
    fn the_base_ends_where_an_image_said_what_it_starts() {
        let steps = [
            "+# debian.sh --arch 'amd64' out/ 'bookworm' '@1728860000'",
            "CMD [\"bash\"]",
            "+RUN /bin/sh -c apt-get install -y python3 # buildkit",
            "ENTRYPOINT [\"python3\"]",
            "CMD [\"-i\"]",
            "+COPY . /srv # buildkit",
            "CMD [\"/srv/app.py\"]",
        ];
        assert_eq!(shown(&steps, &[]), "debian:bookworm Some(2) History");
        assert_eq!(shown(&steps[..5], &[]), "debian:bookworm Some(1) History");
    }

    #[test]
    fn a_label_is_believed_before_a_guess() {
        let label = [(BASE_NAME, "registry.example/base:1")];
        assert_eq!(shown(&["+COPY a b"], &label), "registry.example/base:1 None Label");
        assert_eq!(shown(&["+COPY a b"], &[]), "none");
    }
}
