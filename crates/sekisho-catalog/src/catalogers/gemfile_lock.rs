//! Gems that a `Gemfile.lock` pins; it does not tell which serve development only.
//!
//! Format: Bundler's `lockfile_parser.rb`. Sections at the left edge, `GEM`, `GIT` and `PATH`
//! with the gems of a source, four spaces deep below `specs:`. A version may end in the platform
//! the gem was built for.

use std::collections::BTreeSet;

use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "gemfile-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/Gemfile.lock", "**/gems.locked"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let text = file.text(limits::LOCK_FILE_BYTES)?;
    let mut is_source = false;
    let mut is_own = false;
    // A gem stands once for each platform.
    let mut seen = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
            out.damage_at_line(number, "a merge that was not finished");
        } else if !line.is_empty() && !line.starts_with(' ') {
            is_source = matches!(line, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE");
            is_own = false;
        } else if is_source && line == "  remote: ." {
            is_own = true;
        } else if let Some(gem) = line.strip_prefix("    ").filter(|_| is_source && !is_own)
            && !gem.starts_with(' ')
        {
            let (name, version) = gem.split_once(" (").unwrap_or((gem, ""));
            let version = version.trim_end_matches([')', '!']);
            let version = version.split_once('-').map_or(version, |(version, _)| version);
            if seen.insert((name, version)) {
                out.declare(PackageKind::Gem, name, version)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn gems_of_every_source_are_listed_once() {
        insta::assert_snapshot!(shown(&CATALOGER, "app/Gemfile.lock", "\
GIT
  remote: https://example.org/forked.git
  revision: 0123
  specs:
    forked (0.9.0)
      rack (>= 2)

PATH
  remote: .
  specs:
    app (0.1.0)

PATH
  remote: vendor/gems/near
  specs:
    near (1.0.0)

GEM
  remote: https://example.org/
  specs:
    nokogiri (1.15.0-aarch64-linux)
      racc (~> 1.4)
    nokogiri (1.15.0-x86_64-linux)
    rails (7.1.0.rc1)
    lost

PLATFORMS
  aarch64-linux
    deep (1.0)

DEPENDENCIES
  rails (= 7.1.0.rc1)
<<<<<<< HEAD
"), @r#"
        gem forked 0.9.0
        gem near 1.0.0
        gem nokogiri 1.15.0
        gem rails 7.1.0.rc1
        damage: no version of "lost"
        damage line 33: a merge that was not finished
        "#);
    }
}
