/// The order of the bytes of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Big,
    Little,
}

impl ByteOrder {
    /// The integer that begins at `offset`; none where `bytes` ends before it does.
    pub(super) fn u16(self, bytes: &[u8], offset: usize) -> Option<u16> {
        let bytes = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Big => u16::from_be_bytes(bytes),
            Self::Little => u16::from_le_bytes(bytes),
        })
    }

    /// As [`Self::u16`].
    pub(super) fn u32(self, bytes: &[u8], offset: usize) -> Option<u32> {
        let bytes = *bytes.get(offset..)?.first_chunk()?;
        Some(match self {
            Self::Big => u32::from_be_bytes(bytes),
            Self::Little => u32::from_le_bytes(bytes),
        })
    }
}
