//! Packages that a `pom.xml` of Maven pins itself, without those of the scopes `test` and
//! `provided`.
//!
//! Format: the POM reference of Maven. Properties and the managed versions of the same file are
//! resolved; a version that the parent, an imported file or a range decides is not told here, and
//! the file counts how many are not. Profiles are not active by themselves and are not read.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};
use sekisho_archive::limits;
use sekisho_types::PackageKind;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "maven-pom",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/pom.xml"]),
    parse,
};

/// Most properties that one value may be made of; real ones have one or two.
const MAX_EXPANSIONS: usize = 64;

#[derive(Default)]
struct Pom {
    /// Properties by name, and what the project says of itself by `project.` and its name.
    properties: BTreeMap<String, String>,
    dependencies: Vec<Dependency>,
    managed: Vec<Dependency>,
}

#[derive(Default)]
struct Dependency {
    group: String,
    artifact: String,
    version: String,
    scope: String,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    // One in a jar that was unpacked is of that package.
    let is_of_package =
        file.path.as_bytes().split(|byte| *byte == b'/').any(|part| part == b"META-INF");
    if file.is_of_installed_package() || is_of_package {
        return Ok(());
    }
    let text = file.text(limits::LOCK_FILE_BYTES)?;
    let mut pom = Pom::default();
    pom.read(&text)?;
    pom.finish(out)
}

impl Pom {
    fn read(&mut self, text: &str) -> Result<(), CatalogError> {
        let mut reader = Reader::from_str(text);
        let mut path: Vec<String> = Vec::new();
        // Of the element that was opened last.
        let mut value = String::new();
        let wrong = |position: u64, reason: String| CatalogError::Document {
            format: "XML",
            line: line_at(text, position),
            reason,
        };
        loop {
            let event = reader.read_event();
            match event.map_err(|err| wrong(reader.error_position(), err.to_string()))? {
                Event::Start(element) => {
                    if path.len() >= limits::LOCK_FILE_DEPTH {
                        let reason = "elements are nested too deep".to_owned();
                        return Err(wrong(reader.buffer_position(), reason));
                    }
                    path.push(element.local_name().into_inner().to_owned());
                    self.open(&path);
                    value.clear();
                }
                Event::End(_) => {
                    self.set(&path, value.trim());
                    path.pop();
                    value.clear();
                }
                Event::Text(text) => value.push_str(&text.xml10_content()),
                Event::CData(text) => value.push_str(&text.xml10_content()),
                // Entities are not expanded, and no property has this name: the value is not known.
                Event::GeneralRef(_) => value.push_str("${&}"),
                Event::Empty(_) => (),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => (),
                Event::Eof if path.is_empty() => return Ok(()),
                Event::Eof => {
                    let reason = "the file ends within an element".to_owned();
                    return Err(wrong(reader.buffer_position(), reason));
                }
            }
        }
    }

    fn open(&mut self, path: &[String]) {
        if let Some(list) = self.list(path) {
            list.push(Dependency::default());
        }
    }

    /// The list that a dependency at `path` belongs to.
    fn list(&mut self, path: &[String]) -> Option<&mut Vec<Dependency>> {
        let [project, path @ ..] = path else { return None };
        let is_at = |names: &[&str]| project == "project" && path == names;
        if is_at(&["dependencies", "dependency"]) {
            Some(&mut self.dependencies)
        } else if is_at(&["dependencyManagement", "dependencies", "dependency"]) {
            Some(&mut self.managed)
        } else {
            None
        }
    }

    /// Takes in the text of an element that holds no others.
    fn set(&mut self, path: &[String], value: &str) {
        let Some((name, parents)) = path.split_last() else { return };
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        match *parents {
            ["project"] if matches!(name.as_str(), "groupId" | "artifactId" | "version") => {
                self.properties.insert(format!("project.{name}"), value.to_owned());
            }
            ["project", "parent"] => {
                self.properties.insert(format!("project.parent.{name}"), value.to_owned());
            }
            ["project", "properties"] => {
                self.properties.insert(name.clone(), value.to_owned());
            }
            _ => {
                let Some((_, list)) = path.split_last() else { return };
                let Some(dependency) = self.list(list).and_then(|list| list.last_mut()) else {
                    return;
                };
                let field = match name.as_str() {
                    "groupId" => &mut dependency.group,
                    "artifactId" => &mut dependency.artifact,
                    "version" => &mut dependency.version,
                    "scope" => &mut dependency.scope,
                    _ => return,
                };
                value.clone_into(field);
            }
        }
    }

    fn finish(mut self, out: &mut Cataloged) -> Result<(), CatalogError> {
        // A project without these has them from its parent.
        for name in ["groupId", "version"] {
            if let Some(value) = self.properties.get(&format!("project.parent.{name}")).cloned() {
                self.properties.entry(format!("project.{name}")).or_insert(value);
            }
        }
        let mut managed = BTreeMap::new();
        for dependency in &self.managed {
            let names = (self.resolve(&dependency.group), self.resolve(&dependency.artifact));
            managed.entry(names).or_insert(dependency);
        }
        let mut n_open = 0_usize;
        for dependency in &self.dependencies {
            let names = (self.resolve(&dependency.group), self.resolve(&dependency.artifact));
            let manager = managed.get(&names);
            let or_managed = |own: &str, field: fn(&Dependency) -> &String| {
                let managed = manager.map(|manager| field(manager).as_str());
                Some(own)
                    .filter(|own| !own.is_empty())
                    .or(managed)
                    .and_then(|text| self.resolve(text))
            };
            let scope = or_managed(&dependency.scope, |of| &of.scope);
            if scope.is_some_and(|scope| matches!(&*scope, "test" | "provided")) {
                continue;
            }
            let version = or_managed(&dependency.version, |of| &of.version);
            match (names, version.filter(|version| is_pinned(version))) {
                ((Some(group), Some(artifact)), Some(version)) => {
                    out.declare(PackageKind::Maven, &format!("{group}:{artifact}"), &version)?;
                }
                _ => n_open += 1,
            }
        }
        if n_open > 0 {
            let n_all = self.dependencies.len();
            out.damage(format!("{n_open} of {n_all} dependencies have no version in this file"));
        }
        Ok(())
    }

