use alloc::vec::Vec;

use super::not_common::NotCommon;
use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::fold;
use crate::policy::draw::power;
use crate::policy::list::common::strip;
use crate::policy::statement::Fact;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Reduction, Requirement, Violation};
use crate::policy::{CommonPasswords, Reductions};

/// No common password in disguise.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotDerivedFromCommon(pub(in crate::policy) Reductions);

impl PolicyBuilder {
    /// Refuses what becomes a password of the lists once it is undone what people do to disguise it. The
    /// whole of it is looked up, in any letter case; the last call counts.
    ///
    /// NIST SP 800-63B-4 section 3.1.1.2 has the entire password compared:
    /// [`Reduction::OF_THE_WHOLE`] keeps to that, and cutting affixes off goes further.
    pub fn not_derived_from_common(mut self, by: impl IntoIterator<Item = Reduction>) -> Self {
        self.rules.not_derived_from_common = Some(NotDerivedFromCommon(Reductions::of(by)));
        self
    }
}

impl Ask for NotDerivedFromCommon {
    const KEY: &'static str = "not_derived_from_common";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "[\"repetition\", \"reversal\", \"leet\"]";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_derived_from_common") };
        let asked = Requirement::of("password_derived_from_common", key);
        all.push(asked.with("by", Fact::Reductions(self.0)));
    }

    /// A common password is one without a disguise.
    fn is_asked_after(&self, found: &[Violation]) -> bool {
        !NotCommon::is_in(found)
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let Some(by) = self.0.find(question.password, question.rules.lists()) else { return };
        let key = match by {
            Reduction::Affixes => const { key("password_common_affixed") },
            Reduction::Repetition => const { key("password_common_repeated") },
            Reduction::Reversal => const { key("password_common_reversed") },
            Reduction::Leet => const { key("password_common_leet") },
            Reduction::Folding => const { key("password_common_folded") },
        };
        found.push(Violation::of(key, &[Advice::NoDisguise, Advice::SeveralWords]));
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        if self.0.iter().next().is_none() || !limits.has_list {
            return Err(PolicyError::NothingToDeriveFrom);
        }
        Ok(())
    }

    fn looks_within(&self) -> bool {
        self.0.iter().any(|reduction| !Reduction::OF_THE_WHOLE.contains(&reduction))
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, all: &Rules) -> f64 {
        all.lists().map(|list| derived(draw, list, self.0)).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        let names = given.list()?.map(|name| name.name(&Reduction::ALL, Reduction::name));
        Ok(Some(Self(Reductions::of(names.collect::<Result<Vec<_>, _>>()?))))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::List(self.0.iter().map(|reduction| reduction.name().into()).collect())
    }
}

/// In either direction some of the places are met by an entry, or by one several times over, and the
/// others are cut off at the ends. Where folding skips, it skips anywhere. However many readings
/// there are, a letter of an entry is met by a character that may be read as it.
fn derived(draw: &Draw<'_>, list: &CommonPasswords<'static>, by: Reductions) -> f64 {
    const DIRECTIONS: f64 = 2.0;
    let size = draw.alphabet.size();
    let met = |read| power(draw.alphabet.of_one_reading as f64 / size, read);
    let is_cut = |character: char| {
        by.has(Reduction::Affixes) && !character.is_alphabetic()
            || strip(character.encode_utf8(&mut [0; 4])).is_empty()
    };
    let cut = draw.alphabet.share(is_cut);
    let skipped =
        draw.alphabet.share(|character| is_cut(character) || fold::plain(character).is_none());
    let drawn = draw.drawn();
    let separators = draw.places.len().saturating_sub(drawn);
    // With the separators that an entry may have itself.
    let entries = |read: usize, separators: usize| {
        let longest = read.saturating_add(separators);
        let fits = |length: usize| {
            let times = longest.checked_div(length).unwrap_or(0);
            length >= read || by.has(Reduction::Repetition) && times.saturating_mul(length) >= read
        };
        (1..=longest).filter(|length| fits(*length)).map(|length| list.entries_of(length)).sum()
    };
    let (mut chance, mut choices): (f64, f64) = (0.0, 1.0);
    for read in (0..=drawn).rev() {
        let left = drawn.saturating_sub(read);
        let ends = left.saturating_add(1) as f64;
        let at_the_ends: f64 = entries(read, separators);
        chance += met(read) * at_the_ends * ends * power(cut, left);
        if by.has(Reduction::Folding) {
            let anywhere: f64 = entries(read, 0);
            chance += met(read) * anywhere * choices * power(skipped, left);
        }
        choices *= read as f64 / ends;
    }
    chance * DIRECTIONS
}
