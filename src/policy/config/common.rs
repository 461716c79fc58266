use core::fmt;

use serde_core::de::{Deserializer, Error, Visitor};
use serde_core::ser::Serializer;

use super::place::Place;
use super::value::{Name, Value};
use crate::policy::CommonPasswords;

/// How much of the embedded list is asked: `true`, `false`, or the name of a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Common {
    Nothing,
    Whole,
    Part(Part),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    Top100,
    Top1000,
    Top10000,
    Django,
}

impl Common {
    /// The list, if this build has it.
    #[cfg(feature = "common-passwords")]
    pub(super) const fn list(self) -> Option<CommonPasswords<'static>> {
        use crate::policy::Rank;

        let rank = match self {
            Self::Nothing => return None,
            Self::Part(Part::Django) => return Some(CommonPasswords::django()),
            Self::Part(Part::Top100) => Rank::Top100,
            Self::Part(Part::Top1000) => Rank::Top1000,
            Self::Part(Part::Top10000) => Rank::Top10000,
            Self::Whole => Rank::Listed,
        };
        Some(CommonPasswords::embedded().up_to(rank))
    }

    /// The list, if this build has it.
    #[cfg(not(feature = "common-passwords"))]
    pub(super) const fn list(self) -> Option<CommonPasswords<'static>> {
        None
    }
}

impl Name for Part {
    const ALL: &'static [Self] = &[Self::Top100, Self::Top1000, Self::Top10000, Self::Django];

    fn name(self) -> &'static str {
        match self {
            Self::Top100 => "top_100",
            Self::Top1000 => "top_1000",
            Self::Top10000 => "top_10000",
            Self::Django => "django",
        }
    }
}

impl Value for Common {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(at))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_bool(false),
            Self::Whole => to.serialize_bool(true),
            Self::Part(part) => part.write(to),
        }
    }
}

struct Reader<'a>(Place<'a>);

impl Visitor<'_> for Reader<'_> {
    type Value = Common;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expects("true, false or the name of a part", f)
    }

    fn visit_bool<E: Error>(self, is_asked: bool) -> Result<Common, E> {
        Ok(if is_asked { Common::Whole } else { Common::Nothing })
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Common, E> {
        Part::parse(name, self.0).map(Common::Part)
    }
}
