use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::report::Location;

use crate::{ImageCheck, ImageSubject};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0007",
        name: "package-cache",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Files of a package manager were left behind",
            ja: "パッケージマネージャーのキャッシュが残っている",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "They make every pull larger, and lists of packages that are months old let a \
                 later build install known holes.",
            ja: "取得のたびに余分な転送になり、古い一覧が残ると後のビルドで既知の穴のある版が\
                 入る。",
        },
        remediation: Text {
            en: "Clean up in the RUN that installs, or mount the cache: `RUN --mount=type=cache,target=/var/cache/apt \
                 …`.",
            ja: "インストールと同じ RUN で消すか、キャッシュをマウントする: `RUN --mount=type=cache,target=/var/cache/apt \
                 …`。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: None,
    },
    run,
};

const NO_MANAGER: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "nothing in it was installed by a package manager",
        ja: "パッケージマネージャーで入れたものがない",
    },
};

fn run(image: &ImageSubject) -> Outcome {
    if image.packages.is_empty() && image.files.caches.is_empty() {
        return NO_MANAGER;
    }
    let failure = |cache: &crate::PackageCache| {
        let (path, manager, clear) = (&cache.path, &cache.manager, &cache.cleared_by);
        let kib = cache.size_bytes >> 10;
        let message = Message::new(
            format!("{manager}: {kib} KiB below /{path}, emptied by `{clear}`"),
            format!("{manager}: /{path} に {kib} KiB（`{clear}` で消える）"),
        );
        let location = Location::of_file(cache.layer, path);
        Failure::new(path, message).at(location)
    };
    Outcome::of(image.files.caches.iter().map(failure).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_cache_fails_with_the_command_that_empties_it() {
        let mut image = subject().package("bash");
        image.files.caches = vec![crate::PackageCache {
            manager: "apt".to_owned(),
            path: "var/lib/apt/lists".to_owned(),
            size_bytes: 20 << 20,
            n_files: 9,
            layer: None,
            cleared_by: "rm -rf /var/lib/apt/lists/*".to_owned(),
        }];
        assert_eq!(
            shown(&CHECK, &image),
            "Low at var/lib/apt/lists: apt: 20480 KiB below /var/lib/apt/lists, emptied by \
             `rm -rf /var/lib/apt/lists/*`"
        );
    }

    #[test]
    fn packages_without_a_cache_pass() {
        assert_eq!(shown(&CHECK, &subject().package("bash")), "pass");
    }

    #[test]
    fn an_image_without_packages_is_not_judged() {
        assert!(shown(&CHECK, &subject()).starts_with("not applicable"));
    }
}
