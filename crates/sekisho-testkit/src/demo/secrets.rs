//! Secrets that open nothing.
//!
//! Each is put together from parts, so that no scanner finds one in this file.

use flate2::Crc;

/// 48 bytes that say in base64 what they are: `THIS IS NOT A KEY. …`.
const KEY_LINE: &str = "VEhJUyBJUyBOT1QgQSBLRVkuIElUIFdBUyBNQURFIEZPUiBBIERFTU8gSU1BR0Uu";

pub(super) fn npmrc() -> String {
    let token = checksummed("npm_", "EXAMPLEexampleNOTaREALtoken000");
    format!("//npm.example.org/:_authToken={token}\nalways-auth=true\n")
}

pub(super) fn aws_credentials() -> String {
    let id = ["AKI", "A", "EXAMPLEDEMO22222"].concat();
    let key = ["NotARealSecret", "Key/OfTheDemoImage/", "0123456"].concat();
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {key}\n")
}

pub(super) fn private_key() -> String {
    let (dashes, kind) = ("-----", ["RSA", "PRIVATE", "KEY"].join(" "));
    let body = [KEY_LINE, "\n"].concat().repeat(24);
    format!("{dashes}BEGIN {kind}{dashes}\n{body}{dashes}END {kind}{dashes}\n")
}

pub(super) fn settings_py() -> String {
    let token = checksummed("ghp_", "exampleEXAMPLENotARealToken000");
    format!("DEBUG = True\nGITHUB_TOKEN = \"{token}\"\n")
}

pub(super) fn database_url() -> String {
    ["postgres://shop:", "example-not-a-password", "@db.example.org/shop"].concat()
}

/// A token of 30 characters and its checksum: CRC-32 in base 62, six digits.
///
/// # Source
///
/// GitHub, "Behind GitHub's new authentication token formats".
fn checksummed(prefix: &str, random: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut crc = Crc::new();
    crc.update(random.as_bytes());
    let mut rest = crc.sum();
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    [prefix, random, &String::from_utf8_lossy(&digits)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_the_shape_of_real_ones() {
        let credentials = aws_credentials();
        let (id, key) = credentials.trim().split_once("\naws_secret").unwrap();
        assert_eq!(id.rsplit(' ').next().unwrap().len(), 20);
        assert_eq!(key.rsplit(' ').next().unwrap().len(), 40);
        let npmrc = npmrc();
        let token = npmrc.lines().next().unwrap().rsplit('=').next().unwrap();
        assert_eq!(token.len(), 40);
        assert!(token.starts_with("npm_"));
        assert_eq!(KEY_LINE.len(), 64);
    }
}
