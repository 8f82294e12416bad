//! A file of tests, of whichever schema.

use crate::{
    CommandPlan, Compat, Mistake, Notation, Ran, RunOptions, TestResult, View, Wanted,
    document::{Node, Value},
    fields::{Decoder, Manner, did_you_mean},
    lint::lint,
    policy::{ImagePolicy, VERSION},
    suite::Suite,
    template::{Variables, fill},
};

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Tests {
    /// A suite of container-structure-test.
    Peer(Box<Suite>),
    /// A policy of ours.
    Own(Box<ImagePolicy>),
}

impl Tests {
    /// Reads a file of tests.
    ///
    /// # Errors
    ///
    /// All mistakes of the file, in its order: what is no YAML or JSON, unknown fields, values of
    /// the wrong kind.
    pub fn parse(
        text: &str,
        notation: Notation,
        compat: Compat,
        given: &Variables,
    ) -> Result<Self, Vec<Mistake>> {
        let mut node =
            notation.parse(text).map_err(|err| vec![Mistake::new(err.place, err.what)])?;
        let version = schema_version(&node, notation)?;
        let manner = Manner { notation, is_compatible: !compat.is_strict() };
        let mut decoder = Decoder::new(manner);
        let tests = match version.as_str() {
            VERSION => {
                fill(&mut node, given)?;
                decoder.manner.is_compatible = false;
                Self::Own(Box::new(ImagePolicy::read(&node, &mut decoder)))
            }
            "1.0.0" | "2.0.0" => {
                let mut suite = Suite::read(&node, version == "1.0.0", &mut decoder);
                suite.lints = std::mem::take(&mut decoder.lints);
                suite.lints.extend(lint(&suite, compat));
                suite.lints.sort();
                Self::Peer(Box::new(suite))
            }
            _ => {
                let what = format!("Unsupported schema version: {version}");
                return Err(vec![
                    Mistake::new(node.place, what).with_help("write 2.0.0, 1.0.0 or sekisho/1"),
                ]);
            }
        };
        if decoder.mistakes.is_empty() {
            return Ok(tests);
        }
        decoder.mistakes.sort();
        Err(decoder.mistakes)
    }

    /// What is allowed and likely not meant.
    pub fn lints(&self) -> &[Mistake] {
        match self {
            Self::Peer(suite) => suite.lints(),
            Self::Own(policy) => policy.lints(),
        }
    }

    /// The files whose content is asked for.
    pub fn want(&self, wanted: &mut Wanted) {
        match self {
            Self::Peer(suite) => suite.want(wanted),
            Self::Own(policy) => policy.want(wanted),
        }
    }

    /// What is to be run, in the order of the tests.
    pub fn plans(&self, view: &View, compat: Compat) -> Vec<Option<CommandPlan>> {
        match self {
            Self::Peer(suite) => suite.plans(view, compat),
            Self::Own(policy) => policy.plans(),
        }
    }

    /// Every test with what came of it; `ran` has an entry a plan.
    pub fn judge(&self, view: &View, ran: Vec<Ran>, compat: Compat) -> Vec<TestResult> {
        match self {
            Self::Peer(suite) => suite.judge(view, ran, compat),
            Self::Own(policy) => policy.judge(view, ran),
        }
    }

    /// How containers for command tests are made.
    pub fn run_options(&self) -> &RunOptions {
        match self {
            Self::Peer(suite) => &suite.options,
            Self::Own(policy) => &policy.run,
        }
    }
}

fn schema_version(node: &Node, notation: Notation) -> Result<String, Vec<Mistake>> {
    const NAME: &str = "schemaVersion";
    let missing = || {
        vec![
            Mistake::new(node.place, "Please provide schema version")
                .with_help("begin with schemaVersion: 2.0.0"),
        ]
    };
    let Value::Mapping(pairs) = &node.value else { return Err(missing()) };
    let is_meant = |key: &Node| {
        key.scalar().is_some_and(|scalar| match notation {
            Notation::Yaml => scalar.text == NAME,
            Notation::Json => scalar.text.eq_ignore_ascii_case(NAME),
        })
    };
    let Some((_, value)) = pairs.iter().find(|(key, _)| is_meant(key)) else {
        let near = pairs.iter().find(|(key, _)| {
            key.scalar().is_some_and(|scalar| did_you_mean(&scalar.text, &[NAME]).is_some())
        });
        return Err(match near {
            Some((key, _)) => vec![
                Mistake::new(key.place, "Please provide schema version")
                    .with_help(format!("did you mean {NAME:?}?")),
            ],
            None => missing(),
        });
    };
    match value.scalar() {
        Some(scalar) if !scalar.text.is_empty() => Ok(scalar.text.clone()),
        _ => Err(missing()),
    }
}
