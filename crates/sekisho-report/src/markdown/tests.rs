use sekisho_testkit::report::{self, HOSTILE};

use super::{document, escaped};
use crate::{Language, Options};

fn options(language: Language) -> Options {
    let now = Some("2026-11-01T00:00:00Z".parse().unwrap());
    Options { language, now, ..Options::default() }
}

#[test]
fn a_comment_says_the_verdict_first() {
    insta::assert_snapshot!(document(&report::image(), &options(Language::English)), @"
    ## ❌ FAIL: <code>registry.example/team/shop:1.4</code>

    **Findings**: 1 critical, 1 high, 1 medium, 1 low, 1 suppressed

    - 2 findings are high or worse
    - the rule jwt of the settings takes the place of a built-in one
    - Debian GNU/Linux 12 (bookworm) · Created 2024-05-01 12:30 UTC (913 days ago) · Layers 3, 120.0 MiB in 8356 files · Source registry · <code>sha256:abababababababababababababababababababababababababababababababab</code>

    ### Vulnerabilities (1)

    | Severity | Check | Finding | Where | What to do |
    | --- | --- | --- | --- | --- |
    | 🟥 critical | [CVE-2024-0727](https://security.example/CVE-2024-0727) | OpenSSL: a PKCS12 file can crash the reader<br>A crafted PKCS12 file makes OpenSSL read through a null pointer.<br>**exploited since 2024-03-01**<br>**EPSS 12.3 %** | <code>libssl3 3.0.11-1&#126;deb12u2, fixed in 3.0.13-1&#126;deb12u1</code><br><code>layer 2, var/lib/dpkg/status</code> | Upgrade libssl3 to 3.0.13-1&#126;deb12u1. |

    - CVE-2024-4603 suppressed by security&#64;<span></span>team.example until 2027-01-31: the service reads no DSA keys

    ### Secrets (1)

    | Severity | Check | Finding | Where | What to do |
    | --- | --- | --- | --- | --- |
    | 🟧 high | SEK-SECRET-0001 | An AWS access key lies in the image<br>AKIA&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42; is an access key of AWS; a later layer deletes the file. | <code>layer 2, app/.env:3</code> | Revoke the key, then build the image without it. |

    ### Configuration (1)

    | Severity | Check | Finding | Where | What to do |
    | --- | --- | --- | --- | --- |
    | 🟨 medium | [SEK-IMAGE-0001](https://bench.example/docker/4.1) | The image runs as root<br>The configuration names no user. |  | Add USER with a number above 0 to the Dockerfile. |

    ### Executables (1)

    | Severity | Check | Finding | Where | What to do |
    | --- | --- | --- | --- | --- |
    | 🟦 low | SEK-EXEC-0002 | A program lacks a library<br>libfoo.so.1 is nowhere in the library path. | <code>layer 3, opt/tool/tool</code> |  |

    ### Fixes

    - <code>apt-get update &amp;&amp; apt-get install --only-upgrade -y libssl3</code>: clears 1, the worst critical

    ### Packages (6)

    deb 2 · golang 1 · npm 3

    Not looked up: made by Docker, so the distribution says nothing of it: docker-ce-cli (1)

    ### Programs (5)

    - setuid or setgid 1: <code>usr/bin/su</code>
    - file capabilities 1: <code>usr/bin/ping</code>
    - owned by no package 2: <code>usr/local/bin/shop</code> <code>opt/tool/tool</code>
    - missing libraries 1: <code>opt/tool/tool</code>
    - perhaps unneeded 1: removing them would save 1.0 MiB

    ### Not readable (1)

    - <code>layer 1, var/lib/dpkg/status.d/odd</code>: line 3: a package without a version
    ");
}

#[test]
fn a_comment_in_japanese() {
    insta::assert_snapshot!(document(&report::image(), &options(Language::Japanese)), @"
    ## ❌ 不合格: <code>registry.example/team/shop:1.4</code>

    **検出結果**: 緊急 1 件、高 1 件、中 1 件、低 1 件、例外として除外 1 件

    - 深刻度「高」以上が 2 件
    - 設定にあるルール jwt が組み込みのルールに代わる
    - Debian GNU/Linux 12 (bookworm) · 作成日時 2024-05-01 12:30 UTC (913 日前) · レイヤー 3 層、120.0 MiB、8356 ファイル · 取得元 registry · <code>sha256:abababababababababababababababababababababababababababababababab</code>

    ### 脆弱性 (1)

    | 深刻度 | 検査項目 | 内容 | 場所 | 対処 |
    | --- | --- | --- | --- | --- |
    | 🟥 緊急 | [CVE-2024-0727](https://security.example/CVE-2024-0727) | OpenSSL: a PKCS12 file can crash the reader<br>A crafted PKCS12 file makes OpenSSL read through a null pointer.<br>**2024-03-01 から悪用あり**<br>**EPSS（悪用予測）12.3 %** | <code>libssl3 3.0.11-1&#126;deb12u2（3.0.13-1&#126;deb12u1 で修正済み）</code><br><code>レイヤー 2 の var/lib/dpkg/status</code> | Upgrade libssl3 to 3.0.13-1&#126;deb12u1. |

    - CVE-2024-4603 security&#64;<span></span>team.example による例外（2027-01-31 まで）: the service reads no DSA keys

    ### 秘密情報 (1)

    | 深刻度 | 検査項目 | 内容 | 場所 | 対処 |
    | --- | --- | --- | --- | --- |
    | 🟧 高 | SEK-SECRET-0001 | An AWS access key lies in the image<br>AKIA&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42;&#42; is an access key of AWS; a later layer deletes the file. | <code>レイヤー 2 の app/.env:3</code> | Revoke the key, then build the image without it. |

    ### 設定 (1)

    | 深刻度 | 検査項目 | 内容 | 場所 | 対処 |
    | --- | --- | --- | --- | --- |
    | 🟨 中 | [SEK-IMAGE-0001](https://bench.example/docker/4.1) | イメージが root で動く<br>設定にユーザーの指定がありません。 |  | Dockerfile に 0 より大きい番号の USER を書いてください。 |

    ### 実行ファイル (1)

    | 深刻度 | 検査項目 | 内容 | 場所 | 対処 |
    | --- | --- | --- | --- | --- |
    | 🟦 低 | SEK-EXEC-0002 | A program lacks a library<br>libfoo.so.1 is nowhere in the library path. | <code>レイヤー 3 の opt/tool/tool</code> |  |

    ### 修正方法

    - <code>apt-get update &amp;&amp; apt-get install --only-upgrade -y libssl3</code>: 1 件を解消（最大の深刻度: 緊急）

    ### パッケージ (6)

    deb 2 · golang 1 · npm 3

    照合しなかったもの: Docker のパッケージ 1 件（ディストリビューションの情報の対象外）: docker-ce-cli

    ### 実行ファイル (5)

    - setuid・setgid 1: <code>usr/bin/su</code>
    - ケーパビリティー付き 1: <code>usr/bin/ping</code>
    - どのパッケージにも属さない 2: <code>usr/local/bin/shop</code> <code>opt/tool/tool</code>
    - ライブラリー不足 1: <code>opt/tool/tool</code>
    - 不要な可能性 1: 削除すると 1.0 MiB 減ります

    ### 読み取れなかったもの (1)

    - <code>レイヤー 1 の var/lib/dpkg/status.d/odd</code>: 3 行目: バージョンのないパッケージ
    ");
}

#[test]
fn hostile_text_stays_text() {
    let shown = escaped(HOSTILE);
    for mark in ["<script", "</td", "](", "`", "|", "\u{1b}", "\u{202e}"] {
        assert!(!shown.contains(mark), "{mark:?} in {shown}");
    }
    let document = document(&report::hostile_image(), &options(Language::English));
    assert!(!document.contains("<script") && !document.contains('\u{202e}'));
    // A row has as many cells as its head, whatever a name holds.
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        assert_eq!(line.matches('|').count(), 6, "{line}");
    }
}

#[test]
fn nobody_is_called_and_nothing_is_linked_by_a_name() {
    assert_eq!(
        escaped("@team #1 https://a.example"),
        "&#64;<span></span>team &#35;<span></span>1 https:<span></span>//a.example"
    );
}

#[test]
fn a_comment_fits_what_a_service_takes() {
    let mut report = report::image();
    let mut finding = report.findings[0].clone();
    finding.message = "x".repeat(100_000);
    report.findings = vec![finding; 5_000];
    let document = document(&report, &options(Language::English));
    assert!(document.len() < 65_536, "{}", document.len());
    assert!(document.contains(" more\n"));
}
