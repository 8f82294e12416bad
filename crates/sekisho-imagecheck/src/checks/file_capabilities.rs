use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::Executable;

use crate::{
    ImageCheck, ImageSubject,
    subject::{NO_PROGRAMS, at_executable},
};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0016",
        name: "file-capabilities",
        kind: FindingKind::Executable,
        title: Text {
            en: "A program brings capabilities of its own",
            ja: "独自のケーパビリティーを持つプログラムがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever starts the program gets them, so a user without rights gains what \
                 the file grants, as far as the container's bounding set allows.",
            ja: "起動した人がその権限を得るため、権限のないユーザーもコンテナーの上限の範囲で\
                 ファイルの権限を手にする。",
        },
        remediation: Text {
            en: "Remove them with `setcap -r FILE`, and give the container only the \
                 capability it needs.",
            ja: "`setcap -r FILE` で除き、必要なケーパビリティーだけをコンテナーに与える。",
        },
        references: &["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.8"),
    },
    run,
};

/// Capabilities that are root by another name.
const STRONG: [&str; 8] = [
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_setgid",
    "cap_setuid",
    "cap_sys_admin",
    "cap_sys_module",
    "cap_sys_ptrace",
    "cap_sys_rawio",
];

fn run(image: &ImageSubject) -> Outcome {
    if image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    Outcome::of(image.executables.iter().filter_map(|file| failure(image, file)).collect())
}

fn failure(image: &ImageSubject, file: &Executable) -> Option<Failure> {
    let capabilities = file.capabilities.as_ref()?;
    let names = capabilities.permitted.join(", ");
    let is_strong = capabilities.permitted.iter().any(|name| STRONG.contains(&name.as_str()));
    let severity = match (is_strong, &file.package) {
        (true, None) => Severity::High,
        (true, Some(_)) | (false, None) => Severity::Medium,
        (false, Some(_)) => Severity::Low,
    };
    let message = Message::new(format!("it has {names}"), format!("{names} を持つ"));
    Some(Failure {
        severity: Some(severity),
        package: image.package_of(&file.path),
        ..at_executable(file, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use sekisho_types::FileCapabilities;

    fn with(names: &[&str]) -> ImageSubject {
        let mut file = executable("bin/ping");
        file.capabilities = Some(FileCapabilities {
            permitted: names.iter().map(|&name| name.to_owned()).collect(),
            inheritable: Vec::new(),
            effective: true,
            root_uid: None,
        });
        subject().executables(&[file])
    }

    #[test]
    fn what_is_granted_decides_how_bad_it_is() {
        assert_eq!(
            shown(&CHECK, &with(&["cap_net_raw"])),
            "Medium at bin/ping: it has cap_net_raw"
        );
        assert_eq!(shown(&CHECK, &with(&["cap_setuid"])), "High at bin/ping: it has cap_setuid");
    }

    #[test]
    fn a_program_without_any_passes() {
        assert_eq!(shown(&CHECK, &subject().executables(&[executable("bin/ls")])), "pass");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
