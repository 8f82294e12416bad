use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, programs::installed};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0008",
        name: "sudo",
        kind: FindingKind::Configuration,
        title: Text { en: "sudo is installed", ja: "sudo がインストールされている" },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A setuid program whose only purpose is to become root undoes the USER of the \
                 image, and has had holes that needed no password.",
            ja: "root になるための setuid プログラムは USER の指定を無意味にし、パスワード不\
                 要で突破できる欠陥も見つかってきた。",
        },
        remediation: Text {
            en: "Do what needs root before USER in the Dockerfile; drop rights at start with \
                 `setpriv` or `gosu`; remove sudo and doas.",
            ja: "root が要る処理は Dockerfile の USER より前で済ませ、起動時の権限降格は `setpriv` \
                 や `gosu` で行い、sudo と doas を除く。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
};

const PACKAGES: &[&str] = &["sudo", "sudo-ldap", "doas", "opendoas"];
const PROGRAMS: &[&str] = &["usr/bin/sudo", "usr/bin/doas"];

fn run(image: &ImageSubject) -> Outcome {
    installed(image, PACKAGES, PROGRAMS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_package_or_the_bare_program_fails() {
        let image = subject().package("sudo");
        let want = "Medium at var/lib/dpkg/status: the package sudo 1.0 is installed";
        assert_eq!(shown(&CHECK, &image), want);
        let image = subject().executables(&[executable("usr/bin/sudo")]);
        assert_eq!(shown(&CHECK, &image), "Medium at usr/bin/sudo: it is installed");
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
