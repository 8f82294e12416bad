//! Why something could not be read, in Japanese.
//!
//! Readers state their reasons in English, with causes after colons, and the cache keeps them as
//! they are. Each part is translated by the sentence that it is an instance of; what has none, such
//! as the words of a parser or a path, stays as it is.

/// Sentences with `{}` where something stands that is taken over.
const SENTENCES: &[(&str, &str)] = &[
    ("line {}", "{} 行目"),
    ("\"{}\" line {}", "\"{}\" の {} 行目"),
    ("package record {}", "パッケージレコード {}"),
    ("executable", "実行ファイル"),
    ("capabilities", "ケーパビリティー"),
    ("secrets", "秘密情報"),
    // Files.
    ("the file cannot be read", "ファイルを読めない"),
    ("{} bytes are more than the {} that are looked into", "{} バイトは、調べる上限の {} を超える"),
    ("{} bytes are more than the {} that are read", "{} バイトは、読む上限の {} を超える"),
    ("unpacks to more than {} bytes", "展開すると {} バイトを超える"),
    ("a damaged {} at byte {}", "{}が壊れている（{} バイト目）"),
    ("not valid JSON of the expected shape", "想定した形の JSON ではない"),
    ("not valid {} in line {}", "{} として正しくない（{} 行目）"),
    ("not valid {}", "{} として正しくない"),
    ("more parts are damaged than are listed", "壊れた箇所が一覧の上限を超える"),
    ("more than {} secrets, the rest is not shown", "秘密情報が {} 件を超え、残りは表示しない"),
    (
        "too many places that look like a secret of {} to try all",
        "{} の秘密情報に見える箇所が多すぎ、すべては試せない",
    ),
    (
        "too many places that look like base64 to undo all",
        "base64 に見える箇所が多すぎ、すべては復号できない",
    ),
    (
        "more is packed in this archive than the {} bytes that are read",
        "このアーカイブの中身は、読む上限の {} バイトを超える",
    ),
    ("the history is longer than is read", "履歴が読む上限より長い"),
    // Paths and links.
    ("the path {} leaves the root of the image", "パス {} がイメージのルートの外に出る"),
    ("the path {} holds a NUL byte", "パス {} に NUL バイトがある"),
    ("a path of {} bytes is longer than {}", "{} バイトのパスは上限の {} より長い"),
    ("a whiteout of nothing", "消す対象のないホワイトアウト"),
    ("{} is a circle of links", "{} のリンクが循環している"),
    ("a hard link to {}, which the layer does not hold", "レイヤーにない {} へのハードリンク"),
    (
        "the hard links of the layer lead to more than {} bytes",
        "レイヤーのハードリンクの先が合わせて {} バイトを超えています",
    ),
    (
        "a hard link to {}, which is too large or a link",
        "大きすぎるかリンクである {} へのハードリンク",
    ),
    // Advisories.
    ("the database has no advisories for {}", "データベースに {} の脆弱性情報がない"),
    ("1 package not judged", "パッケージ 1 件は判定なし"),
    ("{} packages not judged", "パッケージ {} 件は判定なし"),
    ("nobody can tell whether {} {} has {}", "{} {} に {} があるかは判定できない"),
    ("they name no version", "対象バージョンの記載がない"),
    (
        "its version and those of the advisory cannot be compared",
        "バージョンを脆弱性情報のものと比較できない",
    ),
    // Packages.
    ("its header has another length than it says", "ヘッダーの長さが記載と異なる"),
    ("its header has no name or no version", "ヘッダーに名前かバージョンがない"),
    ("tag {} of its header is damaged", "ヘッダーのタグ {} が壊れている"),
    ("the lists of its files do not fit together", "ファイルの一覧どうしが合わない"),
    ("the row holds no header", "行にヘッダーがない"),
    ("the database has no readable table Packages", "データベースに読める表 Packages がない"),
    (
        "a gem without a name or a version that is written out",
        "名前かバージョンが直接書かれていない gem",
    ),
    (
        "a library that is not a name, a slash and a version",
        "名前、スラッシュ、バージョンの形でないライブラリー",
    ),
    ("a merge that was not finished", "終わっていないマージ"),
    ("a module without a name or a version", "名前かバージョンのないモジュール"),
    ("a package without a name", "名前のないパッケージ"),
    ("a package without a version", "バージョンのないパッケージ"),
    ("a package without a name or a version", "名前かバージョンのないパッケージ"),
    ("a pom without a name or a version", "名前かバージョンのない pom"),
    (
        "before Go 1.17 modules that only other modules require are not all named",
        "Go 1.17 より前では、間接的に必要なモジュールのすべては書かれていない",
    ),
    ("neither a field nor an empty line", "フィールドでも空行でもない"),
    ("no field", "フィールドがない"),
    (
        "no version of {}, which is from no registry",
        "レジストリー以外から来た {} のバージョンがない",
    ),
    ("no version of {}", "{} のバージョンがない"),
    ("not a directive of go.mod", "go.mod のディレクティブではない"),
    ("not a group, a name and a version", "グループ、名前、バージョンの形ではない"),
    ("not a letter, a colon and a value", "文字、コロン、値の形ではない"),
    ("not the start of an entry", "エントリーの始まりではない"),
    ("not the ten fields of a package", "パッケージの 10 個のフィールドではない"),
    ("the standard library is of no release, {}", "標準ライブラリーがリリース版ではない（{}）"),
    ("the version of {} that is required is excluded", "{} の必要なバージョンが除外されている"),
    (
        "{} of {} dependencies have no version in this file",
        "依存関係 {} 件（全 {} 件中）のバージョンがこのファイルにない",
    ),
    ("{} requirements do not say one version", "バージョンが 1 つに決まらない要件が {} 件"),
    // Archives.
    ("the archive cannot be read", "アーカイブを読めない"),
    ("the zip archive cannot be read", "zip アーカイブを読めない"),
    (
        "not a zip archive, or one that was cut off: it has no end record",
        "zip アーカイブではないか、途中で切れている（終端レコードがない）",
    ),
    (
        "the central directory takes {} bytes, and {} are read",
        "セントラルディレクトリーが {} バイトあり、読む上限の {} を超える",
    ),
    ("the compression method {} is not known", "圧縮方式 {} を知らない"),
    (
        "the end record counts {} entries, and the central directory holds {}",
        "終端レコードでは {} エントリー、セントラルディレクトリーでは {} エントリー",
    ),
    (
        "the entry claims {} bytes and unpacks to {}",
        "エントリーは {} バイトと称し、展開すると {} バイト",
    ),
    (
        "the entry claims {} bytes, which {} packed ones cannot give",
        "エントリーの称する {} バイトは、圧縮後の {} バイトからは得られない",
    ),
    (
        "the entry does not have the checksum that the central directory names",
        "エントリーのチェックサムがセントラルディレクトリーの記載と異なる",
    ),
    ("the entry is encrypted", "エントリーが暗号化されている"),
    (
        "the entry takes {} bytes, and {} are read",
        "エントリーが {} バイトあり、読む上限の {} を超える",
    ),
    (
        "the entry unpacks to more than the {} bytes that it claims",
        "エントリーを展開すると、称する {} バイトを超える",
    ),
    (
        "the local header at byte {} names another entry than the central directory",
        "{} バイト目のローカルヘッダーが、セントラルディレクトリーと別のエントリーを指す",
    ),
    // Dockerfiles and the shell scripts in them.
    (
        "the file is longer than {} bytes; the rest was not read",
        "ファイルが {} バイトより長く、残りは読んでいない",
    ),
    (
        "more than {} lines are wrong; the rest was not read",
        "{} 行以上が誤っており、残りは読んでいない",
    ),
    ("the shell parser gave up", "シェルの構文解析が中断した"),
    ("no memory for the shell parser", "シェルの構文解析に使うメモリがない"),
    ("the shell script cannot be read", "シェルスクリプトを読めない"),
    // The most general comes last.
    ("more than {} {}", "上限の {} を超えた: {}"),
];

