mod json;

use crate::Format;

pub const ALL: &[&Format] = &[&json::FORMAT];
