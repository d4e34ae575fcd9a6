use std::collections::BTreeSet;

use rand::Rng as _;
use rand::rngs::StdRng;

/// Things of one kind to choose from, each once.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    list: Vec<T>,
    known: BTreeSet<T>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { list: Vec::new(), known: BTreeSet::new() }
    }
}

impl<T: Copy + Ord> Pool<T> {
    pub(super) fn add(&mut self, thing: T) {
        if self.known.insert(thing) {
            self.list.push(thing);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Any, all as likely.
    pub(super) fn pick(&self, random: &mut StdRng) -> Option<T> {
        if self.list.is_empty() {
            return None;
        }
        Some(self.list[random.random_range(0..self.list.len())])
    }

    /// The first that will do, of a few; those that will not are forgotten.
    pub(super) fn find(&mut self, random: &mut StdRng, will_do: impl Fn(T) -> bool) -> Option<T> {
        for _ in 0..TRIES {
            if self.list.is_empty() {
                return None;
            }
            let place = random.random_range(0..self.list.len());
            let thing = self.list[place];
            if will_do(thing) {
                return Some(thing);
            }
            self.list.swap_remove(place);
            self.known.remove(&thing);
        }
        None
    }
}

/// How often something is looked for before something else is done.
pub(super) const TRIES: usize = 8;

/// A place in a list of so many, the first ones much more often.
pub(super) fn skewed(random: &mut StdRng, len: usize) -> usize {
    let near: f64 = random.random::<f64>().powi(2);
    ((len as f64 * near) as usize).min(len.saturating_sub(1))
}
