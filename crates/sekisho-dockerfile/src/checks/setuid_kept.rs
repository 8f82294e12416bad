use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Base, DockerfileCheck, ShellCommand, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0052",
        name: "setuid-kept",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Setuid programs of the base image are kept",
            ja: "ベースイメージの setuid プログラムが残っている",
        },
        severity: Severity::Info,
        confidence: Confidence::Low,
        rationale: Text {
            en: "Programs that start as root whoever calls them (su, mount, passwd) are of no use in a container, and each bug in one makes its user root again. Run with `no-new-privileges`, none of them works.",
            ja: "誰が呼んでも root で始まるプログラム（su、mount、passwd）はコンテナでは役に立たず、その欠陥一つでユーザーが root に戻る。`no-new-privileges` を付けて動かせば、どれも効かない。",
        },
        remediation: Text {
            en: "As root, before USER: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`.",
            ja: "USER の前に root で: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`",
        },
        references: &[
            "https://man7.org/linux/man-pages/man2/prctl.2.html",
            "https://docs.docker.com/reference/cli/docker/container/run/",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.8"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let because = Text {
        en: "the image is empty by itself, or runs as root anyway",
        ja: "イメージが空であるか、もともと root で動く",
    };
    let shipped = subject.shipped_stages();
    let user = shipped.iter().find_map(|stage| {
        subject.file.of_stage(stage).iter().rev().find_map(|it| match &it.kind {
            Kind::User(user) => Some(user),
            _ => None,
        })
    });
    let is_empty = shipped.last().is_none_or(|stage| match &stage.base {
        Base::Image(image) => image.is_bare() || image.is_windows(),
        Base::Scratch => true,
        Base::Stage(_) | Base::Unknown(_) => false,
    });
    let Some(user) = user.filter(|user| !matches!(user.value.as_str(), "0" | "root") && !is_empty)
    else {
        return Outcome::NotApplicable { because };
    };
    let mut shipped_commands = subject.commands().filter(|(index, _)| subject.is_shipped(*index));
    if shipped_commands.any(|(_, command)| removes(command)) {
        return Outcome::Pass;
    }
    let (en, ja) = (
        "this user may become root by programs of the base image",
        "ベースイメージのプログラムで、このユーザーが root になりうる",
    );
    Outcome::Fail(vec![subject.failure(user.span, "setuid", en, ja)])
}

/// Whether it takes setuid bits off.
fn removes(command: &ShellCommand) -> bool {
    let texts = || command.args().iter().map(|word| word.text.as_str());
    match command.program() {
        "chmod" => texts()
            .any(|it| matches!(it, "a-s" | "u-s" | "-s" | "ug-s" | "g-s" | "gu-s" | "u-s,g-s")),
        "find" => {
            texts().any(|it| it == "-perm")
                && texts().any(|it| it.ends_with("-s") || it == "-delete" || it == "rm")
        }
        "xargs" => texts().any(|it| it == "chmod") && texts().any(|it| it.ends_with("-s")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn an_image_that_keeps_them_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nUSER app\n"),
            "2:6 this user may become root by programs of the base image"
        );
    }

    #[test]
    fn taking_the_bits_off_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\nUSER app\n"
            ),
            "pass"
        );
    }

    #[test]
    fn empty_images_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM scratch\nUSER 1\n"),
            "not applicable: the image is empty by itself, or runs as root anyway"
        );
    }

    #[test]
    fn images_of_root_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: the image is empty by itself, or runs as root anyway"
        );
    }
}
