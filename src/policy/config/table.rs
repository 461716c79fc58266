use alloc::string::String;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess};

use super::place::Place;
use super::value::{ReadAt, Value};

/// Reads and writes a struct as a table of its fields and of no others: each of them `optional`, or
/// each `required`.
macro_rules! table {
    ($kind:ident $table:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::policy::config::value::Value for $table {
            fn read<'de, D: serde_core::Deserializer<'de>>(
                from: D,
                at: $crate::policy::config::place::Place<'_>,
            ) -> Result<Self, D::Error> {
                struct Reader<'a>($crate::policy::config::place::Place<'a>);

                impl<'de> serde_core::de::Visitor<'de> for Reader<'_> {
                    type Value = $table;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        self.0.expects("a table", f)
                    }

                    fn visit_map<A: serde_core::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$table, A::Error> {
                        use $crate::policy::config::table::{self, $kind};
                        $(let mut $field = None;)+
                        let names = &[$(stringify!($field)),+];
                        while let Some(name) = table::next_name(&mut map, names, self.0)? {
                            $(if name == stringify!($field) {
                                table::take(&mut $field, &mut map, stringify!($field), self.0)?;
                            })+
                        }
                        Ok($table {
                            $($field: $kind::finish($field, stringify!($field), self.0)?),+
                        })
                    }
                }

                from.deserialize_map(Reader(at))
            }

            fn write<S: serde_core::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde_core::ser::SerializeMap;
                let mut map = to.serialize_map(None)?;
                $($crate::policy::config::table::$kind::write(
                    &mut map,
                    stringify!($field),
                    &self.$field,
                )?;)+
                map.end()
            }
        }
    };
}

pub(super) use table;

/// The next of `names` in `map`.
pub(super) fn next_name<'de, A: MapAccess<'de>>(
    map: &mut A,
    names: &'static [&'static str],
    at: Place<'_>,
) -> Result<Option<&'static str>, A::Error> {
    map.next_key_seed(OneOf { names, at })
}

/// Reads the value of the field `name` into `field`, where none may be yet.
pub(super) fn take<'de, T: Value, A: MapAccess<'de>>(
    field: &mut Option<T>,
    map: &mut A,
    name: &'static str,
    at: Place<'_>,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(A::Error::custom(at.says(alloc::format!("`{name}` stands there twice"))));
    }
    *field = Some(map.next_value_seed(ReadAt::new(Place::Field(&at, name)))?);
    Ok(())
}

struct OneOf<'a> {
    names: &'static [&'static str],
    at: Place<'a>,
}

impl<'de> DeserializeSeed<'de> for OneOf<'_> {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<&'static str, D::Error> {
        let name: String = serde_core::Deserialize::deserialize(from)?;
        self.names.iter().copied().find(|known| *known == name).ok_or_else(|| {
            let names = self.names.join(", ");
            D::Error::custom(
                self.at.says(alloc::format!("unknown field `{name}`, known are {names}")),
            )
        })
    }
}

/// Fields that may be missing.
pub(super) mod optional {
    use serde_core::ser::SerializeMap;

    use crate::policy::config::place::Place;
    use crate::policy::config::value::{Value, Written};

    pub(in crate::policy::config) fn finish<T, E>(
        value: Option<T>,
        _name: &'static str,
        _at: Place<'_>,
    ) -> Result<Option<T>, E> {
        Ok(value)
    }

    pub(in crate::policy::config) fn write<M: SerializeMap, T: Value>(
        map: &mut M,
        name: &'static str,
        value: &Option<T>,
    ) -> Result<(), M::Error> {
        value.as_ref().map_or(Ok(()), |value| map.serialize_entry(name, &Written(value)))
    }
}

/// Fields that may not.
pub(super) mod required {
    use serde_core::de::Error;
    use serde_core::ser::SerializeMap;

    use crate::policy::config::place::Place;
    use crate::policy::config::value::{Value, Written};

    pub(in crate::policy::config) fn finish<T, E: Error>(
        value: Option<T>,
        name: &'static str,
        at: Place<'_>,
    ) -> Result<T, E> {
        value.ok_or_else(|| E::custom(at.says(alloc::format!("missing field `{name}`"))))
    }

    pub(in crate::policy::config) fn write<M: SerializeMap, T: Value>(
        map: &mut M,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        map.serialize_entry(name, &Written(value))
    }
}
