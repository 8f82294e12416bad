use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    script::{Script, ShellCommand},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0054",
        name: "download-unverified",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A downloaded program is used unverified",
            ja: "ダウンロードした物を検証せずに使っている",
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "The address may serve something else tomorrow, to this builder alone: an archive or a program that nobody compared with a checksum ships as it came.",
            ja: "その URL は、明日にはこのビルダーにだけ別のものを返すかもしれない。チェックサムと照合していないアーカイブやプログラムが、そのまま出荷される。",
        },
        remediation: Text {
            en: "Compare it in the same RUN: `echo \"<sum>  file\" | sha256sum -c -`, or take `ADD --checksum=sha256:… URL`.",
            ja: "同じ RUN の中で照合する: `echo \"<sum>  file\" | sha256sum -c -`。または `ADD --checksum=sha256:… URL` を使う。",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#add---checksum",
            "https://slsa.dev/spec/v1.0/threats",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

/// Programs that compare, with a sum or a signature.
const VERIFIERS: &[&str] = &[
    "b2sum",
    "cosign",
    "gpg",
    "gpg2",
    "gpgv",
    "md5sum",
    "minisign",
    "openssl",
    "rpm",
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "shasum",
    "signify",
    "slsa-verifier",
];

/// Programs that use what was downloaded as it is.
const USERS: &[&str] =
    &["bash", "chmod", "dpkg", "gunzip", "install", "mv", "sh", "tar", "unzip", "xz"];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for (_, _, script) in subject.scripts() {
        if script.commands.iter().any(is_verifying) {
            continue;
        }
        let used = script
            .commands
            .iter()
            .enumerate()
            .filter(|(index, fetch)| is_used(script, *index, fetch));
        failures.extend(used.map(|(_, fetch)| {
            let from = address(fetch).unwrap_or_default();
            subject.failure(
                fetch.span,
                from,
                "nothing compares the download with a checksum",
                "ダウンロードをチェックサムと照合していない",
            )
        }));
    }
    subject.of_scripts(failures)
}

fn is_verifying(command: &ShellCommand) -> bool {
    // `gpg --dearmor` turns a key into another form, and verifies nothing.
    let converts =
        command.is_run_as(&["gpg", "gpg2"]) && command.has_any_flag(&["--dearmor", "--import"]);
    let needs_verb =
        command.is_run_as(&["openssl"]) && !matches!(command.verb(), "dgst" | "sha256" | "smime");
    command.is_run_as(VERIFIERS) && !converts && !needs_verb
}

fn address(command: &ShellCommand) -> Option<&str> {
    if !command.is_run_as(&["curl", "wget"]) {
        return None;
    }
    let words = command.args().iter().map(|word| word.text.as_str());
    words.into_iter().find(|it| it.contains("://"))
}

/// Whether a program or an archive is fetched and then used.
fn is_used(script: &Script, index: usize, fetch: &ShellCommand) -> bool {
    let Some(address) = address(fetch) else { return false };
    let later = || script.commands.iter().skip(index + 1);
    // Right into an unpacker. What goes into a shell is another check's.
    let is_piped = later().any(|it| {
        it.pipe.id == fetch.pipe.id
            && it.is_run_as(&["tar", "gunzip", "xz", "zcat", "bsdtar", "cpio"])
    });
    if is_piped {
        return true;
    }
    if fetch.pipe.length > 1 {
        return false;
    }
    let named = ["-o", "-O", "--output", "--output-document"]
        .iter()
        .find_map(|flag| fetch.flag_value(flag));
    let redirected =
        fetch.redirects.iter().find(|it| it.is_write).map(|it| it.target.text.as_str());
    let last = address.split(['?', '#']).next().and_then(|it| it.rsplit('/').next());
    let file = match named
        .filter(|name| !name.contains("://") && !name.starts_with('-'))
        .or(redirected)
        .or(last)
    {
        Some(file) if !file.is_empty() && file != "/dev/null" => file,
        _ => return false,
    };
    let name = crate::script::base_name(file);
    later().any(|it| {
        it.is_run_as(USERS)
            && it.args().iter().any(|word| {
                word.text == file || word.text.ends_with(name) || is_glob_of(&word.text, name)
            })
            || it
                .words
                .first()
                .is_some_and(|word| word.text == file || word.text.strip_prefix("./") == Some(name))
    })
}

/// `*.tar.gz` where `name` ends so.
fn is_glob_of(pattern: &str, name: &str) -> bool {
    crate::script::base_name(pattern)
        .strip_prefix('*')
        .is_some_and(|end| !end.is_empty() && name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn downloads_that_are_used_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN curl -fsSL -o /usr/bin/x https://example.org/x && chmod +x /usr/bin/x\nRUN wget -q https://example.org/y.tgz && tar xf y.tgz\nRUN curl https://example.org/z | tar xz\n"
            ),
            "2:5 nothing compares the download with a checksum\n3:5 nothing compares the download with a checksum\n4:5 nothing compares the download with a checksum"
        );
    }

    #[test]
    fn verified_ones_and_data_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN curl -o x https://example.org/x && echo 'abc  x' | sha256sum -c && chmod +x x\nRUN curl https://example.org/health\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}
