//! The one shape in which what has a code is serialized: `{"code": …, "params": {…}, "position": …}`.

use serde_core::ser::{Serialize, SerializeStruct, Serializer};

/// Serializes a code, its parameters by name, and where something is, if that is known.
pub(crate) fn serialize<S: Serializer, V: Serialize>(
    to: S,
    code: &str,
    params: impl IntoIterator<Item = (&'static str, V), IntoIter: Clone>,
    position: Option<usize>,
) -> Result<S::Ok, S::Error> {
    let fields = if position.is_some() { 3 } else { 2 };
    let mut coded = to.serialize_struct("Coded", fields)?;
    coded.serialize_field("code", code)?;
    coded.serialize_field("params", &Params(params.into_iter()))?;
    match position {
        Some(position) => coded.serialize_field("position", &position)?,
        None => coded.skip_field("position")?,
    }
    coded.end()
}

struct Params<I>(I);

impl<V: Serialize, I: Iterator<Item = (&'static str, V)> + Clone> Serialize for Params<I> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.clone())
    }
}

/// Parameters of something that has none.
pub(crate) const NONE: [(&str, u32); 0] = [];
