//! Where fuzzing starts: small valid input for each target of `fuzz/`.

mod database;
mod documents;
mod feeds;

use std::{io, path::Path};

use crate::{
    bolt::{BoltBucket, bolt},
    bundle::Bundle,
    elf::{Elf, ElfKind, go_buildinfo, rust_dep_section},
    image::{BlobCompression, ImageBuilder},
    jar::{ZipBuilder, maven_jar},
    layer::{Attributes, Layer, LayerBuilder, LongNames, SparseFormat},
    packages::{ApkPackage, DebPackage, apk_installed, dpkg_status},
};

/// Formats of the target `lock_files`, in its order: the first byte of a seed chooses one.
const LOCK_FILES: &[&str] = &[
    "version = 3\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+https://example.org/index\"\nchecksum = \"00\"\ndependencies = [\n \"serde_derive\",\n]\n",
    "module example.org/a\n\ngo 1.21\n\nrequire (\n\texample.org/b v1.2.3\n\texample.org/c v0.0.0-20200101000000-0123456789ab // indirect\n)\n\nreplace example.org/b => example.org/d v1.0.0\n",
    r#"{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a"},"node_modules/b":{"version":"1.2.3","license":"MIT","dev":true}},"dependencies":{"b":{"version":"1.2.3","dependencies":{"c":{"version":"2.0.0"}}}}}"#,
    "# yarn lockfile v1\n\n\n\"@a/b@^1.0.0\", a@2:\n  version \"1.2.3\"\n  resolved \"https://example.org/a.tgz#00\"\n  dependencies:\n    c \"^2.0.0\"\n",
    "lockfileVersion: '6.0'\n\npackages:\n\n  /a@1.2.3:\n    resolution: {integrity: sha512-AA==}\n    dev: false\n\n  /@b/c@2.0.0(d@1.0.0):\n    dev: true\n",
    "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\ncategory = \"main\"\noptional = false\n\n[metadata]\nlock-version = \"2.0\"\n",
    "version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = { registry = \"https://example.org/simple\" }\n",
    r#"{"_meta":{"hash":{"sha256":"00"}},"default":{"a":{"version":"==1.2.3","hashes":["sha256:00"]}},"develop":{"b":{"version":"==2.0"}}}"#,
    "a==1.2.3 \\\n    --hash=sha256:00\nb[extra]==2.0 ; python_version >= '3'\n-r other.txt\n# comment\n",
    "GEM\n  remote: https://example.org/\n  specs:\n    a (1.2.3)\n      b (>= 1)\n    b (2.0-x86_64-linux)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a\n",
    r#"{"packages":[{"name":"a/b","version":"v1.2.3","license":["MIT"]}],"packages-dev":[{"name":"c/d","version":"2.0.0"}]}"#,
    "# gradle\norg.example:a:1.2.3=compileClasspath,runtimeClasspath\nempty=\n",
    "<project><groupId>org.example</groupId><artifactId>a</artifactId><version>1</version><properties><b.version>2.0</b.version></properties><dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><version>${b.version}</version><scope>test</scope></dependency></dependencies></project>",
    "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\n    \"\": {\"dependencies\": {\"a\": \"1\",},},\n  },\n  \"packages\": {\n    \"a\": [\"a@1.2.3\", \"\", {\"dependencies\": {\"b\": \"2\"}}, \"sha512-AA==\"],\n    \"a/b\": [\"b@2.0.0\", \"\", {}, \"sha512-AA==\"],\n  }\n}\n",
    "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\ngroups = [\"default\", \"dev\"]\n",
    r#"{"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"1.2.3"},"b":{"type":"Project"}}}}"#,
];

