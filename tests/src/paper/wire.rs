//! The wire between a node and who asks it: which faults it has, how often, and what came of it.

use std::collections::{BTreeMap, HashMap, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alloy::primitives::{B256, Log};

use super::Block;
use super::fault::{Fault, Scope};
use super::lie::{self, Aim, Lie, Reach, Told};
use super::provider::Provider;

/// Faults, adjustable at any time. Clones are the same wire.
///
/// What happens to a request follows from the seed, the request's text without ids, and how often it came before.
/// So it does not depend on what else is asked meanwhile.
#[derive(Clone, Debug)]
pub struct Wire(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    seed: u64,
    options: Options,
    faults: BTreeMap<(Fault, Option<String>), Setting>,
    sticky: BTreeMap<(Lie, Reach), f64>,
    aim: Aim,
    /// Sticky lies by block; none: the truth.
    fixed: HashMap<B256, Option<Arc<Told>>>,
    own: HashMap<B256, Arc<Told>>,
    /// How often each message, call or head came.
    asked: HashMap<u64, u64>,
    counts: BTreeMap<Fault, u64>,
    told: Vec<Arc<Told>>,
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    chance: f64,
    /// How often it may still happen.
    left: Option<u64>,
}

/// What an honest node decides for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long each message takes at least.
    pub round_trip: Duration,
    /// Whether logs tell their block's time.
    pub times: bool,
    /// How many blocks `eth_getLogs` may span.
    pub blocks: Option<u64>,
    /// How many logs it may answer with.
    pub results: Option<usize>,
    /// Whether it refuses ranges that end after the head, as new versions of most nodes do, or answers with what
    /// there is, as a load balancer's back-end does.
    pub refuse_beyond_head: bool,
    /// Whose words it refuses with.
    pub provider: Provider,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            round_trip: Duration::ZERO,
            times: true,
            blocks: None,
            results: None,
            refuse_beyond_head: false,
            provider: Provider::Geth,
        }
    }
}

/// A fault that wants to happen, with a number to make it up from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strike {
    pub(super) fault: Fault,
    pub(super) seed: u64,
}

impl Wire {
    /// A wire without faults.
    pub fn honest() -> Self {
        Self::seeded(0)
    }

