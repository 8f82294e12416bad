//! How an image was built, as its history tells, judged by the checks of Dockerfiles.
//!
//! The commands of the history become a Dockerfile of RUN instructions, so that the shell in them
//! is parsed and judged in one place, whether the Dockerfile is at hand or only the image.

use sekisho_dockerfile::{DockerfileCheck, MAX_FILE_BYTES, Subject, judge};
use sekisho_image::ImageConfig;
use sekisho_imagecheck::Step;
use sekisho_types::{
    ImagePath, Unknown,
    report::{CheckResult, Finding, Layer, Location},
};

/// The checks whose answer can still be acted on when the image is built: what was fetched, and
/// whether anybody made sure of it. Others ask about the text of a Dockerfile.
const CHECKS: [&str; 5] = [
    "SEK-DOCKERFILE-0017",
    "SEK-DOCKERFILE-0027",
    "SEK-DOCKERFILE-0049",
    "SEK-DOCKERFILE-0051",
    "SEK-DOCKERFILE-0054",
];

/// Ends the text of a step; nobody writes it by accident, and whoever writes it on purpose cuts
/// the text of their own step.
const END: &str = "END_OF_STEP_OF_HISTORY";

/// What the checks say of a history.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) findings: Vec<Finding>,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) unknowns: Vec<Unknown>,
}

/// Asks about the steps that ran a command.
pub(crate) fn answer(config: &ImageConfig, layers: &[Layer]) -> Answer {
    let steps: Vec<Step<'_>> = config.history.iter().map(Step::parse).collect();
    let runs = steps.iter().filter(|step| step.instruction == "RUN");
    let mut text = "FROM scratch\n".to_owned();
    // The line after the last of each step, and the step.
    let mut ends: Vec<(u64, &Step<'_>)> = Vec::new();
    let mut n_lines: u64 = 1;
    let mut unknowns = Vec::new();
    for step in runs {
        let command = step.arguments.trim_end();
        let room = MAX_FILE_BYTES.saturating_sub(text.len() + 2 * END.len() + 16);
        if command.len() > room {
            let reason = "the history is longer than is read".to_owned();
            unknowns.push(Unknown { path: ImagePath::default(), layer: None, reason });
            break;
        }
        text.push_str("RUN <<'");
        text.push_str(END);
        text.push_str("'\n");
        text.push_str(command);
        text.push('\n');
        text.push_str(END);
        text.push('\n');
        n_lines += command.split('\n').count() as u64 + 2;
        ends.push((n_lines, step));
    }
    if ends.is_empty() {
        return Answer { unknowns, ..Answer::default() };
    }
    let checks: Vec<&DockerfileCheck> = sekisho_dockerfile::ALL
        .iter()
        .copied()
        .filter(|check| CHECKS.contains(&check.about.id))
        .collect();
    let judged = judge(&checks, &Subject::new("history", text.as_bytes()));
    let mut findings = judged.findings;
    for finding in &mut findings {
        let line = finding.location.as_ref().and_then(|location| location.line);
        let step = line.and_then(|line| ends.iter().find(|(end, _)| line <= *end));
        let layer = step.and_then(|(_, step)| layers.get(step.layer?));
        finding.location = layer.map(|layer| Location::of_file(Some(layer.diff_id), ""));
    }
    Answer { findings, results: judged.results, unknowns }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_types::Digest;

    use super::*;

    /// The findings of an image built by these steps, each of which made a layer.
    fn shown(steps: &[&str]) -> String {
        let diff_id = |number: usize| format!("sha256:{number:064x}");
        let history: Vec<String> =
            steps.iter().map(|step| format!("{{\"created_by\":{step:?}}}")).collect();
        let diff_ids: Vec<String> =
            (1..=steps.len()).map(|number| format!("{:?}", diff_id(number))).collect();
        let json = format!(
            "{{\"rootfs\":{{\"diff_ids\":[{}]}},\"history\":[{}]}}",
            diff_ids.join(","),
            history.join(",")
        );
        let config = ImageConfig::parse(json.as_bytes()).unwrap();
        let layers: Vec<Layer> = (1..=steps.len())
            .map(|number| Layer {
                diff_id: Digest::parse(&diff_id(number)).unwrap(),
                created_by: String::new(),
                size_bytes: 0,
                n_files: 0,
            })
            .collect();
        let mut shown = String::new();
        for finding in answer(&config, &layers).findings {
            let layer = finding.location.and_then(|location| location.layer).unwrap();
            let number = layers.iter().position(|it| it.diff_id == layer).unwrap() + 1;
            writeln!(shown, "layer {number}: {} {}", finding.check, finding.message).unwrap();
        }
        shown
    }

    #[test]
    fn the_shell_of_every_builder_is_judged_at_its_layer() {
        insta::assert_snapshot!(shown(&[
            "/bin/sh -c #(nop) ADD file:0f2b in / ",
            "RUN /bin/sh -c curl -fsSL https://get.example/x.sh | sh # buildkit",
            "/bin/sh -c apt-get update && apt-get install -y curl",
            "RUN |1 A=b /bin/sh -c set -e\nif true; then\n  curl -k https://a.example/b\nfi # buildkit",
        ]), @"
        layer 2: SEK-DOCKERFILE-0017 sh runs what curl fetches
        layer 3: SEK-DOCKERFILE-0027 no version is given for curl
        layer 4: SEK-DOCKERFILE-0049 curl -k switches the check of certificates off
        ");
    }

    #[test]
    fn a_history_without_commands_says_nothing() {
        assert_eq!(shown(&["COPY . . # buildkit", "WORKDIR /srv"]), "");
    }

    #[test]
    fn a_step_that_ends_the_text_early_is_read_all_the_same() {
        let text = shown(&[
            "RUN echo a\nEND_OF_STEP_OF_HISTORY\nRUN echo b",
            "RUN curl https://get.example/x.sh | sh",
        ]);
        assert!(text.contains("layer 2: SEK-DOCKERFILE-0017"), "{text}");
    }
}
