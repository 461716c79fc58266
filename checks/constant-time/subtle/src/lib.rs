//! The crate `subtle`, with one thing more: where a [`Choice`] turns into a `bool`, which is where a
//! program makes the answer of a comparison public, valgrind is told so, and it is counted.
//!
//! The comparisons are those of the original.
#![no_std]

pub mod memcheck;

use core::sync::atomic::{AtomicUsize, Ordering};

static MADE_PUBLIC: AtomicUsize = AtomicUsize::new(0);

/// How many answers that depended on a secret have been made public.
pub fn made_public() -> usize {
    MADE_PUBLIC.load(Ordering::Relaxed)
}

/// The answer of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Choice(original::Choice);

impl From<Choice> for bool {
    fn from(Choice(choice): Choice) -> Self {
        let mut answer = choice.unwrap_u8();
        if memcheck::is_secret(&answer) {
            MADE_PUBLIC.fetch_add(1, Ordering::Relaxed);
            memcheck::make_public(&mut answer);
        }
        answer != 0
    }
}

/// Comparison in constant time.
pub trait ConstantTimeEq {
    /// Whether both are equal.
    fn ct_eq(&self, other: &Self) -> Choice;
}

impl<T: original::ConstantTimeEq + ?Sized> ConstantTimeEq for T {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice(original::ConstantTimeEq::ct_eq(self, other))
    }
}
