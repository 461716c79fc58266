//! Unsigned numbers of several hundred bits: limbs of 64 bits, the least significant first. Two that
//! meet have the same number of limbs.
//!
//! Four operations are all that counting needs; a library would bring a type that allocates at every
//! step and leaves what it allocated unwiped.

/// `sum += value × factor`; the caller has made room for the result.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is carried")]
pub(super) fn add_product(sum: &mut [u64], value: &[u64], factor: u64) {
    let mut carry = 0_u128;
    for (limb, value) in sum.iter_mut().zip(value) {
        // Two limbs multiplied leave room in 128 bits for two more to be added.
        let wide = u128::from(*value)
            .saturating_mul(u128::from(factor))
            .saturating_add(u128::from(*limb))
            .saturating_add(carry);
        *limb = wide as u64;
        carry = wide >> 64;
    }
}

/// `number -= value`, where `value` is not the greater one.
pub(super) fn subtract(number: &mut [u64], value: &[u64]) {
    let mut borrow = false;
    for (limb, value) in number.iter_mut().zip(value) {
        let (difference, below) = limb.overflowing_sub(*value);
        let (difference, below_again) = difference.overflowing_sub(u64::from(borrow));
        (*limb, borrow) = (difference, below || below_again);
    }
}

pub(super) fn is_below(number: &[u64], limit: &[u64]) -> bool {
    number.iter().rev().lt(limit.iter().rev())
}

/// How many bits the number has, from its highest one.
pub(super) fn bits(number: &[u64]) -> usize {
    let above = number.iter().rev().take_while(|limb| **limb == 0).count();
    let limbs = number.len().saturating_sub(above);
    let zeros = limbs
        .checked_sub(1)
        .and_then(|last| number.get(last))
        .map_or(0, |limb| limb.leading_zeros() as usize);
    limbs.saturating_mul(64).saturating_sub(zeros)
}

/// The nearest `f64`, give or take a few units in the last place.
pub(super) fn to_f64(number: &[u64]) -> f64 {
    const LIMB: f64 = 18_446_744_073_709_551_616.0;
    number.iter().rev().fold(0.0, |value, limb| value * LIMB + *limb as f64)
}
