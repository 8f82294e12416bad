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

/// Unpacks a zlib stream that is expected to end with `bytes`.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`] when more than `limit_bytes` come out, and
/// [`io::ErrorKind::InvalidData`] or [`io::ErrorKind::UnexpectedEof`] on a damaged stream.
///
/// # Source
///
/// RFC 1950.
pub fn inflate_zlib(bytes: &[u8], limit_bytes: u64) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    let decoder = flate2::bufread::ZlibDecoder::new(bytes);
    decoder.take(limit_bytes.saturating_add(1)).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > limit_bytes {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("unpacks to more than {limit_bytes} bytes"),
        ));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_zlib_stream_unpacks_up_to_its_limit() {
        let mut encoder =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&[7; 1000]).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(inflate_zlib(&packed, 1000).unwrap(), [7; 1000]);
        let err = inflate_zlib(&packed, 999).unwrap_err();
        assert_eq!(err.to_string(), "unpacks to more than 999 bytes");
        let (cut, _) = packed.split_at(packed.len() / 2);
        assert_eq!(inflate_zlib(cut, 1000).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let err = inflate_zlib(b"text", 1000).unwrap_err();
        assert_eq!(err.kind(), io::ErrorKind::InvalidInput);
    }
}
