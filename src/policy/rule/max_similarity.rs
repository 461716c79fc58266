use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::owner::similarity;
use crate::policy::{Advice, Personal, PolicyBuilder, PolicyError, Requirement, Violation};

/// The likeness to an attribute from which on a password is refused.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxSimilarity(pub(in crate::policy) f64);

impl PolicyBuilder {
    /// Refuses a password whose likeness to an attribute, or to a word of it, is `ratio` or more;
    /// Django's default is 0.7.
    ///
    /// The measure is Django's: both sides are lowercased, an attribute is also taken word by
    /// word, and the likeness is twice the number of shared code points, in any order, divided by
    /// the sum of the lengths. From 0.1, Django's own limit, to 1.0; above 1.0 the rule could never
    /// refuse, so that does not build.
    pub fn max_similarity(mut self, ratio: f64) -> Self {
        self.rules.max_similarity = Some(MaxSimilarity(ratio));
        self
    }
}

impl Ask for MaxSimilarity {
    const KEY: &'static str = "max_similarity";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "0.7";
    const KIND: Kind = Kind::Whole;
    const NEEDS_OWNER: bool = true;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_similar") };
        all.push(Requirement::of("password_too_similar", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let like = similarity::similar_attribute(question.password, question.about, self.0);
        if let Some(attribute) = like {
            let key = const { key("password_too_similar") };
            found.push(Violation::of(key, &[Advice::LeaveYourselfOut]).attribute(attribute));
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        let fits = (0.1..=1.0).contains(&self.0);
        if fits { Ok(()) } else { Err(PolicyError::MaxSimilarityOutOfRange) }
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    fn refuses_owner_at_most(&self, draw: &Draw<'_>, about: &Personal<'_>) -> f64 {
        about.present().map(|(_, value)| draw.similar(value, self.0)).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(given.ratio()?)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::Ratio(self.0)
    }
}
