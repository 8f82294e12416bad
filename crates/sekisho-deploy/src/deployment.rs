use std::{fmt, sync::Arc};

use crate::{
    MAX_FILE_BYTES, notations,
    problem::Problem,
    resource::Resource,
    source::{Place, Source},
    task::Task,
};

/// Everything that is deployed together.
#[derive(Debug, Default)]
pub struct Deployment {
    pub sources: Vec<Source>,
    pub tasks: Vec<Task>,
    pub resources: Vec<Resource>,
    pub problems: Vec<Problem>,
    pub settings: Settings,
}

/// What a user decides for all files.
#[derive(Clone, Default)]
pub struct Settings {
    pub profile: Profile,
    /// Registries that images may come from; empty allows all. `*` stands for anything.
    pub trusted_registries: Vec<String>,
    pub find_secret: Option<FindSecret>,
}

/// Says what kind of secret a text holds, of those that are told by their form.
pub type FindSecret = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("profile", &self.profile)
            .field("trusted_registries", &self.trusted_registries)
            .finish_non_exhaustive()
    }
}

/// How much is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Everything, and every question has to be answered.
    Talk,
    /// What most teams can do now.
    #[default]
    Baseline,
    /// As baseline; a task that does not say where it runs runs on Fargate.
    Fargate,
    /// As baseline; a task that does not say where it runs runs on instances of one's own.
    Ec2,
}

impl Profile {
    pub const ALL: [Self; 4] = [Self::Baseline, Self::Ec2, Self::Fargate, Self::Talk];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Baseline => "baseline",
            Self::Fargate => "fargate",
            Self::Ec2 => "ec2",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text)
    }
}

impl Deployment {
    /// Reads files that belong together, each with the path that users know it by.
    pub fn read(files: &[(&str, &[u8])], settings: Settings) -> Self {
        let mut deployment = Self { settings, ..Self::default() };
        for (path, bytes) in files {
            let file = deployment.sources.len();
            let is_too_long = bytes.len() > MAX_FILE_BYTES;
            let text = if is_too_long { "".into() } else { String::from_utf8_lossy(bytes) };
            deployment.sources.push(Source::new(path, text.into_owned()));
            if is_too_long {
                deployment.problems.push(Problem::new(
                    Place::new(file, 0, 0),
                    format!("longer than {MAX_FILE_BYTES} bytes"),
                    format!("{MAX_FILE_BYTES} バイトを超える"),
                ));
            }
        }
        notations::read(&mut deployment);
        deployment
    }

    /// Whether the task runs on Fargate for sure.
    pub(crate) fn is_fargate(&self, task: &Task) -> bool {
        let names_it = names(task, "FARGATE");
        let is_only = task.compatibilities.items.len() == 1 && !task.compatibilities.is_open;
        (names_it && is_only)
            || (task.compatibilities.is_empty() && self.settings.profile == Profile::Fargate)
    }

    /// Whether the task has to be fit for Fargate.
    pub(crate) fn wants_fargate(&self, task: &Task) -> bool {
        names(task, "FARGATE") || self.is_fargate(task)
    }

    /// Whether it runs on instances of one's own, as far as it says; none where it cannot be known.
    pub(crate) fn runs_on_instances(&self, task: &Task) -> Option<bool> {
        if names(task, "EC2") || names(task, "EXTERNAL") {
            return Some(true);
        }
        if task.compatibilities.is_open {
            return None;
        }
        if !task.compatibilities.items.is_empty() {
            return Some(false);
        }
        Some(self.settings.profile != Profile::Fargate)
    }
}

/// Whether the task names this kind of place to run.
pub(crate) fn names(task: &Task, compatibility: &str) -> bool {
    task.compatibilities.iter().any(|it| it.value == compatibility)
}
