use std::cmp::Ordering;

use proptest::prelude::*;
use sekisho_version::Scheme;

/// Texts made of the pieces that versions are made of.
fn version() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "0",
        "1",
        "01",
        "10",
        "2",
        ".",
        ".",
        "-",
        "~",
        "^",
        "_",
        "+",
        ":",
        "a",
        "b",
        "rc",
        "p",
        "alpha",
        "beta",
        "dev",
        "post",
        "final",
        "ga",
        "sp",
        "snapshot",
        "pre",
        "v",
        "r",
        "-r1",
        "_p1",
        "_git",
        "99999999999999999999999",
    ]);
    prop::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
}

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn each_of_two_versions_sees_the_other_alike(
        scheme in scheme(), a in version(), b in version(),
    ) {
        let order = scheme.compare(&a, &b);
        prop_assert_eq!(order.map(Ordering::reverse), scheme.compare(&b, &a));
        if scheme.is_version(&a) {
            prop_assert_eq!(scheme.compare(&a, &a), Some(Ordering::Equal));
        }
    }

    #[test]
    fn what_lies_between_does_not_turn_an_order_round(
        scheme in scheme(), a in version(), b in version(), c in version(),
    ) {
        // Two orders are as their tools have them, and those are no orders in corners that nobody
        // uses: apk-tools 2 compares fractions as text and against numbers of other lengths, and
        // Maven has a word before a list and a list before nothing.
        let texts = [&a, &b, &c];
        let is_corner = match scheme {
            Scheme::Apk => texts.iter().any(|text| text.contains(".0")),
            Scheme::Maven => texts.iter().any(|text| !text.starts_with(|char: char| char.is_ascii_digit())),
            // A version without a release equals all of its releases, which differ.
            Scheme::Rpm => texts.iter().any(|text| text.contains('-') != a.contains('-')),
            _ => false,
        };
        if let (Some(ab), Some(bc), Some(ac)) =
            (scheme.compare(&a, &b), scheme.compare(&b, &c), scheme.compare(&a, &c))
            && !is_corner
        {
            if ab.is_le() && bc.is_le() {
                prop_assert!(ac.is_le(), "{a} <= {b} <= {c} in {scheme:?}");
            }
            if ab.is_eq() && bc.is_eq() {
                prop_assert!(ac.is_eq(), "{a} = {b} = {c} in {scheme:?}");
            }
        }
    }

    #[test]
    fn no_text_makes_a_comparison_panic(scheme in scheme(), a in ".{0,40}", b in ".{0,40}") {
        let order = scheme.compare(&a, &b);
        prop_assert_eq!(order.map(Ordering::reverse), scheme.compare(&b, &a));
    }
}
