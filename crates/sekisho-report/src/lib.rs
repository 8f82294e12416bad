//! Reports as people and programs read them.

mod format;
mod formats;

pub use format::{Format, Options, WriteError};
pub use formats::ALL;
