//! Everything that can be explained. A source of findings is a line here.

use sekisho_check::Explanation;

/// Where explanations come from.
const SOURCES: &[fn() -> Vec<Explanation>] = &[
    || sekisho_deploy::ALL.iter().map(|check| check.about.explanation()).collect(),
    || sekisho_dockerfile::ALL.iter().map(|check| check.about.explanation()).collect(),
    || {
        // The table of the rules may be older than their files when it is written anew.
        let rules = sekisho_secret::builtin_rules().unwrap_or_default();
        rules.iter().map(sekisho_secret::Rule::explanation).collect()
    },
    || sekisho_policy::CHECKS.iter().map(sekisho_check::About::explanation).collect(),
    || sekisho_imagecheck::ALL.iter().map(|check| check.about.explanation()).collect(),
];

/// What is said of every check and rule, by id.
pub fn explanations() -> Vec<Explanation> {
    let mut all: Vec<Explanation> = SOURCES.iter().flat_map(|source| source()).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// What is said of one; `DL3008` of Hadolint and `CKV_AWS_336` stand for what they are here.
pub(crate) fn find(id: &str) -> Vec<Explanation> {
    let upper = id.to_ascii_uppercase();
    let aliases = sekisho_dockerfile::HADOLINT.iter().find(|(rule, _)| *rule == upper);
    let mut ids: Vec<&str> = aliases.map_or(vec![upper.as_str()], |(_, checks)| checks.to_vec());
    let of_others = sekisho_deploy::ALL.iter().filter(|it| it.aliases.contains(&upper.as_str()));
    ids.extend(of_others.map(|check| check.about.id));
    let mut all = explanations();
    all.retain(|it| ids.contains(&it.id.as_str()) || it.name == id);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_and_name_is_said_once_and_in_both_languages() {
        let all = explanations();
        for (index, it) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|other| other.id != it.id), "{}", it.id);
            assert!(it.title.en.chars().count() <= 60 && !it.title.en.ends_with('.'), "{}", it.id);
            for message in [&it.title, &it.rationale, &it.remediation] {
                assert!(!message.en.is_empty() && !message.ja.is_ascii(), "{}", it.id);
            }
            assert!(!it.references.is_empty(), "{}", it.id);
        }
    }

    #[test]
    fn rules_of_hadolint_stand_for_checks_that_exist() {
        for (rule, checks) in sekisho_dockerfile::HADOLINT {
            assert_eq!(find(rule).len(), checks.len(), "{rule}");
        }
    }
}
