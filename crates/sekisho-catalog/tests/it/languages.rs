use proptest::{collection::vec, prelude::*, sample::select};
use sekisho_archive::Spool;
use sekisho_catalog::{Cataloged, File, Selection};
use sekisho_types::ImagePath;

/// A path that each file of a language's packages is selected by.
const FILES: &[(&str, &str)] = &[
    ("dotnet", "app/Shop.deps.json"),
    ("java", "app/a.jar"),
    ("java", "app/a.b.war"),
    ("java", "var/lib/jenkins/plugins/a.jpi"),
    ("npm", "node_modules/a/package.json"),
    ("npm", "srv/node_modules/@a/b/package.json"),
    ("npm", "usr/share/nodejs/a/package.json"),
    ("npm", "usr/share/nodejs/@a/b/package.json"),
    ("npm", "root/.cache/node/corepack/v1/pnpm/9.0.0/package.json"),
    ("npm", "opt/yarn-v1.22.22/package.json"),
    ("php", "var/www/vendor/composer/installed.json"),
    ("python", "usr/lib/python3/dist-packages/a-1.egg-info"),
    ("python", "usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO"),
    ("python", "usr/lib/python3/site-packages/a-1.dist-info/METADATA"),
    ("python", "usr/lib/python3/site-packages/a-1.dist-info/RECORD"),
    ("python", "usr/lib/python3/site-packages/a-1.egg/EGG-INFO/PKG-INFO"),
    ("python", "usr/lib/python3/site-packages/a-1.egg"),
    ("ruby", "usr/lib/ruby/gems/3.1.0/specifications/a-1.gemspec"),
    ("ruby", "usr/lib/ruby/gems/3.1.0/specifications/default/a-1.gemspec"),
];

fn catalog(path: &str, bytes: &[u8]) -> Cataloged {
    let path = ImagePath::parse(path.as_bytes()).unwrap();
    let mut out = Cataloged::default();
    for cataloger in Selection::new(false).for_path(&path) {
        let mut content = Spool::from_bytes(bytes.to_vec());
        let mut file = File { path: &path, content: &mut content };
        if (cataloger.parse)(&mut file, &mut out).is_err() {
            out.damage("ended early");
        }
    }
    out
}

/// Bytes with pieces in them that the formats know.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"\"",
        "\"name\":",
        "\"version\":",
        "\"license\":",
        "\"packages\":",
        "\"libraries\":",
        "\"type\":\"package\"",
        "\"a/1\"",
        "\n",
        "Name: a\n",
        "Version: 1\n",
        "License: ",
        "Classifier: License ::",
        ",sha256=,1\n",
        "\"../../x\"",
        "# stub: ",
        "s.name = ",
        "s.version = %q",
        "'",
        "\u{fffd}",
    ]);
    let piece = prop_oneof![
        4 => known.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..8),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

#[test]
fn every_file_of_a_language_selects_its_cataloger() {
    let selection = Selection::new(false);
    for (id, path) in FILES {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let ids: Vec<_> = selection.for_path(&path).iter().map(|cataloger| cataloger.id).collect();
        assert_eq!(ids, [*id], "{path}");
    }
}

/// Each reader either stays within its bound or says that it does not.
#[test]
fn a_manifest_beyond_the_limit_is_not_read() {
    let bytes = vec![b' '; 17 << 20];
    for (id, path) in FILES {
        // Of an archive only parts are read.
        if *id == "java" || path.as_bytes().ends_with(b".egg") {
            continue;
        }
        let out = catalog(path, &bytes);
        let reasons: Vec<_> = out.damages.iter().map(|damage| damage.reason.as_str()).collect();
        assert_eq!(reasons, ["ended early"], "{path}");
    }
}

proptest! {
    #[test]
    fn any_bytes_of_a_manifest_are_read_the_same_twice(file in select(FILES), bytes in text()) {
        let (_, path) = file;
        prop_assert_eq!(catalog(path, &bytes), catalog(path, &bytes));
    }
}
