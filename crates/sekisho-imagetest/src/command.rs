//! What is to be run for a command test, and what came of it.

use std::time::Duration;

use crate::{
    View,
    expand::{Variables, expand, variables},
    suite::{CommandTest, RunOptions, Suite, Variable},
};

/// Commands to run one after the other in containers of the image, each seeing the files that
/// the one before left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandPlan {
    pub name: String,
    pub setup: Vec<Vec<String>>,
    /// `NAME=value`, above what the image sets.
    pub setup_env: Vec<String>,
    pub command: Vec<String>,
    pub env: Vec<String>,
    pub teardown: Vec<Vec<String>>,
    /// None for the default.
    pub timeout: Option<Duration>,
    /// None for what the command line says.
    pub network: Option<bool>,
}

/// What a command did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandRun {
    pub exit_code: i64,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub duration: Duration,
    /// What a teardown command failed with.
    pub teardown_failure: Option<String>,
}

/// Why a command has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandFailure {
    pub message: String,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub duration: Duration,
    /// Whether it is the place to run it that is missing, rather than that the command is bad.
    pub is_unanswered: bool,
    /// Whether it was a step before the command itself.
    pub is_setup: bool,
}

/// Which reading of a suite is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compat {
    /// The verdict of container-structure-test, where a sane one exists.
    Peer,
    /// What is right.
    Strict,
}

impl Compat {
    pub(crate) fn is_strict(self) -> bool {
        self == Self::Strict
    }
}

impl CommandTest {
    /// What is wrong with the test itself.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.name.is_empty() {
            mistakes.push("Please provide a valid name for every test".to_owned());
        }
        if self.command.is_empty() {
            mistakes.push(format!("Please provide a valid command to run for test {}", self.name));
        }
        for (what, commands) in [("setup", &self.setup), ("teardown", &self.teardown)] {
            let n_empty = commands.iter().filter(|command| command.is_empty()).count();
            for _ in 0..n_empty {
                mistakes.push(format!(
                    "Error in {what} command configuration encountered; please check formatting \
                     and remove all empty {what} commands"
                ));
            }
        }
        for variable in &self.env {
            if variable.key.is_empty() || variable.value.value.is_empty() {
                mistakes.push(
                    "Please provide non-empty keys and values for all specified env vars"
                        .to_owned(),
                );
            }
        }
        mistakes
    }
}

impl Suite {
    /// What is to be run, in the order of the tests; none for a test that is wrong itself.
    pub fn plans(&self, view: &View, compat: Compat) -> Vec<Option<CommandPlan>> {
        self.commands.iter().map(|test| self.plan(test, view, compat)).collect()
    }

    fn plan(&self, test: &CommandTest, view: &View, compat: Compat) -> Option<CommandPlan> {
        if !test.mistakes().is_empty() {
            return None;
        }
        let has_escape = compat.is_strict();
        let (global, known) = self.global_env(view, has_escape);
        let expanded = |given: &[Variable], known: &Variables| -> Vec<String> {
            let pair = |it: &Variable| {
                format!("{}={}", it.key, expand(&it.value.value, known, has_escape))
            };
            given.iter().map(pair).collect()
        };
        let setup_env = [global.clone(), expanded(&test.env, &known)].concat();
        // What setup commands were given stays in the image they leave.
        let mut visible = known;
        if !test.setup.is_empty() {
            visible.extend(variables(&setup_env));
        }
        let verbatim = test.env.iter().map(|it| format!("{}={}", it.key, it.value.value));
        let command = test.command.iter().map(|word| expand(word, &visible, has_escape));
        Some(CommandPlan {
            name: test.name.clone(),
            setup: test.setup.clone(),
            env: global.into_iter().chain(verbatim).collect(),
            setup_env,
            command: command.collect(),
            teardown: test.teardown.clone(),
            timeout: None,
            network: None,
        })
    }

    /// The variables that the suite sets for all its tests, and all that are then set.
    fn global_env(&self, view: &View, has_escape: bool) -> (Vec<String>, Variables) {
        let image = variables(view.env());
        let pair =
            |it: &Variable| format!("{}={}", it.key, expand(&it.value.value, &image, has_escape));
        let global: Vec<String> = self.global_env.iter().map(pair).collect();
        let mut known = image;
        known.extend(variables(&global));
        (global, known)
    }

    /// The variables that paths of existence tests see.
    pub(crate) fn path_variables(&self, view: &View, compat: Compat) -> Variables {
        self.global_env(view, compat.is_strict()).1
    }
}

impl RunOptions {
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }
}
