use sekisho_types::{Severity, report::Report};

use super::{
    Command, FindingRule, ImagePolicy, config, files,
    packages::{Fit, Requirement},
};
use crate::{
    CommandFailure, CommandPlan, Located, Place, Ran, TestResult, View, Wanted, go_text,
    judge::{Words, expect},
    suite::LicenseTest,
};

/// Names under which shells are found.
const SHELLS: [&[u8]; 14] = [
    b"ash", b"bash", b"busybox", b"csh", b"dash", b"elvish", b"fish", b"ksh", b"mksh", b"sh",
    b"tcsh", b"toybox", b"yash", b"zsh",
];

/// Most files that one message names.
const MAX_NAMED: usize = 20;

impl ImagePolicy {
    /// The files whose content is asked for.
    pub fn want(&self, wanted: &mut Wanted) {
        for rule in &self.files {
            rule.want(wanted);
        }
        self.licenses().want(wanted);
    }

    fn licenses(&self) -> LicenseTest {
        LicenseTest { debian: self.licenses.debian, files: self.licenses.files.clone() }
    }

    /// What is to be run, in the order of the commands.
    pub fn plans(&self) -> Vec<Option<CommandPlan>> {
        let entry = |(name, value): &(String, String)| format!("{name}={value}");
        let plan = |command: &Command| {
            let env: Vec<String> = self.env.iter().chain(&command.env).map(entry).collect();
            Some(CommandPlan {
                name: command.name.value.clone(),
                setup: command.setup.clone(),
                setup_env: env.clone(),
                command: command.run.clone(),
                env,
                teardown: command.teardown.clone(),
                timeout: command.timeout,
                network: command.network,
            })
        };
        self.commands.iter().map(plan).collect()
    }

    /// Every rule with what came of it; `ran` has an entry a command.
    pub fn judge(&self, view: &View, ran: Vec<Ran>) -> Vec<TestResult> {
        let mut results = Vec::new();
        for (command, ran) in self.commands.iter().zip(ran) {
            results.push(judge_command(command, ran));
        }
        for rule in &self.files {
            results.push(rule.judge(view));
        }
        if let Some(allowed) = &self.setuid {
            results.push(files::judge_setuid(allowed, view));
        }
        if let Some(allowed) = &self.executables {
            results.push(files::judge_executables(allowed, view));
        }
        if let Some(shell) = &self.shell {
            results.push(judge_shell(shell, view));
        }
        results.extend(config::judge(&self.image, view));
        results.extend(self.judge_size(view));
        let report = view.report.as_ref();
        for (requirements, is_required) in
            [(&self.required_packages, true), (&self.forbidden_packages, false)]
        {
            for requirement in requirements {
                results.push(judge_package(requirement, is_required, report));
            }
        }
        results.extend(self.base.as_ref().map(|base| judge_base(base, report)));
        results.extend(self.findings.as_ref().map(|rule| judge_findings(rule, report)));
        if self.licenses.debian || !self.licenses.files.is_empty() {
            results.push(crate::judge::judge_license(&self.licenses(), view));
        }
        results
    }

    fn judge_size(&self, view: &View) -> Vec<TestResult> {
        let mut results = Vec::new();
        let (n_layers, n_bytes) =
            (view.layer_bytes.len() as u64, view.layer_bytes.iter().sum::<u64>());
        for (name, limit, actual, unit) in [
            ("max_layers", &self.max_layers, n_layers, "layers"),
            ("max_size", &self.max_size, n_bytes, "bytes"),
        ] {
            let Some(limit) = limit else { continue };
            let mut result = TestResult::new(format!("{name} {}", limit.value), limit.place);
            if actual > limit.value {
                result.fail(format!(
                    "the image has {actual} {unit}, at most {} are wanted",
                    limit.value
                ));
            }
            results.push(result);
        }
        results
    }
}

fn judge_command(command: &Command, ran: Ran) -> TestResult {
    let name = format!("command {}", command.name.value);
    let mut result = TestResult::new(name, command.name.place);
    let run = match ran {
        Some(Ok(run)) => run,
        Some(Err(CommandFailure { message, stdout, stderr, duration, is_unanswered, .. })) => {
            result.fail(message);
            (result.stdout, result.stderr) =
                (go_text(&stdout).into_owned(), go_text(&stderr).into_owned());
            (result.duration, result.is_unanswered) = (duration, is_unanswered);
            return result;
        }
        None => return unanswered(result, "it was not run"),
    };
    let (stdout, stderr) = (go_text(&run.stdout).into_owned(), go_text(&run.stderr).into_owned());
    result.duration = run.duration;
    expect(&mut result, &command.stdout, &Words { what: "output", text: &stdout });
    expect(&mut result, &command.stderr, &Words { what: "error", text: &stderr });
    if command.silent && !(stdout.is_empty() && stderr.is_empty()) {
        result.fail("it wrote something, and nothing is wanted");
    }
    if run.exit_code != command.exit_code {
        let (code, wanted) = (run.exit_code, command.exit_code);
        result.fail(format!("it exited with {code}, {wanted} is wanted"));
    }
    if let Some(failure) = run.teardown_failure {
        result.fail(failure);
    }
    (result.stdout, result.stderr) = (stdout, stderr);
    result
}

