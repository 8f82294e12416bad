//! Runs the commands of tests.

use std::{
    ffi::OsString,
    num::NonZero,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use sekisho_container::{
    DockerRunner, Job, Limits, OciRunner, Options, Ran as JobRan, RunError, Runner, Step, Stop,
    find_runtime,
};
use sekisho_engine::{Config as Engines, Containers};
use sekisho_image::{HardLink, Image, Squashed};
use sekisho_imagetest::{CommandFailure, CommandPlan, CommandRun, Ran};
use sekisho_types::report::Source;

/// Who is to run commands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Choice {
    /// Docker where it has the image, otherwise crun or runc
    #[default]
    Auto,
    Docker,
    Crun,
    Runc,
}

/// What commands are run with.
#[derive(Debug)]
pub(crate) struct Commands<'a> {
    pub(crate) choice: Choice,
    /// Whether Docker is not to be asked unless it is named.
    pub(crate) is_without_daemon: bool,
    pub(crate) engines: &'a Engines,
    /// Where programs are.
    pub(crate) path: OsString,
    /// Where files may be laid out.
    pub(crate) scratch: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) has_network: bool,
    pub(crate) stop: Stop,
}

/// What the commands are run in.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) source: Source,
    pub(crate) name: String,
    pub(crate) image: Option<Image>,
    pub(crate) files: Squashed,
    pub(crate) hard_links: Vec<Vec<HardLink>>,
}

/// A plan with how its containers are made.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: CommandPlan,
    /// An error is the result of the test.
    pub(crate) options: Result<Options, String>,
    /// Variables besides those of the plan.
    pub(crate) env: Vec<String>,
}

impl Commands<'_> {
    /// Runs all plans, side by side, and gives what came of each in their order.
    pub(crate) fn run(&self, place: Place, plans: &[Option<Planned>]) -> Vec<Ran> {
        if plans.iter().all(Option::is_none) {
            return plans.iter().map(|_| None).collect();
        }
        let runner = self.runner(place);
        let results: Vec<Mutex<Ran>> = plans.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Relaxed);
                let (Some(plan), Some(slot)) = (plans.get(index), results.get(index)) else {
                    break;
                };
                let ran = plan.as_ref().map(|plan| match &runner {
                    Ok(runner) => self.run_one(runner, plan),
                    Err(reason) => Err(unanswered(reason.clone())),
                });
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = ran;
            }
        };
        let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| {
            for _ in 1..n_threads.min(plans.len()) {
                scope.spawn(work);
            }
            work();
        });
        let into = |slot: Mutex<Ran>| slot.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.into_iter().map(into).collect()
    }

    fn run_one(&self, runner: &Runner, planned: &Planned) -> Result<CommandRun, CommandFailure> {
        let Planned { plan, options, env } = planned;
        let options = options.clone().map_err(unanswered)?;
        let with = |own: &[String]| [own, env.as_slice()].concat();
        let steps = |commands: &[Vec<String>]| -> Vec<Step> {
            let step = |command: &Vec<String>| Step {
                command: command.clone(),
                env: with(&plan.setup_env),
            };
            commands.iter().map(step).collect()
        };
        let job = Job {
            setup: steps(&plan.setup),
            main: Step { command: plan.command.clone(), env: with(&plan.env) },
            teardown: steps(&plan.teardown),
            has_network: plan.network.unwrap_or(self.has_network),
            options,
            limits: Limits { timeout: plan.timeout.unwrap_or(self.limits.timeout), ..self.limits },
        };
        runner.run(&job, &self.stop).map(ran).map_err(|err| failure(&err))
    }

    /// Finds somebody who can run commands; otherwise says why there is nobody.
    fn runner(&self, place: Place) -> Result<Runner, String> {
        let is_in_docker = place.source == Source::Docker;
        let wants_docker = match self.choice {
            Choice::Auto => is_in_docker && !self.is_without_daemon,
            Choice::Docker => true,
            Choice::Crun | Choice::Runc => false,
        };
        if wants_docker {
            if !is_in_docker {
                return Err(
                    "Docker does not have the image: load it, and test docker:NAME".to_owned()
                );
            }
            let containers = Containers::connect(self.engines).map_err(|err| chain(&err))?;
            let runner = DockerRunner::new(containers, place.name);
            return Ok(Runner::Docker(Box::new(runner)));
        }
        let wanted = match self.choice {
            Choice::Crun => Some("crun"),
            Choice::Runc => Some("runc"),
            Choice::Auto | Choice::Docker => None,
        };
        let Some(runtime) = find_runtime(&self.path, wanted) else {
            let what = wanted.unwrap_or("crun or runc");
            return Err(format!(
                "there is nobody to run commands: install {what}, or load the image into Docker"
            ));
        };
        let Some(image) = place.image else {
            return Err("a directory is no image, so no command is run in it".to_owned());
        };
        OciRunner::new(runtime, image, place.files, place.hard_links, &self.scratch)
            .map(|runner| Runner::Oci(Box::new(runner)))
            .map_err(|err| chain(&err))
    }
}

fn ran(ran: JobRan) -> CommandRun {
    let JobRan { exit_code, stdout, stderr, duration, teardown_failure } = ran;
    CommandRun { exit_code, stdout, stderr, duration, teardown_failure }
}

fn failure(err: &RunError) -> CommandFailure {
    let until = err.ran().cloned().unwrap_or_default();
    CommandFailure {
        message: chain(err),
        stdout: until.stdout,
        stderr: until.stderr,
        duration: until.duration,
        is_unanswered: err.is_unanswered(),
        is_setup: matches!(err, RunError::Setup { .. }),
    }
}

fn unanswered(message: String) -> CommandFailure {
    CommandFailure {
        message,
        stdout: Vec::new(),
        stderr: Vec::new(),
        duration: std::time::Duration::ZERO,
        is_unanswered: true,
        is_setup: false,
    }
}

/// An error with its causes, after colons.
fn chain(err: &dyn std::error::Error) -> String {
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
