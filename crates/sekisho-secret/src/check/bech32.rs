//! The checksum of Bech32, in which age writes its keys.

const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// Whether the checksum is right.
///
/// # Source
///
/// BIP 173, "Bech32".
pub(super) fn is_checked(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let Some(separator) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let Some((prefix, data)) = text.split_at_checked(separator) else { return false };
    let values = data.iter().skip(1).map(|byte| CHARSET.iter().position(|it| it == byte));
    let Some(values) = values.collect::<Option<Vec<usize>>>() else { return false };
    let values: Vec<u8> = values.into_iter().filter_map(|it| u8::try_from(it).ok()).collect();
    polymod(&[expanded(prefix), values].concat()) == 1
}

fn expanded(prefix: &[u8]) -> Vec<u8> {
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    high.chain([0]).chain(low).collect()
}

fn polymod(values: &[u8]) -> u32 {
    values.iter().fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(*value);
        let taken = (0..).zip(GENERATOR).filter(|(bit, _)| top >> bit & 1 == 1);
        taken.fold(sum, |sum, (_, generator)| sum ^ generator)
    })
}

/// The six check characters of `data`, which is in the characters of Bech32 itself.
pub(crate) fn check_digits(prefix: &str, data: &[u8]) -> Vec<u8> {
    let prefix = prefix.to_ascii_lowercase();
    let values = data.iter().filter_map(|byte| {
        let at = CHARSET.iter().position(|it| *it == byte.to_ascii_lowercase())?;
        u8::try_from(at).ok()
    });
    let mut all = expanded(prefix.as_bytes());
    all.extend(values);
    all.extend([0; 6]);
    let sum = polymod(&all) ^ 1;
    let digit = |shift: u32| CHARSET.get((sum >> shift & 31) as usize).copied();
    [25, 20, 15, 10, 5, 0].into_iter().filter_map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_are_right() {
        for valid in ["A12UEL5L", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"] {
            assert!(is_checked(valid.as_bytes()), "{valid}");
        }
        for wrong in ["A12UEL5M", "abcdef", "1", ""] {
            assert!(!is_checked(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(check_digits("ABCDEF", b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"), b"mqqqxw");
    }
}
