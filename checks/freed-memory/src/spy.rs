//! An allocator that looks into every block before it goes back to the system, also when a buffer
//! grows: `realloc` is left to its default, which allocates, copies and gives the old block back.

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};
use std::{ptr, slice};

use crate::memcheck;
use crate::secrets::Secrets;

struct Spy;

#[global_allocator]
static SPY: Spy = Spy;

/// What is looked for, if anything is.
static SECRETS: AtomicPtr<Secrets> = AtomicPtr::new(ptr::null_mut());
/// How many blocks held a piece of a secret, and the size of the last of them.
static FOUND: AtomicUsize = AtomicUsize::new(0);
static SIZE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator; looking changes nothing.
unsafe impl GlobalAlloc for Spy {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeros, so that each byte of the block has a value when it is looked at.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `watch` puts there what lives until it is taken away again.
        if let Some(secrets) = unsafe { SECRETS.load(Relaxed).as_ref() } {
            // SAFETY: both blocks are ours alone, of this size, and without a secret in the second.
            unsafe {
                let undefined = System.alloc_zeroed(layout);
                let bytes = slice::from_raw_parts_mut(block, layout.size());
                look(secrets, bytes, slice::from_raw_parts_mut(undefined, layout.size()));
                System.dealloc(undefined, layout);
            }
        }
        unsafe { System.dealloc(block, layout) }
    }
}

fn look(secrets: &Secrets, bytes: &mut [u8], undefined: &mut [u8]) {
    memcheck::clear_undefined(bytes, undefined);
    if secrets.are_in(bytes) {
        FOUND.fetch_add(1, Relaxed);
        SIZE.store(bytes.len(), Relaxed);
    }
}

/// What became of something that was watched.
pub struct Seen {
    pub blocks: usize,
    pub size_of_last: usize,
    pub panicked: bool,
}

/// Does something and looks into every block that is given back meanwhile.
pub fn watch(secrets: &Secrets, run: impl FnOnce()) -> Seen {
    FOUND.store(0, Relaxed);
    SECRETS.store(ptr::from_ref(secrets).cast_mut(), Relaxed);
    let panicked = catch_unwind(AssertUnwindSafe(run)).is_err();
    SECRETS.store(ptr::null_mut(), Relaxed);
    Seen { blocks: FOUND.load(Relaxed), size_of_last: SIZE.load(Relaxed), panicked }
}
