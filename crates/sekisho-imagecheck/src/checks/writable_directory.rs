use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, places::each};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0013",
        name: "writable-directory",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Anyone may write a directory that is not sticky",
            ja: "誰でも書き込めスティッキーでないディレクトリがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Any user can delete and replace the files of others in it, programs and \
                 configuration included.",
            ja: "どのユーザーでも中にある他人のファイルを消して置き換えられ、プログラムや設定\
                 もその対象になる。",
        },
        remediation: Text {
            en: "Give it to the one user that needs it: `chown app DIR && chmod 0755 DIR`; \
                 for shared temporary files use mode 1777.",
            ja: "必要なユーザーだけに与える: `chown app DIR && chmod 0755 DIR`。共有の一時デ\
                 ィレクトリならモード 1777 にする。",
        },
        references: &["https://man7.org/linux/man-pages/man7/inode.7.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    each(image, &image.files.writable_directories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_place_that_anyone_may_write_fails_with_its_mode() {
        let mut image = subject().layers(1);
        image.files.writable_directories = places(&[place("srv/data", 0o777)]);
        assert_eq!(shown(&CHECK, &image), "Medium at srv/data: mode 0777, owner 0:0");
    }

    #[test]
    fn many_places_are_named_once() {
        let mut image = subject().layers(1);
        let many: Vec<_> = (0..20).map(|n| place(&format!("srv/{n}"), 0o666)).collect();
        image.files.writable_directories = places(&many);
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
