use std::collections::BTreeSet;

use globset::{Candidate, Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use sekisho_types::ImagePath;

/// The files whose content tests ask for.
///
/// Layers are read once, so what is wanted of them is said before.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    paths: BTreeSet<ImagePath>,
    globs: Vec<Glob>,
    set: GlobSet,
}

impl Wanted {
    /// Exactly these files.
    pub fn of(paths: BTreeSet<ImagePath>) -> Self {
        Self { paths, ..Self::default() }
    }

    /// Adds the file that a path of a test names; one that is no path is nobody's.
    pub fn add_path(&mut self, path: &str) {
        if let Ok(path) = ImagePath::parse_clamped(path.as_bytes()) {
            self.paths.insert(path);
        }
    }

    /// Adds the files that a pattern of paths fits, `*` within a directory and `**` across.
    ///
    /// # Errors
    ///
    /// On what is no pattern.
    pub fn add_glob(&mut self, pattern: &str) -> Result<(), globset::Error> {
        self.globs.push(glob(pattern)?);
        let mut set = GlobSetBuilder::new();
        for glob in &self.globs {
            set.add(glob.clone());
        }
        self.set = set.build()?;
        Ok(())
    }

    /// The paths that are named one by one, as tests name them: links are not resolved.
    pub fn paths(&self) -> impl Iterator<Item = &ImagePath> {
        self.paths.iter()
    }

    pub fn is_wanted(&self, path: &ImagePath) -> bool {
        if self.paths.contains(path) {
            return true;
        }
        !self.set.is_empty()
            && std::str::from_utf8(path.as_bytes())
                .is_ok_and(|text| self.set.is_match_candidate(&Candidate::new(text)))
    }

    /// Whether files are wanted that only the image can tell.
    pub fn has_globs(&self) -> bool {
        !self.globs.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.globs.is_empty()
    }
}

/// A pattern of paths; a leading slash is optional.
pub(crate) fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build()
}
