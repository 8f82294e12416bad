//! What a cataloger makes of a file, as text for tests.

use std::{error::Error, fmt::Write as _};

use sekisho_archive::Spool;
use sekisho_types::{Confidence, ImagePath};

use crate::{Cataloged, Cataloger, File};

/// Shows what the file at `path` proves, a line each: packages, damage, and the error.
pub(crate) fn shown(cataloger: &Cataloger, path: &str, content: impl Into<Vec<u8>>) -> String {
    let path = ImagePath::parse(path.as_bytes()).unwrap();
    let mut content = Spool::from_bytes(content.into());
    let mut out = Cataloged::default();
    let result = (cataloger.parse)(&mut File { path: &path, content: &mut content }, &mut out);
    let mut shown = String::new();
    for record in out.packages {
        let package = record.package;
        write!(shown, "{} {} {}", package.kind, package.name, package.version).unwrap();
        if !package.licenses.is_empty() {
            write!(shown, " {:?}", package.licenses).unwrap();
        }
        if package.confidence != Confidence::High {
            write!(shown, " confidence {:?}", package.confidence).unwrap();
        }
        shown.push('\n');
    }
    for damage in out.damages {
        let line = damage.line.map(|line| format!(" line {line}")).unwrap_or_default();
        writeln!(shown, "damage{line}: {}", damage.reason).unwrap();
    }
    if let Err(err) = result {
        write!(shown, "error: {err}").unwrap();
        let mut source = err.source();
        while let Some(err) = source {
            write!(shown, ": {err}").unwrap();
            source = err.source();
        }
        shown.push('\n');
    }
    shown
}
