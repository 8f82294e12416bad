//! What a suite says that is likely not meant.

use sekisho_image::NodeKind;

use crate::{
    Compat, Located, Mistake, Pattern, Place, Vacuous,
    mode::mode_string,
    suite::{CommandTest, Expectations, FileContentTest, FileExistenceTest, Suite, Variable},
};

/// Everything worth a second look, in the order of the file.
pub(crate) fn lint(suite: &Suite, compat: Compat) -> Vec<Mistake> {
    let mut lints = Vec::new();
    for test in &suite.commands {
        command(test, &mut lints);
    }
    for test in &suite.existence {
        existence(test, &mut lints);
    }
    for test in &suite.contents {
        content(test, &mut lints);
    }
    let metadata = &suite.metadata;
    for pair in metadata.env.iter().chain(&metadata.labels) {
        variable(pair, &mut lints);
    }
    for port in metadata.exposed_ports.iter().chain(&metadata.unexposed_ports) {
        if port.value.contains('/') && !compat.is_strict() {
            lints.push(
                Mistake::new(
                    port.place,
                    "the number of a port is compared with this, so it never fits",
                )
                .with_help("leave the protocol out, or compare it with --strict"),
            );
        }
    }
    lints.sort();
    lints
}

fn command(test: &CommandTest, lints: &mut Vec<Mistake>) {
    if let [program] = test.command.as_slice()
        && program.contains(char::is_whitespace)
    {
        lints.push(
            Mistake::new(
                test.place,
                format!("{program:?} is started as one program, without a shell"),
            )
            .with_help("put the program in `command` and its arguments in `args`"),
        );
    }
    expectations(&test.output, lints);
    expectations(&test.error, lints);
}

fn content(test: &FileContentTest, lints: &mut Vec<Mistake>) {
    if test.contents.expected.is_empty() && test.contents.excluded.is_empty() {
        let message = "nothing is asked of the content; only that there is a file";
        lints.push(Mistake::new(test.place, message));
    }
    expectations(&test.contents, lints);
}

fn expectations(expectations: &Expectations, lints: &mut Vec<Mistake>) {
    for located in &expectations.expected {
        pattern(located, true, lints);
    }
    for located in &expectations.excluded {
        pattern(located, false, lints);
    }
}

/// Patterns that fail or pass whatever they are compared with.
pub(crate) fn pattern(pattern: &Located<String>, is_expected: bool, lints: &mut Vec<Mistake>) {
    let Located { value, place } = pattern;
    let message = match Pattern::parse(value).map(|pattern| pattern.vacuous()) {
        Err(err) => format!("this is no regular expression, so the test fails: {err}"),
        Ok(None) => return,
        Ok(Some(Vacuous::Never)) if is_expected => {
            "nothing can match this, so the test fails".to_owned()
        }
        Ok(Some(Vacuous::Never)) => "nothing can match this, so it excludes nothing".to_owned(),
        Ok(Some(Vacuous::Always)) if is_expected => {
            "everything matches this, so it asks for nothing".to_owned()
        }
        Ok(Some(Vacuous::Always)) => "everything matches this, so the test fails".to_owned(),
    };
    lints.push(Mistake::new(*place, message));
}

fn variable(pair: &Variable, lints: &mut Vec<Mistake>) {
    if pair.is_regex {
        pattern(&pair.value, true, lints);
    }
}

fn existence(test: &FileExistenceTest, lints: &mut Vec<Mistake>) {
    permissions(&test.permissions, lints);
    let by = &test.executable_by;
    if !["", "any", "owner", "group", "other"].contains(&by.value.as_str()) {
        lints.push(
            Mistake::new(by.place, format!("{:?} is nobody, so the test fails", by.value))
                .with_help("write any, owner, group or other"),
        );
    }
    let is_asked =
        !test.permissions.value.is_empty() || !by.value.is_empty() || test.uid > 0 || test.gid > 0;
    if !test.should_exist && is_asked {
        let message = "of a file that must not exist, nothing else is asked";
        lints.push(Mistake::new(test.place, message));
    }
}

/// Modes that are written in another way than Go prints them.
fn permissions(permissions: &Located<String>, lints: &mut Vec<Mistake>) {
    let Located { value, place } = permissions;
    let octal = value.trim_start_matches("0o");
    let is_octal =
        (3..=5).contains(&octal.len()) && octal.bytes().all(|b| (b'0'..b'8').contains(&b));
    if is_octal {
        let mode = u16::from_str_radix(octal, 8).unwrap_or_default() & 0o7777;
        lints.push(never_printed(*place, &mode_string(&NodeKind::File, mode)));
        return;
    }
    let Some(mode) = ls_mode(value) else { return };
    let kind = if value.starts_with('d') { NodeKind::Directory } else { NodeKind::File };
    let kind = if value.starts_with('l') { NodeKind::Symlink(Box::default()) } else { kind };
    let printed = mode_string(&kind, mode);
    if printed != *value {
        lints.push(never_printed(*place, &printed));
    }
}

fn never_printed(place: Place, printed: &str) -> Mistake {
    Mistake::new(place, "modes are never written like this, so the test fails")
        .with_help(format!("write {printed:?}"))
}

/// The mode that `ls -l` shows like this; none for what it does not show.
fn ls_mode(text: &str) -> Option<u16> {
    let mut chars = text.chars();
    if !matches!(chars.next()?, '-' | 'd' | 'l') || text.chars().count() != 10 {
        return None;
    }
    let mut mode = 0;
    for (index, char) in chars.enumerate() {
        let bit = 1 << (8 - index);
        let special = [0o4000, 0o2000, 0o1000].get(index / 3).copied()?;
        mode |= match (index % 3, char) {
            (_, '-') => 0,
            (0, 'r') | (1, 'w') | (2, 'x') => bit,
            (2, 's' | 't') => bit | special,
            (2, 'S' | 'T') => special,
            _ => return None,
        };
    }
    Some(mode)
}
