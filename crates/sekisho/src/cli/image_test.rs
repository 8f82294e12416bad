use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use annotate_snippets::Level;
use anyhow::{Context, bail};
use sekisho_container::{Limits, Options, Stop};
use sekisho_image::ImageConfig;
use sekisho_imagetest::{
    Compat, DEFAULT_SUITE_NAME, FileResults, RunOptions, Summary, TestResult, Tests, Variables,
    View, Wanted, first_policy, json_schema, write_json, write_junit, write_text,
};
use sekisho_scan::{Examination, Progress, Target, examine};
use sekisho_types::{ByteCount, report::Source};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::{
    cli::{Common, access_options::AccessOptions, judging_options::Judging},
    environment::text,
    exit::Exit,
    image_test::{Choice, Commands, Failure, Place, Planned, TestFile, find, read_env_file, show},
    output::print,
    progress_bar::ProgressLine,
    settings::Settings,
};

/// Largest file of metadata that is read.
const MAX_METADATA_BYTES: u64 = 16 << 20;

/// Exit codes, beside those of the other commands.
const EXIT_HELP: &str = "\
Exit codes:
  0  every test passed
  1  a test failed, or there was none; as container-structure-test, also everything else that
     keeps tests from being run
With --strict, or when all files are of the schema sekisho/1:
  1  a test failed
  2  usage, a file of tests or an image that cannot be read
  3  a test could not be done, so there is no full answer";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho image test oci-dir:image -c structure.yaml
  sekisho image test --image app:1 --config 'tests/*.yaml' --output junit --test-report out.xml",
    after_long_help = EXIT_HELP
)]
#[expect(clippy::struct_excessive_bools, reason = "these are the flags of a command line")]
pub(super) struct ImageTest {
    /// Image, archive or directory; a prefix says where it is, `-` is an archive on stdin
    target: Option<Target>,
    /// The same, as container-structure-test names it
    #[arg(long, short, value_name = "TARGET", conflicts_with_all = ["target", "image_from_oci_layout"])]
    image: Option<Target>,
    /// Take the image of an OCI layout
    #[arg(long, value_name = "DIR", conflicts_with = "target")]
    image_from_oci_layout: Option<String>,
    /// Read tests from FILE, which may be a pattern, or - for standard input; repeatable
    #[arg(
        id = "config",
        long,
        short,
        value_name = "FILE",
        required_unless_present_any = ["init", "json_schema"]
    )]
    files: Vec<PathBuf>,
    /// Write a first policy from the image, the strictest that it passes
    #[arg(long)]
    init: bool,
    /// Print the JSON Schema of our own schema, for editors
    #[arg(long)]
    json_schema: bool,
    /// Say what ${{ NAME }} is in files of our own schema; repeatable
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// Read such values from FILE, NAME=VALUE a line
    #[arg(long, value_name = "FILE")]
    vars: Option<PathBuf>,
    /// Read settings from FILE instead of the first sekisho.yaml from here upward
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Give the verdict of container-structure-test, where a sane one exists
    #[arg(long, value_name = "TOOL", value_parser = ["cst"], default_value = "cst")]
    compat: String,
    /// Give the right verdict where container-structure-test gives another
    #[arg(long)]
    strict: bool,
    /// Write results as FORMAT
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    output: OutputFormat,
    /// As --output json
    #[arg(long, short, hide = true)]
    json: bool,
    /// Write results to FILE, as json where nothing else is said
    #[arg(long, value_name = "FILE")]
    test_report: Option<PathBuf>,
    /// Call the suite of --output junit NAME
    #[arg(long, value_name = "NAME", default_value = DEFAULT_SUITE_NAME)]
    junit_suite_name: String,
    /// Write without colours
    #[arg(long)]
    no_color: bool,
    /// Take the configuration of a directory from FILE, as `docker inspect` or an image has it
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Where images are: docker, or tar for an archive; commands then run without a daemon
    #[arg(long, short, value_name = "DRIVER", value_parser = ["docker", "tar"])]
    driver: Option<String>,
    /// Take the image from its registry
    #[arg(long)]
    pull: bool,
    /// Run commands by this program
    #[arg(long, value_name = "RUNNER", default_value = "auto")]
    runner: Choice,
    /// Run containers of Docker by the runtime that it knows by NAME
    #[arg(long, value_name = "NAME")]
    runtime: Option<String>,
    /// Keep containers and images that Docker made for the tests
    #[arg(long)]
    save: bool,
    /// Let commands use the network
    #[arg(long)]
    network: bool,
    /// End a command after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Bound the memory of a command
    #[arg(long, value_name = "SIZE", default_value = "1GiB")]
    memory: ByteCount,
    /// Bound the processes of a command
    #[arg(long, value_name = "NUMBER", default_value_t = 512)]
    pids: u64,
    #[command(flatten)]
    access: AccessOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OutputFormat {
    Text,
    Json,
    Junit,
}

