use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

const REFERENCES: &[&str] =
    &["https://csrc.nist.gov/pubs/sp/800/190/final", "https://www.cisecurity.org/benchmark/docker"];

const fn about(
    id: &'static str,
    name: &'static str,
    severity: Severity,
    title: Text,
    rationale: Text,
    remediation: Text,
) -> About {
    About {
        id,
        name,
        kind: FindingKind::Policy,
        title,
        severity,
        confidence: Confidence::High,
        rationale,
        remediation,
        references: REFERENCES,
        benchmark: None,
    }
}

pub(crate) const REQUIRED_LABEL: About = about(
    "SEK-POLICY-0001",
    "missing-label",
    Severity::Low,
    Text { en: "A required label is missing", ja: "必須のラベルがない" },
    Text {
        en: "Whoever finds the image in a registry or on a host cannot tell whose it is or \
             from which source it was made.",
        ja: "レジストリーやホスト上で、誰のどのソースから作られたイメージか分からない。",
    },
    Text {
        en: "Add it in the Dockerfile: `LABEL org.opencontainers.image.source=…`.",
        ja: "Dockerfile に加える: `LABEL org.opencontainers.image.source=…`。",
    },
);

pub(crate) const FORBIDDEN_LABEL: About = about(
    "SEK-POLICY-0002",
    "forbidden-label",
    Severity::Medium,
    Text { en: "A forbidden label is there", ja: "禁止されたラベルがある" },
    Text {
        en: "The policy names it as something that must not leave the build.",
        ja: "ポリシーがビルドの外に出してはならないものとしている。",
    },
    Text {
        en: "Remove the label from the Dockerfile or the build command.",
        ja: "Dockerfile かビルドコマンドからラベルを除く。",
    },
);

pub(crate) const REQUIRED_PACKAGE: About = about(
    "SEK-POLICY-0003",
    "missing-package",
    Severity::High,
    Text { en: "A required package is missing", ja: "必須のパッケージがない" },
    Text {
        en: "The policy wants it in every image, as an agent or a certificate bundle would \
             be.",
        ja: "エージェントや証明書など、すべてのイメージに入れるとポリシーが定めている。",
    },
    Text { en: "Install the package.", ja: "パッケージを入れる。" },
);

pub(crate) const FORBIDDEN_PACKAGE: About = about(
    "SEK-POLICY-0004",
    "forbidden-package",
    Severity::High,
    Text {
        en: "A forbidden package is installed", ja: "禁止されたパッケージが入っている"
    },
    Text {
        en: "The policy names it as one that no image may carry.",
        ja: "どのイメージにも入れてはならないとポリシーが定めている。",
    },
    Text {
        en: "Remove the package, or what pulls it in.",
        ja: "パッケージか、それを引き込むものを除く。",
    },
);

pub(crate) const USER: About = about(
    "SEK-POLICY-0005",
    "forbidden-user",
    Severity::High,
    Text {
        en: "The user of the image is not allowed", ja: "許可されていないユーザーで動く"
    },
    Text {
        en: "The policy says as which users containers may run.",
        ja: "コンテナーを動かしてよいユーザーはポリシーが定めている。",
    },
    Text {
        en: "End the Dockerfile with a USER that the policy allows.",
        ja: "ポリシーが許す USER で Dockerfile を終える。",
    },
);

pub(crate) const BASE_IMAGE: About = about(
    "SEK-POLICY-0006",
    "forbidden-base",
    Severity::High,
    Text {
        en: "The base image is not allowed", ja: "許可されていないベースイメージ"
    },
    Text {
        en: "Every hole of a base is inherited, so the policy says which ones somebody \
             watches.",
        ja: "ベースの穴はすべて受け継がれるため、管理されたものをポリシーが定めている。",
    },
    Text {
        en: "Build on a base image that the policy allows.",
        ja: "ポリシーが許すベースイメージから作る。",
    },
);

pub(crate) const SIZE: About = about(
    "SEK-POLICY-0007",
    "large-image",
    Severity::Medium,
    Text {
        en: "The image is larger than allowed", ja: "イメージが許可された大きさを超えている"
    },
    Text {
        en: "What is not needed is in it, and every start of a new host waits for the pull.",
        ja: "不要なものが入っており、新しいホストは起動のたびに取得を待つ。",
    },
    Text {
        en: "Build in a first stage, and copy what is needed.",
        ja: "最初のステージで作り、必要なものだけを写す。",
    },
);

pub(crate) const EXPIRED_EXCEPTION: About = about(
    "SEK-POLICY-0008",
    "expired-exception",
    Severity::Medium,
    Text { en: "An exception has expired", ja: "期限の切れた例外がある" },
    Text {
        en: "Somebody promised to have solved it by now; the finding counts again.",
        ja: "期限までに直すという約束だった。検出結果は再び数えられる。",
    },
    Text {
        en: "Solve the finding and delete the exception, or agree on a new date with its \
             owner.",
        ja: "対処して例外を消すか、責任者と新しい期限を決める。",
    },
);

pub(crate) const UNUSED_EXCEPTION: About = about(
    "SEK-POLICY-0009",
    "unused-exception",
    Severity::Low,
    Text {
        en: "An exception matches nothing", ja: "何にも当てはまらない例外がある"
    },
    Text {
        en: "What it accepted is solved or was misspelt; left in place it accepts the same \
             again without anyone looking.",
        ja: "対象は直ったか書き間違いで、残せば同じものが再び黙って受け入れられる。",
    },
    Text {
        en: "Delete the exception, or correct its check, path or package.",
        ja: "例外を消すか、check・path・package を直す。",
    },
);

/// What a policy may find, by id.
pub const ALL: &[About] = &[
    REQUIRED_LABEL,
    FORBIDDEN_LABEL,
    REQUIRED_PACKAGE,
    FORBIDDEN_PACKAGE,
    USER,
    BASE_IMAGE,
    SIZE,
    EXPIRED_EXCEPTION,
    UNUSED_EXCEPTION,
];
