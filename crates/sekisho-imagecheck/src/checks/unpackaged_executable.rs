use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::{Executable, ExecutableFormat};

use crate::{
    ImageCheck, ImageSubject,
    subject::{NO_PROGRAMS, at_executable},
};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0030",
        name: "unpackaged-executable",
        kind: FindingKind::Executable,
        title: Text {
            en: "Programs of no package are in system directories",
            ja: "どのパッケージにも属さないプログラムがある",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Nobody publishes advisories for them and no update replaces them; in an \
                 image that is built from packages each is a decision somebody should know \
                 of.",
            ja: "脆弱性情報も更新も届かない。パッケージから作るイメージでは、一つ一つを誰かが\
                 把握しておくべきものになる。",
        },
        remediation: Text {
            en: "Install a package instead, or pin the download by checksum and list it in \
                 the executable allow-list.",
            ja: "パッケージで入れるか、チェックサムで固定して実行ファイルの許可一覧に載せる。",
        },
        references: &["https://www.cisecurity.org/benchmark/docker"],
        benchmark: None,
    },
    run,
};
/// Where nothing is packaged, being unpackaged says nothing.
const NO_PACKAGES: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "no package owns any program", ja: "プログラムを所有するパッケージがない"
    },
};

/// Where a distribution's packages put programs.
const DIRECTORIES: [&str; 4] = ["bin/", "sbin/", "usr/bin/", "usr/sbin/"];

fn run(image: &ImageSubject) -> Outcome {
    if image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    if !image.executables.iter().any(|file| file.package.is_some()) {
        return NO_PACKAGES;
    }
    let failures = image.executables.iter().filter(|file| is_stray(file)).map(|file| {
        let message = Message::new(
            format!("no package owns it, {} KiB", file.size_bytes >> 10),
            format!("所有するパッケージがない（{} KiB）", file.size_bytes >> 10),
        );
        at_executable(file, message)
    });
    let failures: Vec<Failure> = failures.collect();
    Outcome::of(failures)
}

fn is_stray(file: &Executable) -> bool {
    file.package.is_none()
        && file.format == ExecutableFormat::Elf
        && DIRECTORIES.iter().any(|directory| file.path.starts_with(directory))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn image(path: &str) -> ImageSubject {
        let package = Some("pkg:deb/bash@1.0".to_owned());
        subject().executables(&[Executable { package, ..executable("bin/bash") }, executable(path)])
    }

    #[test]
    fn a_stray_program_fails() {
        let text = shown(&CHECK, &image("usr/bin/tool"));
        assert_eq!(text, "Info at usr/bin/tool: no package owns it, 0 KiB");
    }

    #[test]
    fn what_the_app_brings_in_its_own_place_passes() {
        assert_eq!(shown(&CHECK, &image("srv/app/server")), "pass");
    }

    #[test]
    fn an_image_that_is_not_made_of_packages_is_not_judged() {
        let image = subject().executables(&[executable("bin/app")]);
        assert_eq!(shown(&CHECK, &image), "not applicable: no package owns any program");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