/// More of the same, by the number of the format: other versions of it.
const OTHER_LOCK_FILES: &[(u8, &str)] = &[
    (
        2,
        r#"{"lockfileVersion":1,"dependencies":{"b":{"version":"1.2.3","dependencies":{"c":{"version":"npm:d@2.0.0"}}},"e":{"version":"file:../e","dev":true}}}"#,
    ),
    (
        3,
        "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0, a@npm:^1.1.0\":\n  version: 1.2.3\n  resolution: \"a@npm:1.2.3\"\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n",
    ),
    (
        4,
        "lockfileVersion: 5.4\n\ndependencies:\n  a: 1.2.3\n\npackages:\n\n  /a/1.2.3:\n    dev: false\n\n  /@b/c/2.0.0_d@1.0.0:\n    dev: true\n",
    ),
    (
        4,
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.2.3(b@2.0.0)\n\npackages:\n\n  a@1.2.3:\n    resolution: {integrity: sha512-AA==}\n\n  b@2.0.0: {}\n\nsnapshots:\n\n  a@1.2.3(b@2.0.0):\n    dependencies:\n      b: 2.0.0\n\n  b@2.0.0: {}\n",
    ),
    (
        6,
        "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"a\" }]\n\n[package.optional-dependencies]\nx = [{ name = \"b\", version = \"2\" }]\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\nname = \"b\"\nversion = \"2\"\n",
    ),
];

const DOCKERFILES: &[&str] = &[
    "# syntax=docker/dockerfile:1\nARG V=3\nFROM --platform=$BUILDPLATFORM alpine:${V:-3} AS a\nRUN --mount=type=cache,target=/c apk add b \\\n # c\n && curl -k https://e.example/x | sh\nUSER root\n",
    "FROM b\nRUN <<-\"E\" bash\n\tapt-get install c\n\tE\nCOPY --from=a --chmod=777 a b /c\nENV A b c\nCMD node 'x y'\nHEALTHCHECK --interval=1s CMD true\nONBUILD ADD x y\n",
    "# escape=`\nFROM c\nSHELL [\"powershell\"]\nRUN dir `\n  c:\\\nLABEL a=b \"c d\"='e'\nEXPOSE 22 99999\n# hadolint ignore=DL3002\nUSER 0\n",
    "FROM d\nRUN for i in a b; do case $i in a) x;; *) (y; { z; }) ;; esac; done; f() { sh -c \"$(wget -qO- u)\"; }; if a; then b; fi\n",
];

/// Files of tests, and a pattern.
const IMAGE_TESTS: &[&str] = &[
    "schemaVersion: 2.0.0\nglobalEnvVars: [{key: A, value: $B}]\ncommandTests:\n- name: a\n  setup: [[x]]\n  command: b\n  args: [$A]\n  exitCode: 010\n  expectedOutput: ['(?i)^a[\\w-.]{2,}$']\nfileExistenceTests:\n- &f {name: b, path: /etc, permissions: drwxr-xr-x, uid: -1, isExecutableBy: any}\n- {<<: *f, shouldExist: no}\nmetadataTest: {cmd: [], labels: [{key: a, value: .*, isRegex: yes}]}\n",
    "schemaVersion: 1.0.0\ncommandTests: [{name: a, command: [b]}]\nlicenseTests: [{debian: true, files: [/a]}]\n",
    r#"{"SchemaVersion":"2.0.0","fileContentTests":[{"name":"a","path":"/b","expectedContents":["\\Qx\\E"]}]}"#,
    "schemaVersion: sekisho/1\nvariables: {who: app}\nfiles: [{path: \"/**/*.so\", owner: \"${{ who }}\", mode: \"0644\", min_size: 1KiB}]\nexecutables: [/bin/*]\npackages: {required: [\"deb:a >= 1, < 2\"]}\nfindings: {max_severity: low}\ncommands: [{run: [a], timeout: 3}]\n",
    "(?s:[[:^alpha:]\\d-z]|\\p{Greek}+?){1,3}\\z",
];

