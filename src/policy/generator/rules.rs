use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::forbidden::Forbidden;
use super::super::interval::Interval;
use super::super::{CharacterSet, CommonPasswords, Policy, Reductions, SequenceEnds, WhiteSpace};
use super::needs::Needs;

/// What a generator takes of a policy: every rule that the password alone decides, or its owner's
/// names. The others are not here, so that no generator can ask them.
pub(super) struct Rules {
    /// The same rules, to ask a password that was drawn.
    pub(super) policy: Policy,
    pub(super) min_length: usize,
    pub(super) max_length: Option<usize>,
    pub(super) max_bytes: Option<usize>,
    /// All have to permit a character.
    pub(super) characters: Vec<Characters>,
    pub(super) needs: Needs,
    /// What is left to rejection.
    pub(super) rejected: Vec<Rejected>,
    pub(super) owner: Owner,
    /// Whether the owner matters to passwords of some length.
    pub(super) asks_owner: bool,
}

/// How the owner's names are looked for.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) max_similarity: Option<f64>,
    pub(super) no_personal_names: bool,
}

/// Which characters may stand in a password at all.
#[derive(Default)]
pub(super) struct Characters {
    allowed: Option<CharacterSet>,
    illegal: Option<CharacterSet>,
    no_control_characters: bool,
    no_white_space: bool,
}

/// A rule that is not counted: what it refuses is drawn again.
pub(super) enum Rejected {
    WhiteSpaceAtTheEnds,
    Palindrome,
    /// With the method that added the list.
    Listed(CommonPasswords<'static>, &'static str),
    DerivedFrom(CommonPasswords<'static>, Reductions),
    ContextWord(String),
    /// Its letters.
    ForbiddenWord(Box<[char]>),
    FewDistinct(usize),
    Occurrences(usize),
    Repeat(usize),
    ClassRepeat(usize),
    Sequence(usize, SequenceEnds),
    KeyboardWalk(usize),
}

impl Rejected {
    /// The method of the policy's builder.
    pub(super) const fn rule(&self) -> &'static str {
        match self {
            Self::WhiteSpaceAtTheEnds => "no_white_space",
            Self::Palindrome => "no_palindrome",
            Self::Listed(_, rule) => rule,
            Self::DerivedFrom(..) => "not_derived_from_common",
            Self::ContextWord(_) => "context_words",
            Self::ForbiddenWord(_) => "not_containing",
            Self::FewDistinct(_) => "min_distinct",
            Self::Occurrences(_) => "max_occurrences",
            Self::Repeat(_) => "max_repeat",
            Self::ClassRepeat(_) => "max_class_repeat",
            Self::Sequence(..) => "max_sequence",
            Self::KeyboardWalk(_) => "max_keyboard_walk",
        }
    }
}

impl Rules {
    /// The rules that are asked of passwords of this length.
    pub(super) fn at(policy: &Policy, length: usize) -> Self {
        let mut rules = Self::of(policy);
        let intervals = || policy.intervals();
        rules.asks_owner |= intervals().any(|interval| Self::of(&interval.rules).asks_owner);
        if let Some(interval) = intervals().find(|interval| interval.contains(length)) {
            let others = Self::of(&interval.rules);
            rules.min_length = rules.min_length.max(others.min_length);
            rules.max_length = rules.max_length.into_iter().chain(others.max_length).min();
            rules.characters.extend(others.characters);
            rules.needs.extend(others.needs);
            rules.rejected.extend(others.rejected);
            rules.owner = rules.owner.and(others.owner);
        }
        rules
    }

