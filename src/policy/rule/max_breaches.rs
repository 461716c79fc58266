use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::statement::Fact;
use crate::policy::{
    Advice, Breach, BreachUnknown, PolicyBuilder, Requirement, Violation, WhenUnknown,
};

/// Not seen in breaches, or not more often.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxBreaches(u64, WhenUnknown);

impl PolicyBuilder {
    /// The most often that a password may have been seen in breaches: 0 refuses any that was seen.
    /// [`Policy::check_with`](crate::policy::Policy::check_with) asks, and the host finds the number out: see
    /// [`BreachAnswer`](crate::policy::BreachAnswer).
    ///
    /// `when_unknown` says what happens when the source gives no answer.
    ///
    /// ```
    /// use repass::policy::{Breach, BreachAnswer, BreachUnknown, Evidence, Personal, Policy, WhenUnknown};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().max_breaches(0, WhenUnknown::Refuse).build()?;
    /// let password = Password::new("plum-kettle-42")?;
    /// for (answer, code) in [
    ///     (Breach::seen(0), None),
    ///     (Breach::seen(3), Some("password_breached")),
    ///     (Breach::Unknown(BreachUnknown::Unreachable), Some("password_breach_unknown")),
    /// ] {
    ///     let answer = BreachAnswer::new(&password, answer);
    ///     let evidence = Evidence::of_reset().breach(&answer);
    ///     let checked = policy.check_with(&password, &Personal::none(), evidence);
    ///     assert_eq!(checked.err().map(|violations| violations[0].code()), code);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_breaches(mut self, count: u64, when_unknown: WhenUnknown) -> Self {
        self.rules.max_breaches = Some(MaxBreaches(count, when_unknown));
        self
    }
}

impl Ask for MaxBreaches {
    const KEY: &'static str = "max_breaches";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "{ count = 0, when_unknown = \"refuse\" }";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_breaches") };
        let asked = Requirement::of("password_breached", key);
        all.push(asked.number("max_breaches", saturated(self.0)));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        found.push(match question.evidence.breached() {
            Breach::Count(count) if count.get() > self.0 => {
                let key = const { key("password_breached") };
                Violation::of(key, &[Advice::OnlyHere, Advice::PasswordManager])
                    .number("count", saturated(count.get()))
                    .number("max_breaches", saturated(self.0))
            }
            Breach::Unknown(reason)
                if self.1 == WhenUnknown::Refuse || reason == BreachUnknown::NotAsked =>
            {
                let key = const { key("password_breach_unknown") };
                Violation::of(key, &[]).with("reason", Fact::Name(reason.code()))
            }
            _ => return,
        });
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        let table = given.table(&["count", "when_unknown"])?;
        let count = table.required("count")?.number()?;
        let when = table.required("when_unknown")?;
        let when = when.name(&WhenUnknown::ALL, WhenUnknown::name)?;
        Ok(Some(Self(count as u64, when)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        let count = saturated(self.0).into();
        Value::table([("count", count), ("when_unknown", self.1.name().into())])
    }
}

/// Of a number that the machine cannot count to, the highest that it can.
fn saturated(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
