use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_core::ser::{Serialize, SerializeSeq, Serializer};

use super::PolicyConfig;
use super::place::Place;

/// A value of a configuration, which knows where it stands, so that an error can tell.
pub(super) trait Value: Sized {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error>;

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;
}

/// A value that is written by itself.
pub(super) struct Written<'a, T>(pub(super) &'a T);

impl<T: Value> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.write(to)
    }
}

/// A value that is read at a place.
pub(super) struct ReadAt<'a, T>(Place<'a>, PhantomData<T>);

impl<'a, T> ReadAt<'a, T> {
    pub(super) const fn new(at: Place<'a>) -> Self {
        Self(at, PhantomData)
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for ReadAt<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::read(from, self.0)
    }
}

/// Puts the place before what `error` says, which some formats end with an empty line.
pub(super) fn error_at<E: serde_core::de::Error>(at: Place<'_>, error: E) -> E {
    E::custom(at.says(error.to_string().trim_end()))
}

macro_rules! plain {
    ($($plain:ty),+) => {$(
        impl Value for $plain {
            fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
                serde_core::Deserialize::deserialize(from).map_err(|error| error_at(at, error))
            }

            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                self.serialize(to)
            }
        }
    )+};
}

plain!(bool, usize, u64, f64, String);

impl Value for Box<PolicyConfig> {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        PolicyConfig::read(from, at).map(Self::new)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).write(to)
    }
}

impl<T: Value> Value for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        from.deserialize_seq(ListReader(at, PhantomData))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.len()))?;
        self.iter().try_for_each(|item| list.serialize_element(&Written(item)))?;
        list.end()
    }
}

struct ListReader<'a, T>(Place<'a>, PhantomData<T>);

impl<'de, T: Value> Visitor<'de> for ListReader<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expects("a list", f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) =
            list.next_element_seed(ReadAt::new(Place::Item(&self.0, items.len())))?
        {
            items.push(item);
        }
        Ok(items)
    }
}

/// One of several values with a name each.
pub(super) trait Name: Copy + 'static {
    const ALL: &'static [Self];

    fn name(self) -> &'static str;

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.name() == name)
    }

    /// The value of that name, or an error that has all names.
    fn parse<E: serde_core::de::Error>(name: &str, at: Place<'_>) -> Result<Self, E> {
        Self::of_name(name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|value| value.name()).collect();
            E::custom(at.says(alloc::format!("`{name}` is none of {}", names.join(", "))))
        })
    }
}

impl<T: Name> Value for T {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        let name = String::read(from, at)?;
        T::parse(&name, at)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}
