//! The advisories of Amazon Linux, from the `updateinfo.xml` of its package repository.
//!
//! A record is one update. Only what is fixed is listed: nothing is known of what stays open.
//!
//! # Source
//!
//! createrepo's "updateinfo" and the repositories of Amazon Linux, whose folder in the layout is
//! called by the release: `amazon/2023/updateinfo.xml.gz`.

mod split;
mod update;

use std::collections::{BTreeMap, BTreeSet};

use self::{split::Elements, update::Update};
use crate::{
    Advisory, AdvisoryKind, Affected, Ecosystem, End, Item, Range, State, error::ReadError,
    feed::FeedFile, records::Records, text,
};

pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let release = file.name.split('/').nth(1).unwrap_or_default().to_owned();
    let ecosystem = Ecosystem { name: "Amazon Linux".to_owned(), release: Some(release) };
    let mut updates = Elements::new(file.unpacked()?, "updates", "update");
    let mut number: u64 = 0;
    while let Some(xml) = updates.next()? {
        number += 1;
        let name = || format!("{} update {number}", file.name);
        let update = match xml {
            split::Element::Text(xml) => Update::parse(&xml),
            split::Element::TooLarge { size_bytes } => {
                out.skip(&name(), &format!("the update has {size_bytes} bytes"));
                continue;
            }
        };
        match update.and_then(|update| advisory(&ecosystem, update)) {
            Ok(advisory) => {
                out.date(&advisory.published);
                out.date(&advisory.modified);
                out.import(Item::Advisory(advisory));
            }
            Err(reason) => out.skip(&name(), &reason),
        }
    }
    Ok(())
}

