//! Comparison of texts when the crate is compiled, which is not yet `const` in the core library.

pub(super) const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([first, rest @ ..], [expected, others @ ..]) = (one, other) {
        if *first != *expected {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}
