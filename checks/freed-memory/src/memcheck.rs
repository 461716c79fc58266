//! What the spy asks of the memcheck that runs it.

#[path = "../../memcheck.rs"]
mod request;

pub use request::is_watching;
use request::{GET_VBITS, MAKE_MEM_DEFINED, request};

/// Sets to zero what nobody has given a value: bits that lay there before, as in the padding of a
/// value that was copied out of a stack frame.
///
/// `undefined` has room for as many bytes.
pub fn clear_undefined(bytes: &mut [u8], undefined: &mut [u8]) {
    let place = bytes.as_mut_ptr().expose_provenance();
    request(GET_VBITS, [place, undefined.as_mut_ptr().expose_provenance(), bytes.len()]);
    request(MAKE_MEM_DEFINED, [place, bytes.len(), 0]);
    bytes.iter_mut().zip(undefined).for_each(|(byte, undefined)| *byte &= !*undefined);
}
