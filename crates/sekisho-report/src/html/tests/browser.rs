//! The page in a real browser, with a proxy of our own for its only way out.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use sekisho_testkit::report;
use sekisho_types::report::Report;

use super::page;
use crate::Language;

const CHROMIUM: &str = "/usr/bin/chromium";
const ADDRESS: &str = "http://report.example/";

/// A browser is slow to start on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// Serves one page to a browser that asks for it through a proxy, and remembers all it asks for.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// The thread ends with the test's process: there is nothing it holds.
    fn start(page: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(line) = answer(stream, &page) {
                    log.lock().unwrap().push(line);
                }
            }
        });
        Self { port, asked }
    }

    /// All that was asked for, without what the browser of its own accord says to its maker.
    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.retain(|line| !line.contains(".google.com") && !line.contains(".googleapis.com"));
        asked
    }
}

fn answer(mut stream: TcpStream, page: &str) -> Option<String> {
    stream.set_read_timeout(Some(DEADLINE)).ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let is_page = request.starts_with(&format!("GET {ADDRESS} "));
    let (status, body) = if is_page { ("200 OK", page) } else { ("404 Not Found", "") };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    Some(request)
}

/// Starts the browser on a page; none where there is no browser.
fn browse(report: &Report, language: Language, arguments: &[&str]) -> Option<(String, Proxy)> {
    if !Path::new(CHROMIUM).exists() {
        eprintln!("skipped: needs chromium");
        return None;
    }
    let proxy = Proxy::start(page(report, language));
    let profile = tempfile::tempdir().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test starts a browser")]
    let mut browser = Command::new(CHROMIUM);
    let output = browser
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--proxy-server=http://127.0.0.1:{}", proxy.port))
        .args(arguments)
        .arg(ADDRESS)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some((String::from_utf8(output.stdout).unwrap(), proxy))
}

/// The colour of a pixel near the lower left corner of a screenshot: the page's background.
fn background(scheme: &str) -> Option<[u8; 3]> {
    let folder = tempfile::tempdir().unwrap();
    let shot = folder.path().join("page.png");
    let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
    let to = format!("--screenshot={}", shot.display());
    browse(&report::image(), Language::English, &[&scheme, &to, "--window-size=1200,2400"])?;
    let decoder = png::Decoder::new(BufReader::new(fs_err::File::open(shot).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let n_channels = frame.color_type.samples();
    let row = pixels.chunks(frame.line_size).nth(frame.height as usize - 10).unwrap();
    row[4 * n_channels..][..3].try_into().ok()
}

#[test]
fn a_browser_shows_the_report_and_asks_for_nothing_else() {
    let arguments = ["--dump-dom"];
    let Some((dom, proxy)) = browse(&report::image(), Language::English, &arguments) else {
        return;
    };
    assert!(dom.contains("<h1>registry.example/team/shop:1.4</h1>"), "{dom}");
    assert_eq!(dom.matches("<svg").count(), 3);
    assert_eq!(dom.matches("<article").count(), 5);
    // The script ran: what it brings to life is no longer hidden.
    assert!(dom.contains("<label class=\"filter\">") && !dom.contains("class=\"filter\" hidden"));
    assert_eq!(proxy.asked(), [format!("GET {ADDRESS} HTTP/1.1")]);
}

#[test]
fn hostile_text_runs_nothing_and_fetches_nothing() {
    let arguments = ["--dump-dom"];
    let Some((dom, proxy)) = browse(&report::hostile_image(), Language::Japanese, &arguments)
    else {
        return;
    };
    assert_eq!(dom.matches("<script").count(), 1);
    assert!(dom.contains("&lt;script&gt;alert('1')&lt;/script&gt;"));
    assert_eq!(proxy.asked(), [format!("GET {ADDRESS} HTTP/1.1")]);
}

#[test]
fn the_page_follows_light_and_dark() {
    let Some(light) = background("1") else { return };
    assert_eq!(light, [0xf5, 0xf6, 0xf8]);
    assert_eq!(background("0"), Some([0x11, 0x15, 0x1c]));
}
