use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, programs::installed};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0010",
        name: "remote-shell",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A program for telnet, rsh or FTP login is installed",
            ja: "telnet・rsh・FTP のプログラムがある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "They send passwords and commands as plain text; servers of this kind give a \
                 shell to whoever listens on the way, clients help an intruder to go on.",
            ja: "パスワードもコマンドも平文で流れる。サーバーは経路上の盗聴者にシェルを渡し、\
                 クライアントは侵入後の足場になる。",
        },
        remediation: Text {
            en: "Remove the package, and use the engine's exec for access.",
            ja: "パッケージを除き、操作にはエンジンの exec を使う。",
        },
        references: &["https://www.cisecurity.org/benchmark/docker"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
};

const PACKAGES: &[&str] = &[
    "telnetd",
    "telnet",
    "inetutils-telnet",
    "inetutils-telnetd",
    "telnet-server",
    "rsh-client",
    "rsh-server",
    "vsftpd",
    "proftpd-core",
    "tftpd-hpa",
];
const PROGRAMS: &[&str] =
    &["usr/sbin/telnetd", "usr/bin/telnet", "usr/bin/rsh", "usr/sbin/in.telnetd"];

fn run(image: &ImageSubject) -> Outcome {
    installed(image, PACKAGES, PROGRAMS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_package_or_the_bare_program_fails() {
        let image = subject().package("telnetd");
        let want = "High at var/lib/dpkg/status: the package telnetd 1.0 is installed";
        assert_eq!(shown(&CHECK, &image), want);
        let image = subject().executables(&[executable("usr/sbin/telnetd")]);
        assert_eq!(shown(&CHECK, &image), "High at usr/sbin/telnetd: it is installed");
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