impl ImageTest {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let mut has_own_codes = self.strict || self.init || self.json_schema;
        let result = self.test(common, &mut has_own_codes);
        if has_own_codes {
            return result;
        }
        // As the peer: one code for whatever is not a pass.
        match result {
            Ok(Exit::Clean) => Ok(Exit::Clean),
            Ok(_) => Ok(Exit::PolicyFailed),
            Err(err) => {
                crate::cli::print_error(&err);
                Ok(Exit::PolicyFailed)
            }
        }
    }

    fn compat(&self) -> Compat {
        if self.strict { Compat::Strict } else { Compat::Peer }
    }

    fn target(&self) -> anyhow::Result<Target> {
        let layout = self.image_from_oci_layout.as_ref();
        let given = self.target.clone().or_else(|| self.image.clone());
        let given = given.or(layout.map(|path| Target::In(Source::OciDir, path.clone())));
        match given {
            Some(Target::Reference(name)) if self.pull => Ok(Target::In(Source::Registry, name)),
            Some(target) => Ok(target),
            None => bail!("name an image to test: sekisho image test TARGET -c FILE"),
        }
    }

    /// `has_own_codes` is set where no file is one of the peer.
    fn test(&self, common: &Common, has_own_codes: &mut bool) -> anyhow::Result<Exit> {
        if self.json_schema {
            let schema = serde_json::to_string_pretty(&json_schema())?;
            print(format!("{schema}\n").as_bytes())?;
            return Ok(Exit::Clean);
        }
        let settings = Settings::load(self.settings.as_deref())?;
        let target = self.target()?;
        let given = self.given()?;
        let names: Vec<String> =
            self.files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let files: Vec<TestFile> = find(&names)?
            .iter()
            .flat_map(|name| TestFile::read_all(name, self.compat(), &given))
            .collect();
        *has_own_codes |= files.iter().all(|file| matches!(file.tests, Ok(Tests::Own(_))));
        self.tell(&files, common)?;
        let mut wanted = Wanted::default();
        let (mut needs_report, mut kinds) = (false, Vec::new());
        for tests in files.iter().filter_map(|file| file.tests.as_ref().ok()) {
            tests.want(&mut wanted);
            if let Tests::Own(policy) = tests {
                needs_report |= policy.needs_report();
                kinds.extend(policy.kinds());
            }
        }
        let judging = Judging { kinds: Some(kinds), ..Judging::none() };
        let config = self.access.config(&settings, judging)?;
        let progress = Arc::new(Progress::default());
        let line = ProgressLine::start(&progress, !common.quiet && !common.no_progress);
        let examined = examine(&target, &config, &Arc::new(wanted), needs_report, &progress);
        drop(line);
        let Examination {
            source,
            name,
            image,
            files: tree,
            contents,
            hard_links,
            layer_bytes,
            report,
        } = examined?;
        let metadata = self.metadata.as_deref().map(read_metadata).transpose()?;
        let image_config = metadata.or_else(|| image.as_ref().map(|image| image.config.clone()));
        let view = View { files: tree, contents, config: image_config, report, layer_bytes };
        if self.init {
            print(first_policy(&view).as_bytes())?;
            return Ok(Exit::Clean);
        }
        let plans = files.iter().map(|file| self.plans(file, &view)).collect::<Vec<_>>();
        let commands = self.commands(&config.engines)?;
        let n_plans: Vec<usize> = plans.iter().map(Vec::len).collect();
        let plans: Vec<Option<Planned>> = plans.into_iter().flatten().collect();
        let place = Place { source, name, image, files: view.files.clone(), hard_links };
        let mut ran = commands.run(place, &plans).into_iter();
        let mut results = Vec::new();
        for (file, n_plans) in files.iter().zip(n_plans) {
            let ran = ran.by_ref().take(n_plans).collect();
            let outcome = match &file.tests {
                Ok(tests) => tests.judge(&view, ran, self.compat()),
                Err(failure) => vec![parse_failure(failure)],
            };
            results.push(FileResults { file: file.name.clone(), results: outcome });
        }
        self.write(&results, common)?;
        Ok(exit(&files, &results))
    }

    /// What files of our own schema are told: a flag wins over a file, both over the environment.
    fn given(&self) -> anyhow::Result<Variables> {
        let mut given = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                given.insert(format!("env.{name}"), value);
            }
        }
        let read = self.vars.as_deref().map(read_env_file).transpose()?.unwrap_or_default();
        for entry in read.iter().chain(&self.variables) {
            let Some((name, value)) = entry.split_once('=') else {
                bail!("{entry:?} is no NAME=VALUE");
            };
            given.insert(name.to_owned(), value.to_owned());
        }
        Ok(Variables(given))
    }

    /// Shows mistakes and lints of the files on their lines.
    fn tell(&self, files: &[TestFile], common: &Common) -> anyhow::Result<()> {
        let mut stderr = anstream::stderr().lock();
        for file in files {
            let (mistakes, level) = match &file.tests {
                Ok(tests) if !common.quiet => (tests.lints(), Level::WARNING),
                Err(Failure::Mistakes(mistakes)) => (mistakes.as_slice(), Level::ERROR),
                Ok(_) | Err(Failure::Unreadable(_)) => continue,
            };
            let shown = show(&file.name, &file.text, mistakes, &level, !self.no_color);
            stderr.write_all(shown.as_bytes())?;
        }
        Ok(())
    }

    fn plans(&self, file: &TestFile, view: &View) -> Vec<Option<Planned>> {
        match &file.tests {
            Ok(tests) => {
                let (options, env) = match self.options(tests.run_options()) {
                    Ok((options, env)) => (Ok(options), env),
                    Err(err) => (Err(format!("{err:#}")), Vec::new()),
                };
                let plans = tests.plans(view, self.compat()).into_iter();
                plans
                    .map(|plan| {
                        let (options, env) = (options.clone(), env.clone());
                        Some(Planned { plan: plan?, options, env })
                    })
                    .collect()
            }
            Err(_) => Vec::new(),
        }
    }

    /// How containers of a suite are made, and the variables that they are given besides.
    fn options(&self, asked: &RunOptions) -> anyhow::Result<(Options, Vec<String>)> {
        let mut env = Vec::new();
        if !asked.env_file.value.is_empty() {
            match read_env_file(asked.env_file.value.as_ref()) {
                Ok(read) => env.extend(read),
                Err(err) if self.strict => return Err(err.context("the envFile is wrong")),
                Err(err) => {
                    let error: &dyn std::error::Error = err.as_ref();
                    tracing::warn!(error, "the envFile was not read");
                }
            }
        }
        for name in &asked.env_names {
            let name = &name.value;
            let value = text(name).with_context(|| {
                format!("Error creating container: the variable {name:?} is not set here")
            })?;
            env.push(format!("{name}={value}"));
        }
        let options = Options {
            user: Some(asked.user.clone()).filter(|user| !user.is_empty()),
            privileged: asked.privileged,
            tty: asked.tty,
            capabilities: asked.capabilities.clone(),
            bind_mounts: asked.bind_mounts.iter().map(|mount| mount.value.clone()).collect(),
            runtime: self.runtime.clone(),
            keep: self.save,
        };
        Ok((options, env))
    }

    fn commands<'a>(&self, engines: &'a sekisho_engine::Config) -> anyhow::Result<Commands<'a>> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&flag))
                .context("failed to listen for signals")?;
        }
        let is_without_daemon = self.driver.as_deref() == Some("tar");
        Ok(Commands {
            choice: self.runner,
            is_without_daemon,
            engines,
            path: text("PATH").map_or_else(default_path, OsString::from),
            scratch: std::env::temp_dir(),
            limits: Limits {
                timeout: Duration::from_secs(self.timeout),
                memory_bytes: self.memory.0,
                n_processes: self.pids,
                ..Limits::default()
            },
            has_network: self.network,
            stop: Stop(flag),
        })
    }

    fn write(&self, results: &[FileResults], common: &Common) -> anyhow::Result<()> {
        let format = match self.output {
            _ if self.json => OutputFormat::Json,
            OutputFormat::Text if self.test_report.is_some() => OutputFormat::Json,
            format => format,
        };
        let written = match format {
            OutputFormat::Text => write_text(results, !self.no_color),
            OutputFormat::Json => write_json(results),
            OutputFormat::Junit => write_junit(results, &self.junit_suite_name),
        };
        if let Some(path) = &self.test_report {
            fs_err::write(path, written)?;
        } else if !common.quiet {
            // Colours go where somebody looks.
            let mut stdout = anstream::stdout().lock();
            stdout.write_all(written.as_bytes())?;
            stdout.flush()?;
        }
        Ok(())
    }
}

