use zeroize::Zeroizing;

use super::form::decoded;
use crate::problem::Problem;

/// The parameter of this name; others are not looked at, as mail programs add some. One that is there
/// twice is refused.
pub(super) fn parameter(query: &str, name: &str) -> Result<Option<Zeroizing<String>>, Problem> {
    let mut found = None;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key == name && found.replace(decoded(value.as_bytes())?).is_some() {
            return Err(Problem::malformed("parameter_repeated"));
        }
    }
    Ok(found.filter(|value| !value.is_empty()))
}