fn advisory(ecosystem: &Ecosystem, update: Update) -> Result<Advisory, String> {
    if !text::is_id(&update.id) {
        return Err("the update has no id that can be one".to_owned());
    }
    // The same package stands there once for each architecture.
    let mut fixed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in update.packages {
        if !text::is_package(&package.name) || !text::is_version(&package.version) {
            return Err("the update names a package or version that cannot be one".to_owned());
        }
        fixed.entry(package.name).or_default().insert(package.version);
    }
    if fixed.is_empty() {
        return Err("the update names no packages".to_owned());
    }
    let affected = fixed.into_iter().map(|(package, versions)| Affected {
        ecosystem: ecosystem.clone(),
        package,
        ranges: versions
            .into_iter()
            .map(|fixed| Range { introduced: None, end: End::Fixed(fixed) })
            .collect(),
        versions: Vec::new(),
        state: State::Affected,
        urgency: None,
        module: None,
        fixed_on: None,
    });
    let mut upstream: Vec<String> =
        update.references.iter().map(|reference| reference.id.clone()).collect();
    upstream.retain(|id| id.starts_with("CVE-") && text::is_id(id));
    upstream.sort();
    upstream.dedup();
    Ok(Advisory {
        id: update.id,
        aliases: Vec::new(),
        upstream,
        kind: AdvisoryKind::Vulnerability,
        ratings: text::rating("Amazon".to_owned(), update.severity).into_iter().collect(),
        summary: text::summary([update.title.as_str(), update.description.as_str()]),
        references: text::references(update.references.into_iter().map(|reference| reference.page)),
        published: text::date(&update.issued),
        modified: text::date(&update.updated),
        withdrawn: None,
        affected: affected.collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::shown::shown;

    fn read(xml: &str) -> String {
        shown("amazon", &[("amazon/2/updateinfo.xml", xml.as_bytes())])
    }

    const CURL: &str = r#"<update author="linux-security@amazon.com" from="linux-security@amazon.com" status="final" type="security" version="1.4">
        <id>ALAS2-2021-1700</id><title>Amazon Linux 2 - ALAS2-2021-1700: medium priority package update for curl</title>
        <issued date="2021-09-02 22:56" /><updated date="2021-09-08 01:12" /><severity>medium</severity>
        <description>Curl &amp; friends&#13;</description>
        <references><reference href="https://example.org/CVE-2021-22925" id="CVE-2021-22925" title="" type="cve" />
        <reference href="https://example.org/CVE-2021-22898" id="CVE-2021-22898" type="cve"/></references>
        <pkglist><collection short="amazon-linux-2---core"><name>Amazon Linux 2</name>
        <package arch="x86_64" epoch="0" name="curl" release="1.amzn2.0.1" version="7.76.1"><filename>Packages/curl.rpm</filename></package>
        <package arch="aarch64" epoch="0" name="curl" release="1.amzn2.0.1" version="7.76.1"><filename>Packages/curl.rpm</filename></package>
        <package arch="x86_64" epoch="1" name="libcurl" release="1.amzn2.0.1" version="7.76.1"/>
        </collection></pkglist></update>"#;

    #[test]
    fn an_update_fixes_its_packages_on_every_architecture() {
        insta::assert_snapshot!(read(&format!("<?xml version=\"1.0\" ?>\n<updates>{CURL}</updates>")), @"
        ALAS2-2021-1700 on CVE-2021-22898, CVE-2021-22925 [Amazon medium]
          Amazon Linux:2 curl [..7.76.1-1.amzn2.0.1)
          Amazon Linux:2 libcurl [..1:7.76.1-1.amzn2.0.1)
        1 of 1, 0 in part
        ");
    }

    #[test]
    fn a_packed_list_reads_the_same() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(format!("<updates>{CURL}</updates>").as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let packed = shown("amazon", &[("amazon/2/updateinfo.xml.gz", &gzip)]);
        assert_eq!(packed, read(&format!("<updates>{CURL}</updates>")));
    }

    #[test]
    fn damage_costs_its_update() {
        let large = format!("<update><id>{}</id></update>", "x".repeat(20 << 20));
        insta::assert_snapshot!(read(&format!(
            "<!DOCTYPE updates [<!ENTITY a \"b\">]><updates><update><id>A-1</id></update><update><id>&a;</id></update>\
             <update><id>A-2</title></update>{large}<update></update>{CURL}</updates>"
        )), @"
        skipped amazon/2/updateinfo.xml update 1: the update names no packages
        skipped amazon/2/updateinfo.xml update 2: the update has no id that can be one
        skipped amazon/2/updateinfo.xml update 3: no update in XML: ill-formed document: expected `</id>`, but `</title>` was found
        skipped amazon/2/updateinfo.xml update 4: the update has 20971546 bytes
        skipped amazon/2/updateinfo.xml update 5: the update has no id that can be one
        ALAS2-2021-1700 on CVE-2021-22898, CVE-2021-22925 [Amazon medium]
          Amazon Linux:2 curl [..7.76.1-1.amzn2.0.1)
          Amazon Linux:2 libcurl [..1:7.76.1-1.amzn2.0.1)
        1 of 6, 0 in part
        ");
    }

    #[test]
    fn a_list_that_was_cut_off_is_no_feed() {
        insta::assert_snapshot!(read(&format!("<updates>{CURL}")), @"
        ALAS2-2021-1700 on CVE-2021-22898, CVE-2021-22925 [Amazon medium]
          Amazon Linux:2 curl [..7.76.1-1.amzn2.0.1)
          Amazon Linux:2 libcurl [..1:7.76.1-1.amzn2.0.1)
        error: the feed file ROOT/amazon/2/updateinfo.xml has an end in the middle of the list at byte 1146
        ");
        insta::assert_snapshot!(read("<updates><update><id>A"), @"error: the feed file ROOT/amazon/2/updateinfo.xml has an end in the middle of the list at byte 22");
        insta::assert_snapshot!(read("<html>sorry</html>"), @"error: the feed file ROOT/amazon/2/updateinfo.xml has an end in the middle of the list at byte 18");
    }
}