/// What is deployed, after a byte that chooses the notation.
const DEPLOYMENTS: &[&str] = &[
    "\0{\"family\":\"a\",\"requiresCompatibilities\":[\"FARGATE\"],\"volumes\":[{\"name\":\"v\",\"host\":{\"sourcePath\":\"/run\"}}],\"containerDefinitions\":[{\"name\":\"w\",\"image\":\"<I>\",\"user\":\"0\",\"dependsOn\":[{\"containerName\":\"w\",\"condition\":\"HEALTHY\"}]}]}",
    "\x01Parameters: {P: {Type: String, Default: a}}\nConditions: {C: !Equals [!Ref P, a]}\nResources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Condition: C\n    Properties: {ContainerDefinitions: [{Name: !Sub '${P}-w', Image: !If [C, a:1, !Ref AWS::NoValue]}]}\n",
    "\x02locals {\n  a = { b = \"c\" }\n}\nresource \"aws_ecs_task_definition\" \"t\" {\n  family = local.a.b\n  container_definitions = jsonencode([{ name = \"w\", image = \"${var.i}:1\" }])\n  volume {\n    name = \"v\"\n  }\n}\n",
];

/// What Docker keeps of a tar, with a file that the target has, and a name in base64.
const TAR_SPLIT: &str = "{\"type\":2,\"payload\":\"aGVhZA==\",\"position\":0}\n{\"type\":1,\"name\":\"d/\",\"payload\":null,\"position\":1}\n{\"type\":1,\"name\":\"a\",\"size\":7,\"payload\":\"AAAAAAAAAAA=\",\"position\":2}\n{\"type\":1,\"name_raw\":\"YQ==\",\"size\":7,\"position\":3}\n";

