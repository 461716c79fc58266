//! What a program may ask of valgrind's memcheck that runs it: `valgrind.h` and `memcheck.h`, whose
//! numbers never change. To memcheck a secret is memory without a defined value: it reports every
//! branch and every address that depends on one.

use core::arch::asm;

const COUNT_ERRORS: usize = 0x1201;
const RUNNING_ON_VALGRIND: usize = 0x1001;
/// The first number of memcheck: its initials.
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const GET_VBITS: usize = MEMCHECK + 8;

/// Whether valgrind runs the program.
pub fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

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

/// Asks valgrind; 0 where it does not run the program.
fn request(number: usize, [first, second, third]: [usize; 3]) -> usize {
    let question = [number, first, second, third, 0, 0];
    let answer;
    // SAFETY: to a processor these are four rotations that add up to none and an exchange of a register
    // with itself. Valgrind knows them, reads the six words and writes the answer, and of what the
    // words point to no more than the one byte that GET_VBITS is given to write to.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") question.as_ptr(),
            inout("rdx") 0_usize => answer,
        );
    }
    answer
}
