//! Gems that RubyGems or Bundler installed.
//!
//! Format: `specifications/<name>-<version>.gemspec`, Ruby code that RubyGems writes itself, one
//! assignment a line with literal values. Its second line, `# stub: <name> <version> <platform>
//! <directories>`, is what RubyGems reads instead of running the code,
//! `Gem::StubSpecification`. Gems that come with Ruby have theirs in `specifications/default`.

use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, identity};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "ruby",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "**/specifications/*.gemspec",
        "**/specifications/default/*.gemspec",
    ]),
    parse,
};

/// Lines at the start in which the stub may stand.
const STUB_LINES: usize = 4;

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::PACKAGE_MANIFEST_BYTES)?;
    let mut name = None;
    let mut version = None;
    let mut platform = None;
    let mut licenses = Vec::new();
    for line in text.lines() {
        let Some((attribute, value)) = assignment(line) else { continue };
        match attribute {
            "name" => name = name.or_else(|| literals(value).next()),
            "version" => version = version.or_else(|| literals(value).next()),
            "platform" => platform = platform.or_else(|| literals(value).next()),
            "license" | "licenses" => {
                licenses.extend(literals(value).take(limits::PACKAGE_LICENSES));
            }
            _ => (),
        }
    }
    let stub = text.lines().take(STUB_LINES).find_map(|line| line.strip_prefix("# stub: "));
    let mut words = stub.unwrap_or_default().split(' ');
    name = words.next().filter(|word| !word.is_empty()).or(name);
    version = words.next().or(version);
    platform = words.next().or(platform);
    let package =
        identity::package(PackageKind::Gem, name.unwrap_or_default(), version.unwrap_or_default());
    let Some(mut package) = package else {
        out.damage("a gem without a name or a version that is written out");
        return Ok(());
    };
    package.arch = platform
        .and_then(identity::field)
        .filter(|platform| *platform != "ruby")
        .map(str::to_owned);
    for license in licenses {
        identity::add_license(&mut package, license);
    }
    out.package(package);
    Ok(())
}

/// Reads `s.name = value`, whatever the variable is called.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (target, value) = line.split_once('=')?;
    let (variable, attribute) = target.trim().split_once('.')?;
    let is_name =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name(variable) && is_name(attribute)).then_some((attribute, value.trim()))
}

/// The string literals in an expression: `"a"`, `'a'` and `%q{a}` of old RubyGems.
fn literals(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let at = text.find(['"', '\'', '%'])?;
        let (_, rest) = text.split_at_checked(at)?;
        let (end, rest) = if let Some(rest) = rest.strip_prefix("%q") {
            let mut chars = rest.chars();
            let end = match chars.next()? {
                '{' => '}',
                '<' => '>',
                '[' => ']',
                '(' => ')',
                other => other,
            };
            (end, chars.as_str())
        } else {
            let mut chars = rest.chars();
            (chars.next()?, chars.as_str())
        };
        let (literal, rest) = rest.split_once(end)?;
        text = rest;
        Some(literal)
    })
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    fn read(text: &str) -> String {
        let path = ImagePath::parse(b"usr/lib/ruby/gems/3.1.0/specifications/a-1.gemspec").unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        let packages = out.packages.iter().map(|record| {
            let package = &record.package;
            let arch = package.arch.as_deref().unwrap_or("any");
            format!("{} {} {arch} {:?}", package.name, package.version, package.licenses)
        });
        let damages = out.damages.iter().map(|damage| damage.reason.clone());
        packages.chain(damages).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_stub_says_what_a_gem_is() {
        insta::assert_snapshot!(read("\
# -*- encoding: utf-8 -*-
# stub: nokogiri 1.14.0 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = \"nokogiri\".freeze
  s.version = \"1.14.0\"
  s.licenses = [\"MIT\".freeze, 'Ruby']
  s.summary = \"a = b\".freeze
end
"), @r#"nokogiri 1.14.0 x86_64-linux ["MIT", "Ruby"]"#);
    }

    #[test]
    fn without_a_stub_the_literals_count() {
        insta::assert_snapshot!(read("\
Gem::Specification.new do |spec|
  spec.name = %q{rake}
  spec.version = Gem::Version.new(\"0.8.7\")
  spec.license = 'MIT'
"), @r#"rake 0.8.7 any ["MIT"]"#);
    }

    #[test]
    fn a_version_that_code_computes_is_damage() {
        insta::assert_snapshot!(
            read("Gem::Specification.new do |s|\n  s.name = \"a\"\n  s.version = A::VERSION\nend\n"),
            @"a gem without a name or a version that is written out"
        );
        for text in
            ["", "# stub: ", "s.name = \"a", "s.name = %q", "s.name = %q{a\n=.=", "é.ü = 'x'"]
        {
            assert_eq!(read(text), "a gem without a name or a version that is written out");
        }
    }
}