    /// A wire without faults so far; those set later follow from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State { seed, ..State::default() })))
    }

    /// The same wire with one more fault.
    pub fn with(self, fault: Fault, chance: f64) -> Self {
        self.set(fault, chance);
        self
    }

    /// The same wire with other options.
    pub fn with_options(self, options: Options) -> Self {
        self.set_options(options);
        self
    }

    /// From now on `fault` happens with this chance, from 0 to 1.
    pub fn set(&self, fault: Fault, chance: f64) {
        self.lock().faults.insert((fault, None), Setting { chance, left: None });
    }

    /// The same, only to calls of `method` and to messages with such a call.
    pub fn set_on(&self, method: &str, fault: Fault, chance: f64) {
        self.lock().faults.insert((fault, Some(method.to_owned())), Setting { chance, left: None });
    }

    /// `fault` happens at the next `times` occasions, and then no more.
    pub fn next(&self, fault: Fault, times: u64) {
        self.lock().faults.insert((fault, None), Setting { chance: 1.0, left: Some(times) });
    }

    /// `fault` happens no more.
    pub fn clear(&self, fault: Fault) {
        self.lock().faults.retain(|(set, _), _| *set != fault);
    }

    /// Tells `lie` about each block with this chance: always the same lie about the same block, whenever and however
    /// it is asked for.
    pub fn stick(&self, lie: Lie, reach: Reach, chance: f64) {
        let mut state = self.lock();
        state.sticky.insert((lie, reach), chance);
        state.fixed.clear();
    }

    /// Says of `block` that these are its logs, whenever it is asked for. A place that the block's transactions do not
    /// reach counts as the last.
    pub fn tell(&self, block: &Block, transactions: Vec<Vec<Log>>, reach: Reach) {
        let told = Arc::new(lie::own(block, transactions, reach));
        self.lock().own.insert(block.hash(), told);
    }

    /// Lies about logs are only about those with one of these first topics.
    pub fn aim(&self, topics: impl IntoIterator<Item = B256>) {
        let mut state = self.lock();
        state.aim = Some(topics.into_iter().collect());
        state.fixed.clear();
    }

    /// Ends all faults and lies. Counts and options stay.
    pub fn heal(&self) {
        let mut state = self.lock();
        state.faults.clear();
        state.sticky.clear();
        state.fixed.clear();
        state.own.clear();
        state.aim = None;
    }

    /// What the node decides for itself.
    pub fn options(&self) -> Options {
        self.lock().options
    }

    /// Changes what the node decides for itself.
    pub fn set_options(&self, options: Options) {
        self.lock().options = options;
    }

    /// How often `fault` happened.
    pub fn count(&self, fault: Fault) -> u64 {
        self.lock().counts.get(&fault).copied().unwrap_or(0)
    }

    /// How often each fault happened.
    pub fn counts(&self) -> BTreeMap<Fault, u64> {
        self.lock().counts.clone()
    }

    /// The lies that made an answer differ from the truth, each once.
    pub fn told(&self) -> Vec<Arc<Told>> {
        self.lock().told.clone()
    }

    /// Faults that want to happen to what `key` stands for.
    pub(super) fn strikes(&self, scope: Scope, methods: &[&str], key: u64) -> Vec<Strike> {
        let state = &mut *self.lock();
        if state.faults.is_empty() {
            return Vec::new();
        }
        let times = state.asked.entry(key).or_default();
        *times += 1;
        let (seed, times) = (state.seed, *times);
        let here = state.faults.iter().filter(|((fault, method), _)| {
            fault.scope() == scope && method.as_deref().is_none_or(|method| methods.contains(&method))
        });
        let struck = here.filter_map(|((fault, method), setting)| {
            let seed = digest(&(seed, fault, method, key, times));
            (chance(seed) < setting.chance).then_some(Strike { fault: *fault, seed: digest(&seed) })
        });
        struck.collect()
    }

    /// Counts `fault`, which struck, unless it may not happen any more: several may strike before the last allowed one
    /// has happened.
    pub(super) fn happens(&self, fault: Fault) -> bool {
        let state = &mut *self.lock();
        let mut set =
            state.faults.iter_mut().filter(|((set, _), _)| *set == fault).map(|(_, setting)| setting);
        let Some(setting) = set.find(|setting| setting.left != Some(0)) else { return false };
        if let Some(left) = &mut setting.left {
            *left -= 1;
            if *left == 0 {
                setting.chance = 0.0;
            }
        }
        *state.counts.entry(fault).or_default() += 1;
        true
    }

    /// Counts a lie that made an answer untrue, and remembers it. False: it may not be told any more.
    pub(super) fn untrue(&self, told: &Arc<Told>) -> bool {
        let fault = Fault::Lie(told.lie);
        if !told.sticky && !self.happens(fault) {
            return false;
        }
        let state = &mut *self.lock();
        if told.sticky {
            *state.counts.entry(fault).or_default() += 1;
        }
        let same = |old: &Arc<Told>| (old.hash, old.lie, old.reach) == (told.hash, told.lie, told.reach);
        if !state.told.iter().any(same) {
            state.told.push(told.clone());
        }
        true
    }

    /// Whether some blocks may be lied about whenever they are asked for.
    pub(super) fn has_sticky(&self) -> bool {
        let state = self.lock();
        !state.sticky.is_empty() || !state.own.is_empty()
    }

    /// The lie that is always told about `block`.
    pub(super) fn sticky(&self, block: &Block) -> Option<Arc<Told>> {
        let state = &mut *self.lock();
        if let Some(own) = state.own.get(&block.hash()) {
            return Some(own.clone());
        }
        if let Some(fixed) = state.fixed.get(&block.hash()) {
            return fixed.clone();
        }
        let told = state.sticky.iter().find_map(|((lie, reach), chance_of)| {
            let seed = digest(&(state.seed, lie, reach, block.hash()));
            (chance(seed) < *chance_of).then_some(())?;
            let told = lie::tell(block, *lie, *reach, &state.aim, digest(&seed))?;
            Some(Arc::new(Told { sticky: true, ..told }))
        });
        state.fixed.insert(block.hash(), told.clone());
        told
    }

    /// A lie for one answer only.
    pub(super) fn passing(&self, block: &Block, lie: Lie, reach: Reach, seed: u64) -> Option<Arc<Told>> {
        let aim = self.lock().aim.clone();
        lie::tell(block, lie, reach, &aim, seed).map(Arc::new)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same number for the same value in each run.
pub(super) fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A number from 0 to below 1.
fn chance(seed: u64) -> f64 {
    (seed >> 11) as f64 / (1_u64 << 53) as f64
}
