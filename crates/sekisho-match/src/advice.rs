//! What to type so that as many findings as possible go away.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use sekisho_types::{
    FixAdvice, FixCommand, OsRelease, PackageFix, PackageKind, Severity,
    report::{Finding, Subject},
};

use crate::command::{Target, of_targets, takes_many};

/// A version of one package that clears findings; see [`Matched`](crate::Matched).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageUpgrade {
    pub kind: PackageKind,
    /// The source package of a distribution, the library of a registry.
    pub name: String,
    pub version: String,
    /// What is installed of it.
    pub installed: Vec<String>,
    pub to: String,
    /// The findings that it clears, and those that stay.
    pub clears: Vec<String>,
    pub remains: Vec<String>,
}

/// Sums up what `upgrades` do for those of `findings` that nobody has accepted; none where nothing
/// helps.
pub fn advise(
    subject: &Subject,
    upgrades: &[PackageUpgrade],
    findings: &[Finding],
) -> Option<FixAdvice> {
    let open: BTreeMap<&str, &Finding> = findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .map(|finding| (finding.id.as_str(), finding))
        .collect();
    let mut fixes: Vec<(PackageFix, &PackageUpgrade)> = Vec::new();
    for upgrade in upgrades {
        let counted =
            |ids: &[String]| ids.iter().filter(|id| open.contains_key(id.as_str())).count();
        let severities = upgrade.clears.iter().filter_map(|id| open.get(id.as_str()));
        let Some(severity) = severities.map(|finding| finding.severity).max() else { continue };
        let fix = PackageFix {
            name: upgrade.name.clone(),
            kind: upgrade.kind,
            version: upgrade.version.clone(),
            fixed_version: upgrade.to.clone(),
            clears: counted(&upgrade.clears),
            remains: counted(&upgrade.remains),
            severity,
        };
        fixes.push((fix, upgrade));
    }
    if fixes.is_empty() {
        return None;
    }
    fixes.sort_by_cached_key(|(fix, _)| {
        (
            Reverse(fix.severity),
            Reverse(fix.clears),
            fix.kind,
            fix.name.clone(),
            fix.version.clone(),
        )
    });
    let mut commands = commands(subject.os.as_ref(), &fixes);
    commands.extend(rebuild(subject, &fixes, &open));
    commands.sort_by(|a, b| {
        (b.clears, b.severity, &a.command).cmp(&(a.clears, a.severity, &b.command))
    });
    Some(FixAdvice { commands, packages: fixes.into_iter().map(|(fix, _)| fix).collect() })
}

fn commands(os: Option<&OsRelease>, fixes: &[(PackageFix, &PackageUpgrade)]) -> Vec<FixCommand> {
    let os_id = os.map(|os| os.id.as_str());
    let mut by_kind: BTreeMap<PackageKind, Vec<&(PackageFix, &PackageUpgrade)>> = BTreeMap::new();
    for fix in fixes {
        by_kind.entry(fix.0.kind).or_default().push(fix);
    }
    let mut commands = Vec::new();
    for (kind, fixes) in by_kind {
        let parts: Vec<&[&(PackageFix, &PackageUpgrade)]> =
            if takes_many(kind) { vec![&fixes] } else { fixes.chunks(1).collect() };
        for part in parts {
            let targets: BTreeSet<Target<'_>> = part
                .iter()
                .flat_map(|(_, upgrade)| {
                    let fixed = upgrade.to.as_str();
                    upgrade.installed.iter().map(move |name| Target { name, fixed })
                })
                .collect();
            let targets: Vec<Target<'_>> = targets.into_iter().collect();
            commands.push(FixCommand {
                command: of_targets(kind, &targets, os_id),
                clears: part.iter().map(|(fix, _)| fix.clears).sum(),
                severity: part
                    .iter()
                    .map(|(fix, _)| fix.severity)
                    .max()
                    .unwrap_or(Severity::Unknown),
            });
        }
    }
    commands
}

/// Building again on the newest image of the same name brings what its makers have mended since.
fn rebuild(
    subject: &Subject,
    fixes: &[(PackageFix, &PackageUpgrade)],
    open: &BTreeMap<&str, &Finding>,
) -> Option<FixCommand> {
    let base = subject.base.as_ref()?;
    let layers = subject.layers.get(..base.n_layers?)?;
    let of_base = fixes.iter().flat_map(|(_, upgrade)| &upgrade.clears).filter_map(|id| {
        let finding = open.get(id.as_str())?;
        let layer = finding.location.as_ref()?.layer?;
        layers.iter().any(|it| it.diff_id == layer).then_some(finding.severity)
    });
    let severities: Vec<Severity> = of_base.collect();
    let severity = severities.iter().max().copied()?;
    Some(FixCommand {
        command: "docker build --pull .".to_owned(),
        clears: severities.len(),
        severity,
    })
}
