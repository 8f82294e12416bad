//! The data that Sekisho ships in `rules/`, built into the program.
//!
//! What the files mean is not known here: whoever asks for a kind knows how to read it.

/// Names a file of `rules/` and takes its text in.
macro_rules! embed {
    ($kind:literal, $name:literal) => {
        BuiltinFile {
            kind: $kind,
            name: $name,
            text: include_str!(concat!("../../../rules/", $kind, "/", $name, ".yaml")),
        }
    };
}

mod files;

/// A file of `rules/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltinFile {
    /// The folder in `rules/`: `secret`.
    pub kind: &'static str,
    /// The path in that folder without its extension.
    pub name: &'static str,
    pub text: &'static str,
}

impl BuiltinFile {
    /// Path in the repository, for messages.
    pub fn path(&self) -> String {
        format!("rules/{}/{}.yaml", self.kind, self.name)
    }
}

/// The files of a kind, by name.
pub fn files(kind: &str) -> impl Iterator<Item = &'static BuiltinFile> {
    files::ALL.iter().filter(move |file| file.kind == kind)
}

/// The file of a kind and a name.
pub fn file(kind: &str, name: &str) -> Option<&'static BuiltinFile> {
    files(kind).find(|file| file.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_kind_and_name() {
        let first = files("secret").next().unwrap();
        assert_eq!(file("secret", first.name), Some(first));
        assert!(first.text.contains(first.name), "{}", first.path());
        assert_eq!(file("secret", "no-such-rule"), None);
        assert_eq!(files("no-such-kind").count(), 0);
    }
}
