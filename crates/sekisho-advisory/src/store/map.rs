//! The one place that maps a file.

use std::io;

use memmap2::Mmap;

/// Maps a segment for reading.
#[expect(unsafe_code, reason = "a file is mapped through no other door")]
pub(super) fn map(file: &fs_err::File) -> io::Result<Mmap> {
    // SAFETY: a mapped file must not change. Segments are named by what they hold and are never
    // written again: writers make new files and rename them, so an open one keeps its bytes until
    // the last reader is gone. Only somebody with the rights of the user can break that, who could
    // as well change this process. What was changed before is found by the hash of each block.
    unsafe { Mmap::map(file.file()) }
}