/// What a sentence may be about.
const NOUNS: &[(&str, &str)] = &[
    ("ELF class", "ELF クラス"),
    ("ELF header", "ELF ヘッダー"),
    ("Go build information", "Go のビルド情報"),
    ("ZIP64 end record", "ZIP64 終端レコード"),
    ("address of the string table", "文字列表のアドレス"),
    ("archives", "アーカイブ"),
    ("bytes in the dynamic section", "動的セクションのバイト数"),
    ("bytes in the list of crates", "クレート一覧のバイト数"),
    ("bytes of names and paths", "名前とパスのバイト数"),
    ("capability attribute of an odd length", "ケーパビリティー属性（長さが不正）"),
    ("capability attribute of an unknown revision", "ケーパビリティー属性（未知の版）"),
    ("central directory", "セントラルディレクトリー"),
    ("dynamic section", "動的セクション"),
    ("end record", "終端レコード"),
    ("entry of the central directory", "セントラルディレクトリーのエントリー"),
    ("header", "ヘッダー"),
    ("list of crates", "クレートの一覧"),
    ("local header", "ローカルヘッダー"),
    ("name", "名前"),
    ("needed libraries", "必要なライブラリー"),
    ("packages", "パッケージ"),
    ("path of the loader", "ローダーのパス"),
    ("program header table", "プログラムヘッダー表"),
    ("program headers", "プログラムヘッダー"),
    ("section header table", "セクションヘッダー表"),
    ("sections", "セクション"),
];

