use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::GeneratorError;
use crate::policy::Category;
use crate::policy::characters::category::Categories;
use crate::policy::draw::Alphabet;
use crate::policy::rule::Need;

/// What is counted: how many characters are owed of what.
struct Needs {
    counts: Vec<(usize, Of)>,
    kinds: Vec<(usize, Categories)>,
}

enum Of {
    Category(Category),
    Such(fn(char) -> bool),
}

impl Of {
    fn contains(&self, character: char) -> bool {
        match self {
            Self::Category(category) => category.contains(character),
            Self::Such(is_such) => is_such(character),
        }
    }
}

impl Needs {
    fn new(needs: &[Need]) -> Self {
        let (mut counts, mut kinds) = (Vec::new(), Vec::new());
        for need in needs {
            match need {
                Need::Of(count, category) => counts.push((*count, Of::Category(category.clone()))),
                Need::One(is_such) => counts.push((1, Of::Such(*is_such))),
                Need::Kinds(count, of) => kinds.push((*count, of.clone())),
            }
        }
        Self { counts, kinds }
    }

    fn signature(&self, character: char) -> Result<Signature, GeneratorError> {
        let serves = self.counts.iter().map(|(_, of)| of.contains(character)).collect();
        let kinds = self.kinds.iter().map(|(_, of)| {
            // The first one only, as the rule has it.
            let Some(place) = of.iter().position(|category| category.contains(character)) else {
                return Ok(0);
            };
            // The highest bit stays free, so that no kinds that were seen look like enough.
            let shift = u32::try_from(place).ok().filter(|shift| *shift < 63);
            shift.and_then(|shift| 1_u64.checked_shl(shift)).ok_or(GeneratorError::TooLarge)
        });
        Ok(Signature { serves, kinds: kinds.collect::<Result<_, _>>()? })
    }

    fn all(&self) -> State {
        State {
            owed: self.counts.iter().map(|(count, _)| *count).collect(),
            seen: vec![0; self.kinds.len()],
        }
    }

    fn after(&self, state: &State, next: &Signature) -> State {
        let owed = state.owed.iter().zip(&next.serves);
        let seen = state.seen.iter().zip(&next.kinds).zip(&self.kinds);
        State {
            owed: owed.map(|(owed, serves)| owed.saturating_sub(usize::from(*serves))).collect(),
            seen: seen
                .map(|((seen, kind), (enough, _))| {
                    let seen = seen | kind;
                    // Which ones they were no longer matters.
                    if seen.count_ones() as usize >= *enough { u64::MAX } else { seen }
                })
                .collect(),
        }
    }
}

/// What a character counts for: those with the same are one to the counting.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Signature {
    serves: Vec<bool>,
    /// A bit for the kind, or none.
    kinds: Vec<u64>,
}

/// What is still owed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    owed: Vec<usize>,
    /// A bit for each kind that occurred; all bits when there are enough.
    seen: Vec<u64>,
}

impl State {
    fn owes_nothing(&self) -> bool {
        self.owed.iter().all(|owed| *owed == 0) && self.seen.iter().all(|seen| *seen == u64::MAX)
    }
}

/// The needs as a deterministic automaton over groups of characters; it begins in state 0.
pub(super) struct Automaton {
    pub(super) groups: Vec<Group>,
    /// For each state the one after each group.
    next: Vec<Vec<usize>>,
    owes_nothing: Vec<bool>,
}

pub(super) struct Group {
    pub(super) characters: Vec<char>,
    pub(super) is_separator: bool,
}

impl Automaton {
    const MOST_STATES: usize = 4_096;

    pub(super) fn new(needs: &[Need], alphabet: &Alphabet) -> Result<Self, GeneratorError> {
        let needs = Needs::new(needs);
        let mut by_signature: BTreeMap<(bool, Signature), Vec<char>> = BTreeMap::new();
        let drawn = alphabet.characters.iter().map(|character| (false, *character));
        let separator = alphabet.separator.map(|character| (true, character));
        for (is_separator, character) in drawn.chain(separator) {
            let signature = needs.signature(character)?;
            by_signature.entry((is_separator, signature)).or_default().push(character);
        }
        let mut states = vec![needs.all()];
        let mut numbers = BTreeMap::from([(needs.all(), 0)]);
        let mut next = Vec::new();
        while let Some(state) = states.get(next.len()).cloned() {
            let mut row = Vec::with_capacity(by_signature.len());
            for (_, signature) in by_signature.keys() {
                let after = needs.after(&state, signature);
                let number = *numbers.entry(after).or_insert_with_key(|after| {
                    states.push(after.clone());
                    states.len().saturating_sub(1)
                });
                row.push(number);
            }
            if states.len() > Self::MOST_STATES {
                return Err(GeneratorError::TooLarge);
            }
            next.push(row);
        }
        Ok(Self {
            groups: by_signature
                .into_iter()
                .map(|((is_separator, _), characters)| Group { characters, is_separator })
                .collect(),
            next,
            owes_nothing: states.iter().map(State::owes_nothing).collect(),
        })
    }

    pub(super) fn states(&self) -> usize {
        self.next.len()
    }

    pub(super) fn owes_nothing(&self) -> impl Iterator<Item = bool> {
        self.owes_nothing.iter().copied()
    }

    /// The groups that may stand in a place, each with the state after it.
    pub(super) fn steps(
        &self,
        state: usize,
        is_separator: bool,
    ) -> impl Iterator<Item = (&Group, usize)> {
        let next = self.next.get(state).into_iter().flatten().copied();
        self.groups.iter().zip(next).filter(move |(group, _)| group.is_separator == is_separator)
    }
}
