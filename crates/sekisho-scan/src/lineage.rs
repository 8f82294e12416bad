//! What an image has from its base, and what another base would change.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sekisho_types::{
    Confidence, Digest, Lineage, Origin, Rebuild,
    report::{BaseImage, Finding, FindingKind, LineageEvidence, Report},
};

const SECONDS_OF_DAY: i64 = 86_400;

/// Says of each finding of an image whether its base brought it, and what a newer base changes.
///
/// Of `bases`, the one whose layers are the longest beginning of the image's is its base; of the
/// others, the youngest is what it could be built on.
pub(crate) fn add(report: &mut Report, bases: &[Report], now: Option<Timestamp>) {
    let ours: Vec<Digest> = report.subject.layers.iter().map(|layer| layer.diff_id).collect();
    if ours.is_empty() {
        return;
    }
    let chain = |base: &Report| -> Option<usize> {
        let theirs = &base.subject.layers;
        let is_start = theirs.len() <= ours.len()
            && theirs.iter().zip(&ours).all(|(layer, own)| layer.diff_id == *own);
        (is_start && !theirs.is_empty()).then_some(theirs.len())
    };
    let parent = bases.iter().filter(|base| chain(base).is_some()).max_by_key(|base| chain(base));
    if let Some(parent) = parent {
        report.subject.base = Some(BaseImage {
            name: Some(parent.subject.name.clone()),
            digest: parent.subject.digest.map(|digest| digest.to_string()),
            n_layers: chain(parent),
            created: parent.subject.created.clone(),
            evidence: LineageEvidence::Layers,
            confidence: Confidence::High,
        });
    }
    let base = report.subject.base.as_ref();
    let base_layers = base.and_then(|base| base.n_layers);
    if let Some(base_layers) = base_layers {
        for finding in &mut report.findings {
            finding.origin = origin(finding, &ours, base_layers);
        }
    }
    let count = |origin: Origin| {
        let counts = |it: &&Finding| it.suppressed.is_none() && it.origin == Some(origin);
        report.findings.iter().filter(counts).count()
    };
    let other = bases
        .iter()
        .filter(|base| chain(base).is_none())
        .max_by_key(|base| base.subject.created.as_deref().and_then(time));
    report.lineage = Some(Lineage {
        base_layers,
        inherited: count(Origin::Base),
        own: count(Origin::App),
        days: days(report.subject.created.as_deref(), now),
        base_days: days(base.and_then(|base| base.created.as_deref()), now),
        rebuild: other.filter(|_| base_layers.is_some()).map(|other| rebuild(report, other)),
    });
}

fn origin(finding: &Finding, ours: &[Digest], base_layers: usize) -> Option<Origin> {
    let layer = finding.location.as_ref()?.layer?;
    let index = ours.iter().position(|own| *own == layer)?;
    Some(if index < base_layers { Origin::Base } else { Origin::App })
}

/// Vulnerabilities are the same where they are in the same package, whatever its version.
fn rebuild(report: &Report, other: &Report) -> Rebuild {
    let vulnerabilities = |report: &'_ Report| -> Vec<(String, String, String, Option<Origin>)> {
        let counts =
            |it: &&Finding| it.kind == FindingKind::Vulnerability && it.suppressed.is_none();
        let names = |it: &Finding| {
            let package = it.package.as_ref()?.name.clone();
            Some((it.check.clone(), package, it.id.clone(), it.origin))
        };
        report.findings.iter().filter(counts).filter_map(names).collect()
    };
    let inherited: Vec<_> = vulnerabilities(report)
        .into_iter()
        .filter(|(_, _, _, origin)| *origin == Some(Origin::Base))
        .collect();
    let key = |it: &(String, String, String, Option<Origin>)| (it.0.clone(), it.1.clone());
    let theirs: BTreeSet<(String, String)> = vulnerabilities(other).iter().map(key).collect();
    let ours: BTreeSet<(String, String)> = inherited.iter().map(key).collect();
    let mut removes: Vec<String> =
        inherited.iter().filter(|it| !theirs.contains(&key(it))).map(|it| it.2.clone()).collect();
    removes.sort();
    Rebuild {
        base: other.subject.name.clone(),
        digest: other.subject.digest,
        created: other.subject.created.clone(),
        remains: inherited.len() - removes.len(),
        adds: theirs.difference(&ours).count(),
        removes,
        is_complete: other.unknowns.is_empty(),
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn days(since: Option<&str>, now: Option<Timestamp>) -> Option<i64> {
    let seconds = now?.as_second().saturating_sub(time(since?)?.as_second());
    Some(seconds.max(0) / SECONDS_OF_DAY)
}
