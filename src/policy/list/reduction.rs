use core::iter;

use self::reading::Reading;
use crate::policy::CommonPasswords;
use crate::policy::characters::fold;
use crate::policy::list::common::{LONGEST, strip};
use crate::policy::text::ShortText;

mod part;
mod reading;

/// What people do to a common password to make it look like another, and what is undone before the
/// list is asked about the whole of what remains.
///
/// ```
/// use repass::policy::{CommonPasswords, Personal, Policy, Reduction};
/// use repass::secret::Password;
///
/// let bytes = CommonPasswords::build(["plumkettle"])?;
/// let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes))?;
/// let policy = Policy::builder().not_among(list).not_derived_from_common(Reduction::ALL).build()?;
/// for (password, code) in [
///     ("PlumKettle", "password_too_common"),
///     ("plum-këttle", "password_common_folded"),
///     ("p1umk3ttle", "password_common_leet"),
///     ("elttekmulp", "password_common_reversed"),
///     ("plumkettleplumkettle", "password_common_repeated"),
///     ("plumkettle2026!", "password_common_affixed"),
/// ] {
///     let violations = policy.check(&Password::new(password)?, &Personal::none()).unwrap_err();
///     assert_eq!(violations[0].code(), code);
/// }
/// assert!(policy.check(&Password::new("my plumkettle is red")?, &Personal::none()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reduction {
    /// Digits and symbols before and behind it are cut off, if four characters remain: all of them,
    /// symbols alone, and all but the symbols that stand for letters, at both ends or behind it alone.
    /// What remains is a part of what was typed, so NIST SP 800-63B-4 section 3.1.1.2 does not go that
    /// far.
    Affixes,
    /// The password several times over.
    Repetition,
    /// Backwards.
    Reversal,
    /// Digits and symbols for letters; what may stand for two letters is read as one of them
    /// throughout, first the one and then the other. Digits and exclamation marks at the ends are read
    /// as themselves too, behind it alone and at both ends, where nothing else is undone with it.
    Leet,
    /// Marks on letters, and separators between them.
    Folding,
}

impl Reduction {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Affixes, Self::Repetition, Self::Reversal, Self::Leet, Self::Folding];

    /// Those that look at every character that was typed.
    pub const OF_THE_WHOLE: [Self; 3] = [Self::Repetition, Self::Reversal, Self::Leet];

    /// The stable name: `affixes`, `repetition`, `reversal`, `leet`, `folding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Affixes => "affixes",
            Self::Repetition => "repetition",
            Self::Reversal => "reversal",
            Self::Leet => "leet",
            Self::Folding => "folding",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Affixes => 1,
            Self::Repetition => 1 << 1,
            Self::Reversal => 1 << 2,
            Self::Leet => 1 << 3,
            Self::Folding => 1 << 4,
        }
    }
}

/// A set of [`Reduction`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) struct Reductions(u8);

impl Reductions {
    pub(in crate::policy) fn of(reductions: impl IntoIterator<Item = Reduction>) -> Self {
        Self(reductions.into_iter().fold(0, |bits, reduction| bits | reduction.bit()))
    }

    /// The reductions of the set, in the order of [`Reduction::ALL`].
    pub(in crate::policy) fn iter(self) -> impl Iterator<Item = Reduction> {
        Reduction::ALL.into_iter().filter(move |reduction| self.has(*reduction))
    }

    pub(in crate::policy) const fn has(self, reduction: Reduction) -> bool {
        self.0 & reduction.bit() != 0
    }

    /// The first reduction that has to be undone to find the whole of `password` on one of `lists`.
    /// That it is not there as it was typed is for the caller to know.
    pub(in crate::policy) fn find<'a>(
        self,
        password: &str,
        lists: impl Iterator<Item = &'a CommonPasswords<'static>> + Clone,
    ) -> Option<Reduction> {
        let password = strip(password);
        let longest = lists.clone().map(CommonPasswords::longest).max().unwrap_or(0);
        let is_listed = |text: &[u8]| lists.clone().any(|list| list.holds(text));
        let look_up = |base: &str, undone: Self, by: Option<Reduction>| {
            if has_more_letters(base, longest) {
                return None;
            }
            let is_longer = base.len() > longest && base.chars().nth(longest).is_some();
            let mut spelled = ShortText::<LONGEST>::new();
            Reading::all(base, undone).find_map(|reading| {
                let straight = by.or_else(|| reading.reduction());
                let backwards = self.has(Reduction::Reversal).then_some(Reduction::Reversal);
                straight.or(backwards)?;
                // Only folding leaves characters out.
                if is_longer && !reading.is_folded() || !reading.spell(base, &mut spelled) {
                    return None;
                }
                if straight.is_some() && is_listed(spelled.as_bytes()) {
                    return straight;
                }
                let backwards = by.or(backwards).filter(|_| backwards.is_some())?;
                spelled.reverse();
                is_listed(spelled.as_bytes()).then_some(backwards)
            })
        };
        let in_units = |base: &str, undone: Self, by| {
            let mut units = part::units(base);
            let asked = self.has(Reduction::Repetition);
            asked.then(|| units.find_map(|unit| look_up(unit, undone, Some(by)))).flatten()
        };
        // Only the first is folded, so that a long text of separators is not walked for each.
        let in_cuts = || {
            let by = Reduction::Affixes;
            let unfolded = Self(self.0 & !Reduction::Folding.bit());
            let all = iter::once(self).chain(iter::repeat(unfolded));
            let mut cuts = part::without_affixes(password).zip(all);
            cuts.find_map(|(cut, undone)| {
                look_up(cut, undone, Some(by)).or_else(|| in_units(cut, undone, by))
            })
        };
        look_up(password, self, None)
            .or_else(|| in_units(password, self, Reduction::Repetition))
            .or_else(|| self.has(Reduction::Affixes).then(in_cuts).flatten())
    }
}

/// Whether `base` has more letters than `longest`, which is in bytes: then every reading of it is
/// longer, as none leaves out a letter.
fn has_more_letters(base: &str, longest: usize) -> bool {
    base.len() > longest && base.chars().filter_map(fold::plain).nth(longest).is_some()
}
