//! Whether any password has all that several rules ask together.
//!
//! Only what every password must have that passes is asked here, so that no policy is refused that
//! somebody could meet. Lists, names, sequences and keyboard walks are left out.

use alloc::vec::Vec;

use super::groups::Groups;
use super::least::Least;
use crate::policy::{Categories, Category, CharacterClass, CharacterSet, Policy, WhiteSpace};
use crate::policy::{fold, numeric};

/// So many characters of a set decide alone whether a password is a palindrome.
const FEW: usize = 8;

/// What is asked together of passwords of some lengths.
pub(super) struct Asked<'a> {
    /// The policies whose rules all hold.
    pub(super) policies: &'a [&'a Policy],
    /// The fewest code points, from 1.
    pub(super) from: usize,
    /// The most.
    pub(super) to: usize,
    pub(super) max_bytes: usize,
}

/// So many characters of a kind.
pub(super) struct Need {
    pub(super) field: &'static str,
    pub(super) count: usize,
    of: Of,
}

enum Of {
    Category(Category),
    NotNumeric,
    NotWhite,
    /// Whose lower case is another.
    NotLowered(char),
}

/// What is known of a character, or of several that no rule tells apart.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// One that is in the same sets.
    pub(super) character: char,
    pub(super) class: Option<CharacterClass>,
    pub(super) is_numeric: bool,
    pub(super) is_white: bool,
    /// `None` if there are several.
    pub(super) lowered: Option<char>,
}

impl Known {
    pub(super) fn of(character: char) -> Self {
        Self {
            character,
            class: CharacterClass::of(character),
            is_numeric: numeric::is_entirely_numeric(character.encode_utf8(&mut [0; 4])),
            is_white: character.is_whitespace(),
            lowered: Some(fold::lower(character)),
        }
    }

    pub(super) fn is_of(&self, category: &Category) -> bool {
        match category {
            Category::Class(class) => self.class.is_some_and(|narrowest| class.includes(narrowest)),
            Category::Set(set) => set.contains(self.character),
        }
    }
}

impl Need {
    pub(super) fn is_served_by(&self, known: &Known) -> bool {
        match &self.of {
            Of::Category(category) => known.is_of(category),
            Of::NotNumeric => !known.is_numeric,
            Of::NotWhite => !known.is_white,
            Of::NotLowered(character) => known.lowered != Some(*character),
        }
    }
}

