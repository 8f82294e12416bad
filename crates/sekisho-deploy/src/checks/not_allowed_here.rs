use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, At, NO_TASK},
    field::Field,
    source::Place,
    task::{Container, Task},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0807",
        name: "not-allowed-here",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A setting does not exist where the task runs",
            ja: "タスクの実行環境にない設定がある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API or the agent refuses the task: some settings need instances of one's own, a certain network, or Linux.",
            ja: "自前のインスタンス、特定のネットワーク、Linux でしか使えない設定があり、API かエージェントがタスクを拒否する。",
        },
        remediation: Text {
            en: "Remove the setting, or run the task where it exists.",
            ja: "設定を消すか、使える環境で動かす。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let of_tasks = deployment.ask_tasks(NO_TASK, |at, task| of_task(&at, task));
    let of_containers = deployment.ask_containers(NO_TASK, |at, it| of_container(&at, it));
    match (of_tasks, of_containers) {
        (Outcome::Fail(mut all), Outcome::Fail(more)) => {
            all.extend(more);
            Outcome::Fail(all)
        }
        (failed @ Outcome::Fail(_), _) | (_, failed @ Outcome::Fail(_)) => failed,
        (outcome, _) => outcome,
    }
}

/// A member, where it stands if it is set, and the place to run that lacks it.
type Forbidden<'a> = (&'a str, Option<Place>, &'a str);

fn of_task(at: &At<'_>, task: &Task) -> Answer {
    if !at.deployment.wants_fargate(task) {
        return Answer::Pass;
    }
    let is_other = |field: &Field<String>, only: &str| match field {
        Field::Known(value, place) if value != only => Some(*place),
        _ => None,
    };
    let network = match &task.network_mode {
        Field::Absent => Some(task.place),
        field => is_other(field, "awsvpc"),
    };
    // Of `host` another check says enough.
    let pid = is_other(&task.pid_mode, "task").filter(|_| task.pid_mode.text() != Some("host"));
    let mut forbidden: Vec<Forbidden<'_>> = vec![
        (
            "networkMode but awsvpc",
            network.filter(|_| task.network_mode.text() != Some("host")),
            "Fargate",
        ),
        ("pidMode", pid, "Fargate"),
        (
            "ipcMode",
            task.ipc_mode.place().filter(|_| task.ipc_mode.text() != Some("host")),
            "Fargate",
        ),
    ];
    for volume in &task.volumes {
        let name =
            if volume.docker.is_absent() { "host.sourcePath" } else { "dockerVolumeConfiguration" };
        forbidden.push((name, volume.host_path.place().or(volume.docker.place()), "Fargate"));
    }
    Answer::of(failures(at, forbidden))
}

fn of_container(at: &At<'_>, container: &Container) -> Answer {
    let mut forbidden: Vec<Forbidden<'_>> = Vec::new();
    let linux =
        container.tmpfs.place.or(container.capabilities_drop.place).or(container.init.place());
    if at.deployment.wants_fargate(at.task) {
        let extra = container.capabilities_add.iter().find(|it| it.value != "SYS_PTRACE");
        forbidden.extend([
            ("dockerSecurityOptions", container.security_options.place, "Fargate"),
            ("devices", container.devices.place, "Fargate"),
            ("maxSwap", container.max_swap.place(), "Fargate"),
            ("sharedMemorySize", container.shared_memory.place(), "Fargate"),
            ("links", container.links.place, "Fargate"),
            ("capability but SYS_PTRACE", extra.map(|it| it.place), "Fargate"),
        ]);
    }
    if at.task.network_mode.text() == Some("awsvpc") {
        forbidden.extend([
            ("hostname", container.hostname.place(), "the network mode awsvpc"),
            ("extraHosts", container.extra_hosts.place, "the network mode awsvpc"),
            (
                "links",
                container.links.place.filter(|_| !at.deployment.wants_fargate(at.task)),
                "the network mode awsvpc",
            ),
        ]);
    }
    if at.task.is_windows() {
        forbidden.extend([
            ("linuxParameters", linux, "Windows"),
            ("user", container.user.place(), "Windows"),
            ("readonlyRootFilesystem", container.readonly_root.place(), "Windows"),
            ("ulimits", container.ulimits.place, "Windows"),
        ]);
    }
    Answer::of(failures(at, forbidden))
}

fn failures(at: &At<'_>, forbidden: Vec<Forbidden<'_>>) -> Vec<Failure> {
    let failures = forbidden.into_iter().filter_map(|(what, place, whose)| {
        let (en, ja) = (format!("{whose} has no {what}"), format!("{whose} では使えない: {what}"));
        place.map(|place| at.failure(Some(place), what, en, ja))
    });
    failures.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{ec2, fargate};

    #[test]
    fn what_fargate_lacks_is_found() {
        let case = fargate().web("dockerSecurityOptions", json!(["no-new-privileges"]));
        case.finds(&CHECK, "Fargate has no dockerSecurityOptions");
        fargate().set("/ipcMode", "none").finds(&CHECK, "Fargate has no ipcMode");
        let volume = json!([{"name": "data", "host": {"sourcePath": "/srv/shop"}}]);
        fargate().set("/volumes", volume).finds(&CHECK, "Fargate has no host.sourcePath");
        let case = fargate().without("/networkMode");
        case.finds(&CHECK, "Fargate has no networkMode but awsvpc");
    }

    #[test]
    fn what_a_network_of_its_own_lacks_is_found() {
        let case = ec2().web("hostname", "web");
        case.finds(&CHECK, "the network mode awsvpc has no hostname");
    }

    #[test]
    fn what_windows_lacks_is_found() {
        let case = ec2().set("/runtimePlatform/operatingSystemFamily", "WINDOWS_SERVER_2022_CORE");
        let want = "Windows has no user\nWindows has no readonlyRootFilesystem\nWindows has no linuxParameters\nWindows has no ulimits";
        let mut want: Vec<&str> = want.lines().collect();
        want.sort_unstable();
        case.finds_among_others_in_any_order(&CHECK, &want);
    }
}
