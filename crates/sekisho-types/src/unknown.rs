use serde::{Deserialize, Serialize};

use crate::{Digest, ImagePath};

/// A question about the subject that could not be answered, and why.
///
/// Damage in what an image holds becomes one of these: the scan goes on, and the
/// verdict is never a plain pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unknown {
    pub path: ImagePath,
    /// The layer (`diff_id`) that holds the file; none for a plain directory.
    pub layer: Option<Digest>,
    /// A sentence without a full stop that names the place inside the file where it can.
    pub reason: String,
}
