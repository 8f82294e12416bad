use sekisho_image::HistoryStep;

/// One step of the history, taken apart into an instruction of a Dockerfile.
///
/// # Source
///
/// What builders write into `created_by`: classic Docker (`/bin/sh -c #(nop) CMD …`), `BuildKit`
/// (`RUN /bin/sh -c … # buildkit`), Kaniko (the line of the Dockerfile), Buildah (`/bin/sh -c …`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// `RUN`, `COPY`; empty where nobody can tell.
    pub instruction: &'a str,
    /// Behind the instruction; for `RUN` what the shell is given.
    pub arguments: &'a str,
    /// Index of the layer it made, from the bottom.
    pub layer: Option<usize>,
    /// RFC 3339, or empty.
    pub created: &'a str,
    pub comment: &'a str,
}

const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

impl<'a> Step<'a> {
    /// Takes a step apart.
    pub fn parse(step: &'a HistoryStep) -> Self {
        let text = step.created_by.trim();
        let text = text.strip_suffix("# buildkit").unwrap_or(text).trim_end();
        let (instruction, arguments) = match without_shell(text) {
            // The classic builder marks what is no command with a comment.
            Some(command) => match command.strip_prefix("#(nop)") {
                Some(rest) => instruction(rest.trim_start()).unwrap_or(("", rest.trim_start())),
                None => ("RUN", command),
            },
            None => match instruction(text) {
                Some(("RUN", rest)) => ("RUN", without_shell(rest).unwrap_or(rest)),
                Some(found) => found,
                None => ("", text),
            },
        };
        Self {
            instruction,
            arguments,
            layer: step.layer,
            created: &step.created,
            comment: &step.comment,
        }
    }
}

fn instruction(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    INSTRUCTIONS.contains(&word).then_some((word, rest.trim_start()))
}

/// What `/bin/sh -c` is given, build arguments before it left out: `|1 A=b /bin/sh -c …`.
fn without_shell(text: &str) -> Option<&str> {
    const SHELLS: [&str; 5] = [
        "/bin/sh -c ",
        "/bin/bash -c ",
        "/bin/ash -c ",
        "/bin/sh -ec ",
        "/bin/bash -o pipefail -c ",
    ];
    let text = match text.strip_prefix('|') {
        // Values may hold anything, so the first shell behind them is the end of them.
        Some(rest) => {
            let starts = SHELLS.iter().filter_map(|shell| rest.find(shell));
            rest.get(starts.min()?..)?
        }
        None => text,
    };
    SHELLS.iter().find_map(|shell| text.strip_prefix(shell)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(created_by: &str) -> String {
        let step = HistoryStep { created_by: created_by.to_owned(), ..HistoryStep::default() };
        let step = Step::parse(&step);
        format!("{}|{}", step.instruction, step.arguments)
    }

    #[test]
    fn every_builder_is_understood() {
        for (created_by, want) in [
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD|[\"bash\"]"),
            ("/bin/sh -c #(nop) ADD file:0f2b in / ", "ADD|file:0f2b in /"),
            ("/bin/sh -c apt-get update", "RUN|apt-get update"),
            ("|2 A=1 B=a b /bin/sh -c make", "RUN|make"),
            ("RUN /bin/sh -c npm ci # buildkit", "RUN|npm ci"),
            ("RUN |1 V=2 /bin/sh -c curl x # buildkit", "RUN|curl x"),
            ("COPY . . # buildkit", "COPY|. ."),
            ("RUN npm ci", "RUN|npm ci"),
            ("WORKDIR /srv", "WORKDIR|/srv"),
            ("apko", "|apko"),
            ("", "|"),
        ] {
            assert_eq!(shown(created_by), want, "{created_by}");
        }
    }
}
