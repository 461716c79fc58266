//! What a program asks of the memcheck that runs it, to which a secret is memory without a defined
//! value: it reports every branch and every address that depends on one.

#[path = "../../../memcheck.rs"]
mod request;

pub use request::is_watching;
use request::{GET_VBITS, MAKE_MEM_DEFINED, MEMCHECK, request};

const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;

/// How often valgrind has found something.
pub fn errors() -> usize {
    request(COUNT_ERRORS, [0; 3])
}

/// Makes secrets of all bytes of a value; what it points to stays as it is.
pub fn make_secret<T: ?Sized>(value: &mut T) {
    request(
        MAKE_MEM_UNDEFINED,
        [(&raw mut *value).cast::<u8>().expose_provenance(), size_of_val(value), 0],
    );
}

/// Makes a secret of a text whose owner does not lend it to be changed, as valgrind does not either.
pub fn make_secret_text(text: &str) {
    request(MAKE_MEM_UNDEFINED, [text.as_ptr().expose_provenance(), text.len(), 0]);
}

/// The opposite of [`make_secret`].
pub fn make_public<T: ?Sized>(value: &mut T) {
    request(
        MAKE_MEM_DEFINED,
        [(&raw mut *value).cast::<u8>().expose_provenance(), size_of_val(value), 0],
    );
}

/// Whether a byte depends on a secret.
pub fn is_secret(value: &u8) -> bool {
    let mut undefined_bits = 0_u8;
    request(
        GET_VBITS,
        [
            core::ptr::from_ref(value).expose_provenance(),
            (&raw mut undefined_bits).expose_provenance(),
            1,
        ],
    );
    undefined_bits != 0
}
