//! Feeds from servers on loopback that do what servers do.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod downloads;
mod feeds;

use std::path::Path;

use sekisho_mirror::{Config, FetchError, Fetched, Mirror, Source};
use sekisho_testkit::WebServer;

fn mirror(directory: &Path) -> Mirror {
    Mirror::open(Config {
        directory: directory.to_owned(),
        ca: Vec::new(),
        user_agent: "sekisho-test".to_owned(),
        year: 2003,
        first_wait: std::time::Duration::from_millis(1),
    })
    .unwrap()
}

fn fetch(mirror: &Mirror, feed: &str, server: &WebServer) -> Result<Fetched, FetchError> {
    let source = Source::Mirror(format!("http://{}/feeds/", server.host));
    mirror.fetch(feed, &source, &mut |_| ())
}

/// An error with its causes; the address of the server is `HOST`.
fn shown(err: &FetchError, server: &WebServer) -> String {
    let mut text = err.to_string();
    let mut cause = std::error::Error::source(err);
    while let Some(err) = cause {
        text.push_str(": ");
        text.push_str(&err.to_string());
        cause = err.source();
    }
    text.replace(&server.host, "HOST")
}
