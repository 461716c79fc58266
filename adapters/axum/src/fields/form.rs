use core::str;

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::{Field, add};
use crate::problem::Problem;

/// `application/x-www-form-urlencoded`, as browsers send it (WHATWG URL, section 5.1), but for bytes that
/// are no UTF-8, which are refused and not replaced: a password is never changed.
pub(super) fn read(body: &[u8], names: &'static [&'static str]) -> Result<Vec<Field>, Problem> {
    let mut fields = Vec::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        let text = decoded(halves.next().unwrap_or_default())?;
        add(&mut fields, names, &name, text)?;
    }
    Ok(fields)
}

pub(super) fn decoded(text: &[u8]) -> Result<Zeroizing<String>, Problem> {
    let space = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Zeroizing<Vec<u8>> = Zeroizing::new(text.iter().map(space).collect());
    let mut bytes = Zeroizing::new(Vec::with_capacity(spaced.len()));
    bytes.extend(percent_decode(&spaced));
    let text = str::from_utf8(&bytes).map_err(|_| Problem::malformed("form_malformed"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
