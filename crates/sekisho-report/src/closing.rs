//! The last lines after findings that were shown on the user's own lines.

use sekisho_types::report::Report;

use crate::{
    locale::{Language, Text},
    summary::{self, SEVERITIES, severity_text, shell_word},
    terminal::clean,
};

/// What could not be read, why the verdict is what it is, how many findings there are, and what
/// to type next; `is_mendable` where some of them can be mended without a decision.
pub fn closing(report: &Report, n_files: usize, is_mendable: bool, language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    for unknown in &report.unknowns {
        let reason = summary::reason(unknown, language);
        let path = unknown.path.to_str_lossy();
        lines.push(language.fill(Text::NotRead, &[("path", &path), ("reason", &reason)]));
    }
    for reason in summary::reasons(&report.verdict, language) {
        lines.push(language.fill(Text::VerdictLine, &[("reason", reason)]));
    }
    let separator = language.say(Text::Separator);
    let counted = summary::by_severity(report);
    let counts: Vec<String> = SEVERITIES
        .iter()
        .filter_map(|severity| counted.iter().find(|(other, n)| other == severity && *n > 0))
        .map(|(severity, n)| {
            let severity = language.say(severity_text(*severity));
            language.fill(Text::SeverityCount, &[("n", &n.to_string()), ("severity", severity)])
        })
        .collect();
    let counts = match counts.as_slice() {
        [] => language.say(Text::NoFindings).to_owned(),
        counts => counts.join(separator),
    };
    let mut line = format!("{}: {counts}", language.count(Text::OneFile, Text::ManyFiles, n_files));
    let n_excused = summary::n_suppressed(report);
    if n_excused > 0 {
        line.push_str(separator);
        line.push_str(&language.fill(Text::Excused, &[("n", &n_excused.to_string())]));
    }
    lines.push(line);
    let open = report.findings.iter().filter(|finding| finding.suppressed.is_none());
    if let Some(worst) = open.max_by_key(|finding| finding.severity) {
        lines.push(language.fill(Text::MoreAbout, &[("id", &worst.check)]));
    }
    if is_mendable {
        let paths: Vec<String> = report.subject.name.split(' ').map(shell_word).collect();
        lines.push(language.fill(Text::Mendable, &[("paths", &paths.join(" "))]));
    }
    lines.iter().flat_map(|line| [clean(line).into_owned(), "\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::report;

    use super::*;

    #[test]
    fn the_last_lines_say_why_and_what_to_type_next() {
        let mut report = report::image();
        report.subject.name = "Dockerfile".to_owned();
        insta::assert_snapshot!(closing(&report, 1, true, Language::English), @"
        not read: var/lib/dpkg/status.d/odd line 3: a package without a version
        verdict: 2 findings are high or worse
        1 file: 1 critical, 1 high, 1 medium, 1 low, 1 excused
        more about a finding: sekisho explain CVE-2024-0727
        to see what can be mended: sekisho check --fix Dockerfile
        ");
        insta::assert_snapshot!(closing(&report, 2, false, Language::Japanese), @"
        読み取れず: var/lib/dpkg/status.d/odd 3 行目: バージョンのないパッケージ
        判定: 深刻度「高」以上が 2 件
        2 ファイル: 緊急 1 件、高 1 件、中 1 件、低 1 件、除外 1 件
        詳しい説明: sekisho explain CVE-2024-0727
        ");
    }
}