/// The reason, with every part of it that has a translation in Japanese.
pub(crate) fn in_japanese(reason: &str) -> String {
    let mut shown = Vec::new();
    let mut rest = reason;
    loop {
        // A sentence may have a colon of its own.
        if let Some(whole) = sentence(rest) {
            shown.push(whole);
            break;
        }
        let Some((part, after)) = rest.split_once(": ").filter(|_| shown.len() < MAX_PARTS) else {
            shown.push(rest.to_owned());
            break;
        };
        shown.push(sentence(part).unwrap_or_else(|| part.to_owned()));
        rest = after;
    }
    shown.join(": ")
}

/// Most parts of one reason that are translated.
const MAX_PARTS: usize = 16;

/// A sentence of the list, with its gaps filled.
fn sentence(text: &str) -> Option<String> {
    SENTENCES.iter().find_map(|(english, japanese)| {
        let values = gaps(english, text)?;
        let mut shown = String::new();
        let mut values = values.into_iter();
        for (index, piece) in japanese.split("{}").enumerate() {
            if index > 0 {
                let value = values.next()?;
                let noun = NOUNS.iter().find(|(english, _)| *english == value);
                shown.push_str(noun.map_or(value, |(_, japanese)| japanese));
            }
            shown.push_str(piece);
        }
        Some(shown)
    })
}

/// What stands in the gaps of the pattern; none where the text is no instance of it.
fn gaps<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut values = Vec::new();
    let pieces: Vec<&str> = pieces.collect();
    for (index, piece) in pieces.iter().enumerate() {
        let is_last = index + 1 == pieces.len();
        let at = if is_last && piece.is_empty() {
            rest.len()
        } else if is_last {
            rest.strip_suffix(piece)?.len()
        } else {
            rest.find(piece)?
        };
        let (value, after) = rest.split_at_checked(at)?;
        if value.contains(": ") {
            return None;
        }
        values.push(value);
        rest = after.strip_prefix(piece)?;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn reasons_are_told_in_japanese_with_their_causes() {
        for (reason, want) in [
            (
                "dpkg: line 3: a package without a version",
                "dpkg: 3 行目: バージョンのないパッケージ",
            ),
            (
                "java: \"x.jar\": the archive cannot be read: not a zip archive, or one that was \
                 cut off: it has no end record",
                "java: \"x.jar\": アーカイブを読めない: zip アーカイブではないか、途中で切れている\
                 （終端レコードがない）",
            ),
            (
                "executable: a damaged ELF header at byte 4",
                "実行ファイル: ELF ヘッダーが壊れている（4 バイト目）",
            ),
            ("more than 200000 packages", "上限の 200000 を超えた: パッケージ"),
            ("npm: EOF while parsing at line 1", "npm: EOF while parsing at line 1"),
        ] {
            assert_eq!(in_japanese(reason), want);
        }
        let long = "line 1: ".repeat(100_000);
        assert!(in_japanese(&long).len() > 100_000);
    }

    /// Everything that readers of files say has a translation.
    #[test]
    fn every_reason_in_the_readers_is_translated() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut wrong = Vec::new();
        let mut n_reasons = 0;
        let mut folders =
            vec![crates.join("sekisho-catalog/src"), crates.join("sekisho-archive/src/zip.rs")];
        while let Some(path) = folders.pop() {
            if path.is_dir() {
                folders.extend(fs_err::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = fs_err::read_to_string(&path).unwrap();
            let text = text.split("mod tests").next().unwrap();
            let starts =
                ["#[error(\"", "damage(\"", "damage(format!(\"", "damage_at_line(line, \""];
            for start in starts {
                for rest in text.split(start).skip(1) {
                    let reason = rest.split('"').next().unwrap();
                    let instance = instance(reason);
                    n_reasons += 1;
                    if in_japanese(&instance) == instance {
                        wrong.push(format!("{}: {reason:?}", path.display()));
                    }
                }
            }
        }
        assert!(n_reasons > 30, "{n_reasons} reasons");
        assert!(wrong.is_empty(), "without a translation:\n{}", wrong.join("\n"));
    }

    /// The text with a word in each of its gaps.
    fn instance(text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            shown.push_str(before);
            shown.push_str("x1");
            rest = after.split_once('}').unwrap().1;
        }
        shown + rest
    }
}
