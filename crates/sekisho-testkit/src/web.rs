//! A web server on loopback that answers as a test tells it to.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// What a client asks for.
#[derive(Debug)]
pub struct WebRequest {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl WebRequest {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Default)]
pub struct WebAnswer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Announces more bytes than are sent, as a broken connection does.
    pub n_missing: usize,
}

type Script = dyn Fn(&WebRequest, usize) -> WebAnswer + Send + Sync;

/// A server that a test scripts.
///
/// It serves until the process ends; one thread a connection, one request a connection.
#[derive(Debug)]
pub struct WebServer {
    /// `127.0.0.1:<port>`.
    pub host: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl WebServer {
    /// Answers by `script`, which gets the number of the request, from 0.
    pub fn start(script: impl Fn(&WebRequest, usize) -> WebAnswer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = listener.local_addr().expect("it is bound").to_string();
        let log = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let shared = Arc::clone(&log);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (script, log) = (Arc::clone(&script), Arc::clone(&shared));
                std::thread::spawn(move || serve(stream.expect("a connection"), &*script, &log));
            }
        });
        Self { host, log }
    }

    /// The requests so far, as `METHOD path`.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("no script panicked").clone()
    }
}

fn serve(stream: TcpStream, script: &Script, log: &Mutex<Vec<String>>) {
    // A client that tries TLS first sends what is no request.
    let Some(request) = read_request(&stream) else { return };
    let number = {
        let mut log = log.lock().expect("no script panicked");
        log.push(format!("{} {}", request.method, request.path));
        log.len() - 1
    };
    let answer = script(&request, number);
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        write!(head, "{name}: {value}\r\n").expect("a string takes all");
    }
    let n_bytes = answer.body.len() + answer.n_missing;
    write!(head, "content-length: {n_bytes}\r\n\r\n").expect("a string takes all");
    let mut stream = stream;
    // The client may have gone away.
    drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body)));
}

fn read_request(stream: &TcpStream) -> Option<WebRequest> {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let n_bytes = headers.get("content-length").map_or(0, |n| n.parse().unwrap_or(0));
    let mut body = vec![0; n_bytes];
    std::io::Read::read_exact(&mut reader, &mut body).ok()?;
    Some(WebRequest { method, path, headers, body: String::from_utf8(body).ok()? })
}
