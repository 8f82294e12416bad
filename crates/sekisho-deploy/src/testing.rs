//! How the tests of checks ask: a clean deployment, one change, and every notation.

mod cloudformation;
mod terraform;

use std::fmt::Write as _;

use sekisho_check::Outcome;
use sekisho_types::report::CheckOutcome;
use serde_json::{Value, json};

use crate::{ALL, Answer, DeployCheck, Deployment, Profile, Settings, judge};

/// Stands for a value that is known only at deployment.
pub(crate) const UNKNOWN: &str = "@unknown@";

/// Stands for such a part of a text.
pub(crate) const PART: &str = "@part@";

/// A task definition in the words of the API, and how it is judged.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) task: Value,
    profile: Profile,
}

/// A clean task for instances of one's own.
pub(crate) fn ec2() -> Case {
    let digest = "a".repeat(64);
    let task = json!({
        "family": "shop",
        "requiresCompatibilities": ["EC2"],
        "networkMode": "awsvpc",
        "ipcMode": "none",
        "cpu": "256",
        "memory": "512",
        "taskRoleArn": "arn:aws:iam::123456789012:role/shop-task",
        "executionRoleArn": "arn:aws:iam::123456789012:role/shop-execution",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        "tags": [{"key": "owner", "value": "shop"}],
        "volumes": [],
        "containerDefinitions": [{
            "name": "web",
            "image": format!("registry.example/shop/web:1.4.2@sha256:{digest}"),
            "essential": true,
            "cpu": 256,
            "memory": 512,
            "memoryReservation": 128,
            "user": "10001:10001",
            "privileged": false,
            "readonlyRootFilesystem": true,
            "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
            "mountPoints": [],
            "environment": [{"name": "LOG_LEVEL", "value": "info"}],
            "secrets": [{
                "name": "DB_PASSWORD",
                "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/shop/db-password",
            }],
            "linuxParameters": {
                "capabilities": {"drop": ["ALL"]},
                "initProcessEnabled": true,
                "maxSwap": 0,
                "tmpfs": [{
                    "containerPath": "/tmp",
                    "size": 64,
                    "mountOptions": ["noexec", "nosuid", "nodev", "mode=0700", "uid=10001"],
                }],
            },
            "dockerSecurityOptions": ["no-new-privileges"],
            "ulimits": [
                {"name": "nofile", "softLimit": 1024, "hardLimit": 65535},
                {"name": "nproc", "softLimit": 512, "hardLimit": 512},
                {"name": "core", "softLimit": 0, "hardLimit": 0},
            ],
            "stopTimeout": 30,
            "healthCheck": {"command": ["CMD", "/web", "health"]},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/shop",
                    "awslogs-region": "eu-west-1",
                    "awslogs-stream-prefix": "web",
                    "mode": "non-blocking",
                    "max-buffer-size": "4m",
                },
            },
        }],
    });
    Case { task, profile: Profile::Talk }
}

/// A clean task for Fargate.
pub(crate) fn fargate() -> Case {
    ec2()
        .set("/requiresCompatibilities", json!(["FARGATE"]))
        .without("/ipcMode")
        .without("/containerDefinitions/0/linuxParameters/maxSwap")
        .without("/containerDefinitions/0/dockerSecurityOptions")
}

