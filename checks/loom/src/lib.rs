//! The ports in memory and the slots of the hasher as they ship, over the locks of loom.
//!
//! Their files are compiled here once more, and find this crate where they ask for `std`, for
//! `try_lock` and for the rest of `repass`.

#![no_std]

extern crate alloc;
extern crate self as std;
extern crate self as try_lock;
extern crate std as real_std;

pub use loom::sync::MutexGuard as Locked;
pub use repass::{account, attempt, message, port, queue, scope, throttle};

pub use self::shipped::memory;

#[path = "../../../src"]
mod shipped {
    #[allow(dead_code, reason = "the rest of the crate uses all of it")]
    pub mod clock;
    pub mod memory;
}

/// What the ports in memory use of the rest of the crate, and nobody else can.
pub(crate) use self::shipped::clock;

/// What is used of `std::sync`.
pub mod sync {
    pub use loom::sync::{Mutex, MutexGuard};

    pub use crate::real_std::sync::PoisonError;
}

/// `try_lock::TryLock`.
pub struct TryLock<T>(sync::Mutex<T>);

impl<T> TryLock<T> {
    /// Around a value.
    pub fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    /// The value, unless somebody has it.
    pub fn try_lock(&self) -> Option<Locked<'_, T>> {
        self.0.try_lock().ok()
    }
}

/// What is used of the slots of a hasher.
#[path = "../../../src/hash"]
pub mod hash {
    use argon2::Block;
    pub use repass::hash::HashError;

    #[allow(dead_code, reason = "the number of slots is for others")]
    mod memory;

    /// The memory that hashes are computed in.
    pub struct Slots(memory::Slots);

    impl Slots {
        /// As many slots, which keep one block.
        pub fn new(number: usize) -> Self {
            Self(memory::Slots::new(number, 1))
        }

        /// Works in one block of a slot, as a hash does.
        ///
        /// # Errors
        ///
        /// [`HashError::Busy`] when all slots are in use.
        pub fn work<T>(&self, work: impl FnOnce(&mut Block) -> T) -> Result<T, HashError> {
            let mut slot = self.0.take()?;
            let [block] = slot.blocks(1)? else { return Err(HashError::OutOfMemory) };
            Ok(work(block))
        }
    }
}
