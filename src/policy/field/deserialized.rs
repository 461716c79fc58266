use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_core::Deserialize;
use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::Value;

/// How deep lists and tables may be within each other: ranges of a set within an interval of `warn` need ten.
const DEPTH: usize = 12;

/// The name by which the crate `toml` hands a date or a time over, as a table.
const DATE: &str = "$__toml_private_datetime";

/// The name by which the crate `serde_json` with its feature `arbitrary_precision` hands a number over, as a
/// table.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Within(DEPTH).deserialize(from)
    }
}

/// A value that may have lists and tables of this depth.
#[derive(Clone, Copy)]
struct Within(usize);

impl Within {
    fn next<E: Error>(self) -> Result<Self, E> {
        let deeper = self.0.checked_sub(1).map(Self);
        deeper.ok_or_else(|| E::custom("lists and tables are too deep within each other"))
    }
}

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a number, a text, a list or a table")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Other("null".into()))
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        self.deserialize(from)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(usize::try_from(number).map_or(Value::Ratio(number as f64), Value::Number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(usize::try_from(number).map_or(Value::Ratio(number as f64), Value::Number))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Value, E> {
        Ok(usize::try_from(number).map_or(Value::Ratio(number as f64), Value::Number))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Value, E> {
        Ok(usize::try_from(number).map_or(Value::Ratio(number as f64), Value::Number))
    }

    fn visit_f64<E: Error>(self, ratio: f64) -> Result<Value, E> {
        Ok(Value::Ratio(ratio))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let within = self.next()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(within)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let within = self.next()?;
        let mut fields = Vec::new();
        while let Some(name) = table.next_key::<String>()? {
            let value = table.next_value_seed(within)?;
            if let Some(value) = handed_over(&name, &value) {
                return Ok(value);
            }
            fields.push((name, value));
        }
        Ok(Value::Table(fields))
    }
}

/// What a crate hands over as a table with one field of such a name; anybody may write the same.
fn handed_over(name: &str, value: &Value) -> Option<Value> {
    let Value::Text(written) = value else { return None };
    match name {
        DATE => {
            let is_of_date = |byte: u8| byte.is_ascii_digit() || b"TtZz:.+- ".contains(&byte);
            written.bytes().all(is_of_date).then(|| Value::Other(written.clone()))
        }
        NUMBER => written.parse().map(Value::Number).ok().or_else(|| {
            let ratio = written.parse().ok().filter(|ratio: &f64| ratio.is_finite());
            ratio.map(Value::Ratio)
        }),
        _ => None,
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => to.serialize_bool(*flag),
            Self::Number(number) => to.serialize_u64(*number as u64),
            Self::Ratio(ratio) => to.serialize_f64(*ratio),
            Self::Text(text) => to.serialize_str(text),
            Self::List(items) => to.collect_seq(items),
            Self::Table(fields) => to.collect_map(fields.iter().map(|(name, value)| (name, value))),
            // No rule is written so.
            Self::Other(written) => to.serialize_str(written),
        }
    }
}
