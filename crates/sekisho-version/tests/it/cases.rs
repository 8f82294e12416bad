use std::cmp::Ordering;

use sekisho_version::Scheme;

/// Lines of `a < b`, `a = b` or `a ? b`, the last for what has no order.
#[track_caller]
fn check(scheme: Scheme, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        let [a, relation, b] = words[..] else { panic!("{line}") };
        let want = match relation {
            "<" => Some(Ordering::Less),
            "=" => Some(Ordering::Equal),
            _ => None,
        };
        assert_eq!(scheme.compare(a, b), want, "{line}");
        assert_eq!(scheme.compare(b, a), want.map(Ordering::reverse), "{line}, turned round");
    }
}

#[test]
fn debian_sorts_a_tilde_before_the_end() {
    check(
        Scheme::Deb,
        "1.0~rc1 < 1.0
         2.4.2-6 < 2.4.2-6+lenny1
         9.0 < 1:1.0
         1.0 = 0:1.0
         1.0 = 1.0-0
         12.2.0-14 < 12.2.0-14+b1
         1.0a < 1.0+
         1.2.3 < 1.2.10
         x:1 ? 1",
    );
}

#[test]
fn rpm_compares_runs_and_knows_the_caret() {
    check(
        Scheme::Rpm,
        "1.0~rc < 1.0
         1.0 < 1.0^git1
         1.0^git1 < 1.0.1
         1.05 = 1.5
         10xyz < 10.1xyz
         5.26.3-419 < 4:5.26.3-419
         1.0-1 = 1.0
         2.0.1a < 2.0.1b
         1.0a < 1.0.1",
    );
}

#[test]
fn apk_knows_suffixes_and_revisions() {
    check(
        Scheme::Apk,
        "1.0_rc1 < 1.0
         1.0 < 1.0_p1
         1.0_alpha < 1.0_beta
         1.0_git20200101 < 1.0_git20200102
         1b < 1c
         1-r1 = 1-r01
         1-r = 1-r0
         1.2_p1 = 1.2_p1-r0
         1.2.3-r9 < 1.2.3-r10
         1.9.5p1-r1 < 1.9.5p2-r0
         1.2.3 < 1.2.3a
         1.x ? 1.0",
    );
}

#[test]
fn python_knows_epochs_and_all_kinds_of_releases() {
    check(
        Scheme::Pep440,
        "1.0.dev1 < 1.0a1
         1.0a1 < 1.0rc1
         1.0rc1 < 1.0
         1.0 < 1.0.post1
         1.0 < 1.0+ubuntu1
         2.0 < 1!0.9
         1.0 = 1
         1.0-1 = 1.0.post1
         1.0c1 = 1.0rc1
         0.1-bulbasaur < 0.0.1",
    );
}

#[test]
fn maven_knows_its_qualifiers() {
    check(
        Scheme::Maven,
        "1.0-rc-2 < 1.0-final
         2.0-1 < 2.0.1
         1a = 1-a
         1 = 1.0.0.GA
         1.0-alpha-1 < 1.0-beta-1
         1.0-SNAPSHOT < 1.0
         1.0 < 1.0-sp1
         31.0-android < 31.1-jre
         1.0-cr1 = 1.0-rc1",
    );
}

#[test]
fn gems_sort_letters_before_numbers() {
    check(
        Scheme::Gem,
        "1.0.a9 < 1.0.a10
         5.0.0.racecar1 < 5.0.0.rc1
         1.0.0 = 1
         1.0.pre1 < 1.0
         1.0-rc1 < 1.0",
    );
}

#[test]
fn nuget_fills_up_with_zeros_and_ignores_case() {
    check(
        Scheme::Nuget,
        "1.0 = 1.0.0.0
         1.0.0-BETA = 1.0.0-beta
         1.0.0+a = 1.0.0+b
         1.0.0-beta.9 < 1.0.0-beta.10
         1.0.0.1 < 1.0.0.2",
    );
}

#[test]
fn composer_knows_stabilities() {
    check(
        Scheme::Composer,
        "1.0-dev < 1.0a1
         1.0-alpha1 < 1.0-beta1
         1.0-RC1 < 1.0
         1.0 < 1.0-p1
         v3.0 = 3.0.0
         dev-main ? 1.0",
    );
}

#[test]
fn semantic_versions_may_be_short_long_and_prefixed() {
    check(
        Scheme::Semver,
        "1.0.0-alpha < 1.0.0-alpha.1
         1.0.0-alpha.1 < 1.0.0-beta
         1.0.0-9 < 1.0.0-10
         1.0.0-rc.1 < 1.0.0
         v1.2 = 1.2.0
         1.0.0+a = 1.0.0+b
         1.0.99999999999999999999 < 1.0.100000000000000000000
         latest ? 1.0.0",
    );
}

#[test]
fn go_releases_and_pseudo_versions_have_an_order() {
    check(
        Scheme::Go,
        "go1.22rc1 < go1.22.0
         go1.21.13 < go1.22
         go1.22.3 = 1.22.3
         v0.0.0-20210101000000-0123456789ab < v0.0.0-20220101000000-0123456789ab
         v1.2.3-0.20210101000000-0123456789ab < v1.2.3
         v2.0.0+incompatible = v2.0.0
         (devel) ? v1.0.0",
    );
}
