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
        id: "SEK-IMAGE-0032",
        name: "executable-stack",
        kind: FindingKind::Executable,
        title: Text {
            en: "A program runs with an executable stack",
            ja: "スタックを実行できるプログラムがある",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "The simplest exploit of an overflow, code written onto the stack, works \
                 again in it.",
            ja: "オーバーフローからスタックに書いたコードを実行する、最も単純な攻撃が通ってし\
                 まう。",
        },
        remediation: Text {
            en: "Build it with `-z noexecstack`, and mark assembler sources with a \
                 .note.GNU-stack section.",
            ja: "`-z noexecstack` を付けてビルドし、アセンブラーのソースに .note.GNU-stack を\
                 付ける。",
        },
        references: &["https://wiki.gentoo.org/wiki/Hardened/GNU_stack_quickstart"],
        benchmark: None,
    },
    run,
};
use sekisho_types::Linkage;

fn run(image: &ImageSubject) -> Outcome {
    if image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    Outcome::of(image.executables.iter().filter_map(failure).collect())
}

fn failure(file: &Executable) -> Option<Failure> {
    let is_program = matches!(file.linkage, Some(Linkage::Static | Linkage::Dynamic));
    (is_program && file.nx == Some(false)).then(|| {
        let message = Message::new("its stack is executable", "スタックが実行可能");
        at_executable(file, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn image(nx: bool) -> ImageSubject {
        let linkage = Some(Linkage::Dynamic);
        subject().executables(&[Executable { nx: Some(nx), linkage, ..executable("app") }])
    }

    #[test]
    fn an_executable_stack_fails() {
        assert_eq!(shown(&CHECK, &image(false)), "Low at app: its stack is executable");
    }

    #[test]
    fn another_stack_passes() {
        assert_eq!(shown(&CHECK, &image(true)), "pass");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
