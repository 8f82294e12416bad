//! What is installed in the demo image, with versions that were current at some time.

pub(super) const OS_RELEASE: &str = "\
PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"
NAME=\"Debian GNU/Linux\"
VERSION_ID=\"12\"
VERSION=\"12 (bookworm)\"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL=\"https://www.debian.org/\"
";

pub(super) const APP_PACKAGE_JSON: &str = r#"{
  "name": "shop",
  "version": "1.4.2",
  "private": true,
  "dependencies": {"axios": "0.18.0", "express": "4.16.4", "lodash": "4.17.11"}
}
"#;

pub(super) const SERVER_JS: &str = "\
const express = require('express');
const app = express();
app.get('/', (request, response) => response.send('shop'));
app.listen(8080);
";

pub(super) const START_SH: &str = "\
#!/bin/sh
set -eu
/usr/local/bin/gateway &
exec node /srv/shop/server.js
";

/// Path and needed libraries. Those of `lib*.so*` are made as libraries.
pub(super) const BASE_PROGRAMS: &[(&str, &[&str])] = &[
    ("usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", &[]),
    ("usr/lib/x86_64-linux-gnu/libc.so.6", &["ld-linux-x86-64.so.2"]),
    ("usr/lib/x86_64-linux-gnu/libm.so.6", &["libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libtinfo.so.6", &["libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libz.so.1", &["libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libselinux.so.1", &["libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libcrypto.so.3", &["libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libssl.so.3", &["libcrypto.so.3", "libc.so.6"]),
    ("usr/bin/bash", &["libtinfo.so.6", "libc.so.6"]),
    ("usr/bin/dash", &["libc.so.6"]),
    ("usr/bin/cat", &["libc.so.6"]),
    ("usr/bin/cp", &["libselinux.so.1", "libc.so.6"]),
    ("usr/bin/env", &["libc.so.6"]),
    ("usr/bin/ls", &["libselinux.so.1", "libc.so.6"]),
    ("usr/bin/dpkg", &["libselinux.so.1", "libc.so.6"]),
    ("usr/bin/perl", &["libm.so.6", "libc.so.6"]),
    ("usr/bin/tar", &["libselinux.so.1", "libc.so.6"]),
];

pub(super) const RUNTIME_PROGRAMS: &[(&str, &[&str])] = &[
    ("usr/lib/x86_64-linux-gnu/libcurl.so.4", &["libssl.so.3", "libz.so.1", "libc.so.6"]),
    ("usr/lib/x86_64-linux-gnu/libexpat.so.1", &["libc.so.6"]),
    ("usr/bin/curl", &["libcurl.so.4", "libz.so.1", "libc.so.6"]),
    ("usr/bin/git", &["libz.so.1", "libc.so.6"]),
    // libheif.so.1 is nowhere in the image.
    ("usr/bin/convert", &["libheif.so.1", "libc.so.6"]),
    ("usr/bin/node", &["libcrypto.so.3", "libssl.so.3", "libz.so.1", "libc.so.6"]),
    ("usr/bin/openssl", &["libssl.so.3", "libcrypto.so.3", "libc.so.6"]),
    ("usr/bin/python3.11", &["libexpat.so.1", "libz.so.1", "libm.so.6", "libc.so.6"]),
    ("usr/bin/ssh", &["libcrypto.so.3", "libc.so.6"]),
];

type Deb = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// Package, version, source where it differs, and what it owns: Debian 12.0 of June 2023.
pub(super) const BASE_DEBS: &[Deb] = &[
    ("apt", "2.6.1", "", &[]),
    ("base-files", "12.4", "", &["/usr/lib/os-release", "/etc/debian_version"]),
    ("base-passwd", "3.6.1", "", &[]),
    ("bash", "5.2.15-2+b2", "bash (5.2.15-2)", &["/bin/bash"]),
    ("bsdutils", "1:2.38.1-5+b1", "util-linux (2.38.1-5)", &["/usr/bin/wall"]),
    ("coreutils", "9.1-1", "", &["/bin/cat", "/bin/cp", "/bin/ls", "/usr/bin/env"]),
    ("dash", "0.5.12-2", "", &["/bin/dash", "/bin/sh"]),
    ("debconf", "1.5.82", "", &[]),
    ("debianutils", "5.7-0.4", "", &[]),
    ("diffutils", "1:3.8-4", "", &[]),
    ("dpkg", "1.21.22", "", &["/usr/bin/dpkg"]),
    ("e2fsprogs", "1.47.0-2", "", &[]),
    ("findutils", "4.9.0-4", "", &[]),
    ("gcc-12-base", "12.2.0-14", "gcc-12", &[]),
    ("gpgv", "2.2.40-1.1", "gnupg2", &[]),
    ("grep", "3.8-5", "", &[]),
    ("gzip", "1.12-1", "", &[]),
    ("hostname", "3.23+nmu1", "", &[]),
    ("libacl1", "2.3.1-3", "acl", &[]),
    ("libapt-pkg6.0", "2.6.1", "apt", &[]),
    ("libbz2-1.0", "1.0.8-5+b1", "bzip2 (1.0.8-5)", &[]),
    ("libc-bin", "2.36-9", "glibc", &[]),
    (
        "libc6",
        "2.36-9",
        "glibc",
        &[
            "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
            "/lib/x86_64-linux-gnu/libc.so.6",
            "/lib/x86_64-linux-gnu/libm.so.6",
            "/lib64/ld-linux-x86-64.so.2",
        ],
    ),
    ("libgcrypt20", "1.10.1-3", "", &[]),
    ("libgnutls30", "3.7.9-2", "gnutls28", &[]),
    ("liblz4-1", "1.9.4-1", "lz4", &[]),
    ("liblzma5", "5.4.1-0.2", "xz-utils", &[]),
    ("libpam-modules", "1.5.2-6", "pam", &[]),
    ("libselinux1", "3.4-1+b6", "libselinux (3.4-1)", &["/lib/x86_64-linux-gnu/libselinux.so.1"]),
    (
        "libssl3",
        "3.0.9-1",
        "openssl",
        &["/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.3"],
    ),
    ("libsystemd0", "252.6-1", "systemd", &[]),
    ("libtinfo6", "6.4-4", "ncurses", &["/lib/x86_64-linux-gnu/libtinfo.so.6"]),
    ("libzstd1", "1.5.4+dfsg2-5", "libzstd", &[]),
    ("login", "1:4.13+dfsg1-1+b1", "shadow (1:4.13+dfsg1-1)", &["/bin/su"]),
    ("ncurses-base", "6.4-4", "ncurses", &[]),
    ("passwd", "1:4.13+dfsg1-1+b1", "shadow (1:4.13+dfsg1-1)", &["/usr/bin/passwd"]),
    ("perl-base", "5.36.0-7", "perl", &["/usr/bin/perl"]),
    ("sed", "4.9-1", "", &[]),
    ("tar", "1.34+dfsg-1.2", "", &["/bin/tar"]),
    ("tzdata", "2023c-5", "", &[]),
    ("util-linux", "2.38.1-5+b1", "util-linux (2.38.1-5)", &[]),
    ("zlib1g", "1:1.2.13.dfsg-1", "zlib", &["/lib/x86_64-linux-gnu/libz.so.1"]),
];

pub(super) const RUNTIME_DEBS: &[Deb] = &[
    ("ca-certificates", "20230311", "", &[]),
    ("curl", "7.88.1-10", "", &["/usr/bin/curl"]),
    ("git", "1:2.39.2-1.1", "", &["/usr/bin/git"]),
    ("imagemagick", "8:6.9.11.60+dfsg-1.6", "", &["/usr/bin/convert"]),
    ("iputils-ping", "3:20221126-1", "iputils", &["/usr/bin/ping"]),
    ("libcurl4", "7.88.1-10", "curl", &["/usr/lib/x86_64-linux-gnu/libcurl.so.4"]),
    ("libexpat1", "2.5.0-1", "expat", &["/usr/lib/x86_64-linux-gnu/libexpat.so.1"]),
    ("libkrb5-3", "1.20.1-2", "krb5", &[]),
    ("libldap-2.5-0", "2.5.13+dfsg-5", "openldap", &[]),
    ("libnghttp2-14", "1.52.0-1", "nghttp2", &[]),
    ("libsqlite3-0", "3.40.1-2", "sqlite3", &[]),
    ("libssh2-1", "1.10.0-3+b1", "libssh2 (1.10.0-3)", &[]),
    ("libwebp7", "1.2.4-0.1", "libwebp", &[]),
    ("libxml2", "2.9.14+dfsg-1.2", "", &[]),
    ("nodejs", "18.13.0+dfsg1-1", "", &["/usr/bin/node"]),
    ("openssh-client", "1:9.2p1-2", "openssh", &["/usr/bin/ssh"]),
    ("openssl", "3.0.9-1", "", &["/usr/bin/openssl"]),
    ("python3.11-minimal", "3.11.2-6", "python3.11", &["/usr/bin/python3.11"]),
];

/// What express 4.16.4 and friends bring along.
pub(super) const NODE: &[(&str, &str)] = &[
    ("@babel/traverse", "7.22.8"),
    ("accepts", "1.3.5"),
    ("array-flatten", "1.1.1"),
    ("axios", "0.18.0"),
    ("body-parser", "1.18.3"),
    ("bytes", "3.0.0"),
    ("content-disposition", "0.5.2"),
    ("content-type", "1.0.4"),
    ("cookie", "0.3.1"),
    ("cookie-signature", "1.0.6"),
    ("debug", "2.6.9"),
    ("depd", "1.1.2"),
    ("destroy", "1.0.4"),
    ("ee-first", "1.1.1"),
    ("encodeurl", "1.0.2"),
    ("escape-html", "1.0.3"),
    ("etag", "1.8.1"),
    ("express", "4.16.4"),
    ("finalhandler", "1.1.1"),
    ("follow-redirects", "1.5.10"),
    ("forwarded", "0.1.2"),
    ("fresh", "0.5.2"),
    ("handlebars", "4.0.11"),
    ("http-errors", "1.6.3"),
    ("iconv-lite", "0.4.23"),
    ("inherits", "2.0.3"),
    ("ipaddr.js", "1.8.0"),
    ("jsonwebtoken", "8.3.0"),
    ("lodash", "4.17.11"),
    ("media-typer", "0.3.0"),
    ("merge-descriptors", "1.0.1"),
    ("methods", "1.1.2"),
    ("mime", "1.4.1"),
    ("mime-db", "1.37.0"),
    ("mime-types", "2.1.21"),
    ("minimist", "0.0.8"),
    ("moment", "2.19.2"),
    ("ms", "2.0.0"),
    ("negotiator", "0.6.1"),
    ("node-fetch", "2.3.0"),
    ("on-finished", "2.3.0"),
    ("parseurl", "1.3.2"),
    ("path-to-regexp", "0.1.7"),
    ("proxy-addr", "2.0.4"),
    ("qs", "6.5.2"),
    ("range-parser", "1.2.0"),
    ("raw-body", "2.3.3"),
    ("safe-buffer", "5.1.2"),
    ("send", "0.16.2"),
    ("serve-static", "1.13.2"),
    ("type-is", "1.6.16"),
    ("ws", "6.1.0"),
];

/// Package that has its own copy, package, version.
pub(super) const NODE_NESTED: &[(&str, &str, &str)] =
    &[("follow-redirects", "debug", "3.1.0"), ("handlebars", "minimist", "1.2.0")];

pub(super) const PYTHON: &[(&str, &str)] = &[
    ("certifi", "2018.11.29"),
    ("chardet", "3.0.4"),
    ("cryptography", "2.6"),
    ("Django", "2.2"),
    ("Flask", "0.12.2"),
    ("idna", "2.7"),
    ("Jinja2", "2.10"),
    ("MarkupSafe", "1.1.1"),
    ("numpy", "1.16.0"),
    ("Pillow", "8.0.0"),
    ("pip", "23.0.1"),
    ("pytz", "2019.1"),
    ("PyYAML", "5.1"),
    ("requests", "2.19.1"),
    ("setuptools", "66.1.1"),
    ("sqlparse", "0.2.4"),
    ("urllib3", "1.24.1"),
    ("Werkzeug", "0.15.2"),
];
