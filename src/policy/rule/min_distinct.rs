use alloc::vec;
use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::pattern::repeat;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The fewest different code points.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MinDistinct(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The fewest different code points. From 1.
    pub fn min_distinct(mut self, code_points: usize) -> Self {
        self.rules.min_distinct = Some(MinDistinct(code_points));
        self
    }
}

impl Ask for MinDistinct {
    const KEY: &'static str = "min_distinct";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "5";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_min_distinct") };
        all.push(Requirement::of("password_too_few_distinct", key).number("min_distinct", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if repeat::has_fewer_distinct(question.password, self.0) {
            let key = const { key("password_too_few_distinct") };
            found.push(Violation::of(key, &[Advice::NoPatterns]).number("min_distinct", self.0));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let (longest, permitted) = (limits.longest, limits.permitted.count());
        // Only where there are too few characters, the number of characters is the bound that tells why.
        in_range(
            Self::KEY,
            self.0,
            1,
            if permitted < self.0 { permitted.min(longest) } else { longest },
        )
    }

    /// Exact: the number of different characters as a Markov chain.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        if self.0 > draw.drawn() {
            return 1.0;
        }
        let size = draw.alphabet.size();
        let mut chances = vec![0.0; self.0];
        chances.iter_mut().take(1).for_each(|chance| *chance = 1.0);
        for _ in 0..draw.drawn() {
            let mut from_below = 0.0;
            for (distinct, chance) in chances.iter_mut().enumerate() {
                let known = (distinct as f64 / size).min(1.0);
                let here = *chance;
                *chance = here * known + from_below;
                from_below = here * (1.0 - known);
            }
        }
        chances.into_iter().sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(given.number()?)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        self.0.into()
    }
}
