//! Binary files that hold private keys.

/// Whether the first entry of a Java key store is a private key, not a certificate.
///
/// # Source
///
/// `OpenJDK`, `sun.security.provider.JavaKeyStore`: magic, version, number of entries, then a tag.
pub(super) fn is_jks_with_key(start: &[u8]) -> bool {
    start.get(12..16) == Some(&[0, 0, 0, 1])
}

/// Whether the file has a bag of the type `pkcs8ShroudedKeyBag` or `keyBag`.
///
/// # Source
///
/// RFC 7292, section 4.2.
pub(super) fn is_pkcs12_with_key(start: &[u8], rest: &[u8]) -> bool {
    const BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";
    let is_bag = |bytes: &[u8]| {
        bytes
            .windows(BAG.len() + 1)
            .any(|window| window.starts_with(BAG) && matches!(window.last(), Some(1 | 2)))
    };
    is_bag(start) || is_bag(rest)
}
