//! What a program may ask of valgrind's memcheck that runs it: `valgrind.h` and `memcheck.h`, whose
//! numbers never change.

use std::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
/// The first number of memcheck: its initials.
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const GET_VBITS: usize = MEMCHECK + 8;

/// Whether valgrind runs the program.
pub fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

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

/// Asks valgrind; 0 where it does not run the program.
fn request(number: usize, [first, second, third]: [usize; 3]) -> usize {
    let question = [number, first, second, third, 0, 0];
    let answer;
    // SAFETY: to a processor these are four rotations that add up to none and an exchange of a register
    // with itself. Valgrind knows them, reads the six words and writes the answer, and of what the
    // words point to no more than what GET_VBITS is given to write to.
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
