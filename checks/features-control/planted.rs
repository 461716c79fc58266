
// Added to a copy of src/lib.rs by checks/features: every item breaks a lint or a set of features.

#[cfg(all(feature = "memory", not(any(feature = "getrandom", feature = "common-passwords"))))]
compile_error!("planted");

// The compiler refuses this by itself, and the sets of features have to get further.
#[cfg(clippy)]
pub fn planted(values: &[u64]) -> u64 {
    values.first().copied().unwrap()
}

/// Documented, and still refused.
pub fn planted_index(values: &[u64]) -> u64 {
    values[0] + values[1]
}

/// Keeps all of a number only where sizes have 64 bits.
pub fn planted_cast(number: u64) -> usize {
    number as usize
}

/// Reads a clock.
#[cfg(feature = "std")]
pub fn planted_clock() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// Newer than the rust-version of the package.
pub fn planted_version() -> core::time::Duration {
    core::time::Duration::from_mins(1)
}