impl Asked<'_> {
    /// The method of the builder whose rule leaves no password together with the others.
    pub(super) fn misfit(&self) -> Option<&'static str> {
        let has_palindromes = self.policies.iter().any(|policy| policy.no_palindrome);
        if has_palindromes && self.to < 2 {
            return Some("no_palindrome");
        }
        if self.policies.iter().all(|policy| takes_any_letters(policy)) {
            return None;
        }
        let needs = self.needs();
        let kinds: Vec<_> = self.kinds().collect();
        let groups = Groups::of(self, &needs, &kinds);
        if groups.characters() == 0 {
            return Some("allowed_characters");
        }
        if let Some(most) = self.least(|policy| policy.max_occurrences) {
            let lacks = |(place, need): (usize, &Need)| {
                groups.serving(place).saturating_mul(most) < need.count
            };
            let all = groups.characters().saturating_mul(most);
            if all < self.from || needs.iter().enumerate().any(lacks) {
                return Some("max_occurrences");
            }
        }
        match self.shortest(&needs, &groups) {
            Ok(from) => self
                .distinct(&needs, &groups, from)
                .or_else(|| self.sums(&needs, &kinds, &groups, from)),
            Err(field) => Some(field),
        }
    }

    fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        let mut need = |field, count, of| needs.push(Need { field, count, of });
        let policies = || self.policies.iter();
        for (class, count) in policies().flat_map(|policy| policy.classes.iter()) {
            need("at_least", count, Of::Category(class.into()));
        }
        let sets = || policies().flat_map(|policy| policy.sets.iter().flat_map(|sets| sets.iter()));
        for (count, set) in sets() {
            need("at_least", *count, Of::Category(set.clone().into()));
        }
        if policies().any(|policy| policy.not_entirely_numeric) {
            need("not_entirely_numeric", 1, Of::NotNumeric);
        }
        if policies().any(|policy| policy.no_white_space == Some(WhiteSpace::AtTheEnds)) {
            need("no_white_space", self.from.min(2), Of::NotWhite);
        }
        if policies().any(|policy| policy.no_palindrome) {
            // A text whose characters are all the same in lower case is a palindrome, and of any
            // others there is one that is none.
            let all =
                sets().map(|(_, set)| set).chain(policies().filter_map(|one| one.allowed.as_ref()));
            let mut lowered: Vec<char> = all.flat_map(few).map(fold::lower).collect();
            lowered.sort_unstable();
            lowered.dedup();
            for character in lowered {
                need("no_palindrome", 1, Of::NotLowered(character));
            }
        }
        needs
    }

    fn kinds(&self) -> impl Iterator<Item = (usize, &Categories)> {
        let all = self.policies.iter().filter_map(|policy| policy.categories.as_ref());
        all.map(|(count, of)| (*count, of))
    }

    fn least(&self, of: impl Fn(&Policy) -> Option<usize>) -> Option<usize> {
        self.policies.iter().filter_map(|policy| of(policy)).min()
    }

    /// The fewest characters with all those that keep runs short.
    fn shortest(&self, needs: &[Need], groups: &Groups) -> Result<usize, &'static str> {
        let mut shortest = self.from;
        if let Some(longest) = self.least(|policy| policy.max_repeat) {
            let is_alone = groups.characters() == 1;
            let of_one = needs.iter().enumerate().filter(|(place, _)| groups.serving(*place) == 1);
            let counts = of_one.map(|(_, need)| need.count);
            shortest = shortest.max(self.spaced(counts, longest, is_alone).ok_or("max_repeat")?);
        }
        if let Some(longest) = self.least(|policy| policy.max_class_repeat) {
            let is_alone = groups.is_of_one_class(|_| true);
            let serves = |place| move |serves: &[bool]| serves.get(place) == Some(&true);
            let needs = needs.iter().enumerate();
            let of_one = needs.filter(|(place, _)| groups.is_of_one_class(serves(*place)));
            let counts = of_one.map(|(_, need)| need.count);
            let spaced = self.spaced(counts, longest, is_alone).ok_or("max_class_repeat")?;
            shortest = shortest.max(spaced);
        }
        Ok(shortest)
    }

    /// The fewest characters with so many of one sort, no more than `longest` in a row; none if they do
    /// not fit, or if there is no other sort and there are more.
    fn spaced(
        &self,
        counts: impl Iterator<Item = usize>,
        longest: usize,
        is_alone: bool,
    ) -> Option<usize> {
        let most = counts.fold(if is_alone { self.from } else { 0 }, usize::max);
        let between = most.div_ceil(longest.max(1)).saturating_sub(1);
        let spaced = most.saturating_add(between);
        (spaced <= self.to && !(is_alone && between > 0)).then_some(spaced)
    }

    fn distinct(&self, needs: &[Need], groups: &Groups, from: usize) -> Option<&'static str> {
        let asked = self.policies.iter().filter_map(|policy| policy.min_distinct).max();
        // None of them more often than it may occur.
        let filled =
            self.least(|policy| policy.max_occurrences).map(|most| from.div_ceil(most.max(1)));
        let fewest = asked.max(filled)?;
        // What the same characters serve again, by needs that have no character in common.
        let (mut again, mut apart) = (0_usize, Vec::new());
        for (place, need) in needs.iter().enumerate() {
            let more = need.count.saturating_sub(groups.serving(place));
            let is_apart = apart.iter().all(|other| !groups.has_of_both(place, *other));
            if more > 0 && is_apart {
                again = again.saturating_add(more);
                apart.push(place);
            }
        }
        let is_crowded = fewest.saturating_add(again) > self.to;
        let bytes = groups.bytes_of_distinct(fewest, from);
        let is_too_large = bytes.is_none_or(|bytes| bytes > self.max_bytes);
        (is_crowded || is_too_large)
            .then(|| if asked == Some(fewest) { "min_distinct" } else { "max_occurrences" })
    }

    /// What the needs take together, in characters and in bytes.
    fn sums(
        &self,
        needs: &[Need],
        kinds: &[(usize, &Categories)],
        groups: &Groups,
        from: usize,
    ) -> Option<&'static str> {
        let least = Least::new(needs, kinds, groups);
        let Some(characters) = least.cost(|_| 1) else { return least.unserved() };
        let cheapest = groups.cheapest()?;
        // Whatever the needs do not take is filled up with the shortest.
        let more = least.cost(|bytes| bytes.saturating_sub(cheapest)).unwrap_or(0);
        let filled = from.saturating_mul(cheapest).saturating_add(more);
        let bytes = least.cost(|bytes| bytes).unwrap_or(0).max(filled);
        (characters > self.to || bytes > self.max_bytes).then(|| least.largest()).flatten()
    }
}

/// Whether letters of ASCII, of which no two are the same side by side, pass at any length that it has: most
/// policies need no more looking into.
fn takes_any_letters(policy: &Policy) -> bool {
    policy.allowed.is_none()
        && policy.illegal.is_none()
        && policy.sets.is_none()
        && policy.categories.is_none()
        && policy.classes.iter().next().is_none()
        && policy.min_distinct.is_none()
        && policy.max_occurrences.is_none()
        && policy.max_class_repeat.is_none()
}

/// The characters of a set that has few.
fn few(set: &CharacterSet) -> impl Iterator<Item = char> {
    let all = set.ranges().iter().flat_map(|(first, last)| *first..=*last);
    let is_few = all.clone().nth(FEW).is_none();
    all.filter(move |_| is_few)
}
