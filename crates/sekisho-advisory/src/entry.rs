use crate::{Advisory, Affected};

/// What one advisory says of one package: one answer to a look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The advisory, without `affected`; `summary` and `references` are empty, for they are read
    /// only where somebody is shown them.
    pub advisory: Advisory,
    pub affected: Affected,
    /// The feed that says so, as the list of sources in a report names it: `osv/Debian`.
    pub source: String,
}
