use sekisho_types::Confidence;

use super::{known_groups, manifest::Manifest, pom::Pom};

/// Group, artifact and version of an archive without `pom.properties`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Coordinates {
    pub(crate) group: Option<String>,
    pub(crate) artifact: String,
    pub(crate) version: String,
    pub(crate) confidence: Confidence,
}

/// What may follow the number in a version; anything else begins another word of the name, as
/// in `log4j-1.2-api-2.17.2`.
const QUALIFIERS: [&str; 20] = [
    "alpha",
    "android",
    "b",
    "beta",
    "build",
    "cr",
    "final",
    "ga",
    "hadoop",
    "incubating",
    "jre",
    "m",
    "pre",
    "preview",
    "r",
    "rc",
    "release",
    "snapshot",
    "sp",
    "v",
];

/// Owners whose groups have a word more.
const HOSTS: [&str; 5] = ["com.google", "com.sun", "io.github", "org.apache", "org.eclipse"];

/// Artifact and version in the name of a file without its extension.
pub(crate) fn split_name(stem: &str) -> (&str, Option<&str>) {
    let mut found = None;
    for (at, _) in stem.match_indices('-') {
        let (Some(artifact), Some(version)) = (stem.get(..at), stem.get(at + 1..)) else {
            continue;
        };
        if artifact.is_empty() || !version.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if found.is_none() {
            found = Some((artifact, version));
        }
        // The first number that no other word follows.
        let is_version = version.split('-').skip(1).all(|part| {
            let word = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            word.is_empty() || QUALIFIERS.contains(&word.to_ascii_lowercase().as_str())
        });
        if is_version {
            return (artifact, Some(version));
        }
    }
    found.map_or((stem, None), |(artifact, version)| (artifact, Some(version)))
}

/// The pom among `poms` that is the archive's own; the others were shaded into it.
pub(crate) fn own_pom(stem: &str, manifest: &Manifest, poms: &[Pom]) -> Option<usize> {
    let (artifact, version) = split_name(stem);
    let has_name = |name: &str| {
        poms.iter().position(|pom| {
            pom.artifact == name && version.is_none_or(|v| v.starts_with(&pom.version))
        })
    };
    let by_name = has_name(artifact)
        .or_else(|| has_name(stem))
        .or_else(|| poms.iter().position(|pom| pom.artifact == artifact))
        .or_else(|| poms.iter().position(|pom| is_prefix(&pom.artifact, stem)));
    if by_name.is_some() {
        return by_name;
    }
    // A renamed file; what its manifest says agrees with the only pom in it.
    let [pom] = poms else { return None };
    let stated = manifest.implementation_version.as_ref().or(manifest.bundle_version.as_ref());
    let agrees = match (version, stated) {
        (None, None) => true,
        (_, Some(stated)) => *stated == pom.version,
        (Some(version), None) => version == pom.version,
    };
    agrees.then_some(0)
}

/// Whether `stem` is `artifact` with something behind a hyphen.
fn is_prefix(artifact: &str, stem: &str) -> bool {
    !artifact.is_empty() && stem.strip_prefix(artifact).is_some_and(|rest| rest.starts_with('-'))
}

