//! What the rules have done in one file, and what they still may do.

use std::collections::BTreeSet;

/// Bytes that patterns may go over in a file, whatever its size.
const FREE_BYTES: u64 = 1 << 20;

/// Bytes that one rule may go over for a byte of the file. Real files stay far below; a file of
/// nothing but keywords would cost hours.
const RATIO: u64 = 8;

/// The work of each rule, by its index.
#[derive(Debug)]
pub(crate) struct Work {
    n_rules: usize,
    /// Empty until a rule does anything: most files have no keyword at all.
    done: Vec<Done>,
    stopped: BTreeSet<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Done {
    n_bytes: u64,
    /// Where the last match of the rule ended.
    until: u64,
}

impl Work {
    pub(crate) fn new(n_rules: usize) -> Self {
        Self { n_rules, done: Vec::new(), stopped: BTreeSet::new() }
    }

    fn done(&mut self, index: usize) -> Option<&mut Done> {
        if self.done.is_empty() {
            self.done.resize(self.n_rules, Done::default());
        }
        self.done.get_mut(index)
    }

    /// Where the last match of a rule ended.
    pub(crate) fn until(&self, index: usize) -> u64 {
        self.done.get(index).map_or(0, |done| done.until)
    }

    pub(crate) fn set_until(&mut self, index: usize, until: u64) {
        if let Some(done) = self.done(index) {
            done.until = done.until.max(until);
        }
    }

    /// Whether a rule may go over so many more bytes at this place of the file. One that may not
    /// is stopped.
    pub(crate) fn may_spend(&mut self, index: usize, at: u64, n_bytes: usize) -> bool {
        let Some(done) = self.done(index) else { return false };
        done.n_bytes += n_bytes as u64;
        let is_within = done.n_bytes <= FREE_BYTES + at.saturating_mul(RATIO);
        if !is_within {
            self.stopped.insert(index);
        }
        is_within
    }

    pub(crate) fn is_stopped(&self, index: usize) -> bool {
        self.stopped.contains(&index)
    }

    /// The rules that were stopped, by index.
    pub(crate) fn stopped(&self) -> impl Iterator<Item = usize> {
        self.stopped.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_does_too_much_for_the_file_is_stopped() {
        let mut work = Work::new(2);
        assert!(work.may_spend(0, 0, 1 << 20));
        assert!(work.may_spend(0, 100, 800));
        assert!(!work.is_stopped(0));
        assert!(!work.may_spend(0, 100, 1));
        assert!(work.may_spend(1, 0, 1));
        assert_eq!(work.stopped().collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn an_end_never_goes_back() {
        let mut work = Work::new(1);
        assert_eq!(work.until(0), 0);
        work.set_until(0, 10);
        work.set_until(0, 5);
        assert_eq!(work.until(0), 10);
    }
}
