use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, programs::installed};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0011",
        name: "compiler",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A compiler is installed", ja: "コンパイラーがインストールされている"
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "An intruder builds exploits for exactly this kernel with it, and the tools \
                 of the build bring hundreds of files with holes of their own.",
            ja: "侵入者はこのカーネル向けの攻撃コードをその場で作れ、ビルド用の道具は数百のフ\
                 ァイルとその脆弱性を持ち込む。",
        },
        remediation: Text {
            en: "Build in a first stage and copy the result: `COPY --from=build /out/app \
                 /app`.",
            ja: "最初のステージでビルドし、成果物だけを写す: `COPY --from=build /out/app /app`。",
        },
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
};

const PACKAGES: &[&str] =
    &["gcc", "g++", "clang", "build-base", "build-essential", "gcc-c++", "golang-go", "rustc"];
const PROGRAMS: &[&str] = &["usr/bin/gcc", "usr/bin/cc", "usr/local/go/bin/go", "usr/bin/clang"];

fn run(image: &ImageSubject) -> Outcome {
    installed(image, PACKAGES, PROGRAMS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_package_or_the_bare_program_fails() {
        let image = subject().package("gcc");
        let want = "Low at var/lib/dpkg/status: the package gcc 1.0 is installed";
        assert_eq!(shown(&CHECK, &image), want);
        let image = subject().executables(&[executable("usr/bin/gcc")]);
        assert_eq!(shown(&CHECK, &image), "Low at usr/bin/gcc: it is installed");
    }

    #[test]
    fn an_image_without_it_passes() {
        let image = subject().package("bash").executables(&[executable("bin/bash")]);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn an_image_without_any_program_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
