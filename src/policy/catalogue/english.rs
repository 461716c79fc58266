mod advice;
mod requirements;
mod violations;
mod words;

use super::CatalogueKey;

const GROUPS: [&[CatalogueKey]; 4] =
    [violations::TEXTS, requirements::TEXTS, words::TEXTS, advice::TEXTS];

/// Every key with its English text.
pub(super) fn keys() -> impl Iterator<Item = &'static CatalogueKey> {
    GROUPS.into_iter().flatten()
}

/// The key of that name, for a `const`: a name that no text has does not compile there.
#[expect(clippy::panic, reason = "only the compiler comes here")]
pub(in crate::policy) const fn key(name: &str) -> &'static CatalogueKey {
    let mut groups: &[&'static [CatalogueKey]] = &GROUPS;
    while let [keys, others @ ..] = groups {
        let mut keys: &'static [CatalogueKey] = keys;
        while let [key, others @ ..] = keys {
            if is_same(key.name().as_bytes(), name.as_bytes()) {
                return key;
            }
            keys = others;
        }
        groups = others;
    }
    panic!("no text has that name")
}

/// Comparing text is not yet `const` in the core library.
const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [expected, others @ ..]) = (one, other) {
        if *first != *expected {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}
