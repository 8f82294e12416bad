//! One 512-byte block, with any value in any field.

/// Size of a tar block.
pub const BLOCK_BYTES: usize = 512;

/// Modification time of everything that is built: 2024-01-01T00:00:00Z.
pub(crate) const MTIME: u64 = 1_704_067_200;

/// The fields of a ustar header. Names that do not fit are cut.
#[derive(Debug, Clone)]
pub struct TarHeader {
    pub name: Vec<u8>,
    pub type_flag: u8,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub size_bytes: u64,
    pub mtime: u64,
    pub link: Vec<u8>,
    /// Major and minor number.
    pub device: (u64, u64),
    /// GNU magic in place of ustar's.
    pub is_gnu: bool,
}

impl TarHeader {
    pub fn new(name: impl AsRef<[u8]>, type_flag: u8) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            type_flag,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size_bytes: 0,
            mtime: MTIME,
            link: Vec::new(),
            device: (0, 0),
            is_gnu: false,
        }
    }

    /// The block, with its checksum.
    ///
    /// # Source
    ///
    /// POSIX.1-2017 pax, "ustar Interchange Format".
    pub fn to_block(&self) -> [u8; BLOCK_BYTES] {
        let mut block = [0; BLOCK_BYTES];
        put(&mut block, 0, &self.name, 100);
        put_number(&mut block, 100, u64::from(self.mode), 8);
        put_number(&mut block, 108, self.uid, 8);
        put_number(&mut block, 116, self.gid, 8);
        put_number(&mut block, 124, self.size_bytes, 12);
        put_number(&mut block, 136, self.mtime, 12);
        block[156] = self.type_flag;
        put(&mut block, 157, &self.link, 100);
        let magic: &[u8; 8] = if self.is_gnu { b"ustar  \0" } else { b"ustar\x0000" };
        put(&mut block, 257, magic, 8);
        if matches!(self.type_flag, b'3' | b'4') {
            put_number(&mut block, 329, self.device.0, 8);
            put_number(&mut block, 337, self.device.1, 8);
        }
        seal(&mut block);
        block
    }
}

/// Writes the checksum of `block` into it.
pub(crate) fn seal(block: &mut [u8; BLOCK_BYTES]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(block, 148, format!("{sum:06o}\0").as_bytes(), 8);
}

pub(crate) fn put(block: &mut [u8; BLOCK_BYTES], at: usize, value: &[u8], length: usize) {
    let n = value.len().min(length);
    block[at..at + n].copy_from_slice(&value[..n]);
}

/// Octal where it fits, else base 256 as GNU tar writes it.
pub(crate) fn put_number(block: &mut [u8; BLOCK_BYTES], at: usize, number: u64, length: usize) {
    let octal = format!("{number:0width$o}", width = length - 1);
    if octal.len() < length {
        return put(block, at, octal.as_bytes(), length);
    }
    let field = &mut block[at..at + length];
    field.fill(0);
    let bytes = number.to_be_bytes();
    let n = bytes.len().min(length - 1);
    field[length - n..].copy_from_slice(&bytes[bytes.len() - n..]);
    field[0] |= 0x80;
}
