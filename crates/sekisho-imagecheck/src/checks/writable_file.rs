use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, places::each};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0012",
        name: "writable-file",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Anyone may write a file of the image",
            ja: "誰でも書き込めるファイルがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A process that was broken into changes it, whatever its user, and what reads \
                 the file next does what the intruder wrote.",
            ja: "乗っ取られたプロセスはどのユーザーでもこれを書き換えられ、次に読む側は侵入者\
                 の書いたとおりに動く。",
        },
        remediation: Text {
            en: "Run `chmod o-w FILE` in the step that makes it, and start the container with \
                 a read-only root.",
            ja: "ファイルを作る段で `chmod o-w FILE` を行い、コンテナーは読み取り専用のルート\
                 で起動する。",
        },
        references: &["https://man7.org/linux/man-pages/man7/inode.7.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    each(image, &image.files.writable_files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_place_that_anyone_may_write_fails_with_its_mode() {
        let mut image = subject().layers(1);
        image.files.writable_files = places(&[place("srv/data", 0o777)]);
        assert_eq!(shown(&CHECK, &image), "Medium at srv/data: mode 0777, owner 0:0");
    }

    #[test]
    fn many_places_are_named_once() {
        let mut image = subject().layers(1);
        let many: Vec<_> = (0..20).map(|n| place(&format!("srv/{n}"), 0o666)).collect();
        image.files.writable_files = places(&many);
        let text = shown(&CHECK, &image);
        assert_eq!(text.lines().count(), 10);
        assert!(text.ends_with("srv/9: mode 0666, owner 0:0, and 10 more like it"), "{text}");
    }

    #[test]
    fn an_image_without_such_a_place_passes() {
        assert_eq!(shown(&CHECK, &subject().layers(1)), "pass");
    }

    #[test]
    fn an_image_without_layers_has_no_files() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: the image has no files");
    }
}
