use std::io::{self, BufRead, Read};

use crate::limits;

/// How a stream is compressed, told by its first bytes: media types of layers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Plain,
    Gzip,
    Zstd,
}

impl Compression {
    /// Bytes that [`Self::sniff`] wants to see.
    pub const MAGIC_BYTES: usize = 4;

    /// # Source
    ///
    /// RFC 1952, 2.3.1; RFC 8878, 3.1.1 and, for a skippable frame, 3.1.2.
    pub fn sniff(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Unpacks `reader` by what its first bytes say; a plain stream passes through.
///
/// Every member of a multi-member gzip and every frame of a zstd stream is read.
///
/// # Errors
///
/// Reading fails with [`io::ErrorKind::InvalidData`] on a damaged stream. Expansion is not
/// bounded here: see [`BlobReader`](crate::BlobReader).
pub fn decompress<'a>(
    mut reader: impl BufRead + Send + 'a,
) -> io::Result<(Compression, Box<dyn Read + Send + 'a>)> {
    let compression = Compression::sniff(reader.fill_buf()?);
    let unpacked: Box<dyn Read + Send + 'a> = match compression {
        Compression::Plain => Box::new(reader),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Compression::Zstd => {
            #[expect(clippy::disallowed_types, reason = "this crate owns the decoders")]
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            decoder.window_log_max(limits::ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    };
    Ok((compression, unpacked))
}