impl Case {
    /// Sets the value behind a JSON pointer; a map on the way is made, `-` adds to a list.
    pub(crate) fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let mut node = &mut self.task;
        for key in pointer.split('/').skip(1) {
            if node.is_null() {
                *node = json!({});
            }
            node = if let Value::Array(items) = node {
                if key == "-" {
                    items.push(Value::Null);
                }
                let index = key.parse().unwrap_or(items.len() - 1);
                &mut items[index]
            } else {
                node.as_object_mut().unwrap().entry(key).or_insert(Value::Null)
            };
        }
        *node = value.into();
        self
    }

    /// Sets a member of the container.
    pub(crate) fn web(self, member: &str, value: impl Into<Value>) -> Self {
        self.set(&format!("/containerDefinitions/0/{member}"), value)
    }

    pub(crate) fn without(mut self, pointer: &str) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let removed = self.task.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        assert!(removed.is_some(), "{pointer} is not there");
        self
    }

    pub(crate) fn without_web(self, member: &str) -> Self {
        self.without(&format!("/containerDefinitions/0/{member}"))
    }

    /// Adds a second container, like the first but for its name, which listens to nothing and
    /// takes its part of what the task has.
    pub(crate) fn with_sidecar(self) -> Self {
        let mut sidecar = self.task["containerDefinitions"][0].clone();
        sidecar["name"] = json!("sidecar");
        sidecar["portMappings"] = json!([]);
        let (mut first, mut second) = (self, sidecar);
        for half in [&mut first.task["containerDefinitions"][0], &mut second] {
            half["cpu"] = json!(128);
            half["memory"] = json!(256);
        }
        first.set("/containerDefinitions/-", second)
    }

    /// Nothing but the check finds something, and it says so, in every notation.
    pub(crate) fn finds(&self, check: &DeployCheck, want: &str) {
        for (notation, path, text) in self.texts() {
            let answer = self.answer(path, &text);
            let mut shown = String::new();
            for finding in &answer.findings {
                let is_ours = finding.check == check.about.id;
                assert!(is_ours, "{notation}: {}: {}\n{text}", finding.check, finding.message);
                let location = finding.location.as_ref().unwrap();
                assert!(location.line.is_some() && location.path == path, "{location:?}");
                assert!(finding.japanese.as_ref().is_some_and(|it| !it.message.is_ascii()));
                writeln!(shown, "{}", finding.message).unwrap();
            }
            assert_eq!(shown.trim_end(), want, "{notation}\n{text}");
        }
    }

    /// The same where other checks say something too.
    pub(crate) fn finds_among_others(&self, check: &DeployCheck, want: &str) {
        for (notation, path, text) in self.texts() {
            let answer = self.answer(path, &text);
            let ours = answer.findings.iter().filter(|it| it.check == check.about.id);
            let shown: Vec<&str> = ours.map(|it| it.message.as_str()).collect();
            assert_eq!(shown.join("\n"), want, "{notation}\n{text}");
        }
    }

    /// The same in any order.
    pub(crate) fn finds_among_others_in_any_order(&self, check: &DeployCheck, want: &[&str]) {
        for (notation, path, text) in self.texts() {
            let answer = self.answer(path, &text);
            let ours = answer.findings.iter().filter(|it| it.check == check.about.id);
            let mut shown: Vec<&str> = ours.map(|it| it.message.as_str()).collect();
            shown.sort_unstable();
            assert_eq!(shown, want, "{notation}\n{text}");
        }
    }

    /// No check finds anything, and none leaves anything open.
    pub(crate) fn is_clean(&self) {
        for (notation, path, text) in self.texts() {
            let answer = self.answer(path, &text);
            let open: Vec<_> = answer.unknowns.iter().map(|it| &it.reason).collect();
            assert!(answer.findings.is_empty(), "{notation}: {:#?}\n{text}", answer.findings);
            assert!(open.is_empty(), "{notation}: {open:?}\n{text}");
        }
    }

    /// The check cannot tell, and no other finds anything.
    pub(crate) fn leaves_open(&self, check: &DeployCheck) {
        self.has_outcome(check, CheckOutcome::Unknown);
    }

    pub(crate) fn does_not_ask(&self, check: &DeployCheck) {
        self.has_outcome(check, CheckOutcome::NotApplicable);
    }

    pub(crate) fn has_outcome(&self, check: &DeployCheck, want: CheckOutcome) {
        for (notation, path, text) in self.texts() {
            let answer = self.answer(path, &text);
            let findings: Vec<_> =
                answer.findings.iter().map(|it| (&it.check, &it.message)).collect();
            assert!(findings.is_empty(), "{notation}: {findings:?}\n{text}");
            let result = answer.results.iter().find(|it| it.check == check.about.id).unwrap();
            assert_eq!(result.outcome, want, "{notation}: {}\n{text}", result.message);
        }
    }

    fn answer(&self, path: &str, text: &str) -> Answer {
        let find_secret =
            |text: &str| text.contains("AKIA").then(|| "an AWS access key".to_owned());
        let settings = Settings {
            profile: self.profile,
            find_secret: Some(std::sync::Arc::new(find_secret)),
            ..Settings::default()
        };
        let deployment = Deployment::read(&[(path, text.as_bytes())], settings);
        assert!(deployment.problems.is_empty(), "{:#?}\n{text}", deployment.problems);
        assert!(!deployment.tasks.is_empty(), "no task in\n{text}");
        judge(ALL, &deployment)
    }

    /// The case in every notation, with its name and the path of its file.
    fn texts(&self) -> Vec<(&'static str, &'static str, String)> {
        vec![
            ("task definition", "taskdef.json", self.task_definition()),
            ("CloudFormation", "stack.json", cloudformation::json(&self.task)),
            ("Terraform", "main.tf", terraform::resource(&self.task)),
        ]
    }

    pub(crate) fn task_definition(&self) -> String {
        let text = serde_json::to_string_pretty(&self.task).unwrap();
        text.replace(&format!("\"{UNKNOWN}\""), "<LATER>").replace(PART, "${LATER}")
    }
}

#[test]
fn clean_deployments_are_clean() {
    ec2().is_clean();
    fargate().is_clean();
    ec2().with_sidecar().is_clean();
    fargate().with_sidecar().is_clean();
}

/// What a check says of a file: its answer in a word, or each failure with its line.
pub(crate) fn ask(check: &DeployCheck, path: &str, text: &str) -> String {
    let deployment = Deployment::read(&[(path, text.as_bytes())], Settings::default());
    match (check.run)(&deployment) {
        Outcome::Pass => "pass".to_owned(),
        Outcome::NotApplicable { because } => format!("not applicable: {}", because.en),
        Outcome::Unknown { because } => format!("unknown: {}", because.en),
        Outcome::Fail(failures) => {
            let shown: Vec<String> = failures
                .into_iter()
                .map(|it| format!("{}: {}", it.location.unwrap().line.unwrap(), it.message.en))
                .collect();
            shown.join("\n")
        }
    }
}
