//! What is said to people, in each language.
//!
//! Every text has a key of its own, and both languages stand beside each other: a text cannot be
//! written in one alone. `{n}` and the like are filled by [`Language::fill`].

/// The language of what people read. Formats for programs stay English.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Japanese,
}

impl Language {
    /// By its code, `en` or `ja`.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }

    /// As `lang` in HTML has it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    pub(crate) fn say(self, text: Text) -> &'static str {
        let (english, japanese) = text.both();
        match self {
            Self::English => english,
            Self::Japanese => japanese,
        }
    }

    /// A text with its gaps filled. A value is never looked into for gaps.
    pub(crate) fn fill(self, text: Text, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.say(text);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((gap, after)) = after.split_once('}') else { break };
            let value = values.iter().find(|(name, _)| *name == gap);
            filled.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        filled + rest
    }

    /// A text about a number, `{n}`; English has a form for one.
    pub(crate) fn count(self, one: Text, many: Text, n: usize) -> String {
        let text = if n == 1 { one } else { many };
        self.fill(text, &[("n", &n.to_string())])
    }
}

macro_rules! texts {
    ($($key:ident: $english:literal, $japanese:literal;)*) => {
        /// The key of a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Text { $($key,)* }

        impl Text {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$key,)*];

            fn both(self) -> (&'static str, &'static str) {
                match self { $(Self::$key => ($english, $japanese),)* }
            }
        }
    };
}

