/// The main section of `META-INF/MANIFEST.MF`, as far as it names a package.
///
/// # Source
///
/// The JAR file specification, "JAR Manifest"; the core specification of OSGi,
/// "Bundle Manifest Headers".
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) implementation_title: Option<String>,
    pub(crate) implementation_version: Option<String>,
    pub(crate) implementation_vendor_id: Option<String>,
    /// Without directives.
    pub(crate) bundle_symbolic_name: Option<String>,
    pub(crate) bundle_version: Option<String>,
    pub(crate) bundle_license: Option<String>,
    pub(crate) automatic_module_name: Option<String>,
    /// Jenkins names its plugins so.
    pub(crate) short_name: Option<String>,
    pub(crate) plugin_version: Option<String>,
    pub(crate) group_id: Option<String>,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        // A line of at most 72 bytes goes on after a space in the next one.
        let mut whole = String::new();
        for line in text.lines().chain([""]) {
            if let Some(rest) = line.strip_prefix(' ') {
                whole.push_str(rest);
                continue;
            }
            if let Some((name, value)) = whole.split_once(": ") {
                manifest.set(name, value);
            }
            whole.clear();
            if line.is_empty() {
                break;
            }
            whole.push_str(line);
        }
        manifest
    }

    fn set(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let field = match name.to_ascii_lowercase().as_str() {
            "implementation-title" => &mut self.implementation_title,
            "implementation-version" => &mut self.implementation_version,
            "implementation-vendor-id" => &mut self.implementation_vendor_id,
            "bundle-symbolicname" => &mut self.bundle_symbolic_name,
            "bundle-version" => &mut self.bundle_version,
            "bundle-license" => &mut self.bundle_license,
            "automatic-module-name" => &mut self.automatic_module_name,
            "short-name" => &mut self.short_name,
            "plugin-version" => &mut self.plugin_version,
            "group-id" => &mut self.group_id,
            _ => return,
        };
        let value = if name.eq_ignore_ascii_case("bundle-symbolicname") {
            value.split(';').next().unwrap_or(value).trim()
        } else {
            value
        };
        // What a build left unfilled says nothing.
        if !value.is_empty() && !value.contains("${") {
            *field = Some(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_and_other_sections_do_not_count() {
        let manifest = Manifest::parse(
            "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.\r\n commons.lang3;single\r\n  ton:=true\r\n\
             Implementation-Version: 3.12.0\r\nBundle-Version: ${version}\r\n\r\n\
             Name: a/\r\nImplementation-Version: 9\r\n",
        );
        let want = Manifest {
            bundle_symbolic_name: Some("org.apache.commons.lang3".to_owned()),
            implementation_version: Some("3.12.0".to_owned()),
            ..Manifest::default()
        };
        assert_eq!(manifest, want);
    }

    #[test]
    fn a_text_that_is_no_manifest_says_nothing() {
        for text in ["", " ", "\n\n", ": ", "Implementation-Version:1", "no\n colon"] {
            assert_eq!(Manifest::parse(text), Manifest::default(), "{text:?}");
        }
    }
}
