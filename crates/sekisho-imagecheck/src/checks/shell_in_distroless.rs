use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Message, Outcome};

use crate::{ImageCheck, ImageSubject, subject::at_executable};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0022",
        name: "shell-in-distroless",
        kind: FindingKind::Configuration,
        title: Text {
            en: "An image without a package manager has a shell",
            ja: "distroless のイメージにシェルがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Such an image is chosen so that an intruder finds nothing to go on with; one \
                 shell or busybox gives everything back.",
            ja: "侵入者に足場を与えないための作りなのに、シェルや busybox が一つあれば元の木\
                 阿弥になる。",
        },
        remediation: Text {
            en: "Take the final base without the `debug` tag, and copy programs instead of \
                 running shell scripts.",
            ja: "最終ステージのベースから `debug` タグを外し、シェルスクリプトでなくプログラ\
                 ムを直接起動する。",
        },
        references: &["https://github.com/GoogleContainerTools/distroless"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
};

const NOT_DISTROLESS: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "the image is not distroless", ja: "distroless のイメージではない"
    },
};

const SHELLS: [&str; 8] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "toybox"];

fn run(image: &ImageSubject) -> Outcome {
    if !image.is_distroless() {
        return NOT_DISTROLESS;
    }
    let shells = image.executables.iter().filter(|file| {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        SHELLS.contains(&name)
    });
    let failures =
        shells.map(|file| at_executable(file, Message::new("it is a shell", "シェルがある")));
    Outcome::of(failures.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn distroless(paths: &[&str]) -> ImageSubject {
        let files: Vec<_> = paths.iter().map(|path| executable(path)).collect();
        let mut image = subject().executables(&files);
        image.files.has_status_directory = true;
        image
    }

    #[test]
    fn a_shell_fails() {
        let image = distroless(&["app", "busybox/busybox"]);
        assert_eq!(shown(&CHECK, &image), "Medium at busybox/busybox: it is a shell");
    }

    #[test]
    fn programs_alone_pass() {
        assert_eq!(shown(&CHECK, &distroless(&["app"])), "pass");
        assert_eq!(shown(&CHECK, &subject().os("wolfi", "2024")), "pass");
    }

    #[test]
    fn a_full_distribution_has_a_shell() {
        let image = subject().os("debian", "12").executables(&[executable("bin/sh")]);
        assert_eq!(shown(&CHECK, &image), "not applicable: the image is not distroless");
    }
}