/// The best guess for an archive without a pom of its own.
pub(crate) fn guess(stem: &str, manifest: &Manifest) -> Option<Coordinates> {
    let (name, name_version) = split_name(stem);
    let stated =
        [&manifest.plugin_version, &manifest.implementation_version, &manifest.bundle_version]
            .into_iter()
            .flatten()
            .map(|version| version.split_whitespace().next().unwrap_or_default())
            .find(|version| version.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let version = match (name_version, stated) {
        // `4.1.74.Final-linux-x86_64` has a classifier behind the version.
        (Some(in_name), Some(stated)) if is_prefix(stated, in_name) => stated,
        (Some(in_name), _) => in_name,
        (None, stated) => stated?,
    };
    let symbolic = [&manifest.bundle_symbolic_name, &manifest.automatic_module_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .find(|name| is_dotted(name));
    let artifact = match (&manifest.short_name, name_version) {
        (Some(short), _) => short.as_str(),
        (None, Some(_)) => name,
        (None, None) => manifest
            .implementation_title
            .as_deref()
            .filter(|title| title.contains(stem) && is_name(title))
            .unwrap_or(stem),
    };
    let stated = manifest.group_id.as_deref().filter(|group| is_dotted(group));
    let vendor = manifest
        .implementation_vendor_id
        .as_deref()
        .filter(|vendor| is_dotted(vendor) && !HOSTS.contains(vendor));
    let group = stated
        .or_else(|| known_groups::group(artifact))
        .or(vendor)
        .map(str::to_owned)
        .or_else(|| group_of(symbolic?, artifact));
    let confidence = match &group {
        Some(_) if name_version.is_some() || manifest.short_name.is_some() => Confidence::Medium,
        _ => Confidence::Low,
    };
    Some(Coordinates {
        group,
        artifact: artifact.to_owned(),
        version: version.to_owned(),
        confidence,
    })
}

/// `org.example.a`, not a title or a sentence.
fn is_dotted(text: &str) -> bool {
    text.contains('.') && is_name(text)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// The group in the symbolic name of a bundle.
///
/// # Source
///
/// maven-bundle-plugin makes the name of group and artifact, and writes words that the two share
/// only once.
fn group_of(symbolic: &str, artifact: &str) -> Option<String> {
    let words: Vec<&str> = symbolic.split('.').collect();
    let plain = |text: &str| text.replace(['-', '_', '.'], "").to_ascii_lowercase();
    // sbt puts the version of Scala behind the name.
    let artifact = artifact.rsplit_once("_2.").map_or(artifact, |(name, _)| name);
    let artifact = plain(artifact);
    for n_words in (2..words.len()).rev() {
        let (group, rest) = words.split_at_checked(n_words)?;
        let (last, rest) = (plain(group.last()?), plain(&rest.concat()));
        if format!("{last}{rest}") == artifact {
            return Some(group.join("."));
        }
        if rest == artifact {
            let group = group.join(".");
            return Some(if HOSTS.contains(&&*group) { symbolic.to_owned() } else { group });
        }
    }
    (plain(words.last()?) == artifact && words.len() >= 2).then(|| symbolic.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_at_a_number_that_no_word_follows() {
        for (stem, artifact, version) in [
            ("guava-31.1-jre", "guava", Some("31.1-jre")),
            ("log4j-1.2-api-2.17.2", "log4j-1.2-api", Some("2.17.2")),
            ("spark-core_2.12-3.3.1", "spark-core_2.12", Some("3.3.1")),
            ("stax-api-1.0-2", "stax-api", Some("1.0-2")),
            ("a-1.0-beta2", "a", Some("1.0-beta2")),
            ("a-1.0-20200101.123456-1", "a", Some("1.0-20200101.123456-1")),
            ("netty-4.1.74.Final-linux-x86_64", "netty", Some("4.1.74.Final-linux-x86_64")),
            ("commons-lang3", "commons-lang3", None),
            ("-1", "-1", None),
            ("", "", None),
        ] {
            assert_eq!(split_name(stem), (artifact, version));
        }
    }

    fn guessed(stem: &str, attributes: &str) -> String {
        match guess(stem, &Manifest::parse(attributes)) {
            Some(Coordinates { group, artifact, version, confidence }) => {
                format!("{}:{artifact}:{version} {confidence:?}", group.unwrap_or_default())
            }
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn group_and_version_come_from_the_manifest_where_it_has_them() {
        for (stem, attributes, want) in [
            (
                "commons-lang3-3.12.0",
                "Bundle-SymbolicName: org.apache.commons.lang3\nBundle-Version: 3.12.0\n",
                "org.apache.commons:commons-lang3:3.12.0 Medium",
            ),
            (
                "guava-31.1-jre",
                "Bundle-SymbolicName: com.google.guava\nBundle-Version: 31.1.0.jre\n",
                "com.google.guava:guava:31.1-jre Medium",
            ),
            (
                "netty-common-4.1.74.Final-linux",
                "Implementation-Version: 4.1.74.Final\nAutomatic-Module-Name: io.netty.common\n",
                "io.netty:netty-common:4.1.74.Final Medium",
            ),
            ("a-1.0", "", ":a:1.0 Low"),
            (
                "xstream-1.4",
                "Bundle-SymbolicName: com.thoughtworks.xstream\nImplementation-Vendor-Id: org.apache\n",
                "com.thoughtworks:xstream:1.4 Medium",
            ),
            (
                "objenesis-3.2",
                "Bundle-SymbolicName: org.objenesis\n",
                "org.objenesis:objenesis:3.2 Medium",
            ),
            (
                "spring-beans-5.3.17",
                "Implementation-Title: spring-beans\nAutomatic-Module-Name: spring.beans\n",
                "org.springframework:spring-beans:5.3.17 Medium",
            ),
            (
                "ivy-2.5.0",
                "Implementation-Vendor-Id: org.apache\nBundle-SymbolicName: org.apache.ivy\n",
                "org.apache.ivy:ivy:2.5.0 Medium",
            ),
            ("catalina", "Implementation-Version: 9.0.70\n", ":catalina:9.0.70 Low"),
            (
                "workflow",
                "Short-Name: workflow-job\nGroup-Id: org.jenkins-ci.plugins\nPlugin-Version: 1.2 (private)\n",
                "org.jenkins-ci.plugins:workflow-job:1.2 Medium",
            ),
            ("app", "Main-Class: App\n", "nothing"),
        ] {
            assert_eq!(guessed(stem, attributes), want, "{stem}");
        }
    }

    #[test]
    fn a_pom_of_another_artifact_was_shaded() {
        let pom = |artifact: &str, version: &str| {
            Pom::from_properties(&format!("groupId=g\nartifactId={artifact}\nversion={version}\n"))
        };
        let none = Manifest::default();
        let of = |stem: &str, poms: &[Pom]| own_pom(stem, &none, poms);
        assert_eq!(of("b-2.0", &[pom("a", "1"), pom("b", "2.0")]), Some(1));
        assert_eq!(of("app", &[pom("a", "1")]), Some(0));
        assert_eq!(of("app", &[pom("a", "1"), pom("b", "1")]), None);
        assert_eq!(of("kafka-clients-3.3.1", &[pom("lz4-java", "1.8.0")]), None);
        let manifest = Manifest::parse("Implementation-Version: 2.0\n");
        assert_eq!(own_pom("app", &manifest, &[pom("a", "1")]), None);
    }
}
