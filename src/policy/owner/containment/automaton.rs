use zeroize::DefaultIsZeroes;

use super::SHORTEST;
use super::buffer::Buffer;
use super::edges::{EdgeRoom, Edges};

/// Of a longer text none is built: it would be many times as large as the text.
pub(super) const LONGEST: usize = 1_024;

/// So many letters have room without an allocation, and up to four times as many if few of them differ.
const SHORT: usize = 64;

/// Where an [`Automaton`] is built. Wiped on drop.
pub(super) struct Room {
    states: Buffer<State, { 8 * SHORT }>,
    edges: EdgeRoom<{ 128 * SHORT }, { 8 * SHORT }>,
    ascii: Buffer<u16, 128>,
    others: Buffer<char, { 4 * SHORT }>,
    word: Buffer<u16, { 4 * SHORT }>,
}

impl Room {
    /// Empty, so that moving it into place leaves nothing behind.
    pub(super) fn empty() -> Self {
        Self {
            states: Buffer::empty(),
            edges: EdgeRoom::empty(),
            ascii: Buffer::empty(),
            others: Buffer::empty(),
            word: Buffer::empty(),
        }
    }
}

/// The suffix automaton of a text (Blumer et al., The smallest automaton recognizing the subwords of a text,
/// 1985): a letter that is walked through it takes the same time whatever the text.
///
/// Of `n` letters it has at most `2 n` states and fewer than `3 n` edges.
pub(super) struct Automaton<'a> {
    states: &'a mut [State],
    count: u16,
    edges: Edges<'a>,
    /// The numbers of the letters of ASCII, 0 for those that the text has not.
    ascii: &'a [u16],
    /// The letters beyond ASCII, sorted, each once. Their numbers follow from their order, so that nobody can choose
    /// letters whose edges collide.
    others: &'a [char],
    /// How many different letters of ASCII there are.
    of_ascii: u16,
}

/// The state that nothing leads to.
pub(super) const ROOT: u16 = 0;

/// Pieces of the text that end in the same places.
#[derive(Clone, Copy, Default)]
struct State {
    /// The state of the longest of their ends that is in other places too.
    link: u16,
    /// The letters of the longest of them.
    length: u16,
}

impl DefaultIsZeroes for State {}

/// How far a walk has come.
#[derive(Clone, Copy, Default)]
pub(super) struct Walk {
    state: u16,
    /// So many of the last letters are in the text, and no more.
    pub(super) length: usize,
}

impl<'a> Automaton<'a> {
    /// That of `text`, which has at most [`LONGEST`] letters.
    pub(super) fn of(
        text: impl Iterator<Item = char> + Clone,
        room: &'a mut Room,
    ) -> (Self, Word<'a>) {
        let ascii = room.ascii.of_size(128);
        let (mut letters, mut beyond, mut different) = (0_usize, 0_usize, 0_u16);
        for letter in text.clone() {
            letters = letters.saturating_add(1);
            match ascii.get_mut(letter as usize) {
                None => beyond = beyond.saturating_add(1),
                Some(number) if *number == 0 => {
                    different = different.saturating_add(1);
                    *number = different;
                }
                Some(_) => {}
            }
        }
        let others = room.others.of_size(beyond);
        let of_others = text.clone().filter(|letter| !letter.is_ascii());
        others.iter_mut().zip(of_others).for_each(|(place, letter)| *place = letter);
        others.sort_unstable();
        let others = first_of_each(others);
        let mut automaton = Self {
            states: room.states.of_size(letters.saturating_mul(2).max(1)),
            count: 1,
            edges: room.edges.edges(letters, others.len().saturating_add(different.into())),
            ascii,
            others,
            of_ascii: different,
        };
        let mut last = ROOT;
        for letter in text {
            last = automaton.append(last, automaton.number(letter));
        }
        (automaton, Word { letters: room.word.of_size(letters), length: 0, state: Some(ROOT) })
    }

    /// The walk with one more letter, which is given by its number.
    #[inline]
    pub(super) fn step(&self, walk: Walk, letter: u16) -> Walk {
        let Walk { mut state, mut length } = walk;
        loop {
            let target = self.edges.target(state, letter);
            if target != ROOT {
                return Walk { state: target, length: length.saturating_add(1) };
            }
            if state == ROOT {
                return Walk::default();
            }
            state = self.state(state).link;
            length = usize::from(self.state(state).length);
        }
    }

