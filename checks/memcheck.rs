//! Questions to valgrind's memcheck, where it runs the program: `valgrind.h` and `memcheck.h`, whose
//! numbers never change. The programs of two checks have this file in them.

use core::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
/// The first number of memcheck: its initials.
pub const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
pub const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
pub const GET_VBITS: usize = MEMCHECK + 8;

/// Whether valgrind runs the program.
pub fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

/// Asks valgrind; 0 where it does not run the program.
pub fn request(number: usize, [first, second, third]: [usize; 3]) -> usize {
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
