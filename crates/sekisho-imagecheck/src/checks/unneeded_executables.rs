use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::Executable;

use crate::{ImageCheck, ImageSubject, subject::NO_PROGRAMS};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0031",
        name: "unneeded-executables",
        kind: FindingKind::Executable,
        title: Text {
            en: "Much of what can be executed seems not to be needed",
            ja: "不要とみられる実行ファイルが多い",
        },
        severity: Severity::Low,
        confidence: Confidence::Low,
        rationale: Text {
            en: "Nothing leads to these programs from ENTRYPOINT, CMD and HEALTHCHECK, but an \
                 intruder can start them, and each brings its own vulnerabilities.",
            ja: "ENTRYPOINT・CMD・HEALTHCHECK からたどり着かないが、侵入者には使え、それぞれ\
                 が脆弱性を持ち込む。",
        },
        remediation: Text {
            en: "Build on a smaller base or copy only what is needed; `--format json` lists \
                 each file under `executables`. What a program starts by a computed name \
                 cannot be seen, so test the result.",
            ja: "小さなベースに替えるか必要なものだけを写す。`--format json` の `executables` \
                 に一覧がある。動的に決まる名前での起動は見えないので、結果を試験すること。",
        },
        references: &["https://www.cisecurity.org/benchmark/docker"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    if image.executables.is_empty() {
        return NO_PROGRAMS;
    }
    let unneeded: Vec<&Executable> =
        image.executables.iter().filter(|file| file.unneeded.is_some()).collect();
    let bytes = unneeded.iter().map(|file| file.size_bytes).fold(0, u64::saturating_add);
    if bytes < image.thresholds.unneeded_bytes {
        return Outcome::Pass;
    }
    let sure = unneeded.iter().filter_map(|file| file.unneeded).min();
    let (n, mib, total) = (unneeded.len(), bytes >> 20, image.executables.len());
    let message = Message::new(
        format!(
            "{n} of {total} executables, {mib} MiB, are not reached from what the image starts"
        ),
        format!("実行ファイル {total} 個中 {n} 個（{mib} MiB）に起動対象から届かない"),
    );
    Outcome::Fail(vec![Failure { confidence: sure, ..Failure::new("", message) }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn image(size_bytes: u64) -> ImageSubject {
        let unneeded = Some(Confidence::Medium);
        let big = Executable { size_bytes, unneeded, ..executable("usr/bin/gdb") };
        subject().executables(&[executable("app"), big])
    }

    #[test]
    fn many_bytes_that_nothing_reaches_fail() {
        assert_eq!(
            shown(&CHECK, &image(60 << 20)),
            "Low: 1 of 2 executables, 60 MiB, are not reached from what the image starts"
        );
    }

    #[test]
    fn a_few_bytes_pass() {
        assert_eq!(shown(&CHECK, &image(1 << 20)), "pass");
    }

    #[test]
    fn an_image_without_programs_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no programs in it");
    }
}
