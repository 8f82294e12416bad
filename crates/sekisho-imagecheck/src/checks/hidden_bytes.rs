use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::report::Location;

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0025",
        name: "hidden-bytes",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Deleted files still take much room in lower layers",
            ja: "削除済みファイルが下のレイヤーで容量を取っている",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A file that a later layer deletes is pulled all the same, and anyone can \
                 read it out of the layer below.",
            ja: "後のレイヤーで消したファイルも取得され続け、下のレイヤーから誰でも読み出せる。",
        },
        remediation: Text {
            en: "Delete in the step that made the file, or build in a first stage and copy \
                 the result.",
            ja: "作ったのと同じ段で消すか、最初のステージで作って成果物だけを写す。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    if image.config.is_none() {
        return NO_CONFIG;
    }
    let total: u64 =
        image.files.hidden.iter().map(|layer| layer.size_bytes).fold(0, u64::saturating_add);
    if total < image.thresholds.hidden_bytes {
        return Outcome::Pass;
    }
    // Layers that hide little beside the others would only repeat the advice.
    let worth_naming = total / 10;
    let hidden = image.files.hidden.iter().enumerate();
    let failures =
        hidden.filter(|(_, layer)| layer.size_bytes > worth_naming).map(|(index, layer)| {
            let mib = layer.size_bytes >> 20;
            let number = index + 1;
            let largest = layer.largest.first();
            let path = largest.map(|file| file.path.clone()).unwrap_or_default();
            let message = Message::new(
                format!("{mib} MiB of layer {number} are hidden, most in {path:?}"),
                format!("レイヤー {number} の {mib} MiB が隠れている（最大は {path:?}）"),
            );
            let layer = image.diff_id(index);
            let key = layer.map_or_else(|| number.to_string(), |layer| layer.to_string());
            Failure::new(key, message).at(Location::of_file(layer, path))
        });
    Outcome::of(failures.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{HiddenFile, LayerFiles};

    fn hiding(bytes: &[u64]) -> ImageSubject {
        let mut image = subject().layers(bytes.len());
        image.files.hidden = bytes
            .iter()
            .map(|&size_bytes| LayerFiles {
                size_bytes,
                n_files: 1,
                largest: vec![HiddenFile { path: "var/big".to_owned(), size_bytes }],
            })
            .collect();
        image
    }

    #[test]
    fn the_layers_that_hide_most_are_named() {
        let image = hiding(&[200 << 20, 1 << 20, 0]);
        assert_eq!(
            shown(&CHECK, &image),
            "Low at var/big: 200 MiB of layer 1 are hidden, most in \"var/big\""
        );
    }

    #[test]
    fn little_waste_passes() {
        assert_eq!(shown(&CHECK, &hiding(&[1 << 20])), "pass");
    }

    #[test]
    fn a_directory_hides_nothing() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}