    /// Names every rule there is, twice, so that a new one does not compile before it is decided here
    /// whether it is counted, left to rejection with a bound, or left out.
    pub(super) fn of(policy: &Policy) -> Self {
        let Policy {
            max_bytes,
            max_personal,
            max_similarity,
            min_length,
            max_length,
            not_common,
            not_among,
            reductions,
            not_entirely_numeric,
            classes,
            no_white_space,
            no_control_characters,
            allowed,
            illegal,
            max_repeat,
            max_class_repeat,
            min_distinct,
            max_occurrences,
            sets,
            categories,
            max_sequence,
            max_keyboard_walk,
            context_words,
            forbidden,
            no_personal_names,
            no_palindrome,
            intervals,
            // Nobody can prove how often the host's own rules refuse.
            own: _,
            // No source of breaches is asked here.
            max_breaches: _,
            // The old password is not known here, nor are the hashes of those before.
            min_changed: _,
            not_rearranged: _,
            not_among_last: _,
            // Wishes refuse nothing.
            wishes: _,
        } = policy.clone();

        let mut needs = Needs::default();
        for (class, count) in classes.iter() {
            needs.at_least(count, class.into());
        }
        for (count, set) in sets.iter().flat_map(|sets| sets.iter()) {
            needs.at_least(*count, set.clone().into());
        }
        if let Some((count, of)) = &categories {
            needs.at_least_kinds(*count, of.clone());
        }
        if not_entirely_numeric {
            needs.not_entirely_numeric();
        }

        // Those whose bound costs most come last.
        let mut rejected = Vec::new();
        if no_white_space == Some(WhiteSpace::AtTheEnds) {
            rejected.push(Rejected::WhiteSpaceAtTheEnds);
        }
        rejected.extend(no_palindrome.then_some(Rejected::Palindrome));
        let common = not_common.iter().map(|list| (list, "not_common"));
        let others = not_among.iter().flat_map(|lists| lists.iter());
        let lists = common.chain(others.map(|list| (list, "not_among")));
        rejected.extend(lists.clone().map(|(list, rule)| Rejected::Listed(list.clone(), rule)));
        rejected.extend(reductions.iter().flat_map(|by| {
            lists.clone().map(|(list, _)| Rejected::DerivedFrom(list.clone(), *by))
        }));
        let words = context_words.iter().flat_map(|words| words.iter());
        rejected.extend(words.cloned().map(Rejected::ContextWord));
        let words = forbidden.iter().flat_map(Forbidden::letters);
        rejected.extend(words.map(|letters| Rejected::ForbiddenWord(letters.into())));
        rejected.extend(min_distinct.map(Rejected::FewDistinct));
        rejected.extend(max_occurrences.map(Rejected::Occurrences));
        rejected.extend(max_repeat.map(Rejected::Repeat));
        rejected.extend(max_class_repeat.map(Rejected::ClassRepeat));
        rejected.extend(max_sequence.map(|(longest, ends)| Rejected::Sequence(longest, ends)));
        rejected.extend(max_keyboard_walk.map(Rejected::KeyboardWalk));

        Self {
            min_length,
            max_length,
            max_bytes,
            owner: Owner { max_similarity, no_personal_names },
            asks_owner: max_similarity.is_some() || no_personal_names,
            characters: Vec::from([Characters {
                allowed: allowed.clone(),
                illegal: illegal.clone(),
                no_control_characters,
                no_white_space: no_white_space == Some(WhiteSpace::Anywhere),
            }]),
            needs,
            rejected,
            policy: Policy {
                max_bytes,
                max_personal,
                max_similarity,
                min_length,
                max_length,
                not_common,
                not_among,
                reductions,
                not_entirely_numeric,
                classes,
                no_white_space,
                no_control_characters,
                allowed,
                illegal,
                max_repeat,
                max_class_repeat,
                min_distinct,
                max_occurrences,
                sets,
                categories,
                max_sequence,
                max_keyboard_walk,
                context_words,
                forbidden,
                no_personal_names,
                no_palindrome,
                intervals: intervals
                    .map(|intervals| intervals.iter().map(Interval::for_sampling).collect()),
                min_changed: None,
                not_rearranged: false,
                not_among_last: None,
                max_breaches: None,
                own: None,
                wishes: None,
            },
        }
    }
}

impl Rules {
    pub(super) fn permit(&self, character: char) -> bool {
        self.characters.iter().all(|characters| characters.permit(character))
    }

    pub(super) fn take(&self, length: usize) -> bool {
        self.min_length <= length && self.max_length.is_none_or(|most| length <= most)
    }
}

impl Owner {
    fn and(self, other: Self) -> Self {
        let ratios = self.max_similarity.into_iter().chain(other.max_similarity);
        Self {
            max_similarity: ratios.reduce(f64::min),
            no_personal_names: self.no_personal_names || other.no_personal_names,
        }
    }
}

impl Interval {
    fn for_sampling(&self) -> Self {
        Self { rules: Rules::of(&self.rules).policy, ..*self }
    }
}

impl Characters {
    fn permit(&self, character: char) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(character))
            && self.illegal.as_ref().is_none_or(|illegal| !illegal.contains(character))
            && !(self.no_control_characters && character.is_control())
            && !(self.no_white_space && character.is_whitespace())
    }
}
