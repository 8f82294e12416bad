//! Check digits of tokens: CRC-32 in base 62.

const CHECK_DIGITS: usize = 6;

/// Whether the token ends in the check digits of what stands between its prefix and them.
///
/// # Source
///
/// GitHub, "Behind GitHub's new authentication token formats"; npm took the same form.
pub(super) fn is_checked(token: &[u8]) -> bool {
    let random = token.iter().position(|byte| *byte == b'_').map_or(0, |at| at + 1);
    let Some((random, digits)) = token
        .len()
        .checked_sub(CHECK_DIGITS)
        .and_then(|at| token.split_at_checked(at))
        .and_then(|(start, digits)| Some((start.get(random..)?, digits)))
    else {
        return false;
    };
    check_digits(random) == digits
}

/// The check digits of `random`.
pub(crate) fn check_digits(random: &[u8]) -> [u8; CHECK_DIGITS] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(random);
    let mut digits = [b'0'; CHECK_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS.get((rest % 62) as usize).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_token_fails_its_check() {
        let random = b"exampleEXAMPLENotARealToken000";
        let mut token = [b"ghp_", random.as_slice(), &check_digits(random)].concat();
        assert!(is_checked(&token));
        token[10] ^= 1;
        assert!(!is_checked(&token));
        assert!(!is_checked(b"ghp_") && !is_checked(b""));
    }
}
