use std::{
    io::{Read, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, bail};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sekisho_deploy::Profile;
use sekisho_dockerfile::unified_diff;
use sekisho_policy::{self as policy, Requirements, apply};
use sekisho_report::closing;
use sekisho_types::report::{
    Report, SCHEMA_VERSION, Source, Subject, SubjectKind, Tool, Verdict, VerdictResult,
};

use crate::{
    cli::{
        Common,
        judging_options::{Judging, JudgingOptions},
    },
    exit::{self, Exit},
    output::{Outputs, Place},
    settings::{CheckSettings, Settings},
    static_file::{self, FileKind, Judged, StaticFile, supported},
};

/// Most files of one run.
const MAX_FILES: usize = 10_000;

/// Deepest directory below a path.
const MAX_DEPTH: usize = 64;

/// Directories of other people's files.
const SKIPPED: &[&str] = &[".git", "node_modules", "target", "vendor"];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho check Dockerfile
  sekisho check --profile talk taskdef.json
  sekisho check --format table --format sarif=check.sarif .
  sekisho check --fix --write Dockerfile",
    after_long_help = exit::HELP
)]
pub(super) struct Check {
    /// Files, directories that are searched for them, and - for standard input
    #[arg(required = true, value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
    #[command(flatten)]
    judging: JudgingOptions,
    /// Ask of task definitions what this profile asks: baseline (as by default), talk (everything),
    /// or baseline for what runs on fargate or ec2
    #[arg(long, value_name = "PROFILE", value_parser = parse_profile)]
    profile: Option<Profile>,
    /// Print what can be mended without a decision, as a diff
    #[arg(long)]
    fix: bool,
    /// With --fix, change the files
    #[arg(long, requires = "fix")]
    write: bool,
}

