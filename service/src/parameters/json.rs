use core::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::{BodyError, Parameters};

/// The members of an object that are texts. Others are left out, so that they count as missing; a name that is there
/// twice is kept twice.
pub(super) fn read(bytes: &[u8]) -> Result<Parameters, BodyError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parameters = reader.deserialize_map(Members).map_err(|_| BodyError::Malformed)?;
    reader.end().map_err(|_| BodyError::Malformed)?;
    Ok(parameters)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Parameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
        let mut parameters = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = match map.next_value::<Member>()? {
                Member::Text(text) => Zeroizing::new(text),
                Member::Other(_) => Zeroizing::new(String::new()),
            };
            parameters.push((name, value));
        }
        Ok(Parameters(parameters))
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Member {
    Text(String),
    Other(IgnoredAny),
}
