use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Need, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::statement::Fact;
use crate::policy::{
    Advice, Categories, Category, PolicyBuilder, PolicyError, Requirement, Violation,
};

/// So many of several kinds of characters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct AtLeastKinds {
    pub(in crate::policy) count: usize,
    pub(in crate::policy) of: Categories,
}

impl PolicyBuilder {
    /// How many of several kinds of characters the password needs at least, such as three of four;
    /// the last call counts.
    ///
    /// A character counts for the first kind that it is of, and for no other.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let kinds = [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit];
    /// let policy = Policy::builder().at_least_kinds(2, kinds).build()?;
    /// assert!(policy.check(&Password::new("plum4")?, &Personal::none()).is_ok());
    /// assert!(policy.check(&Password::new("plum!")?, &Personal::none()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at_least_kinds<T: Into<Category>>(
        mut self,
        count: usize,
        of: impl IntoIterator<Item = T>,
    ) -> Self {
        let of = Categories::new(of.into_iter().map(Into::into));
        self.rules.at_least_kinds = Some(AtLeastKinds { count, of });
        self
    }

    /// Active Directory's three of five: uppercase letters, lowercase letters, the digits 0 to 9,
    /// the special characters of ASCII, and letters that have no case.
    ///
    /// Source: Microsoft, "Password must meet complexity requirements". Its other half, names in the
    /// password, is a rule about personal information. In a configuration it is
    /// `at_least_kinds = "active_directory"`.
    pub fn active_directory_kinds(mut self) -> Self {
        self.rules.at_least_kinds = Some(AtLeastKinds::of_active_directory());
        self
    }
}

impl AtLeastKinds {
    pub(in crate::policy) fn of_active_directory() -> Self {
        let of = Categories::of_active_directory();
        Self { count: Categories::FEWEST_OF_ACTIVE_DIRECTORY, of }
    }
}

impl Ask for AtLeastKinds {
    const KEY: &'static str = "at_least_kinds";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str =
        "{ count = 3, of = [\"lower\", \"upper\", \"digit\", { characters = \"!$%\" }] }";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_categories") };
        let asked = Requirement::of("password_too_few_kinds", key).number("at_least", self.count);
        all.push(asked.with("kinds", Fact::Kinds(self.of.clone())));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if self.of.count_in(question.password.chars(), self.count) < self.count {
            let key = const { key("password_too_few_kinds") };
            let missing = Violation::of(key, &[Advice::MixIn, Advice::PasswordManager]);
            let missing = missing.number("at_least", self.count);
            found.push(missing.with("kinds", Fact::Kinds(self.of.clone())));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let most = self.of.count_permitted(&limits.permitted);
        in_range(Self::KEY, self.count, 1, most.min(limits.longest))
    }

    fn needs(&self, needs: &mut Vec<Need>) {
        needs.push(Need::Kinds(self.count, self.of.clone()));
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        if given.text() == Some(ACTIVE_DIRECTORY) {
            return Ok(Some(Self::of_active_directory()));
        }
        let table =
            given.table(&["count", "of"]).map_err(|error| error.or("\"active_directory\""))?;
        let count = table.required("count")?.number()?;
        let of = table.required("of")?.short_list()?;
        let kinds = of.map(|kind| Category::read(&kind)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Self { count, of: Categories::new(kinds.into_iter()) }))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        if *self == Self::of_active_directory() {
            return ACTIVE_DIRECTORY.into();
        }
        let of = self.of.iter().map(Category::write).collect();
        Value::table([("count", self.count.into()), ("of", Value::List(of))])
    }
}

#[cfg(feature = "serde")]
const ACTIVE_DIRECTORY: &str = "active_directory";
