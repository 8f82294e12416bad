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
        id: "SEK-IMAGE-0028",
        name: "writable-executable",
        kind: FindingKind::Executable,
        title: Text {
            en: "A program can be changed by others than root",
            ja: "root 以外が書き換えられるプログラムがある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "An intruder writes into it what shall run at the next start, and stays in \
                 the container for good.",
            ja: "侵入者は次の起動で動くものをそこに書き込み、コンテナーに居座れる。",
        },
        remediation: Text {
            en: "Let root own programs with mode 0755, and start the container with a \
                 read-only root.",
            ja: "プログラムは root 所有・モード 0755 にし、コンテナーは読み取り専用のルートで\
                 起動する。",
        },
        references: &["https://man7.org/linux/man-pages/man7/inode.7.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    if image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    Outcome::of(image.executables.iter().filter_map(failure).collect())
}

fn failure(file: &Executable) -> Option<Failure> {
    let mode = u16::from_str_radix(&file.mode, 8).ok()?;
    let by_others = mode & 0o002 != 0;
    // The group of root holds nobody but root.
    let by_group = mode & 0o020 != 0 && file.gid != 0;
    if !by_others && !by_group {
        return None;
    }
    let (who, ja) = if by_others {
        ("anyone".to_owned(), "誰でも".to_owned())
    } else {
        (format!("group {}", file.gid), format!("グループ {} が", file.gid))
    };
    let mode = &file.mode;
    let message = Message::new(
        format!("{who} may write it, mode {mode}"),
        format!("{ja}書き込める（モード {mode}）"),
    );
    Some(at_executable(file, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn with_mode(mode: &str, gid: u32) -> ImageSubject {
        let file = Executable { mode: mode.to_owned(), gid, ..executable("bin/app") };
        subject().executables(&[file])
    }

    #[test]
    fn a_program_that_others_write_fails() {
        let text = shown(&CHECK, &with_mode("0777", 0));
        assert_eq!(text, "High at bin/app: anyone may write it, mode 0777");
        let text = shown(&CHECK, &with_mode("0775", 50));
        assert_eq!(text, "High at bin/app: group 50 may write it, mode 0775");
    }

    #[test]
    fn a_program_that_root_alone_writes_passes() {
        assert_eq!(shown(&CHECK, &with_mode("0775", 0)), "pass");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
