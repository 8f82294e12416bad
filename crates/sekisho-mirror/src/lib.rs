//! Files of advisory feeds, fetched from their publishers, from a mirror or from a directory.
//!
//! The result is a directory in one layout, whatever it came from. A file is fetched only when it
//! has changed, goes on where a broken download stopped, and takes the place of the old one only
//! when it is whole. What is in the files is not looked at here, beyond whether they are whole.
//!
//! # Invariants
//!
//! * A file that is there was complete when it was fetched; a failure leaves the old one.
//! * No file is larger than its bound, and none is written outside of the directory: paths come
//!   from the tables of this crate, never from a server.

mod client;
mod directory;
mod download;
mod error;
mod listings;
mod mirror;
mod origins;
mod state;
mod whole;

pub use error::{FetchError, SetupError};
pub use mirror::{Config, Fetched, Mirror, Progress, Source};
pub use origins::feeds;
