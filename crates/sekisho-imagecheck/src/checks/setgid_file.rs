use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, privileged::with_bit};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0015",
        name: "setgid-file",
        kind: FindingKind::Executable,
        title: Text {
            en: "A program has the setgid bit",
            ja: "setgid ビットの付いたプログラムがある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "A setgid program runs with the group of its file, such as shadow or tty, \
                 whoever starts it. Those of a distribution's package are known and rated \
                 info; one that nobody packaged is somebody's back door or mistake.",
            ja: "setgid のプログラムは起動した人に関係なくファイルのグループ（shadow や tty \
                 など）で動く。配布パッケージのものは素性が知れているので「情報」とし、どのパッケー\
                 ジにも属さないものは裏口か誤りとみなす。",
        },
        remediation: Text {
            en: "Take the bit away where nothing needs it: `RUN find / -xdev -perm /6000 \
                 -type f -exec chmod a-s {} +`, and run with no-new-privileges.",
            ja: "不要なら外す: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`。\
                 実行時は no-new-privileges を付ける。",
        },
        references: &[
            "https://www.cisecurity.org/benchmark/docker",
            "https://man7.org/linux/man-pages/man2/chmod.2.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.8"),
    },
    run,
};

const BIT: u16 = 0o2000;

fn run(image: &ImageSubject) -> Outcome {
    with_bit(image, BIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn one_of_no_package_is_worse_than_one_of_a_package() {
        assert_eq!(
            shown(&CHECK, &privileged(0o2755, None)),
            "High at bin/mount: mode 2755, owner 0:0, in no package"
        );
        assert_eq!(
            shown(&CHECK, &privileged(0o2755, Some("pkg:deb/mount@1.0"))),
            "Info at bin/mount: mode 2755, owner 0:0, from mount 1.0"
        );
    }

    #[test]
    fn an_image_without_the_bit_passes() {
        assert_eq!(shown(&CHECK, &subject().layers(1)), "pass");
    }

    #[test]
    fn an_image_without_layers_has_no_files() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: the image has no files");
    }
}
