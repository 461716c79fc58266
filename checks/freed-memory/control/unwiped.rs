//! What the crate uses of `zeroize`, and wipes nothing.

use core::ops::{Deref, DerefMut};

pub trait Zeroize {
    fn zeroize(&mut self) {}
}

impl<T: ?Sized> Zeroize for T {}

pub trait DefaultIsZeroes: Copy + Default {}

impl DefaultIsZeroes for u16 {}

impl DefaultIsZeroes for char {}

pub trait ZeroizeOnDrop {}

impl<T> ZeroizeOnDrop for T {}

#[derive(Clone)]
pub struct Zeroizing<T>(T);

impl<T> Zeroizing<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> From<T> for Zeroizing<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Zeroizing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Zeroizing<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

pub fn optimization_barrier<T: ?Sized>(_: &T) {}