fn default_path() -> OsString {
    OsString::from("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
}

fn read_metadata(path: &std::path::Path) -> anyhow::Result<ImageConfig> {
    let metadata = fs_err::metadata(path)?;
    if !metadata.is_file() || metadata.len() > MAX_METADATA_BYTES {
        bail!("{} is no file of at most {MAX_METADATA_BYTES} bytes", path.display());
    }
    let bytes = fs_err::read(path)?;
    ImageConfig::parse(&bytes).with_context(|| format!("{} is wrong", path.display()))
}

/// A file that cannot be read is one failed test, as for the peer.
fn parse_failure(failure: &Failure) -> TestResult {
    let reason = match failure {
        Failure::Unreadable(reason) => reason.clone(),
        Failure::Mistakes(mistakes) => {
            let line =
                |it: &sekisho_imagetest::Mistake| format!("line {}: {}", it.place.line, it.message);
            mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    };
    TestResult::failed("", format!("error parsing config file: {reason}"))
}

/// What the results mean to a script, with the codes of this program.
fn exit(files: &[TestFile], results: &[FileResults]) -> Exit {
    let summary = Summary::of(results.iter().flat_map(|file| &file.results));
    let n_unread = files.iter().filter(|file| file.tests.is_err()).count();
    match summary {
        summary if summary.is_pass() => Exit::Clean,
        summary if summary.n_failed > summary.n_unanswered + n_unread => Exit::PolicyFailed,
        _ if n_unread > 0 => Exit::Usage,
        summary if summary.n_unanswered > 0 => Exit::Incomplete,
        _ => Exit::PolicyFailed,
    }
}
