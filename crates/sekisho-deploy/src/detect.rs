//! Which files may say something of a deployment.

use std::path::Path;

use crate::notations::is_block;

/// How much of a file is looked at to tell what it is.
const MAX_LOOK_BYTES: usize = 1 << 20;

/// Words of which all of a group stand in every file that is read here.
const WORDS: &[&[&str]] = &[
    &["containerDefinitions"],
    &["AWS::", "Resources"],
    &["launchType", "desiredCount"],
    &["launchType", "serviceName"],
    &["networkConfiguration", "awsvpcConfiguration"],
    &["capacityProviderStrategy", "taskDefinition"],
];

/// Whether a file of this name is worth a look.
pub fn is_named(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    matches!(extension.to_ascii_lowercase().as_str(), "json" | "tf" | "yaml" | "yml" | "template")
}

/// Whether a text says something of a deployment.
pub fn is_likely(bytes: &[u8]) -> bool {
    let start = bytes.get(..MAX_LOOK_BYTES).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start);
    WORDS.iter().any(|words| words.iter().all(|word| text.contains(word)))
        || is_container_list(&text)
        || text.lines().any(is_block)
}

/// A list of containers on its own, as it is given to `--container-definitions`.
fn is_container_list(text: &str) -> bool {
    text.trim_start().starts_with('[')
        && ["\"image\"", "\"name\""].iter().all(|word| text.contains(word))
        && ["\"essential\"", "\"memory\"", "\"portMappings\"", "\"logConfiguration\"", "\"cpu\""]
            .iter()
            .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_worth_a_look_are_known() {
        for name in ["main.tf", "taskdef.json", "a/stack.yml", "b.YAML", "c.template"] {
            assert!(is_named(Path::new(name)), "{name}");
        }
        assert!(!is_named(Path::new("Makefile")));
    }

    #[test]
    fn texts_are_told_by_their_words() {
        assert!(is_likely(br#"{"containerDefinitions": []}"#));
        assert!(is_likely(br#"[{"name": "a", "image": "b", "essential": true}]"#));
        assert!(!is_likely(br#"{"name": "a", "image": "b", "cpu": 1}"#));
        assert!(is_likely(b"# ours\nvariable \"image\" {}\n"));
        assert!(is_likely(br#"{"launchType": "FARGATE", "desiredCount": 2}"#));
        assert!(!is_likely(b"The type AWS::ECS::Service is described below."));
        assert!(!is_likely(b"[]"));
    }
}
