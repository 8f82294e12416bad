//! Which distribution an image is.
//!
//! # Source
//!
//! os-release(5). Older and smaller systems have only a file with a sentence in it, named after
//! the distribution.

use sekisho_types::OsRelease;

/// Reads the fields of an `os-release` file; none without an `ID`.
pub(crate) fn parse(text: &str) -> Option<OsRelease> {
    let mut os = OsRelease::default();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        let value = unquote(value.trim());
        match name.trim() {
            "ID" => os.id = value.to_ascii_lowercase(),
            "VERSION_ID" => os.version = value,
            "VERSION_CODENAME" => os.codename = Some(value).filter(|value| !value.is_empty()),
            "ID_LIKE" => os.id_like = value.split_whitespace().map(str::to_owned).collect(),
            "PRETTY_NAME" => os.pretty_name = Some(value).filter(|value| !value.is_empty()),
            _ => (),
        }
    }
    (!os.id.is_empty()).then_some(os)
}

/// Takes away the quotes of a shell word.
fn unquote(value: &str) -> String {
    let inner = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote).and_then(|value| value.strip_suffix(*quote)));
    let mut text = String::new();
    let mut chars = inner.unwrap_or(value).chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => text.extend(chars.next()),
            char => text.push(char),
        }
    }
    text
}

/// Reads the one line that a distribution before os-release, or one of today, puts in a file
/// of its own: `CentOS release 6.10 (Final)`.
pub(crate) fn from_release_file(name: &[u8], text: &str) -> Option<OsRelease> {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let (id, version) = match name {
        b"etc/alpine-release" => ("alpine", line.to_owned()),
        b"etc/arch-release" => ("arch", String::new()),
        b"etc/debian_version" => ("debian", line.to_owned()),
        b"etc/SuSE-release" => ("sles", first_number(line)),
        b"etc/centos-release"
        | b"etc/fedora-release"
        | b"etc/oracle-release"
        | b"etc/redhat-release"
        | b"etc/system-release" => (id_of_sentence(line)?, first_number(line)),
        _ => return None,
    };
    let mut os = OsRelease { id: id.to_owned(), version, ..OsRelease::default() };
    // "trixie/sid" names a release that has no number yet.
    if id == "debian" && !os.version.starts_with(|char: char| char.is_ascii_digit()) {
        os.codename = os.version.split('/').next().map(str::to_owned);
        os.version = String::new();
    }
    if !line.is_empty() {
        os.pretty_name = Some(line.to_owned());
    }
    Some(os)
}

fn id_of_sentence(line: &str) -> Option<&'static str> {
    [
        ("Red Hat Enterprise Linux", "rhel"),
        ("CentOS", "centos"),
        ("Fedora", "fedora"),
        ("Oracle Linux", "ol"),
        ("Amazon Linux", "amzn"),
        ("Rocky Linux", "rocky"),
        ("AlmaLinux", "almalinux"),
        ("Scientific Linux", "scientific"),
    ]
    .into_iter()
    .find(|(start, _)| line.starts_with(start))
    .map(|(_, id)| id)
}

/// The first word that is a version: digits and dots.
fn first_number(line: &str) -> String {
    line.split_whitespace()
        .find(|word| word.starts_with(|char: char| char.is_ascii_digit()))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(os: Option<OsRelease>) -> String {
        os.map_or("none".to_owned(), |os| {
            let codename = os.codename.unwrap_or_default();
            format!("{} {:?} {:?} {:?}", os.id, os.version, codename, os.id_like)
        })
    }

    #[test]
    fn os_release_is_read_as_a_shell_would() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n\
                      VERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(shown(parse(debian)), r#"debian "12" "bookworm" []"#);
        let rocky = "# comment\nID='rocky'\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=9.3\n";
        assert_eq!(shown(parse(rocky)), r#"rocky "9.3" "" ["rhel", "centos", "fedora"]"#);
        assert_eq!(shown(parse("NAME=\"no id\"\n")), "none");
    }

    #[test]
    fn old_systems_say_it_in_a_sentence() {
        for (name, text, want) in [
            ("etc/redhat-release", "CentOS release 6.10 (Final)\n", r#"centos "6.10" "" []"#),
            (
                "etc/redhat-release",
                "Red Hat Enterprise Linux Server release 6.9 (Santiago)",
                r#"rhel "6.9" "" []"#,
            ),
            ("etc/debian_version", "trixie/sid\n", r#"debian "" "trixie" []"#),
            ("etc/alpine-release", "3.11.5\n", r#"alpine "3.11.5" "" []"#),
            ("etc/system-release", "Unheard of", "none"),
        ] {
            assert_eq!(shown(from_release_file(name.as_bytes(), text)), want);
        }
    }
}
