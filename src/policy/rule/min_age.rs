use alloc::vec::Vec;
use core::time::Duration;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::evidence::Age;
use crate::policy::{PolicyBuilder, PolicyError, Requirement, Violation};

/// How long a password is kept before its owner may change it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MinAge(usize);

/// 998 days, the most that Active Directory allows.
const MOST_HOURS: usize = 998 * 24;

impl PolicyBuilder {
    /// For how many hours the owner keeps a password before changing it, from 1 to 23,952, so that nobody
    /// gets around [`not_among_last`](Self::not_among_last) by several changes in a row.
    ///
    /// It is asked where [`Evidence`](crate::policy::Evidence) has the old password, and not where that has
    /// to be changed. A reset is never refused for it: the owner may have lost the password, or somebody
    /// else may know it.
    ///
    /// ```
    /// use core::time::Duration;
    /// use repass::policy::{Evidence, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().min_age(24).build()?;
    /// let (old, new) = (Password::new("plum-kettle-42")?, Password::new("orbit-kettle-42")?);
    /// let check = |hours: u64| {
    ///     let evidence = Evidence::of_change(&old).age(Duration::from_secs(hours * 60 * 60));
    ///     policy.check_with(&new, &Personal::none(), evidence)
    /// };
    /// assert!(check(24).is_ok());
    /// assert_eq!(check(23).unwrap_err()[0].code(), "password_changed_recently");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn min_age(mut self, hours: usize) -> Self {
        self.rules.min_age = Some(MinAge(hours));
        self
    }
}

impl Ask for MinAge {
    const KEY: &'static str = "min_age";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "24";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_min_age") };
        all.push(Requirement::of("password_changed_recently", key).number("hours", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        const HOUR: u64 = 60 * 60;
        let hours = u64::try_from(self.0).unwrap_or(u64::MAX);
        let key = match question.evidence.age {
            Age::Any => return,
            Age::Known(age) if age >= Duration::from_secs(hours.saturating_mul(HOUR)) => return,
            Age::Known(_) => const { key("password_changed_recently") },
            Age::Unknown => const { key("password_age_unknown") },
        };
        found.push(Violation::of(key, &[]).number("hours", self.0));
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        in_range(Self::KEY, self.0, 1, MOST_HOURS)
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
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