impl Check {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let mut check_settings = settings.check.clone();
        if let Some(profile) = self.profile {
            check_settings.profile = profile;
        }
        let files = self.files()?;
        if self.fix {
            return self.mend(&files, &settings);
        }
        let Judging { kinds, mut policy, .. } = self.judging.judging(&settings)?;
        // What a policy requires, it requires of images.
        policy.require = Requirements::default();
        let (table, others) = self.outputs.take("table", &settings.format);
        let plan =
            if others.is_empty() { None } else { Some(Outputs::of(others).plan(&[], "table")?) };
        let mut report = self.report();
        let mut shown = String::new();
        // anstream takes colours off where nobody wants them.
        let color = table == Some(Place::Stdout);
        let Judged { findings, results, unknowns } = judge(&files, &check_settings);
        (report.findings, report.checks, report.unknowns) = (findings, results, unknowns);
        report.checks.sort_by(|a, b| a.check.cmp(&b.check));
        if let Some(kinds) = &kinds {
            report.findings.retain(|finding| kinds.contains(&finding.kind));
        }
        let judged = policy::Judged {
            subject: &report.subject,
            labels: &[],
            packages: &[],
            n_unknowns: report.unknowns.len(),
            today: today(),
            // Exceptions may be for images.
            is_complete: false,
        };
        report.verdict = apply(&policy, &judged, &mut report.findings);
        if table.is_some() {
            let language = common.language(&settings);
            for (file, _) in &files {
                shown.push_str(&static_file::show(file, &report.findings, language, color));
            }
        }
        if let Some(plan) = plan {
            plan.write(&report, common, &settings)?;
        }
        if let Some(place) = table {
            let is_mendable =
                files.iter().any(|(file, kind)| (kind.fix)(file, &settings.check).is_some());
            let language = common.language(&settings);
            shown.push_str(&closing(&report, files.len(), is_mendable, language));
            match place {
                Place::File(path) => {
                    fs_err::write(path, anstream::adapter::strip_str(&shown).to_string())?;
                }
                Place::Stdout => anstream::stdout().lock().write_all(shown.as_bytes())?,
            }
        }
        Ok(Exit::of(&report.verdict))
    }

    /// The files that are meant, in order, each with its kind.
    fn files(&self) -> anyhow::Result<Vec<(StaticFile, &'static FileKind)>> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.as_os_str() == "-" {
                files.push(read_stdin()?);
            } else if path.is_dir() {
                let mut found = Vec::new();
                walk(path, MAX_DEPTH, &mut found)?;
                let n_before = files.len();
                for path in found {
                    files.extend(read(&path)?.and_kind());
                }
                if files.len() == n_before {
                    bail!("nothing below {} can be checked: {}", path.display(), supported());
                }
            } else {
                let Some(file) = read(path)?.and_kind() else {
                    bail!("{} is nothing that can be checked: {}", path.display(), supported());
                };
                files.push(file);
            }
            if files.len() > MAX_FILES {
                bail!("more than {MAX_FILES} files: check them by directory");
            }
        }
        Ok(files)
    }

    fn report(&self) -> Report {
        let names: Vec<String> =
            self.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        Report {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: "sekisho".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            subject: Subject::of_files(SubjectKind::File, Source::File, names.join(" ")),
            packages: Vec::new(),
            executables: Vec::new(),
            findings: Vec::new(),
            checks: Vec::new(),
            unknowns: Vec::new(),
            notes: Vec::new(),
            verdict: Verdict {
                result: VerdictResult::Pass,
                policy: String::new(),
                reasons: Vec::new(),
                japanese: Vec::new(),
            },
            database: None,
            coverage: None,
            fixes: None,
            lineage: None,
        }
    }

    /// Prints or makes the changes; exits as clean, since nothing is judged.
    fn mend(
        &self,
        files: &[(StaticFile, &'static FileKind)],
        settings: &Settings,
    ) -> anyhow::Result<Exit> {
        let mut stdout = anstream::stdout().lock();
        for (file, kind) in files {
            let Some(fixed) = (kind.fix)(file, &settings.check) else { continue };
            match &file.path {
                Some(path) if self.write => {
                    replace(path, fixed.as_bytes())
                        .with_context(|| format!("failed to write {}", path.display()))?;
                }
                None if self.write => bail!("standard input cannot be written to"),
                _ => {
                    let before = String::from_utf8_lossy(&file.bytes);
                    stdout.write_all(unified_diff(&file.name, &before, &fixed).as_bytes())?;
                }
            }
        }
        Ok(Exit::Clean)
    }
}

/// What the checks of each kind say of its files, which belong together.
fn judge(files: &[(StaticFile, &'static FileKind)], settings: &CheckSettings) -> Judged {
    let mut judged = Judged::default();
    for kind in static_file::KINDS {
        let of_kind: Vec<&StaticFile> =
            files.iter().filter(|(_, it)| it.name == kind.name).map(|(file, _)| file).collect();
        if !of_kind.is_empty() {
            let answer = (kind.judge)(&of_kind, settings);
            judged.add(answer.findings, answer.results, answer.unknowns);
        }
    }
    judged
}

fn parse_profile(text: &str) -> anyhow::Result<Profile> {
    Profile::parse(text).with_context(|| {
        let profiles = Profile::ALL.map(Profile::as_str).join(", ");
        format!("there is no profile {text:?}: take one of {profiles}")
    })
}

/// Of the clock, in Coordinated Universal Time.
fn today() -> Option<Date> {
    #[expect(clippy::disallowed_methods, reason = "the binary reads the clock")]
    let now = SystemTime::now();
    Timestamp::try_from(now).ok().map(|now| now.to_zoned(TimeZone::UTC).date())
}

fn read_stdin() -> anyhow::Result<(StaticFile, &'static FileKind)> {
    let mut bytes = Vec::new();
    let limit = static_file::KINDS.iter().map(|kind| kind.max_bytes).max().unwrap_or_default();
    std::io::stdin()
        .lock()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .context("failed to read standard input")?;
    let file = StaticFile { name: "-".to_owned(), path: None, bytes };
    let Some(file) = file.and_kind() else {
        bail!("standard input is nothing that can be checked: {}", supported());
    };
    Ok(file)
}

fn read(path: &Path) -> anyhow::Result<StaticFile> {
    let limit = static_file::KINDS.iter().map(|kind| kind.max_bytes).max().unwrap_or_default();
    let mut bytes = Vec::new();
    // One byte more than is judged tells that there is more.
    let file = fs_err::File::open(path)?;
    if !file.metadata()?.is_file() {
        bail!("{} is no file", path.display());
    }
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("failed to read {}", path.display()))?;
    let name = path.to_string_lossy().into_owned();
    let name = name.strip_prefix("./").map(str::to_owned).unwrap_or(name);
    Ok(StaticFile { name, path: Some(path.to_owned()), bytes })
}

/// Files by their names, in order; links are not followed, so no walk goes in circles.
fn walk(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = fs_err::read_dir(directory)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() {
            let is_skipped = SKIPPED.iter().any(|name| entry.file_name() == *name);
            if !is_skipped && depth > 0 {
                walk(&path, depth - 1, found)?;
            }
        } else if kind.is_file() && static_file::KINDS.iter().any(|it| (it.may_be_named)(&path)) {
            found.push(path);
        }
        if found.len() > MAX_FILES {
            bail!("more than {MAX_FILES} files below {}", directory.display());
        }
    }
    Ok(())
}

/// Puts a file in the place of another at once, with its mode: a crash leaves the old one.
fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    // A link stays one, and what it leads to is written.
    let path = fs_err::canonicalize(path)?;
    let directory = path.parent().context("a file has a directory")?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    let permissions = fs_err::metadata(&path)?.permissions();
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
