//! The account in an AWS key id.

/// Whether the key id, `AKIA` and 16 characters of base 32, names an account of 12 digits. Ids
/// from before 2019 start with `AKIAI` or `AKIAJ` and name none.
///
/// # Source
///
/// AWS IAM User Guide, "Unique identifiers"; Aidan Steele, "AWS Access Key ID formats".
pub(super) fn is_key_id(id: &[u8]) -> bool {
    let Some((_, digits)) = id.split_at_checked(4) else { return false };
    let mut value: u128 = 0;
    for digit in digits {
        let digit = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'2'..=b'7' => digit - b'2' + 26,
            _ => return false,
        };
        value = value << 5 | u128::from(digit);
    }
    if digits.len() != 16 {
        return false;
    }
    // 80 bits: one that tells old from new, 40 of the account, the rest of the key.
    let is_old = matches!(digits.first(), Some(b'I' | b'J'));
    let account = value >> 39 & ((1 << 40) - 1);
    is_old || account < 1_000_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_twelve_digits() {
        assert!(is_key_id(b"AKIAEXAMPLEDEMO22222"));
        assert!(is_key_id(b"AKIAIOSFODNN7EXAMPLE"));
        assert!(!is_key_id(b"AKIA7777777777777777"), "the account has 13 digits");
        assert!(!is_key_id(b"AKIAEXAMPLEDEMO2222"));
        assert!(!is_key_id(b"AKIAEXAMPLEDEMO22221"), "1 is not in base 32");
    }
}
