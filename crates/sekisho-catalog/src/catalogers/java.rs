//! Java libraries and applications in jars, wars, ears and their kind, nested ones included.
//!
//! A jar of Maven carries `META-INF/maven/<group>/<artifact>/pom.properties`; one with several
//! has others shaded into it, and each is a package. Without one of its own, the manifest and
//! the name of the file tell what it is, with less confidence; an archive of which neither says
//! a version gives no package of its own. Only the central directory and these entries are read.

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, java};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "java",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["**/*.{jar,war,ear,par,sar,nar,jpi,hpi,kar,far,lpkg,rar,zap}"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let name = String::from_utf8_lossy(file.path.file_name()).into_owned();
    if java::is_other_format(file.content, &name)? {
        return Ok(());
    }
    java::read(file.content, &name, out)
}
