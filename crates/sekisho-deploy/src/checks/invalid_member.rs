use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    task::{Mistake, MistakeKind},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0811",
        name: "invalid-member",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The definition has what the API does not take",
            ja: "定義に API が受け付けないものがある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses it, or a tool drops what it does not know: then a setting that looks strict is not in force.",
            ja: "API が拒否するか、知らないものをツールが捨てる。後者では、厳しく見える設定が効いていない。",
        },
        remediation: Text { en: "Correct the name or the type.", ja: "名前か型を直す。" },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| {
        let failures = task.mistakes.iter().map(|Mistake { place, container, key, kind }| {
            let (en, ja) = match kind {
                MistakeKind::UnknownMember(Some(meant)) if meant == key => {
                    (format!("{key:?} does not belong here"), format!("{key:?} の場所が違う"))
                }
                MistakeKind::UnknownMember(Some(meant)) => (
                    format!("there is no {key:?} here; {meant:?} may be meant"),
                    format!("ここに {key:?} はない。{meant:?} のことか"),
                ),
                MistakeKind::UnknownMember(None) => {
                    (format!("there is no {key:?} here"), format!("ここに {key:?} はない"))
                }
                MistakeKind::WrongType(wanted) => (
                    format!("{key:?} has to be {wanted}"),
                    format!("{key:?} の型が違う（正しくは {wanted}）"),
                ),
                MistakeKind::Missing => (format!("{key:?} is missing"), format!("{key:?} がない")),
            };
            let key = format!("{}\n{key}", container.as_deref().unwrap_or_default());
            at.failure(Some(*place), &key, en, ja)
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, testing::fargate};

    /// What is said of a definition as it is written.
    fn ask(from: &str, to: &str) -> String {
        let text = fargate().task_definition();
        assert!(text.contains(from), "{text}");
        let text = text.replacen(from, to, 1);
        let files = [("taskdef.json", text.as_bytes())];
        match run(&Deployment::read(&files, Settings::default())) {
            Outcome::Fail(failures) => {
                let shown: Vec<String> = failures.into_iter().map(|it| it.message.en).collect();
                shown.join("\n")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn names_that_do_not_exist_are_found_with_what_was_meant() {
        let privilege = ask("\"privileged\": false", "\"privilege\": true");
        insta::assert_snapshot!(privilege, @r#"there is no "privilege" here; "privileged" may be meant"#);
        let spelling = ask("readonlyRootFilesystem", "readOnlyRootFilesystem");
        insta::assert_snapshot!(spelling, @r#"there is no "readOnlyRootFilesystem" here; "readonlyRootFilesystem" may be meant"#);
        let place = ask("\"essential\": true", "\"essential\": true, \"pidMode\": \"host\"");
        insta::assert_snapshot!(place, @r#""pidMode" does not belong here"#);
        let banana = ask("\"essential\": true", "\"essential\": true, \"banana\": 1");
        insta::assert_snapshot!(banana, @r#"there is no "banana" here"#);
    }

    #[test]
    fn wrong_types_and_missing_members_are_found() {
        let memory = ask("\"memory\": 512,\n", "\"memory\": \"512\",\n");
        insta::assert_snapshot!(memory, @r#""memory" has to be a number"#);
        let cpu = ask("\"cpu\": \"256\"", "\"cpu\": 256");
        insta::assert_snapshot!(cpu, @r#""cpu" has to be a text"#);
        let image = ask("\"image\":", "\"workingDirectory\":");
        insta::assert_snapshot!(image, @r#""image" is missing"#);
    }
}