/// Writes the seeds below `corpus`, a directory a target.
pub fn write(corpus: &Path) -> io::Result<()> {
    for (target, seeds) in seeds() {
        let directory = corpus.join(target);
        fs_err::create_dir_all(&directory)?;
        for (number, seed) in seeds.iter().enumerate() {
            fs_err::write(directory.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}

/// Target and its seeds.
fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let text = |seeds: &[&str]| seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let others = OTHER_LOCK_FILES.iter().copied();
    let lock_files =
        (0_u8..).zip(LOCK_FILES.iter().copied()).chain(others).map(|(choice, text)| {
            let mut seed = vec![choice];
            seed.extend_from_slice(text.as_bytes());
            seed
        });
    let feeds = feeds::FEEDS.iter().map(|(target, seeds)| (*target, text(seeds)));
    let mut seeds = vec![
        ("tar", tars()),
        ("tar_split", text(&[TAR_SPLIT])),
        ("blob", blobs()),
        ("bolt", vec![containerd()]),
        ("database", database::database()),
        ("elf", elves()),
        ("java", jars()),
        ("deployment", text(DEPLOYMENTS)),
        ("dockerfile", text(DOCKERFILES)),
        ("image_test", text(IMAGE_TESTS)),
        ("dpkg", dpkg()),
        ("apk", vec![apk().into_bytes()]),
        (
            "pacman",
            text(&[
                "%NAME%\na\n\n%VERSION%\n1:2.3-4\n\n%BASE%\nb\n\n%ARCH%\nx86_64\n\n%LICENSE%\nMIT\n",
                "%FILES%\nusr/\nusr/bin/\nusr/bin/a\n\n%BACKUP%\netc/a\t00\n",
            ]),
        ),
        ("rpm_sqlite", vec![b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec()]),
        ("rpm_ndb", vec![b"RpmP\0\0\0\0\x01\0\0\0\x01\0\0\0".to_vec()]),
        ("rpm_bdb", vec![[&[0; 12][..], &[0x61, 0x15, 0x06, 0, 9, 0, 0, 0]].concat()]),
        (
            "rpm_manifest",
            text(&[
                "bash\t5.1.8-1.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\tbash-5.1.8-1.cm2.src.rpm\n",
            ]),
        ),
        (
            "npm",
            text(&[
                r#"{"name":"@a/b","version":"1.2.3","license":"MIT","author":{"name":"x"}}"#,
                r#"{"name":"a","version":"1.2.3","licenses":[{"type":"MIT"},"BSD"]}"#,
            ]),
        ),
        (
            "python",
            text(&[
                "Metadata-Version: 2.1\nName: a\nVersion: 1.2.3\nLicense: MIT\nClassifier: License :: OSI Approved\nLicense-Expression: MIT\n\ntext\n",
            ]),
        ),
        (
            "ruby",
            text(&[
                "Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  s.version = \"1.2.3\"\n  s.licenses = [\"MIT\".freeze]\n  s.platform = \"x86_64-linux\".freeze\nend\n",
            ]),
        ),
        (
            "php",
            text(&[
                r#"{"packages":[{"name":"a/b","version":"v1.2.3","version_normalized":"1.2.3.0","license":["MIT"]}],"dev":true}"#,
            ]),
        ),
        (
            "dotnet",
            text(&[
                r#"{"runtimeTarget":{"name":".NETCoreApp,Version=v6.0"},"targets":{".NETCoreApp,Version=v6.0":{"a/1.2.3":{"dependencies":{"b":"2.0.0"},"runtime":{"a.dll":{}}}}},"libraries":{"a/1.2.3":{"type":"package"},"b/2.0.0":{"type":"project"}}}"#,
            ]),
        ),
        ("lock_files", lock_files.collect()),
        ("secret", secrets()),
        ("sbom_cyclonedx", text(documents::CYCLONEDX)),
        ("sbom_spdx", text(documents::SPDX)),
        ("vex_openvex", text(documents::OPENVEX)),
        ("vex_csaf", text(documents::CSAF)),
        ("vex_cyclonedx", text(documents::CYCLONEDX_VEX)),
    ];
    seeds.extend(feeds);
    seeds
}

/// The first byte chooses the path and where the content is cut.
fn secrets() -> Vec<Vec<u8>> {
    // A look of secrets only: none has the length or the checksum of one.
    [
        "\0DATABASE_URL=postgres://a:bcdefgh@db.example/c\nAPI_TOKEN='0f1e2d3c4b5a'\n",
        "\x01//npm.example/:_authToken=npm_000\n",
        "\x02-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "\x03root:$6$salt$hash:19700:0:99999:7:::\n",
        "\x04users:\n- name: a\n  user:\n    client-key-data: LS0tLS1CRUdJTg==\n    token: eyJhbGciOiJub25lIn0.e30.\n",
    ]
    .iter()
    .map(|seed| seed.as_bytes().to_vec())
    .collect()
}

fn tars() -> Vec<Vec<u8>> {
    let long = "d/".repeat(60);
    let capability = Attributes { capability: vec![1, 0, 0, 2], ..Attributes::mode(0o4755) };
    let mut tars: Vec<Layer> = vec![
        LayerBuilder::new()
            .directory("a")
            .file("a/b", "text")
            .symlink("a/c", "../../b")
            .hard_link("a/d", "a/b")
            .char_device("null", 1, 3)
            .whiteout("a/e")
            .opaque("a")
            .finish(),
        LayerBuilder::new()
            .file(&long, "x")
            .file_with("ping", "x", &capability)
            .symlink("l", &long)
            .finish(),
        LayerBuilder::new()
            .long_names(LongNames::Gnu)
            .file(&long, "x")
            .symlink("l", &long)
            .finish(),
        LayerBuilder::new()
            .pax(&[(b"size", b"3"), (b"uid", b"70000"), (b"path", b"p")])
            .file("a", "xyz")
            .finish(),
    ];
    for format in [SparseFormat::OldGnu, SparseFormat::Pax01, SparseFormat::Pax10] {
        tars.push(
            LayerBuilder::new().sparse("s", format, 4000, &[(2, b"abc"), (3000, b"d")]).finish(),
        );
    }
    tars.into_iter().map(|layer| layer.tar).collect()
}

/// The metadata of a containerd with one image.
fn containerd() -> Vec<u8> {
    let mut root = BoltBucket::default();
    let namespace = root.bucket("v1").bucket("default");
    let target = namespace.bucket("images").bucket("a").bucket("target");
    target.value("digest", "sha256:00").value("size", [0xce, 6]);
    bolt(&root, 1)
}

fn blobs() -> Vec<Vec<u8>> {
    let layer = LayerBuilder::new().file("a", "text".repeat(100)).finish();
    let mut blobs = Vec::new();
    for compression in [BlobCompression::Plain, BlobCompression::Gzip, BlobCompression::Zstd] {
        let mut image = ImageBuilder::new();
        let image = image.compression(compression).layer(layer.clone(), "").build();
        blobs.extend(image.layers.into_iter().map(|layer| layer.blob.bytes));
    }
    blobs.push(blobs[1].repeat(2));
    blobs.push(Bundle::default().to_tar(""));
    blobs
}

fn elves() -> Vec<Vec<u8>> {
    let modules = "path\ta\nmod\ta\t(devel)\t\ndep\tb\tv1.0.0\th1:AA=\n=>\tc\tv2.0.0\th1:AA=\nbuild\t-ldflags=\"-X main.version=1\"\n";
    let packages = r#"{"packages":[{"name":"a","version":"1.0.0","source":"local","root":true,"dependencies":[1]},{"name":"b","version":"2.0.0","source":"registry","kind":"build"}]}"#;
    // As Go wrote it before 1.18: addresses of two string headers.
    let pointers = [
        b"\xff Go buildinf:\x08\0".to_vec(),
        [0x40_1000_u64, 0x40_1010].iter().flat_map(|at| at.to_le_bytes()).collect(),
    ];
    [
        Elf::default().section(".go.buildinfo", go_buildinfo("go1.20", modules)),
        Elf::default().section(".go.buildinfo", pointers.concat()),
        Elf::dynamic(&["libc.so.6"]).section(".dep-v0", rust_dep_section(packages)),
        Elf { runpath: Some("$ORIGIN".to_owned()), ..Elf::library("liba.so.1", &["libc.so.6"]) },
        Elf { kind: ElfKind::Object, ..Elf::default() },
    ]
    .iter()
    .map(Elf::to_bytes)
    .collect()
}

fn jars() -> Vec<Vec<u8>> {
    let inner = maven_jar("g", "a", "1.0").finish();
    vec![
        maven_jar("g", "b", "2.0").stored("BOOT-INF/lib/a-1.0.jar", &inner).finish(),
        maven_jar("g", "b", "2.0").deflated("WEB-INF/lib/a-1.0.jar", &inner).finish(),
        ZipBuilder::new().lying("META-INF/MANIFEST.MF", &[b'a'; 500], 10).finish(),
        inner,
    ]
}

fn dpkg() -> Vec<Vec<u8>> {
    let mut package = DebPackage::new("a", "1:2.3-4");
    package.source = Some("b (1.0)".to_owned());
    package.is_multi_arch = true;
    let mut removed = DebPackage::new("c", "1");
    "deinstall ok config-files".clone_into(&mut removed.status);
    let status = dpkg_status(&[package, removed]).into_bytes();
    vec![status, b"/.\n/usr/bin/a\n".to_vec(), b"00  usr/bin/a\n".to_vec()]
}

fn apk() -> String {
    let mut package = ApkPackage::new("a", "1.2.3-r4");
    package.files = vec!["bin/a".to_owned(), "etc/a/b".to_owned()];
    apk_installed(&[package])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fuzz_target_has_seeds() {
        let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
        let mut want: Vec<_> = fs_err::read_dir(targets)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let mut targets: Vec<_> = seeds().iter().map(|(target, _)| (*target).to_owned()).collect();
        want.sort_unstable();
        targets.sort_unstable();
        assert_eq!(targets, want);
        assert!(seeds().iter().all(|(_, seeds)| !seeds.is_empty()));
    }
}
