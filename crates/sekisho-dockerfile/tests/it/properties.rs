//! What holds for every file.

use proptest::{collection::vec, prelude::*};
use sekisho_dockerfile::{ALL, Dockerfile, Instruction, Kind, Span, Subject, fix, judge};

/// Pieces that meet in Dockerfiles.
const PIECES: &[&str] = &[
    "FROM ",
    "alpine",
    ":3",
    "@sha256:0",
    " AS ",
    "b",
    "\n",
    "\n",
    "\n",
    "RUN ",
    "apt-get install ",
    "apt install a",
    "apk add ",
    "pip install ",
    "curl -fsSL https://e.example/a",
    " | ",
    "bash",
    " && ",
    "; ",
    "\\\n",
    "# c\n",
    "\"",
    "'",
    "$",
    "${A:-",
    "}",
    "(",
    ")",
    "<<E",
    "\nE\n",
    "COPY ",
    "--from=",
    "a ",
    "ADD ",
    "ENV ",
    "A=",
    " x y",
    "LABEL ",
    "CMD ",
    "[\"a\"]",
    "[",
    "]",
    "ENTRYPOINT ",
    "USER ",
    "root",
    "EXPOSE 22",
    "HEALTHCHECK ",
    "NONE",
    "ONBUILD ",
    "MAINTAINER a",
    "SHELL ",
    "ARG ",
    "WORKDIR ",
    "\t",
    "\r\n",
    "# escape=`\n",
    "# sekisho:ignore=SEK-DOCKERFILE-0030 r\n",
    "é",
    "sudo ",
    "wget https://e.example/b",
    "zypper in c",
    "useradd -u 1000000 u",
    "`",
    "\\",
    "\u{feff}",
];

fn soup() -> impl Strategy<Value = String> {
    vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// An instruction as it would be printed: its words, and where lines are broken.
fn instruction() -> impl Strategy<Value = (Vec<String>, Vec<bool>)> {
    let word = "[a-z][a-z0-9./-]{0,8}";
    let keyword = prop::sample::select(&["RUN", "EXPOSE", "COPY", "CMD", "WORKDIR"][..]);
    (keyword, vec(word, 2..6), vec(any::<bool>(), 6)).prop_map(|(keyword, words, breaks)| {
        (std::iter::once(keyword.to_owned()).chain(words).collect(), breaks)
    })
}

/// Prints instructions with continuation lines, comments between them, and a choice of line end.
fn print(instructions: &[(Vec<String>, Vec<bool>)], end: &str) -> String {
    let mut text = format!("FROM base:1{end}");
    for (words, breaks) in instructions {
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                text.push(' ');
                if breaks.get(index) == Some(&true) {
                    for part in ["\\", end, "  # between", end] {
                        text.push_str(part);
                    }
                }
            }
            text.push_str(word);
        }
        text.push_str(end);
    }
    text
}

fn rest(instruction: &Instruction) -> Vec<String> {
    instruction.rest.as_str().split_whitespace().map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_was_printed_is_read_back(
        instructions in vec(instruction(), 0..6),
        is_windows in any::<bool>(),
    ) {
        let text = print(&instructions, if is_windows { "\r\n" } else { "\n" });
        let file = Dockerfile::parse(text.as_bytes());
        prop_assert!(file.problems.is_empty(), "{:?}", file.problems);
        let read: Vec<Vec<String>> = file
            .instructions
            .iter()
            .skip(1)
            .map(|it| std::iter::once(it.keyword.clone()).chain(rest(it)).collect())
            .collect();
        let printed: Vec<Vec<String>> = instructions.into_iter().map(|(words, _)| words).collect();
        prop_assert_eq!(read, printed);
    }

    #[test]
    fn every_place_lies_in_the_file_and_in_order(text in soup()) {
        let file = Dockerfile::parse(text.as_bytes());
        let whole = Span::new(0, text.len());
        let mut end = 0;
        for instruction in &file.instructions {
            prop_assert!(whole.contains(instruction.span) && end <= instruction.span.start);
            prop_assert!(instruction.span.contains(instruction.keyword_span));
            end = instruction.span.end;
            if let Kind::Expose(words) = &instruction.kind {
                for word in words {
                    prop_assert!(instruction.span.contains(word.span));
                }
            }
        }
        for problem in &file.problems {
            prop_assert!(whole.contains(problem.span));
        }
    }

    #[test]
    fn mending_twice_is_mending_once(text in soup()) {
        let subject = Subject::new("Dockerfile", text.as_bytes());
        let answer = judge(ALL, &subject);
        for finding in &answer.findings {
            prop_assert!(finding.location.as_ref().is_some_and(|it| it.line.is_some()));
        }
        if let Some(fixed) = fix(ALL, &subject) {
            let again = Subject::new("Dockerfile", fixed.as_bytes());
            prop_assert_eq!(fix(ALL, &again), None, "{:?}", fixed);
            prop_assert_eq!(subject.file.instructions.len(), again.file.instructions.len());
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..200)) {
        judge(ALL, &Subject::new("Dockerfile", &bytes));
    }
}