/// A question that nobody answered.
pub(super) fn unanswered(mut result: TestResult, reason: impl Into<String>) -> TestResult {
    result.fail(reason);
    result.is_unanswered = true;
    result
}

fn judge_shell(shell: &Located<bool>, view: &View) -> TestResult {
    let wanted = if shell.value { "a shell" } else { "no shell" };
    let mut result = TestResult::new(wanted, shell.place);
    let found: Vec<String> = view
        .files
        .iter()
        .filter(|(path, file)| files::may_run(&file.node) && SHELLS.contains(&path.file_name()))
        .map(|(path, _)| format!("/{path}"))
        .collect();
    match (shell.value, found.is_empty()) {
        (true, true) => result.fail("there is no shell"),
        (false, false) => result.fail(format!("there are {}", named(&found))),
        (true, false) | (false, true) => (),
    }
    result
}

/// Some of many names, and how many there are.
pub(super) fn named(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(MAX_NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => shown.join(", "),
        n_more => format!("{} and {n_more} more", shown.join(", ")),
    }
}

fn judge_package(
    requirement: &Located<Requirement>,
    is_required: bool,
    report: Option<&Report>,
) -> TestResult {
    let Located { value: requirement, place } = requirement;
    let what = if is_required { "package" } else { "no package" };
    let mut result = TestResult::new(format!("{what} {}", requirement.text), *place);
    let Some(report) = report else { return unanswered(result, "packages are not known") };
    let (mut fitting, mut unsure) = (Vec::new(), Vec::new());
    for package in &report.packages {
        let shown = format!("{} {} {}", package.kind, package.name, package.version);
        match requirement.fits(package) {
            Fit::Yes => fitting.push(shown),
            Fit::Unknown => unsure.push(shown),
            Fit::No => (),
        }
    }
    match (is_required, fitting.is_empty(), unsure.is_empty()) {
        (true, false, _) | (false, true, true) => (),
        (true, true, true) => result.fail("no such package is installed"),
        (false, false, _) => result.fail(format!("there are {}", named(&fitting))),
        (_, true, false) => {
            let unsure = named(&unsure);
            return unanswered(result, format!("these versions cannot be compared: {unsure}"));
        }
    }
    // A package manager whose records could not be read may have had it.
    if !report.unknowns.is_empty() && fitting.is_empty() {
        let n = report.unknowns.len();
        if !is_required {
            return unanswered(result, format!("{n} files could not be read"));
        }
    }
    result
}

fn judge_base(patterns: &[Located<String>], report: Option<&Report>) -> TestResult {
    let place = patterns.first().map_or_else(Place::default, |pattern| pattern.place);
    let mut result = TestResult::new("base image", place);
    let base = report.and_then(|report| report.subject.base.as_ref());
    let Some(name) = base.and_then(|base| base.name.as_deref()) else {
        return unanswered(result, "nothing says what the image was built on");
    };
    let fits = |pattern: &Located<String>| {
        crate::wanted::glob(&pattern.value).is_ok_and(|glob| glob.compile_matcher().is_match(name))
    };
    if !patterns.iter().any(fits) {
        result.fail(format!("the image was built on {name}, which no pattern fits"));
    }
    result
}

fn judge_findings(rule: &FindingRule, report: Option<&Report>) -> TestResult {
    let limit = rule.max_severity.value;
    let shown = if limit == Severity::Unknown { "none" } else { limit.as_str() };
    let name = format!("no finding above {shown}");
    let mut result = TestResult::new(name, rule.max_severity.place);
    let Some(report) = report else { return unanswered(result, "the image was not scanned") };
    let findings = report.findings.iter().filter(|finding| {
        finding.suppressed.is_none()
            && rule.kinds.contains(&finding.kind)
            && finding.severity > limit
    });
    let worse: Vec<String> = findings
        .map(|finding| {
            format!("{} {}: {}", finding.severity.as_str(), finding.check, finding.title)
        })
        .collect();
    if !worse.is_empty() {
        result.fail(format!("{} findings: {}", worse.len(), named(&worse)));
    }
    result
}
