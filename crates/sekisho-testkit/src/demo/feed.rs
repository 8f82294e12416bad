//! The example feed of `make demo`: a few records in OSV format, packed as public servers do.

use std::{io, path::Path};

use crate::jar::ZipBuilder;

/// Packs `examples/feed` at `from` into the layout of a directory of feeds at `to`.
///
/// # Errors
///
/// When something cannot be read or written.
pub fn pack_feed(from: &Path, to: &Path) -> io::Result<()> {
    for ecosystem in names(&from.join("osv"))? {
        let folder = from.join("osv").join(&ecosystem);
        let mut zip = ZipBuilder::new();
        for record in names(&folder)? {
            zip.deflated(&record, fs_err::read(folder.join(&record))?);
        }
        let place = to.join("osv").join(&ecosystem);
        fs_err::create_dir_all(&place)?;
        fs_err::write(place.join("all.zip"), zip.finish())?;
    }
    fs_err::copy(from.join("kev.json"), to.join("kev.json"))?;
    Ok(())
}

/// What is in a folder, by name.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().into_string();
        names.push(name.map_err(|name| io::Error::other(format!("{name:?} is no text")))?);
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Cursor, Read as _},
        path::PathBuf,
    };

    use serde_json::Value;

    use super::*;

    fn example() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/feed")
    }

    /// Ecosystem, name of the file and content of every record.
    fn records() -> Vec<(String, String, Value)> {
        let mut records = Vec::new();
        for ecosystem in names(&example().join("osv")).unwrap() {
            let folder = example().join("osv").join(&ecosystem);
            for name in names(&folder).unwrap() {
                let bytes = fs_err::read(folder.join(&name)).unwrap();
                records.push((ecosystem.clone(), name, serde_json::from_slice(&bytes).unwrap()));
            }
        }
        records
    }

    #[test]
    fn every_record_is_packed_for_its_ecosystem() {
        let directory = tempfile::tempdir().unwrap();
        pack_feed(&example(), directory.path()).unwrap();
        let mut n_packed = 0;
        for ecosystem in names(&directory.path().join("osv")).unwrap() {
            let zip = fs_err::read(directory.path().join("osv").join(ecosystem).join("all.zip"));
            n_packed += zip::ZipArchive::new(Cursor::new(zip.unwrap())).unwrap().len();
        }
        assert_eq!(n_packed, records().len());
        assert!((35..=45).contains(&n_packed), "{n_packed}");
        assert!(directory.path().join("kev.json").is_file());
    }

    #[test]
    fn a_record_has_its_own_words_and_a_place_to_read_more() {
        for (ecosystem, name, record) in records() {
            assert_eq!(name, format!("{}.json", record["id"].as_str().unwrap()));
            let package = &record["affected"][0]["package"];
            assert!(package["ecosystem"].as_str().unwrap().starts_with(&ecosystem), "{name}");
            let summary = record["summary"].as_str().unwrap();
            assert!(summary.contains(": ") && summary.chars().count() < 100, "{name}: {summary}");
            assert!(record["references"][0]["url"].is_string() && record["details"].is_null());
        }
    }

    /// Facts are those of the real feeds, for what the folder of `SEKISHO_SHARED` has of them.
    #[test]
    fn ids_packages_and_ranges_are_those_of_the_real_feeds() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test takes its data from where it is told"
        )]
        let shared = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from);
        let Some(feeds) = shared.map(|it| it.join("feeds/osv")).filter(|it| it.is_dir()) else {
            println!("skipped: SEKISHO_SHARED names no folder with feeds");
            return;
        };
        let mut n_compared = 0;
        for (ecosystem, name, ours) in records() {
            let Ok(file) = fs_err::File::open(feeds.join(&ecosystem).join("all.zip")) else {
                continue;
            };
            let mut zip = zip::ZipArchive::new(file).unwrap();
            let Ok(mut entry) = zip.by_name(&name) else { continue };
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let theirs: Value = serde_json::from_str(&text).unwrap();
            let affected = theirs["affected"].as_array().unwrap();
            let same = affected
                .iter()
                .find(|it| it["package"]["name"] == ours["affected"][0]["package"]["name"]);
            let ranges = same.unwrap()["ranges"].as_array().unwrap();
            let range = &ours["affected"][0]["ranges"][0];
            let is_same =
                |it: &&Value| it["type"] == range["type"] && it["events"] == range["events"];
            assert!(ranges.iter().any(|it| is_same(&it)), "{name}: {range}");
            for alias in ours["aliases"].as_array().into_iter().flatten() {
                assert!(theirs["aliases"].as_array().unwrap().contains(alias), "{name}: {alias}");
            }
            n_compared += 1;
        }
        println!("compared {n_compared} records with the real feeds");
    }
}
