//! A first policy, from an image that is as it should be.

use std::fmt::Write as _;

use sekisho_image::NodeKind;

use crate::View;

const TO_MEMORY: &str = "a String takes everything";

/// The strictest policy that the image passes: who it runs as and what it starts, its ports and
/// volumes, its privileged programs, and everything in it that can be executed.
pub fn first_policy(view: &View) -> String {
    let mut text = format!("schemaVersion: {}\n", super::VERSION);
    if let Some(config) = &view.config {
        text.push_str("image:\n");
        line(&mut text, "  user", &quoted(&config.user));
        let user = config.user.split(':').next().unwrap_or_default();
        if !matches!(user, "" | "root" | "0") {
            line(&mut text, "  not_root", "true");
        }
        line(&mut text, "  entrypoint", &list(&config.entrypoint));
        line(&mut text, "  cmd", &list(&config.cmd));
        line(&mut text, "  workdir", &quoted(&config.working_dir));
        line(&mut text, "  ports", &list(&config.exposed_ports));
        line(&mut text, "  volumes", &list(&config.volumes));
        line(&mut text, "  healthcheck", &(!config.healthcheck.is_empty()).to_string());
        if let Some(platform) = &config.platform {
            line(&mut text, "  platform", &quoted(&platform.to_string()));
        }
        line(&mut text, "max_layers", &view.layer_bytes.len().to_string());
    }
    let files = |bits: u16| -> Vec<String> {
        view.files
            .iter()
            .filter(|(_, file)| {
                let mode = file.node.mode;
                file.node.kind == NodeKind::File
                    && mode & 0o111 != 0
                    && (bits == 0 || mode & bits != 0)
            })
            .map(|(path, _)| literal(&path.to_str_lossy()))
            .collect()
    };
    for (name, paths) in [("setuid", files(0o6000)), ("executables", files(0))] {
        if paths.is_empty() {
            line(&mut text, name, "[]");
            continue;
        }
        writeln!(text, "{name}:").expect(TO_MEMORY);
        for path in paths {
            writeln!(text, "  - {}", quoted(&path)).expect(TO_MEMORY);
        }
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    writeln!(text, "{name}: {value}").expect(TO_MEMORY);
}

/// A text of JSON, which is one of YAML as well. What looks like a variable of ours is broken up
/// by an escape.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a text is JSON");
    json.replace("${{", "\\u0024{{")
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A pattern that only this path fits. A byte that is no text fits any one character.
fn literal(path: &str) -> String {
    let mut pattern = String::from("/");
    for char in path.chars() {
        match char {
            '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' => {
                pattern.push('\\');
                pattern.push(char);
            }
            char::REPLACEMENT_CHARACTER => pattern.push('?'),
            char => pattern.push(char),
        }
    }
    pattern
}
