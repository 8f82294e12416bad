//! Containers by crun or runc, on files that are laid out from the layers.

mod layout;
mod place;
mod process;
mod spec;

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use sekisho_image::{HardLink, Image, Squashed};
use tempfile::TempDir;

use self::{
    layout::{lay_out, make_directory},
    place::Place,
    process::{Started, watch},
};
use crate::{Job, Ran, RunError, Step, Stop};

/// Controllers of cgroup v2 beside those of v1: crun refuses to start in such a machine.
const HYBRID: &str = "/sys/fs/cgroup/unified/cgroup.controllers";

/// A program that starts containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    pub program: PathBuf,
    pub name: &'static str,
}

/// Finds crun or runc in the folders of `PATH`, the one that is `wanted` where one is.
pub fn find_runtime(path: &OsStr, wanted: Option<&str>) -> Option<Runtime> {
    let is_hybrid = fs_err::read_to_string(HYBRID).is_ok_and(|text| !text.trim().is_empty());
    let names = if is_hybrid { ["runc", "crun"] } else { ["crun", "runc"] };
    let names = names.into_iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name));
    names
        .flat_map(|name| std::env::split_paths(path).map(move |folder| (name, folder.join(name))))
        .find(|(_, program)| program.is_file())
        .map(|(name, program)| Runtime { program, name })
}

/// Runs commands on the files of an image.
#[derive(Debug)]
pub struct OciRunner {
    runtime: Runtime,
    image: Image,
    files: Squashed,
    hard_links: Vec<Vec<HardLink>>,
    is_root: bool,
    directory: TempDir,
    n_containers: AtomicU64,
}

impl OciRunner {
    /// Lays out the files of the image below `parent`, which are removed with the runner.
    ///
    /// # Errors
    ///
    /// When the layers cannot be read again, or the files cannot be written.
    pub fn new(
        runtime: Runtime,
        image: Image,
        files: Squashed,
        hard_links: Vec<Vec<HardLink>>,
        parent: &Path,
    ) -> Result<Self, RunError> {
        let wrong = |source| RunError::Layout { path: parent.to_owned(), source };
        let directory =
            tempfile::Builder::new().prefix("sekisho-").tempdir_in(parent).map_err(wrong)?;
        let runner = Self {
            runtime,
            image,
            files,
            hard_links,
            is_root: rustix::process::geteuid().is_root(),
            directory,
            n_containers: AtomicU64::new(0),
        };
        let base = runner.base();
        fs_err::create_dir(&base).map_err(wrong)?;
        runner.lay_out(&base)?;
        Ok(runner)
    }

    /// The files of the image, which nobody writes to.
    fn base(&self) -> PathBuf {
        self.directory.path().join("image")
    }

    fn lay_out(&self, root: &Path) -> Result<(), RunError> {
        lay_out(&self.image, &self.files, &self.hard_links, root, self.is_root)
    }

    pub(crate) fn run(&self, job: &Job, stop: &Stop) -> Result<Ran, RunError> {
        let place = Place::new(self.directory.path(), &self.base(), &|root| self.lay_out(root))?;
        for step in &job.setup {
            let ran = self.step(&place, step, job, stop).map_err(RunError::in_setup)?;
            ran.succeeded(step).map_err(RunError::in_setup)?;
        }
        let result = self.step(&place, &job.main, job, stop);
        let mut teardown_failure = None;
        for step in &job.teardown {
            let failure = match self.step(&place, step, job, stop) {
                Ok(ran) if ran.exit_code == 0 => continue,
                Ok(ran) => format!("{:?} exited with {}", step.command, ran.exit_code),
                Err(err) => err.to_string(),
            };
            teardown_failure.get_or_insert(format!("error in teardown: {failure}"));
        }
        result.map(|ran| Ran { teardown_failure, ..ran })
    }

    fn step(&self, place: &Place, step: &Step, job: &Job, stop: &Stop) -> Result<Ran, RunError> {
        if stop.is_set() {
            return Err(RunError::Stopped);
        }
        let wrong = |source| RunError::Layout { path: place.root.clone(), source };
        let config = &self.image.config;
        if !config.working_dir.is_empty() {
            make_directory(&place.root, &config.working_dir).map_err(wrong)?;
        }
        let number = self.n_containers.fetch_add(1, Relaxed);
        let id = format!("sekisho-{}-{number}", std::process::id());
        let spec = spec::spec(config, &place.root, step, job, self.is_root)?;
        let bundle = place.directory.path().join(format!("bundle-{number}"));
        fs_err::create_dir(&bundle).map_err(wrong)?;
        fs_err::write(bundle.join("config.json"), spec.to_string()).map_err(wrong)?;
        let started = Started {
            runtime: &self.runtime,
            state: &self.directory.path().join("state"),
            log: &bundle.join("log"),
            bundle: &bundle,
            id: &id,
            is_root: self.is_root,
        };
        watch(&started, &job.limits, stop)
    }
}