texts! {
    Image: "Image", "イメージ";
    Directory: "Directory", "ディレクトリ";
    File: "File", "ファイル";
    Source: "Source", "取得元";
    Digest: "Digest", "ダイジェスト";
    System: "System", "OS";
    Created: "Created", "作成日時";
    Base: "Base", "ベースイメージ";
    Lineage: "Inherited", "継承";
    LineageFindings: "{inherited} findings from the base, {own} from the layers above it", "ベースから {inherited} 件、その上の層から {own} 件";
    LineageLeft: "{line}; made {days} days ago", "{line}、作成から {days} 日";
    Rebuild: "Rebuild", "再構築";
    RebuildOn: "on {base}: {removes} vulnerabilities go, {remains} stay, {adds} come", "{base} の上なら脆弱性 {removes} 件が消え、{remains} 件が残り、{adds} 件が増える";
    RebuildIncomplete: "{line} (as far as it could be read)", "{line}（読み取れた範囲で）";
    BaseLayers: "{base}, the lowest {n} layers", "{base}（下から {n} 層）";
    BaseLayer: "{base}, the lowest layer", "{base}（最下層）";
    BaseUnnamed: "unnamed", "名前なし";
    BaseCreated: "{base}, made {created}", "{base}、作成 {created}";
    Platform: "Platform", "プラットフォーム";
    Layers: "Layers", "レイヤー";
    Database: "Advisories", "脆弱性情報";
    Today: "today", "今日";
    DayAgo: "{n} day ago", "{n} 日前";
    DaysAgo: "{n} days ago", "{n} 日前";
    LayersAndSize: "{n}, {size} in {files} files", "{n} 層、{size}、{files} ファイル";
    DatabaseLine: "revision {revision}, updated {updated}", "リビジョン {revision}、更新 {updated}";
    UnknownSystem: "not recognised", "判別できません";

    Verdict: "Verdict", "判定";
    Pass: "PASS", "合格";
    Fail: "FAIL", "不合格";
    Unanswered: "UNKNOWN", "判定不能";
    ByPolicy: "by policy {policy}", "ポリシー {policy} による";

    Findings: "Findings", "検出結果";
    NoFindings: "Nothing was found.", "検出されたものはありません。";
    Suppressed: "{n} suppressed", "例外として除外 {n} 件";
    SuppressedBy: "suppressed by {by} until {until}: {reason}", "{by} による例外（{until} まで）: {reason}";
    SuppressedByAlways: "suppressed by {by}: {reason}", "{by} による例外: {reason}";
    MoreFindings: "{n} more", "ほか {n} 件";
    LowConfidence: "(low confidence)", "（確度は低い）";
    Where: "where", "場所";
    Do: "do", "対処";
    See: "see", "参考";
    LayerNumber: "layer {n}", "レイヤー {n}";
    PlaceInLayer: "layer {n}, {path}", "レイヤー {n} の {path}";
    Separator: ", ", "、";
    SeverityCount: "{n} {severity}", "{severity} {n} 件";
    PackageFixed: "{package}, fixed in {version}", "{package}（{version} で修正済み）";
    PackageNotFixed: "{package}, no fix yet", "{package}（修正版なし）";

    FixedIn: "fixed in {version}", "{version} で修正済み";
    NoFix: "no fix yet", "修正版なし";
    WillNotFix: "will not be fixed", "修正の予定なし";
    FixDeferred: "the fix is put off", "修正は先送り";
    EndOfLife: "no longer looked after", "サポート終了";
    UnderInvestigation: "not looked at yet", "調査前";
    ExploitedSince: "exploited since {date}", "{date} から悪用あり";
    EpssOf: "EPSS {percent}", "EPSS（悪用予測）{percent}";
    ClearsFindings: "clears {n}, the worst {severity}", "{n} 件を解消（最大の深刻度: {severity}）";
    UpgradeClearsOne: "{version} clears it", "{version} で解消";
    UpgradeClears: "{version} clears all {n}", "{version} で {n} 件すべてを解消";
    UpgradeClearsSome: "{version} clears {n}, and {remains} stay", "{version} で {n} 件を解消、{remains} 件は残る";
    Fixes: "Fixes", "修正方法";
    NotLookedUp: "Not looked up", "照合しなかったもの";
    OmittedThirdParty: "made by {supplier}, so the distribution says nothing of it: {names} ({n})", "{supplier} のパッケージ {n} 件（ディストリビューションの情報の対象外）: {names}";
    OmittedHeaders: "kernel headers, since the kernel is the host's: {names} ({n})", "カーネルヘッダーのパッケージ {n} 件（カーネルはホストのもの）: {names}";
    OmittedNoGroup: "Java archives that do not tell their group: {names} ({n})", "グループのわからない Java アーカイブ {n} 件: {names}";
    FixedOnly: "{name} tells only of what it has fixed", "{name} の情報は修正済みのものだけ";

    Vulnerabilities: "Vulnerabilities", "脆弱性";
    Secrets: "Secrets", "秘密情報";
    Configuration: "Configuration", "設定";
    ExecutableFindings: "Executables", "実行ファイル";
    Staleness: "Staleness", "古さ";
    PolicyFindings: "Policy", "ポリシー";
    Host: "Host", "ホスト";

    Critical: "critical", "緊急";
    High: "high", "高";
    Medium: "medium", "中";
    Low: "low", "低";
    Info: "info", "情報";
    SeverityUnknown: "unknown", "不明";

    Packages: "Packages", "パッケージ";
    NoPackages: "No package was found.", "パッケージは見つかりませんでした。";
    OneOwned: "{n} more belongs to a package of the system and is not counted.", "ほかに {n} 件は OS のパッケージに含まれるため、数えていません。";
    Owned: "{n} more belong to packages of the system and are not counted.", "ほかに {n} 件は OS のパッケージに含まれるため、数えていません。";

    Layer: "Layer", "レイヤー";
    Size: "Size", "サイズ";
    Files: "Files", "ファイル数";
    MadeBy: "Made by", "作成コマンド";
    MoreLayers: "{n} more layers", "ほか {n} 層";

    Executables: "Programs", "実行ファイル";
    ProgramsAndScripts: "{elf} programs and libraries, {scripts} scripts", "プログラムとライブラリー {elf} 個、スクリプト {scripts} 個";
    Setuid: "setuid or setgid", "setuid・setgid";
    Capabilities: "file capabilities", "ケーパビリティー付き";
    Unowned: "owned by no package", "どのパッケージにも属さない";
    MissingLibraries: "missing libraries", "ライブラリー不足";
    Unneeded: "perhaps unneeded", "不要な可能性";
    UnneededBytes: "removing them would save {size}", "削除すると {size} 減ります";
    AndMore: "and {n} more", "ほか {n} 個";

    NotRead: "not read: {path} {reason}", "読み取れず: {path} {reason}";
    VerdictLine: "verdict: {reason}", "判定: {reason}";
    OneFile: "{n} file", "{n} ファイル";
    ManyFiles: "{n} files", "{n} ファイル";
    Excused: "{n} excused", "除外 {n} 件";
    MoreAbout: "more about a finding: sekisho explain {id}", "詳しい説明: sekisho explain {id}";
    Mendable: "to see what can be mended: sekisho check --fix {paths}", "自動で直せる箇所を見る: sekisho check --fix {paths}";

    Unread: "Not readable", "読み取れなかったもの";
    MoreUnread: "{n} more places", "ほか {n} か所";
    UnansweredChecks: "Not answered", "判定できなかった検査";

    Next: "Next", "次にできること";
    NextExplain: "why it matters, and how to fix it", "理由と直し方を見る";
    NextHtml: "this report as a page, with pictures", "図入りのページとして書き出す";
    NextJson: "everything found, for scripts", "すべての結果をスクリプト用に書き出す";
    NextSbom: "the bill of materials", "SBOM を書き出す";


    Title: "Container image report", "コンテナイメージの検査結果";
    Ecosystem: "Ecosystem", "種類";
    Count: "Count", "件数";
    ByLayer: "By layer", "レイヤー別";
    Name: "Name", "名前";
    Version: "Version", "バージョン";
    Licenses: "Licences", "ライセンス";
    Severity: "Severity", "深刻度";
    Check: "Check", "検査項目";
    Finding: "Finding", "内容";
    Place: "Where", "場所";
    Remedy: "What to do", "対処";
    Link: "More", "参考";
    Reason: "Reason", "理由";
    BySeverity: "Findings by severity", "深刻度別の検出数";
    LayerSizes: "Sizes of the layers", "レイヤーのサイズ";
    PackageTree: "Packages by ecosystem and layer", "パッケージの種類とレイヤー";
    Filter: "Filter", "絞り込み";
    FilterHint: "part of a name", "名前の一部";
    MadeWith: "Written by Sekisho {version}", "Sekisho {version} が作成";
    CutShort: "{n} more are in the JSON report.", "ほか {n} 件は JSON の出力にあります。";
    Path: "Path", "パス";
    Package: "Package", "パッケージ";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn gaps(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_everything_with_the_same_gaps() {
        for text in Text::ALL {
            let (english, japanese) = text.both();
            assert!(!english.is_empty() && english.is_ascii(), "{text:?}");
            assert!(!japanese.is_empty(), "{text:?}");
            assert_eq!(gaps(english), gaps(japanese), "{text:?}");
            // `OS`, `SBOM` and the like are the same words in Japanese; sentences are not.
            let is_translated = !japanese.is_ascii() || japanese == "OS";
            assert!(is_translated, "{text:?}: {japanese}");
        }
    }

    #[test]
    fn a_value_is_not_looked_into() {
        let values = [("by", "{reason}"), ("reason", "{by}")];
        assert_eq!(
            Language::English.fill(Text::SuppressedByAlways, &values),
            "suppressed by {reason}: {by}"
        );
    }

    #[test]
    fn one_is_not_many_in_english() {
        let ago = |language: Language, n| language.count(Text::DayAgo, Text::DaysAgo, n);
        assert_eq!(ago(Language::English, 1), "1 day ago");
        assert_eq!(ago(Language::English, 30), "30 days ago");
        assert_eq!(ago(Language::Japanese, 1), "1 日前");
    }
}
