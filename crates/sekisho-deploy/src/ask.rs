//! How checks ask: of every task, or of every container, with one answer for all.

use sekisho_check::{Failure, Message, Outcome, Text};
use sekisho_types::report::Location;

use crate::{
    Deployment,
    resource::{Resource, ResourceKind},
    source::Place,
    task::{Container, Task},
};

pub(crate) const NO_TASK: Text =
    Text { en: "there is no task definition", ja: "タスク定義がない" };

/// What a check says of one task or container.
#[derive(Debug)]
pub(crate) enum Answer {
    Pass,
    NotApplicable,
    /// What it hangs on.
    Unknown(Place),
    Fail(Vec<Failure>),
}

impl Answer {
    /// Passes when nothing failed.
    pub(crate) fn of(failures: Vec<Failure>) -> Self {
        if failures.is_empty() { Self::Pass } else { Self::Fail(failures) }
    }

    /// Passes when nothing failed and nothing stayed unknown.
    pub(crate) fn or_unknown(failures: Vec<Failure>, unknown: Option<Place>) -> Self {
        match (failures.is_empty(), unknown) {
            (true, Some(place)) => Self::Unknown(place),
            (true, None) => Self::Pass,
            (false, _) => Self::Fail(failures),
        }
    }
}

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) task: &'a Task,
    /// What the place is of: a task, or a container of it.
    container: Option<&'a Container>,
}

impl At<'_> {
    /// A failure at `place`, or at the name of the container or task where nothing is written.
    /// `key` tells it from others of the same check in the same container.
    pub(crate) fn failure(
        &self,
        place: Option<Place>,
        key: &str,
        en: impl Into<String>,
        ja: impl Into<String>,
    ) -> Failure {
        let own = self.container.map_or(self.task.place, |container| container.place);
        let container = self.container.map(|container| container.name.as_str());
        let whose = whose(&self.task.name, container);
        let location = self.deployment.location(place.unwrap_or(own), Some(whose.clone()));
        Failure::new(format!("{whose}\n{key}"), Message::new(en, ja)).at(location)
    }

    pub(crate) fn fail(
        &self,
        place: Option<Place>,
        en: impl Into<String>,
        ja: impl Into<String>,
    ) -> Answer {
        Answer::Fail(vec![self.failure(place, "", en, ja)])
    }
}

/// What stands around tasks, when it is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfResource<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) resource: &'a Resource,
}

impl OfResource<'_> {
    pub(crate) fn fail(
        &self,
        place: Option<Place>,
        en: impl Into<String>,
        ja: impl Into<String>,
    ) -> Answer {
        let Resource { name, place: own, .. } = self.resource;
        let location = self.deployment.location(place.unwrap_or(*own), Some(name.clone()));
        let key = format!("{:?}\n{name}", self.resource.kind);
        Answer::Fail(vec![Failure::new(key, Message::new(en, ja)).at(location)])
    }
}

/// How a task or container is named to people: `shop`, `shop/web`.
fn whose(task: &str, container: Option<&str>) -> String {
    match container {
        Some(container) => format!("{task}/{container}"),
        None => task.to_owned(),
    }
}

impl Deployment {
    pub(crate) fn location(&self, place: Place, subject: Option<String>) -> Location {
        let Some(source) = self.sources.get(place.file) else { return Location::default() };
        let span = source.first_line(place.span);
        let start = source.position(span.start);
        let end = source.position(span.end);
        Location {
            path: source.path.clone(),
            line: Some(start.line as u64),
            column: Some(start.column as u64),
            end_line: Some(end.line as u64),
            end_column: Some(end.column as u64),
            subject,
            ..Location::default()
        }
    }

    /// Asks `ask` of every task.
    pub(crate) fn ask_tasks(
        &self,
        because: Text,
        ask: impl Fn(At<'_>, &Task) -> Answer,
    ) -> Outcome {
        let answers =
            self.tasks.iter().map(|task| ask(At { deployment: self, task, container: None }, task));
        self.outcome(because, answers)
    }

    /// Asks `ask` of every container.
    pub(crate) fn ask_containers(
        &self,
        because: Text,
        ask: impl Fn(At<'_>, &Container) -> Answer,
    ) -> Outcome {
        let answers = self
            .tasks
            .iter()
            .flat_map(|task| task.containers.iter().map(move |container| (task, container)));
        let answers = answers.map(|(task, container)| {
            ask(At { deployment: self, task, container: Some(container) }, container)
        });
        self.outcome(because, answers)
    }

    /// Asks `ask` of every resource of a kind.
    pub(crate) fn ask_resources(
        &self,
        kind: ResourceKind,
        because: Text,
        ask: impl Fn(OfResource<'_>) -> Answer,
    ) -> Outcome {
        let resources = self.resources.iter().filter(|resource| resource.kind == kind);
        let answers = resources.map(|resource| ask(OfResource { deployment: self, resource }));
        self.outcome(because, answers)
    }

    /// One answer of many: the worst counts.
    pub(crate) fn outcome(&self, because: Text, answers: impl Iterator<Item = Answer>) -> Outcome {
        let mut failures = Vec::new();
        let mut unknown = None;
        let mut is_asked = false;
        for answer in answers {
            match answer {
                Answer::Pass => is_asked = true,
                Answer::NotApplicable => (),
                Answer::Unknown(place) => {
                    unknown.get_or_insert(place);
                }
                Answer::Fail(some) => failures.extend(some),
            }
        }
        if !failures.is_empty() {
            return Outcome::Fail(failures);
        }
        if let Some(place) = unknown {
            let Location { path, line, .. } = self.location(place, None);
            let line = line.unwrap_or_default();
            return Outcome::Unknown {
                because: Message::new(
                    format!("{path}, line {line}: known only at deployment"),
                    format!("{path} の {line} 行目: デプロイ時にしか決まらない"),
                ),
            };
        }
        if is_asked { Outcome::Pass } else { Outcome::NotApplicable { because } }
    }
}
