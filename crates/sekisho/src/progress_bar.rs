use std::{
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use sekisho_scan::Progress;

/// How often the line is drawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// A line on the terminal that follows a [`Progress`] until it is dropped.
pub(crate) struct ProgressLine {
    is_done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressLine {
    /// Starts to draw when a person is watching; never in CI, and never when told not to.
    pub(crate) fn start(progress: &Arc<Progress>, is_wanted: bool) -> Self {
        let is_done = Arc::new(AtomicBool::new(false));
        if !is_watched(is_wanted) {
            return Self { is_done, thread: None };
        }
        let (progress, done) = (Arc::clone(progress), Arc::clone(&is_done));
        let thread = std::thread::spawn(move || {
            let bar = ProgressBar::no_length();
            while !done.load(Relaxed) {
                draw(&bar, &progress);
                std::thread::park_timeout(INTERVAL);
            }
            bar.finish_and_clear();
        });
        Self { is_done, thread: Some(thread) }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.is_done.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic while drawing must not hide the report.
            drop(thread.join());
        }
    }
}

fn draw(bar: &ProgressBar, progress: &Progress) {
    let n_bytes = progress.n_bytes.load(Relaxed);
    let n_done = progress.n_bytes_done.load(Relaxed);
    let n_layers = progress.n_layers.load(Relaxed);
    let layers = match n_layers {
        0 => String::new(),
        n_layers => format!(
            "layer {} of {n_layers}, {} cached  ",
            (progress.n_layers_done.load(Relaxed) + 1).min(n_layers),
            progress.n_layers_cached.load(Relaxed),
        ),
    };
    let template = if n_bytes > n_done {
        bar.set_length(n_bytes);
        "{spinner} {msg}{bytes}/{total_bytes} {wide_bar} {bytes_per_sec}"
    } else {
        "{spinner} {msg}{bytes} {bytes_per_sec}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(layers);
    bar.set_position(n_done);
    bar.tick();
}

/// A word on the terminal on what is being done, until it is dropped.
pub(crate) struct Spinner {
    bar: Option<ProgressBar>,
}

impl Spinner {
    /// Starts where a person is watching, as [`ProgressLine::start`] does.
    pub(crate) fn start(is_wanted: bool) -> Self {
        let bar = is_watched(is_wanted).then(ProgressBar::new_spinner);
        if let Some(bar) = &bar {
            bar.enable_steady_tick(INTERVAL);
        }
        Self { bar }
    }

    pub(crate) fn say(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.to_owned());
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Whether a person is watching who has not said that nothing is to be shown.
fn is_watched(is_wanted: bool) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the binary reads the environment")]
    let is_ci = std::env::var_os("CI").is_some();
    is_wanted && !is_ci && std::io::stderr().is_terminal()
}
