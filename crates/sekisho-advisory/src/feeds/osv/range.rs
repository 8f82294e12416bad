use std::cmp::Ordering;

use sekisho_version::Scheme;
use serde::Deserialize;

use crate::{End, Range, text};

/// Most events of one range. Packages that keep many branches have about 100.
const MAX_EVENTS: usize = 4096;

#[derive(Deserialize)]
pub(super) struct RangeRecord {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

/// One of the fields is set.
#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

enum Edge {
    /// None stands for the beginning.
    Start(Option<String>),
    End(End),
}

impl RangeRecord {
    /// Whether it is about versions; commits of a repository are not.
    pub(super) fn is_of_versions(&self) -> bool {
        self.kind != "GIT"
    }

    /// The stretches between the events, or why they are none that can be.
    ///
    /// # Source
    ///
    /// OSV, "Evaluation": events count in the order of their versions, whatever order they are
    /// listed in.
    pub(super) fn ranges(&self, scheme: Scheme) -> Result<Vec<Range>, String> {
        if self.events.len() > MAX_EVENTS {
            return Err(format!("a range has {} events", self.events.len()));
        }
        let mut edges = self.edges()?;
        if !is_sane(&edges, scheme) {
            edges = ordered(edges, scheme);
            if !is_sane(&edges, scheme) {
                return Err("a range ends before it begins".to_owned());
            }
        }
        Ok(joined(edges))
    }

    fn edges(&self) -> Result<Vec<Edge>, String> {
        let mut edges = Vec::new();
        for event in &self.events {
            let Event { introduced, fixed, last_affected, limit } = event;
            let versions = [introduced, fixed, last_affected, limit].into_iter().flatten();
            if let Some(wrong) = versions.clone().find(|version| !text::is_version(version)) {
                return Err(format!("a range names the version {wrong:?}"));
            }
            if let Some(introduced) = introduced {
                edges.push(Edge::Start((introduced != "0").then(|| introduced.clone())));
            }
            // A limit ends a range where nobody says what fixes it; an asterisk is none.
            let limit = limit.as_ref().filter(|limit| *limit != "*");
            match (fixed.as_ref().or(limit), last_affected) {
                (Some(fixed), _) => edges.push(Edge::End(End::Fixed(fixed.clone()))),
                (None, Some(last)) => edges.push(Edge::End(End::LastAffected(last.clone()))),
                (None, None) => (),
            }
        }
        Ok(edges)
    }
}

impl Edge {
    fn version(&self) -> Option<&str> {
        match self {
            Self::Start(version) => version.as_deref(),
            Self::End(End::Fixed(version) | End::LastAffected(version)) => Some(version),
            Self::End(End::Open) => None,
        }
    }

    /// As their versions are ordered; equal where there is no order.
    fn compare(&self, other: &Self, scheme: Scheme) -> Ordering {
        match (self.version(), other.version()) {
            (Some(left), Some(right)) => scheme.compare(left, right).unwrap_or(Ordering::Equal),
            (left, right) => left.is_some().cmp(&right.is_some()),
        }
    }
}

/// Whether each end follows a start that is not after it. Ends alone are sane: they end what was
/// there from the beginning.
fn is_sane(edges: &[Edge], scheme: Scheme) -> bool {
    let mut start = None;
    let has_start = edges.iter().any(|edge| matches!(edge, Edge::Start(_)));
    for edge in edges {
        match (edge, start) {
            (Edge::Start(_), _) => start = Some(edge),
            (Edge::End(_), Some(from)) => {
                if edge.compare(from, scheme) == Ordering::Less {
                    return false;
                }
                start = None;
            }
            (Edge::End(_), None) if has_start => return false,
            (Edge::End(_), None) => (),
        }
    }
    true
}

fn ordered(edges: Vec<Edge>, scheme: Scheme) -> Vec<Edge> {
    let mut ordered: Vec<Edge> = Vec::with_capacity(edges.len());
    for edge in edges {
        let at = ordered.partition_point(|it| it.compare(&edge, scheme) != Ordering::Greater);
        ordered.insert(at, edge);
    }
    ordered
}

/// Each start with the end that follows it.
fn joined(edges: Vec<Edge>) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut open: Option<Option<String>> = None;
    for edge in edges {
        match edge {
            Edge::Start(introduced) => {
                if let Some(introduced) = open.replace(introduced) {
                    ranges.push(Range { introduced, end: End::Open });
                }
            }
            Edge::End(end) => ranges.push(Range { introduced: open.take().flatten(), end }),
        }
    }
    if let Some(introduced) = open {
        ranges.push(Range { introduced, end: End::Open });
    }
    ranges
}
