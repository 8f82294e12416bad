//! What is verified of a match beyond its pattern.
//!
//! Many formats carry more than their letters: check digits, a structure inside base64, an
//! account number. What fails its check is text that looks like a secret.

mod aws;
mod base62;
mod bech32;
mod encoded;
mod keystore;
mod password;
mod pem;

use serde::{Deserialize, Serialize};

use crate::noise;

pub(crate) use self::{
    base62::check_digits as crc_digits,
    bech32::check_digits as bech32_digits,
    encoded::{BASE64, BASE64_URL},
};

/// A verifier, named in a rule's `check`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    /// Anything but a placeholder.
    #[default]
    Token,
    /// Nothing more than the pattern.
    Pattern,
    /// Letters and digits without an order: not a word, a path or a number.
    Random,
    /// What people type as a password, unless it stands for one.
    Password,
    /// As `password`, and random enough to be one where everything is assigned to something.
    Assigned,
    /// The last six characters are the CRC-32 of those before and after the prefix, in base 62.
    Crc32Base62,
    /// The account number in an AWS key id is one.
    AwsKeyId,
    /// Bech32 with its checksum: age.
    Bech32,
    /// Base64 of `user:password`.
    BasicAuth,
    /// Base64 of binary data that is not text.
    Base64Bytes,
    /// Header and payload are JSON in base64url, and the signature is not empty.
    Jwt,
    /// The first part is a number in base64: Discord.
    Discord,
    /// The body of a private key, not encrypted, follows the match.
    Pem,
    /// The body of an encrypted private key follows the match.
    PemEncrypted,
    /// A Java key store whose first entry is a private key.
    Jks,
    /// A PKCS #12 file with a bag for a private key.
    Pkcs12,
}

/// A match and what stands after it.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) secret: &'a [u8],
    pub(crate) rest: &'a [u8],
}

impl Check {
    /// Whether it looks at what follows the match.
    pub(crate) fn reads_on(self) -> bool {
        matches!(self, Self::Pem | Self::PemEncrypted | Self::Pkcs12)
    }

    /// None for what is no secret; else how many bytes of `rest` belong to it too.
    pub(crate) fn verify(self, candidate: Candidate<'_>) -> Option<usize> {
        let Candidate { secret, rest } = candidate;
        let is_secret = match self {
            Self::Token => !noise::is_placeholder(secret),
            Self::Pattern => true,
            Self::Random => noise::is_random(secret),
            Self::Password => password::is_password(secret),
            Self::Assigned => password::is_assigned_secret(secret),
            Self::Crc32Base62 => base62::is_checked(secret),
            Self::AwsKeyId => aws::is_key_id(secret) && !noise::is_placeholder(secret),
            Self::Bech32 => bech32::is_checked(secret),
            Self::BasicAuth => encoded::is_basic_auth(secret),
            Self::Base64Bytes => encoded::is_bytes(secret),
            Self::Jwt => encoded::is_jwt(secret),
            Self::Discord => encoded::is_discord(secret),
            Self::Pem => {
                return pem::body(secret, rest).filter(|it| !it.is_encrypted).map(|it| it.length);
            }
            Self::PemEncrypted => {
                return pem::body(secret, rest).filter(|it| it.is_encrypted).map(|it| it.length);
            }
            Self::Jks => keystore::is_jks_with_key(secret),
            Self::Pkcs12 => keystore::is_pkcs12_with_key(secret, rest),
        };
        is_secret.then_some(0)
    }
}
