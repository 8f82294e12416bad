use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, programs::installed};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0009",
        name: "ssh-server",
        kind: FindingKind::Configuration,
        title: Text {
            en: "An SSH server is installed",
            ja: "SSH サーバーがインストールされている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "It is a second way in beside the service, with keys and passwords nobody \
                 rotates; containers are entered through the engine, which also writes who \
                 did.",
            ja: "サービスとは別の入口になり、鍵やパスワードは更新されない。コンテナーには記録\
                 の残るエンジン経由（ECS Exec など）で入れる。",
        },
        remediation: Text {
            en: "Remove openssh-server or dropbear; use `docker exec`, ECS Exec or `kubectl \
                 exec`.",
            ja: "openssh-server や dropbear を除き、`docker exec`、ECS Exec、`kubectl exec` \
                 を使う。",
        },
        references: &["https://www.cisecurity.org/benchmark/docker"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.7"),
    },
    run,
};

const PACKAGES: &[&str] = &["openssh-server", "dropbear", "dropbear-bin"];
const PROGRAMS: &[&str] = &["usr/sbin/sshd", "usr/sbin/dropbear"];

fn run(image: &ImageSubject) -> Outcome {
    installed(image, PACKAGES, PROGRAMS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_package_or_the_bare_program_fails() {
        let image = subject().package("openssh-server");
        let want = "High at var/lib/dpkg/status: the package openssh-server 1.0 is installed";
        assert_eq!(shown(&CHECK, &image), want);
        let image = subject().executables(&[executable("usr/sbin/sshd")]);
        assert_eq!(shown(&CHECK, &image), "High at usr/sbin/sshd: it is installed");
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
