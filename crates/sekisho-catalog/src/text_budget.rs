use sekisho_archive::limits;
use sekisho_types::ImagePath;

use crate::CatalogError;

/// What a path costs beside its bytes: the slice, and the allocator's share.
const PATH_OVERHEAD_BYTES: usize = 32;

/// How much the texts of one database may still take. A directory is written once and stands
/// before each of its files, and one string can be the value of many fields, so a small database
/// can hold a great deal of text.
#[derive(Debug)]
pub(crate) struct TextBudget {
    left_bytes: usize,
    joined: Vec<u8>,
}

impl Default for TextBudget {
    fn default() -> Self {
        Self { left_bytes: limits::DATABASE_TEXT_BYTES, joined: Vec::new() }
    }
}

impl TextBudget {
    /// `directory`, which ends in a slash or is empty, and `name` as a path.
    ///
    /// None for the root, and for what cannot be the path of any file of an image.
    pub(crate) fn join(
        &mut self,
        directory: &[u8],
        name: &[u8],
    ) -> Result<Option<ImagePath>, CatalogError> {
        self.joined.clear();
        self.joined.extend_from_slice(directory);
        self.joined.extend_from_slice(name);
        let relative = self.joined.strip_prefix(b"/").unwrap_or(&self.joined);
        let Some(path) = ImagePath::parse(relative).ok().filter(|path| !path.is_root()) else {
            return Ok(None);
        };
        self.charge(path.as_bytes().len().saturating_add(PATH_OVERHEAD_BYTES))?;
        Ok(Some(path))
    }

    /// Takes the cost of a text off what is left.
    pub(crate) fn charge(&mut self, cost_bytes: usize) -> Result<(), CatalogError> {
        let left_bytes = self.left_bytes.checked_sub(cost_bytes);
        self.left_bytes = left_bytes.ok_or(CatalogError::TooMany {
            what: "bytes of names and paths",
            limit: limits::DATABASE_TEXT_BYTES as u64,
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_directory_with_many_names_ends_at_the_limit() {
        let directory = [b'd'; ImagePath::MAX_BYTES - 2];
        let mut budget = TextBudget { left_bytes: 1 << 20, ..TextBudget::default() };
        let mut n_paths = 0_usize;
        let err = loop {
            match budget.join(&directory, b"/x") {
                Ok(path) => n_paths += usize::from(path.is_some()),
                Err(err) => break err,
            }
        };
        assert_eq!(err.to_string(), "more than 268435456 bytes of names and paths");
        assert_eq!(n_paths, 63);
    }
}
