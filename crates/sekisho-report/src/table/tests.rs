use sekisho_testkit::report;
use sekisho_types::report::{Location, Report};

use crate::{
    ALL, Language, Options,
    terminal::{is_unsafe, width},
};

fn table(report: &Report, options: &Options) -> String {
    let format = ALL.iter().find(|format| format.id == "table").unwrap();
    let mut out = Vec::new();
    (format.write)(report, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn options() -> Options {
    Options { now: Some("2026-11-01T00:00:00Z".parse().unwrap()), ..Options::default() }
}

#[test]
fn a_person_sees_what_where_and_what_next() {
    insta::assert_snapshot!(table(&report::image(), &options()), @"
    Image       registry.example/team/shop:1.4
    Source      registry
    Digest      sha256:abababababababababababababababababababababababababababababababab
    System      Debian GNU/Linux 12 (bookworm)
    Created     2024-05-01 12:30 UTC (913 days ago)
    Base        debian:bookworm-slim, the lowest layer, made 2024-04-23 22:10 UTC (921 days ago)
    Platform    linux/amd64
    Layers      3, 120.0 MiB in 8356 files
    Advisories  revision 2026-10-31, updated 2026-10-31 06:00 UTC (today)

    Verdict  FAIL  by policy default
      - 2 findings are high or worse
      - the rule jwt of the settings takes the place of a built-in one

    Findings  1 critical, 1 high, 1 medium, 1 low, 1 suppressed

    Vulnerabilities 1
      libssl3 3.0.11-1~deb12u2  layer 2, var/lib/dpkg/status
        3.0.13-1~deb12u1 clears it
        critical  CVE-2024-0727  OpenSSL: a PKCS12 file can crash the reader
                  fixed in 3.0.13-1~deb12u1, exploited since 2024-03-01, EPSS 12.3 %
      CVE-2024-4603  OpenSSL: checking long DSA keys is slow
        suppressed by security@team.example until 2027-01-31: the service reads no DSA keys

    Secrets 1
      high      SEK-SECRET-0001  An AWS access key lies in the image
                AKIA**************** is an access key of AWS; a later layer deletes the file.
                where  layer 2, app/.env:3
                do     Revoke the key, then build the image without it.

    Configuration 1
      medium    SEK-IMAGE-0001  The image runs as root
                The configuration names no user.
                do     Add USER with a number above 0 to the Dockerfile.
                see    https://bench.example/docker/4.1

    Executables 1
      low       SEK-EXEC-0002  A program lacks a library
                libfoo.so.1 is nowhere in the library path.
                where  layer 3, opt/tool/tool

    Not answered 1
      SEK-IMAGE-0004  etc/passwd cannot be read

    Fixes
      apt-get update && apt-get install --only-upgrade -y libssl3
        clears 1, the worst critical

    Packages  6
      deb             2  layer 1: 1, layer 2: 1
      golang          1  layer 3: 1
      npm             3  layer 3: 3
      1 more belongs to a package of the system and is not counted.

    Not looked up
      made by Docker, so the distribution says nothing of it: docker-ce-cli (1)

    Layers  3
      Layer       Size    Files  Packages  Made by
          1   74.2 MiB     6842         1  /bin/sh -c #(nop) ADD file:9cb0 in /
          2   11.8 MiB      310         1  RUN apt-get install -y openssl curl
          3   34.0 MiB     1204         4  COPY app /app

    Programs  5 programs and libraries, 0 scripts
      setuid or setgid         1  usr/bin/su (4755)
      file capabilities        1  usr/bin/ping (cap_net_raw)
      owned by no package      2  usr/local/bin/shop, opt/tool/tool
      missing libraries        1  opt/tool/tool (libfoo.so.1)
      perhaps unneeded         1  usr/bin/perl (1.0 MiB), removing them would save 1.0 MiB

    Not readable  1
      layer 1, var/lib/dpkg/status.d/odd
        line 3: a package without a version

    Next
      sekisho explain SEK-SECRET-0001
        why it matters, and how to fix it
      sekisho image scan --format html=report.html registry:registry.example/team/shop:1.4
        this report as a page, with pictures
      sekisho image scan --format json=report.json registry:registry.example/team/shop:1.4
        everything found, for scripts
      sekisho image sbom registry:registry.example/team/shop:1.4
        the bill of materials
    ");
}

#[test]
fn a_directory_without_anything_is_told_in_few_lines() {
    insta::assert_snapshot!(table(&report::empty_directory(), &Options::default()), @"
    Directory  rootfs
    Source     dir
    System     not recognised

    Verdict  PASS  by policy default

    Findings
      Nothing was found.

    Packages  0
      No package was found.

    Next
      sekisho image scan --format html=report.html dir:rootfs
        this report as a page, with pictures
      sekisho image scan --format json=report.json dir:rootfs
        everything found, for scripts
      sekisho image sbom dir:rootfs
        the bill of materials
    ");
}

#[test]
fn japanese_is_told_in_japanese() {
    let options = Options { language: Language::Japanese, width: Some(80), ..options() };
    insta::assert_snapshot!(table(&report::image(), &options), @"
    イメージ          registry.example/team/shop:1.4
    取得元            registry
    ダイジェスト      sha256:abababababababababababababababababababababababababababa
                      babababab
    OS                Debian GNU/Linux 12 (bookworm)
    作成日時          2024-05-01 12:30 UTC (913 日前)
    ベースイメージ    debian:bookworm-slim（最下層）、作成 2024-04-23 22:10 UTC (921
                      日前)
    プラットフォーム  linux/amd64
    レイヤー          3 層、120.0 MiB、8356 ファイル
    脆弱性情報        リビジョン 2026-10-31、更新 2026-10-31 06:00 UTC (今日)

    判定  不合格  ポリシー default による
      - 深刻度「高」以上が 2 件
      - 設定にあるルール jwt が組み込みのルールに代わる

    検出結果  緊急 1 件、高 1 件、中 1 件、低 1 件、例外として除外 1 件

    脆弱性 1
      libssl3 3.0.11-1~deb12u2  レイヤー 2 の var/lib/dpkg/status
        3.0.13-1~deb12u1 で解消
        緊急  CVE-2024-0727  OpenSSL: a PKCS12 file can crash the reader
              3.0.13-1~deb12u1 で修正済み、2024-03-01 から悪用あり、EPSS（悪用予測）
              12.3 %
      CVE-2024-4603  OpenSSL: checking long DSA keys is slow
        security@team.example による例外（2027-01-31 まで）: the service reads no
        DSA keys

    秘密情報 1
      高    SEK-SECRET-0001  An AWS access key lies in the image
            AKIA**************** is an access key of AWS; a later layer deletes the
            file.
            場所  レイヤー 2 の app/.env:3
            対処  Revoke the key, then build the image without it.

    設定 1
      中    SEK-IMAGE-0001  イメージが root で動く
            設定にユーザーの指定がありません。
            対処  Dockerfile に 0 より大きい番号の USER を書いてください。
            参考  https://bench.example/docker/4.1

    実行ファイル 1
      低    SEK-EXEC-0002  A program lacks a library
            libfoo.so.1 is nowhere in the library path.
            場所  レイヤー 3 の opt/tool/tool

    判定できなかった検査 1
      SEK-IMAGE-0004  etc/passwd cannot be read

    修正方法
      apt-get update && apt-get install --only-upgrade -y libssl3
        1 件を解消（最大の深刻度: 緊急）

    パッケージ  6
      deb             2  レイヤー 1: 1、レイヤー 2: 1
      golang          1  レイヤー 3: 1
      npm             3  レイヤー 3: 3
      ほかに 1 件は OS のパッケージに含まれるため、数えていません。

    照合しなかったもの
      Docker のパッケージ 1 件（ディストリビューションの情報の対象外）:
      docker-ce-cli

    レイヤー  3
      レイヤー     サイズ  ファイル数  パッケージ  作成コマンド
             1   74.2 MiB        6842           1  /bin/sh -c #(nop) ADD file:9cb0 …
             2   11.8 MiB         310           1  RUN apt-get install -y openssl c…
             3   34.0 MiB        1204           4  COPY app /app

    実行ファイル  プログラムとライブラリー 5 個、スクリプト 0 個
      setuid・setgid                  1  usr/bin/su (4755)
      ケーパビリティー付き            1  usr/bin/ping (cap_net_raw)
      どのパッケージにも属さない      2  usr/local/bin/shop、opt/tool/tool
      ライブラリー不足                1  opt/tool/tool (libfoo.so.1)
      不要な可能性                    1  usr/bin/perl (1.0 MiB)、削除すると 1.0 MiB
                                         減ります

    読み取れなかったもの  1
      レイヤー 1 の var/lib/dpkg/status.d/odd
        3 行目: バージョンのないパッケージ

    次にできること
      sekisho explain SEK-SECRET-0001
        理由と直し方を見る
      sekisho image scan --format html=report.html registry:registry.example/team/shop:1.4
        図入りのページとして書き出す
      sekisho image scan --format json=report.json registry:registry.example/team/shop:1.4
        すべての結果をスクリプト用に書き出す
      sekisho image sbom registry:registry.example/team/shop:1.4
        SBOM を書き出す
    ");
}

#[test]
fn colours_are_there_only_when_asked_for() {
    let plain = table(&report::image(), &options());
    assert!(!plain.contains('\u{1b}'));
    let colored = table(&report::image(), &Options { color: true, ..options() });
    assert!(colored.contains("\u{1b}[1m"));
    let stripped: String = colored
        .split('\u{1b}')
        .map(|part| part.split_once('m').map_or(part, |(_, rest)| rest))
        .collect();
    // The first part has no escape code before it.
    assert!(stripped.ends_with(plain.split_once('\n').unwrap().1));
}

#[test]
fn hostile_text_never_commands_the_terminal() {
    for width in [None, Some(0), Some(40), Some(u16::MAX)] {
        let shown = table(&report::hostile_image(), &Options { width, ..options() });
        assert!(shown.contains(r"\u{1b}"));
        assert!(!shown.chars().any(|char| char != '\n' && is_unsafe(char)), "{shown:?}");
    }
}

#[test]
fn lines_fit_the_terminal() {
    for (language, columns) in [(Language::English, 60), (Language::Japanese, 60)] {
        let options = Options { language, width: Some(columns), ..options() };
        for line in table(&report::image(), &options).lines() {
            let is_command = ["  sekisho ", "  apt-get "].iter().any(|it| line.starts_with(it));
            assert!(is_command || width(line) <= usize::from(columns), "{line}");
        }
    }
}

#[test]
fn findings_of_one_check_say_once_what_they_have_in_common() {
    let mut report = report::image();
    let mut finding = report.findings.pop().unwrap();
    finding.package = None;
    report.findings = (0..12)
        .map(|number| {
            let mut finding = finding.clone();
            finding.message = format!("mode 4755, owner {number}:0");
            finding.location = Some(Location::of_file(None, format!("usr/bin/tool-{number:02}")));
            finding
        })
        .collect();
    let shown = table(&report, &Options { width: Some(80), ..options() });
    let (_, shown) = shown.split_once("Findings").unwrap();
    let (shown, _) = shown.split_once("Packages").unwrap();
    insta::assert_snapshot!(shown, @"
      12 low

    Executables 12
      low       SEK-EXEC-0002  A program lacks a library ×12
                - usr/bin/tool-00: mode 4755, owner 0:0
                - usr/bin/tool-01: mode 4755, owner 1:0
                - usr/bin/tool-02: mode 4755, owner 2:0
                - usr/bin/tool-03: mode 4755, owner 3:0
                - usr/bin/tool-04: mode 4755, owner 4:0
                - usr/bin/tool-05: mode 4755, owner 5:0
                - usr/bin/tool-06: mode 4755, owner 6:0
                - usr/bin/tool-07: mode 4755, owner 7:0
                - usr/bin/tool-08: mode 4755, owner 8:0
                - usr/bin/tool-09: mode 4755, owner 9:0
                … 2 more

    Not answered 1
      SEK-IMAGE-0004  etc/passwd cannot be read

    Fixes
      apt-get update && apt-get install --only-upgrade -y libssl3
        clears 1, the worst critical
    ");
}

#[test]
fn many_findings_are_counted_and_not_listed() {
    let mut report = report::image();
    let finding = report.findings[0].clone();
    report.findings = vec![finding; 5_000];
    report.unknowns = vec![report.unknowns[0].clone(); 5_000];
    let shown = table(&report, &options());
    assert!(shown.contains("… 4980 more\n") && shown.contains("… 4980 more places\n"));
    assert!(shown.lines().count() < 1_000);
}