    #[inline]
    fn next(&self, state: u16, letter: u16) -> Option<u16> {
        let target = self.edges.target(state, letter);
        (target != ROOT).then_some(target)
    }

    /// The number of `letter`, from 1; 0 if the text has it not.
    #[inline]
    pub(super) fn number(&self, letter: char) -> u16 {
        if let Some(number) = self.ascii.get(letter as usize) {
            return *number;
        }
        let place = self.others.binary_search(&letter).ok().and_then(|at| u16::try_from(at).ok());
        place.map_or(0, |place| self.of_ascii.saturating_add(1).saturating_add(place))
    }

    /// Adds what ends with `letter` behind the text whose state is `last`; its state.
    fn append(&mut self, last: u16, letter: u16) -> u16 {
        let length = self.state(last).length.saturating_add(1);
        let new = self.add(State { length, ..State::default() });
        let mut from = last;
        let target = loop {
            let target = self.edges.target(from, letter);
            if target != ROOT {
                break target;
            }
            self.edges.lead(from, letter, new);
            if from == ROOT {
                return new;
            }
            from = self.state(from).link;
        };
        let link = self.of_length(from, letter, target);
        self.set_link(new, link);
        new
    }

    /// The state of `target` that has no piece longer than those of `from` with `letter`: itself, or a part
    /// of it, which is split off.
    fn of_length(&mut self, mut from: u16, letter: u16, target: u16) -> u16 {
        let length = self.state(from).length.saturating_add(1);
        let split = self.state(target);
        if split.length == length {
            return target;
        }
        let part = self.add(State { length, ..split });
        self.edges.copy(target, part);
        self.set_link(target, part);
        while self.edges.target(from, letter) == target {
            self.edges.lead(from, letter, part);
            if from == ROOT {
                break;
            }
            from = self.state(from).link;
        }
        part
    }

    fn add(&mut self, state: State) -> u16 {
        let number = self.count;
        if let Some(place) = self.states.get_mut(usize::from(number)) {
            *place = state;
        }
        self.count = number.saturating_add(1);
        number
    }

    #[inline]
    fn state(&self, number: u16) -> State {
        self.states.get(usize::from(number)).copied().unwrap_or_default()
    }

    fn set_link(&mut self, number: u16, link: u16) {
        if let Some(state) = self.states.get_mut(usize::from(number)) {
            state.link = link;
        }
    }
}

/// The letters of a name that is walked, for the way back.
pub(super) struct Word<'a> {
    /// The numbers of the letters: there is no place for more than the text has, which cannot be held.
    letters: &'a mut [u16],
    length: usize,
    /// Where they lead; `None` once there is no way on, from where no letter needs a look.
    state: Option<u16>,
}

impl Word<'_> {
    pub(super) fn clear(&mut self) {
        (self.length, self.state) = (0, Some(ROOT));
    }

    #[inline]
    pub(super) fn push(&mut self, text: &Automaton<'_>, letter: char) {
        let letter = text.number(letter);
        if let Some(place) = self.letters.get_mut(self.length) {
            *place = letter;
        }
        self.state = self.state.and_then(|state| text.next(state, letter));
        self.length = self.length.saturating_add(1);
    }

    pub(super) fn is_looked_for(&self) -> bool {
        self.length >= SHORTEST
    }

    /// Whether `text` holds the word, forwards or backwards.
    pub(super) fn is_held_by(&self, text: &Automaton<'_>) -> bool {
        let Some(letters) = self.letters.get(..self.length) else { return false };
        let back =
            || letters.iter().rev().try_fold(ROOT, |state, letter| text.next(state, *letter));
        self.state.is_some() || back().is_some()
    }
}

/// Of sorted letters each once.
fn first_of_each(letters: &mut [char]) -> &[char] {
    let (mut count, mut before) = (0_usize, None);
    for place in 0..letters.len() {
        let letter = letters.get(place).copied();
        if letter != before
            && let Some((letter, place)) = letter.zip(letters.get_mut(count))
        {
            *place = letter;
            count = count.saturating_add(1);
        }
        before = letter;
    }
    letters.get(..count).unwrap_or_default()
}
