use core::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::{BodyError, Parameters};

/// The members of an object that are texts. Others are left out, so that they count as missing.
pub(super) fn read(bytes: &[u8]) -> Result<Parameters, BodyError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parameters = reader.deserialize_map(Members).map_err(|_| BodyError::Malformed)?;
    reader.end().map_err(|_| BodyError::Malformed)?;
    parameters
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Result<Parameters, BodyError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parameters = Parameters::default();
        while let Some(name) = map.next_key::<String>()? {
            let value = match map.next_value::<Member>()? {
                Member::Text(text) => Zeroizing::new(text),
                Member::Other(_) => Zeroizing::new(String::new()),
            };
            if let Err(error) = parameters.add(name, value) {
                // What is no JSON at all is told as that.
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Err(error));
            }
        }
        Ok(Ok(parameters))
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Member {
    Text(String),
    Other(IgnoredAny),
}
