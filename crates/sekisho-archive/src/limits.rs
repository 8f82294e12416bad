//! What one image may cost, each bound with its reason.

/// Most bytes one layer may unpack to. The largest layers in use (models, GPU libraries) are
/// around 20 GiB; beyond this a scan would run for minutes on input that nobody ships.
pub const LAYER_BYTES: u64 = 128 << 30;

/// A stream may expand freely up to this size: small layers of zeros are common (swap files,
/// database templates) and cost nothing.
pub const EXPANSION_FREE_BYTES: u64 = 1 << 30;

/// Beyond [`EXPANSION_FREE_BYTES`], most bytes out for a byte in. Source code and logs reach 20,
/// deflate cannot exceed 1,032; what lies between is a bomb.
pub const EXPANSION_RATIO: u64 = 200;

/// Largest window a zstd stream may ask for, as a power of two: 128 MiB, the limit of the zstd
/// command without `--long`.
pub const ZSTD_WINDOW_LOG: u32 = 27;

/// Most entries in one layer. The largest real layers hold about a million; ten million empty
/// entries fit in a few megabytes of gzip, and each costs an index entry.
pub const LAYER_ENTRIES: u64 = 2_000_000;

/// Most bytes that names and link targets of one layer may take in the index.
pub const LAYER_NAME_BYTES: u64 = 256 << 20;

/// Largest PAX header or GNU long name, the bound of Go's archive/tar, which unpacks images.
pub const TAR_SPECIAL_BYTES: u64 = 1 << 20;

/// Most fragments in the map of one sparse file.
pub const TAR_SPARSE_FRAGMENTS: usize = 1 << 16;

/// A file up to this size is read into memory to be looked into; a larger one goes to an
/// unnamed temporary file.
pub const SPOOL_MEMORY_BYTES: u64 = 24 << 20;

/// Largest file that is looked into at all. Beyond it the file is a named unknown.
pub const SPOOL_BYTES: u64 = 4 << 30;

/// Largest JSON document of an image: manifest, index, configuration. Registries refuse
/// manifests over 4 MiB; configurations with long histories are larger.
pub const DOCUMENT_BYTES: u64 = 16 << 20;

/// Deepest nesting of archives that is opened: an ear holds wars that hold jars, and some
/// launchers add one more.
pub const NESTED_ARCHIVES: u32 = 8;

/// Most entries in one zip. The largest real jars hold about 100,000.
pub const ZIP_ENTRIES: u64 = 1_000_000;

/// Largest central directory of a zip that is read. 100,000 entries with names of 100 bytes take
/// 15 MB; archives in archives hold one each at the same time.
pub const ZIP_DIRECTORY_BYTES: u64 = 32 << 20;

/// Most archives that are opened inside one file. Large servers ship ears and wars with some
/// hundred jars.
pub const ZIP_NESTED_ARCHIVES: u32 = 10_000;

/// The archives inside one file may unpack to this size freely.
pub const ZIP_NESTED_FREE_BYTES: u64 = 16 << 20;

/// Beyond [`ZIP_NESTED_FREE_BYTES`], most bytes that the archives inside one file unpack to for
/// a byte of it. They are packed themselves, so one level gives hardly more than it takes.
pub const ZIP_NESTED_RATIO: u64 = 32;

/// Most bytes that all the nested archives of one file may unpack to together.
pub const ZIP_TOTAL_BYTES: u64 = 4 << 30;

/// Most packages one database of a package manager may list. All of Debian is about 65,000.
pub const DATABASE_PACKAGES: usize = 200_000;

/// Most digests of files that the packages of one layer may list: a large one has 200,000 files.
pub const PACKAGE_DIGESTS: usize = 2_000_000;

/// Most bytes that the texts and the owned paths of one package database may take together: a
/// desktop with 500,000 files needs 60 MB.
pub const DATABASE_TEXT_BYTES: usize = 256 << 20;

/// Largest text of a package manager that is read. The dpkg status of a full desktop is about
/// 5 MB, the apk database of one 10 MB.
pub const PACKAGE_TEXT_BYTES: u64 = 64 << 20;

/// Largest manifest of one package of a language that is read. Long descriptions and change logs
/// make a Python one of 1 MB; the `deps.json` of a large .NET program and the `installed.json`
/// of a large PHP one have about 2 MB.
pub const PACKAGE_MANIFEST_BYTES: u64 = 16 << 20;

/// Longest name or version of a package of a language. Go module paths and Maven coordinates
/// reach about 150 bytes.
pub const PACKAGE_NAME_BYTES: usize = 512;

/// Longest statement of a licence. Longer ones are the text of a licence, not its name.
pub const LICENSE_BYTES: usize = 256;

/// Most licences that are kept of one package.
pub const PACKAGE_LICENSES: usize = 32;

/// Most damaged parts that are named for one file; beyond it the file is damaged as a whole.
pub const FILE_DAMAGES: usize = 100;

/// Largest lock file that is read. Those of the largest monorepos are around 10 MB, and a parsed
/// document takes several times its text.
pub const LOCK_FILE_BYTES: u64 = 16 << 20;

/// Deepest nesting of elements or blocks in a lock file; real ones stay below 10.
pub const LOCK_FILE_DEPTH: usize = 64;

/// Most sections of an ELF file that are searched by name. Programs have about 40; objects built
/// with a section a function reach tens of thousands.
pub const ELF_SECTIONS: u32 = 1 << 17;

/// Largest part of an ELF file that says what it was built from. Go's build information of the
/// largest programs is about 100 kB.
pub const BUILD_INFO_BYTES: u64 = 16 << 20;
