/// What the package URL of an rpm or of a module tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RpmPurl {
    pub(super) is_module: bool,
    pub(super) name: String,
    /// With the epoch where there is one; empty where any version is meant.
    pub(super) version: String,
    /// `nodejs:20`: the name of the module and its stream.
    pub(super) module: Option<String>,
}

impl RpmPurl {
    /// Reads `text`; none for a package of another kind, such as an image.
    ///
    /// # Source
    ///
    /// ECMA-427, 5.6; "rpm" of the purl types, with Red Hat's qualifier `rpmmod` and its type
    /// `rpmmod` for modules.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("pkg:")?;
        let (text, qualifiers) = text.split_once('?').unwrap_or((text, ""));
        let qualifiers = qualifiers.split('#').next().unwrap_or_default();
        let (kind, path) = text.split_once('/')?;
        if !matches!(kind, "rpm" | "rpmmod") {
            return None;
        }
        let (path, version) = path.rsplit_once('@').unwrap_or((path, ""));
        let mut purl = Self {
            is_module: kind == "rpmmod",
            name: decoded(path.rsplit('/').next()?)?,
            version: decoded(version)?,
            module: None,
        };
        for pair in qualifiers.split('&') {
            let Some((key, value)) = pair.split_once('=') else { continue };
            let value = decoded(value)?;
            match key {
                "epoch" if !purl.version.is_empty() && value != "0" => {
                    purl.version = format!("{value}:{}", purl.version);
                }
                "rpmmod" => purl.module = Some(stream(&value)?),
                _ => (),
            }
        }
        if purl.is_module {
            purl.module = Some(stream(&format!("{}:{}", purl.name, purl.version))?);
        }
        Some(purl)
    }
}

/// The name and the stream of a module, without its version, context and platform.
fn stream(module: &str) -> Option<String> {
    let mut parts = module.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| format!("{name}:{stream}"))
}

/// `text` without percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let code = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(code).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rpm_is_its_name_version_and_stream() {
        let shown =
            |text: &str| RpmPurl::parse(text).map(|purl| (purl.name, purl.version, purl.module));
        let told = |name: &str, version: &str, module: Option<&str>| {
            Some((name.to_owned(), version.to_owned(), module.map(str::to_owned)))
        };
        assert_eq!(
            shown(
                "pkg:rpm/redhat/nodejs-docs@20.16.0-1.module%2Bel9.4.0%2B22197?arch=x86_64&epoch=1&rpmmod=nodejs:20:9040020240807145403:rhel9"
            ),
            told("nodejs-docs", "1:20.16.0-1.module+el9.4.0+22197", Some("nodejs:20"))
        );
        assert_eq!(shown("pkg:rpm/redhat/nss?arch=src"), told("nss", "", None));
        assert_eq!(shown("pkg:rpm/redhat/a@1-1.el9?epoch=0"), told("a", "1-1.el9", None));
        assert_eq!(shown("pkg:oci/ubi@sha256:0"), None);
        assert_eq!(shown("pkg:rpm/redhat/a@1%zz"), None);
        assert_eq!(shown("pkg:rpm/redhat/a?rpmmod=rhel10"), None);
        let module = RpmPurl::parse("pkg:rpmmod/redhat/nodejs@18:8090020231019152822:a75119d5");
        assert_eq!(module.unwrap().module.as_deref(), Some("nodejs:18"));
    }
}
