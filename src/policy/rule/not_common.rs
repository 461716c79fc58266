use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
#[cfg(feature = "common-passwords")]
use crate::policy::Rank;
use crate::policy::catalogue::key;
use crate::policy::draw::power;
use crate::policy::{Advice, CommonPasswords, PolicyBuilder, Requirement, Violation};

/// Not on a list of common passwords.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotCommon {
    /// The part of the embedded list.
    embedded: Option<(Part, CommonPasswords<'static>)>,
    /// Those of the host's own.
    others: Option<Arc<[CommonPasswords<'static>]>>,
}

/// A part of the embedded list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::policy) enum Part {
    #[cfg(any(feature = "common-passwords", feature = "serde"))]
    Whole,
    #[cfg(feature = "serde")]
    Top100,
    #[cfg(feature = "serde")]
    Top1000,
    #[cfg(feature = "serde")]
    Top10000,
    #[cfg(any(feature = "common-passwords", feature = "serde"))]
    Django,
}

impl PolicyBuilder {
    /// Refuses the 139,184 common passwords of [`CommonPasswords::embedded`], in any letter case and
    /// with any white space around them.
    ///
    /// The list is compared exactly and as a whole: no other password is refused, and none for
    /// containing an entry. For the most common alone, or Django's alone, hand a part of the list to
    /// [`not_among`](Self::not_among) instead.
    #[cfg(feature = "common-passwords")]
    pub fn not_common(mut self) -> Self {
        let others = self.rules.not_common.take().and_then(|rule| rule.others);
        self.rules.not_common = Some(NotCommon { others, ..NotCommon::embedded(Part::Whole) });
        self
    }

    /// Refuses the passwords of `list`, a list of your own or a part of the embedded one; each call
    /// adds a list.
    pub fn not_among(mut self, list: CommonPasswords<'static>) -> Self {
        let (embedded, others) = match self.rules.not_common.take() {
            Some(NotCommon { embedded, others }) => (embedded, others),
            None => (None, None),
        };
        let others = others.iter().flat_map(|lists| lists.iter().cloned());
        let others = Some(others.chain([list]).collect());
        self.rules.not_common = Some(NotCommon { embedded, others });
        self
    }
}

impl NotCommon {
    #[cfg(feature = "common-passwords")]
    pub(in crate::policy) const fn embedded(part: Part) -> Self {
        Self { embedded: Some((part, part.list())), others: None }
    }

    pub(in crate::policy) fn lists(
        &self,
    ) -> impl Iterator<Item = &CommonPasswords<'static>> + Clone {
        let embedded = self.embedded.iter().map(|(_, list)| list);
        embedded.chain(self.others.iter().flat_map(|lists| lists.iter()))
    }
}

impl Rules {
    /// The lists of common passwords.
    pub(in crate::policy) fn lists(
        &self,
    ) -> impl Iterator<Item = &CommonPasswords<'static>> + Clone {
        self.not_common.iter().flat_map(NotCommon::lists)
    }
}

impl Part {
    /// The parts that a configuration names.
    #[cfg(feature = "serde")]
    const NAMED: [(Self, &'static str); 4] = [
        (Self::Top100, "top_100"),
        (Self::Top1000, "top_1000"),
        (Self::Top10000, "top_10000"),
        (Self::Django, "django"),
    ];

    #[cfg(feature = "common-passwords")]
    const fn list(self) -> CommonPasswords<'static> {
        let rank = match self {
            Self::Django => return CommonPasswords::django(),
            #[cfg(feature = "serde")]
            Self::Top100 => Rank::Top100,
            #[cfg(feature = "serde")]
            Self::Top1000 => Rank::Top1000,
            #[cfg(feature = "serde")]
            Self::Top10000 => Rank::Top10000,
            Self::Whole => Rank::Listed,
        };
        CommonPasswords::embedded().up_to(rank)
    }
}

impl Ask for NotCommon {
    const KEY: &'static str = "not_common";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Whole;

    fn method(&self) -> &'static str {
        if self.embedded.is_some() { Self::KEY } else { "not_among" }
    }

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_common") };
        all.push(Requirement::of("password_too_common", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if self.lists().any(|list| list.contains(question.password)) {
            found.push(Self::violation());
        }
    }

    /// An entry is met in every place, by one of the characters of the same lower case.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        if !draw.alphabet.lowers_singly {
            return 1.0;
        }
        let length = draw.places.len();
        let hit = draw.alphabet.of_one_case as f64 / draw.alphabet.size();
        let blank = draw.alphabet.share(|character| {
            character.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&character)
        });
        let one = |list: &CommonPasswords<'static>| {
            if blank == 0.0 {
                return list.entries_of(length) * power(hit, draw.drawn());
            }
            // White space around an entry is stripped, with the entry beginning in any place.
            let beginnings = length.saturating_add(1);
            list.entries() as f64 * beginnings as f64 * power(hit.max(blank), draw.drawn())
        };
        self.lists().map(one).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        let part = match given.value {
            Value::Flag(false) => return Ok(None),
            Value::Flag(true) => Part::Whole,
            _ => {
                let named = given.name(&Part::NAMED, |(_, name)| name);
                named.map_err(|error| error.or("true or false"))?.0
            }
        };
        #[cfg(feature = "common-passwords")]
        return Ok(Some(Self::embedded(part)));
        #[cfg(not(feature = "common-passwords"))]
        return {
            let _ = part;
            Err(given.no_embedded_list())
        };
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        let Some((part, _)) = &self.embedded else { return Value::Flag(false) };
        let named = Part::NAMED.iter().find(|(named, _)| named == part);
        named.map_or(Value::Flag(true), |(_, name)| (*name).into())
    }
}

impl NotCommon {
    fn violation() -> Violation {
        let key = const { key("password_too_common") };
        Violation::of(key, &[Advice::SeveralWords, Advice::PasswordManager])
    }

    /// Whether it is this that was found.
    pub(super) fn is_in(found: &[Violation]) -> bool {
        found.iter().any(|violation| violation.code() == "password_too_common")
    }
}
