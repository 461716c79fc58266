use core::fmt;

use serde_core::de::{Deserializer, Error as _, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::{Field, add};
use crate::problem::Problem;

/// An object whose values are texts. What is wrong with it is a [`Problem`]; the errors of the parser,
/// which can repeat what was sent, are dropped.
pub(super) fn read(body: &[u8], names: &'static [&'static str]) -> Result<Vec<Field>, Problem> {
    let mut reader = Reader { names, fields: Vec::new(), problem: None };
    let mut parser = serde_json::Deserializer::from_slice(body);
    let parsed = parser.deserialize_map(&mut reader).and_then(|()| parser.end());
    match (parsed, reader.problem) {
        (Ok(()), _) => Ok(reader.fields),
        (Err(_), Some(problem)) => Err(problem),
        (Err(_), None) => Err(Problem::malformed("json_malformed")),
    }
}

struct Reader {
    names: &'static [&'static str],
    fields: Vec<Field>,
    problem: Option<Problem>,
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let text: String = map.next_value()?;
            if let Err(problem) = add(&mut self.fields, self.names, &name, Zeroizing::new(text)) {
                self.problem = Some(problem);
                return Err(M::Error::custom("refused"));
            }
        }
        Ok(())
    }
}
