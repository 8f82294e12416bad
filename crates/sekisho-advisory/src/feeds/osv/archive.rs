use std::collections::BTreeSet;

use sekisho_archive::{
    Spool,
    zip::{ZipDirectory, ZipEntry},
};

use super::record;
use crate::{
    Item,
    error::ReadError,
    feed::FeedFile,
    records::{Parsed, Records},
};

/// Largest record; the largest real ones list every version of a package and have 4 MB.
const MAX_RECORD_BYTES: u64 = 32 << 20;

/// Reads the archive of one ecosystem, member by member. Nothing of it is unpacked to disk.
pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut content = Spool::Disk(file.open()?);
    let directory = ZipDirectory::open(&mut content)?;
    let mut entries = directory.entries().collect::<Result<Vec<ZipEntry<'_>>, _>>()?;
    // In this order the file is read once, and members that share bytes are neighbours.
    entries.sort_by_key(|entry| entry.offset);
    let mut names = BTreeSet::new();
    let mut end = 0;
    for entry in entries {
        let name = String::from_utf8_lossy(entry.name);
        let is_apart = entry.offset >= end;
        end = end.max(entry.end());
        if let Some(reason) = wrong_name(entry.name) {
            out.skip(&name, reason);
        } else if !names.insert(entry.name) {
            out.skip(&name, "another record has the same name");
        } else if !is_apart {
            // A few bytes could be unpacked a million times.
            out.skip(&name, "the record shares bytes with another");
        } else {
            match entry.read(&mut content, MAX_RECORD_BYTES) {
                Ok(json) => match record::parse(&json) {
                    Ok(Parsed { advisory, left_out }) => {
                        out.date(&advisory.modified);
                        out.date(&advisory.published);
                        out.import(Item::Advisory(advisory));
                        out.leave_out(&name, &left_out);
                    }
                    Err(reason) => out.skip(&name, &reason),
                },
                Err(err) => out.skip(&name, &err.to_string()),
            }
        }
    }
    Ok(())
}

/// Why `name` is not the name of a record. No file is ever made of it; an archive with a name
/// that leads out of a folder was made by nobody who means well.
fn wrong_name(name: &[u8]) -> Option<&'static str> {
    let is_safe = |byte: &u8| (b' '..0x7f).contains(byte) && !matches!(byte, b'/' | b'\\');
    match name {
        [.., b'/'] => Some("the name is that of a folder"),
        [b'.', ..] => Some("the name begins with a dot"),
        name if !name.iter().all(is_safe) => Some("the name is not that of a single file"),
        name if !name.ends_with(b".json") => Some("the name is not that of a JSON file"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::ZipBuilder;

    use crate::shown::{shown, shown_zip};

    const SOUND: &str = r#"{"id":"A-1","affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#;

    #[test]
    fn each_member_is_a_record_and_a_name_that_is_none_is_told() {
        insta::assert_snapshot!(shown_zip(&[
            ("A-1.json", SOUND),
            ("../../etc/cron.d/x.json", SOUND),
            ("/A-2.json", SOUND),
            ("C:\\A-3.json", SOUND),
            ("A\u{7}4.json", SOUND),
            ("folder/", ""),
            ("README.txt", "text"),
            (".json", SOUND),
            ("A-1.json", SOUND),
        ]), @r"
        A-1
          npm a [..]
        skipped ../../etc/cron.d/x.json: the name begins with a dot
        skipped /A-2.json: the name is not that of a single file
        skipped C:\A-3.json: the name is not that of a single file
        skipped A\u{7}4.json: the name is not that of a single file
        skipped folder/: the name is that of a folder
        skipped README.txt: the name is not that of a JSON file
        skipped .json: the name begins with a dot
        skipped A-1.json: another record has the same name
        1 of 9, 0 in part
        ");
    }

    #[test]
    fn a_size_that_lies_costs_its_record() {
        let mut zip = ZipBuilder::new();
        zip.lying("A-1.json", SOUND.as_bytes(), 10);
        zip.lying("A-2.json", SOUND.as_bytes(), 1000);
        zip.lying("A-3.json", SOUND.as_bytes(), 1 << 30);
        zip.deflated("A-4.json", SOUND);
        insta::assert_snapshot!(shown("osv/npm", &[("osv/npm/all.zip", &zip.finish())]), @"
        skipped A-1.json: the entry unpacks to more than the 10 bytes that it claims
        skipped A-2.json: the entry claims 1000 bytes and unpacks to 127
        skipped A-3.json: the entry takes 1073741824 bytes, and 33554432 are read
        A-1
          npm a [..]
        1 of 4, 0 in part
        ");
    }

    #[test]
    fn an_archive_that_was_cut_off_is_no_feed() {
        let zip = ZipBuilder::new().deflated("A-1.json", SOUND).finish();
        let (cut, _) = zip.split_at(zip.len() - 30);
        insta::assert_snapshot!(shown("osv/npm", &[("osv/npm/all.zip", cut)]), @"error: the feed file ROOT/osv/npm/all.zip is no sound archive: not a zip archive, or one that was cut off: it has no end record");
        insta::assert_snapshot!(shown("osv/npm", &[]), @"error: no file of the feed osv/npm is in ROOT: it would be osv/npm/all.zip");
    }

    #[test]
    fn members_that_share_bytes_are_unpacked_once() {
        let mut zip = ZipBuilder::new();
        let one = zip.deflated("A-1.json", SOUND).finish();
        // The entry of the directory twice, under another name: both point to the same bytes.
        let directory = one.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        let end = one.windows(4).position(|bytes| bytes == b"PK\x05\x06").unwrap();
        let (entry, tail) = (&one[directory..end], &one[end..]);
        let second = String::from_utf8_lossy(entry).contains("A-1.json");
        assert!(second);
        let mut twice = one[..end].to_vec();
        let mut again = entry.to_vec();
        let name = again.windows(8).position(|bytes| bytes == b"A-1.json").unwrap();
        again[name + 2] = b'2';
        twice.extend_from_slice(&again);
        let mut tail = tail.to_vec();
        tail[8] = 2;
        tail[10] = 2;
        let size_bytes = u32::try_from(2 * entry.len()).unwrap();
        tail[12..16].copy_from_slice(&size_bytes.to_le_bytes());
        twice.extend_from_slice(&tail);
        insta::assert_snapshot!(shown("osv/npm", &[("osv/npm/all.zip", &twice)]), @"
        A-1
          npm a [..]
        skipped A-2.json: the record shares bytes with another
        1 of 2, 0 in part
        ");
    }
}
