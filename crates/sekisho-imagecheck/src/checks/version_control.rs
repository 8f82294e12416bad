use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, places::each};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0023",
        name: "version-control",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A version control directory is in the image",
            ja: "バージョン管理のディレクトリが入っている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "It holds the whole history of the source, with every secret that was ever \
                 committed and taken out again, and the URL with its token.",
            ja: "ソースの全履歴が含まれ、一度コミットして消した秘密や、トークン入りの URL ま\
                 で読める。",
        },
        remediation: Text {
            en: "List `.git` in .dockerignore, or copy only what the program needs.",
            ja: "`.git` を .dockerignore に書くか、必要なものだけを COPY する。",
        },
        references: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    each(image, &image.files.repositories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_repository_fails() {
        let mut image = subject().layers(1);
        image.files.repositories = places(&[place("srv/.git", 0o755)]);
        assert_eq!(shown(&CHECK, &image), "Medium at srv/.git: mode 0755, owner 0:0");
    }

    #[test]
    fn an_image_without_one_passes() {
        assert_eq!(shown(&CHECK, &subject().layers(1)), "pass");
    }

    #[test]
    fn an_image_without_layers_has_no_files() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: the image has no files");
    }
}
