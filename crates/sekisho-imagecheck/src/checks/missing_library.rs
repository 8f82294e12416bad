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
        id: "SEK-IMAGE-0029",
        name: "missing-library",
        kind: FindingKind::Executable,
        title: Text {
            en: "A program needs a library that is not there",
            ja: "必要なライブラリーのないプログラムがある",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "It cannot start, so it is either not needed, or the service breaks when it \
                 is; and a library that somebody puts into the search path later is loaded.",
            ja: "起動できないので不要なものか、必要になったときにサービスが止まる。後から検索\
                 パスに置かれたライブラリーも読み込まれてしまう。",
        },
        remediation: Text {
            en: "Remove the program, or install the library's package.",
            ja: "プログラムを除くか、ライブラリーのパッケージを入れる。",
        },
        references: &["https://man7.org/linux/man-pages/man8/ld.so.8.html"],
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
    // Libraries may find theirs through the program that loads them. What nothing starts, and what
    // packages bring for other systems, lacks nothing that anybody would miss.
    let is_program = file.linkage == Some(Linkage::Dynamic);
    let is_started = file.unneeded.is_none() && !file.path.contains("/node_modules/");
    if file.missing.is_empty() || !is_program || !is_started {
        return None;
    }
    let names = file.missing.join(", ");
    let message = Message::new(format!("{names} is missing"), format!("{names} がない"));
    Some(at_executable(file, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn missing(names: &[&str]) -> ImageSubject {
        let missing = names.iter().map(|&name| name.to_owned()).collect();
        let linkage = Some(Linkage::Dynamic);
        subject().executables(&[Executable { missing, linkage, ..executable("bin/app") }])
    }

    #[test]
    fn the_missing_library_is_named() {
        let text = shown(&CHECK, &missing(&["libx.so.1"]));
        assert_eq!(text, "Low at bin/app: libx.so.1 is missing");
    }

    #[test]
    fn a_program_with_all_it_needs_passes() {
        assert_eq!(shown(&CHECK, &missing(&[])), "pass");
        let mut image = missing(&["libx.so.1"]);
        image.executables[0].unneeded = Some(Confidence::Low);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
