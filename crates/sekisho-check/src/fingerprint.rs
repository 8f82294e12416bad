use sekisho_types::Digest;
use sha2::{Digest as _, Sha256};

/// Half of a SHA-256: enough that no two findings of a report meet by accident.
const HEX_DIGITS: usize = 32;

/// An identity of 32 hexadecimal digits for what `parts` name together.
///
/// The same parts give the same identity in every release: users write it into exceptions. No
/// part runs into the next, since the length of each is taken in as well.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut hex = Digest::Sha256(hash.finalize().into()).to_hex();
    hex.truncate(HEX_DIGITS);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
        assert_ne!(fingerprint(&["a", ""]), fingerprint(&["a"]));
    }

    #[test]
    fn an_identity_stays_what_it_was() {
        let id = fingerprint(&["SEK-IMAGE-0001", "etc/shadow"]);
        assert_eq!(id, "e80183f5efcada557ce26090b89acf32");
    }
}