    /// The text with the values of properties in it; none when one is not known here.
    fn resolve(&self, text: &str) -> Option<String> {
        let mut resolved = String::new();
        // What is still to be looked at, the next on top.
        let mut open = vec![text];
        let mut n_expansions = 0;
        while let Some(text) = open.pop() {
            let Some((before, rest)) = text.split_once("${") else {
                resolved.push_str(text);
                continue;
            };
            let (name, rest) = rest.split_once('}')?;
            resolved.push_str(before);
            n_expansions += 1;
            if n_expansions > MAX_EXPANSIONS || resolved.len() > limits::PACKAGE_NAME_BYTES {
                return None;
            }
            // `pom.` and no prefix are old ways to say `project.`.
            let plain = name.strip_prefix("pom.").unwrap_or(name);
            let value = self.properties.get(name);
            let value = value.or_else(|| self.properties.get(&format!("project.{plain}")))?;
            open.extend([rest, value]);
        }
        Some(resolved).filter(|resolved| !resolved.is_empty())
    }
}

/// Whether a version is one, not a range and not a word for the newest.
fn is_pinned(version: &str) -> bool {
    !version.contains(['[', ']', '(', ')', ',']) && !matches!(version, "LATEST" | "RELEASE")
}

fn line_at(text: &str, position: u64) -> Option<u64> {
    let before = text.as_bytes().get(..usize::try_from(position).ok()?)?;
    Some(before.split(|byte| *byte == b'\n').count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    fn read(text: &str) -> String {
        shown(&CATALOGER, "app/pom.xml", text)
    }

    fn dependency(fields: &str) -> String {
        format!("<dependency><groupId>g</groupId>{fields}</dependency>")
    }

    #[test]
    fn properties_and_managed_versions_of_the_file_are_resolved() {
        insta::assert_snapshot!(read(r#"<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>3.1</version></parent>
  <artifactId>app</artifactId>
  <properties>
    <slf4j.version>2.0.9</slf4j.version>
    <alias>${slf4j.version}</alias>
    <round>${round}</round>
  </properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>g</groupId><artifactId>managed</artifactId><version>1.5</version></dependency>
    <dependency><groupId>g</groupId><artifactId>managed-test</artifactId><version>1.5</version><scope>test</scope></dependency>
    <dependency><groupId>g</groupId><artifactId>never-used</artifactId><version>1.5</version></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>org.slf4j</groupId> <artifactId>slf4j-api</artifactId> <version>${alias}</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>core</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>g</groupId><artifactId>managed-test</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version><scope>test</scope></dependency>
    <dependency><groupId>g</groupId><artifactId>servlet</artifactId><version>4.0</version><scope>provided</scope></dependency>
    <dependency><groupId>g</groupId><artifactId>of-parent</artifactId></dependency>
    <dependency><groupId>g</groupId><artifactId>range</artifactId><version>[1.0,2.0)</version></dependency>
    <dependency><groupId>g</groupId><artifactId>unknown</artifactId><version>${unknown}</version></dependency>
    <dependency><groupId>g</groupId><artifactId>endless</artifactId><version>${round}</version></dependency>
  </dependencies>
  <profiles><profile><dependencies>
    <dependency><groupId>g</groupId><artifactId>of-profile</artifactId><version>1</version></dependency>
  </dependencies></profile></profiles>
</project>
"#), @"
        maven org.slf4j:slf4j-api 2.0.9
        maven org.example:core 3.1
        maven g:managed 1.5
        damage: 4 of 10 dependencies have no version in this file
        ");
    }

    #[test]
    fn properties_that_multiply_come_to_an_end() {
        let mut properties = "<p0></p0>".to_owned();
        for n in 1..20 {
            let below = format!("${{p{}}}", n - 1).repeat(50);
            properties.push_str(
                &["<p", &n.to_string(), ">", &below, "</p", &n.to_string(), ">"].concat(),
            );
        }
        let dependency = dependency("<artifactId>a</artifactId><version>${p19}</version>");
        insta::assert_snapshot!(read(&format!("<project><properties>{properties}</properties><dependencies>{dependency}</dependencies></project>")), @"damage: 1 of 1 dependencies have no version in this file");
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        insta::assert_snapshot!(read("<project>\n<a></b>"), @r#"error: not valid XML at line 2: "ill-formed document: expected `</a>`, but `</b>` was found""#);
        insta::assert_snapshot!(read("<project>\n"), @r#"error: not valid XML at line 2: "the file ends within an element""#);
        insta::assert_snapshot!(read(&"<a>".repeat(1_000_000)), @r#"error: not valid XML at line 1: "elements are nested too deep""#);
        insta::assert_snapshot!(read("<!DOCTYPE x [<!ENTITY a \"b\">]>\n<project><dependencies><dependency><groupId>g&a;</groupId><artifactId>a</artifactId><version>1</version></dependency></dependencies></project>"), @"damage: 1 of 1 dependencies have no version in this file");
    }
}
