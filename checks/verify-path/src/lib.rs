//! A library of what verifies tokens, and of nothing else: whoever calls it brings the signer.
//!
//! Here a panic and an allocation call functions that do not exist: the library needs them only when
//! the optimised code has a way there.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use repass::account::AccountId;
use repass::time::UtcDateTime;
use repass::token::{
    Bound, Signer, State, StatelessSigner, TicketSigner, TokenError, Unbound, Unverified, Verified,
    VerifiedTicket,
};

#[unsafe(no_mangle)]
pub fn verify(signer: &Signer, text: &str, now: UtcDateTime) -> Result<Verified, TokenError> {
    signer.verify(text, now)
}

#[unsafe(no_mangle)]
pub fn verify_ticket(
    signer: &TicketSigner,
    text: &str,
    now: UtcDateTime,
) -> Result<VerifiedTicket, TokenError> {
    signer.verify(text, now)
}

#[unsafe(no_mangle)]
pub fn verify_stateless<'a>(
    signer: &'a StatelessSigner,
    text: &str,
    now: UtcDateTime,
) -> Result<Unbound<'a>, TokenError> {
    signer.verify(text, now)
}

#[unsafe(no_mangle)]
pub fn bind(token: Unbound<'_>, subject: &AccountId, state: &State) -> Result<Bound, TokenError> {
    token.bind(subject, state)
}

#[unsafe(no_mangle)]
pub fn parse(text: &str) -> Result<Unverified, TokenError> {
    Unverified::parse(text)
}

// The C library has what compilers call on their own, as `memcpy`; these two it has not.
#[link(name = "c")]
unsafe extern "C" {
    fn a_panic_is_in_reach() -> !;
    fn an_allocation_is_in_reach() -> *mut u8;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: what calls it cannot be loaded.
    unsafe { a_panic_is_in_reach() }
}

struct Missing;

#[global_allocator]
static ALLOCATOR: Missing = Missing;

// SAFETY: what calls it cannot be loaded.
unsafe impl GlobalAlloc for Missing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        unsafe { an_allocation_is_in_reach() }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {
        unsafe { an_allocation_is_in_reach() };
    }
}
