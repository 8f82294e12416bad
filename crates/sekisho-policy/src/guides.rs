//! The policies in the guides are policies.

use crate::Policy;

const GUIDES: [&str; 2] =
    [include_str!("../../../docs/guides/policy.md"), include_str!("../../../docs/ja/policy.md")];

/// The YAML blocks of a guide.
fn blocks(guide: &str) -> Vec<&str> {
    guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn every_block_of_the_guides_is_a_policy() {
    for guide in GUIDES {
        let blocks = blocks(guide);
        assert_eq!(blocks.len(), 4);
        for block in &blocks {
            let policy = Policy::parse(block).unwrap();
            assert_ne!(policy, Policy::default());
        }
        Policy::parse(&blocks.concat()).unwrap();
    }
}
