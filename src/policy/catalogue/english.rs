mod advice;
mod rules;
mod words;

use super::CatalogueKey;
use crate::policy::const_eq::is_same;

const GROUPS: [&[CatalogueKey]; 3] = [rules::TEXTS, words::TEXTS, advice::TEXTS];

/// Every key with its English text.
pub(super) fn keys() -> impl Iterator<Item = &'static CatalogueKey> {
    GROUPS.into_iter().flatten()
}

/// The key of that name, for a `const`: a name that no text has does not compile there, nor one of more
/// parameters than are kept.
#[expect(clippy::panic, reason = "only the compiler comes here")]
pub(in crate::policy) const fn key(name: &str) -> &'static CatalogueKey {
    let mut groups: &[&'static [CatalogueKey]] = &GROUPS;
    while let [keys, others @ ..] = groups {
        let mut keys: &'static [CatalogueKey] = keys;
        while let [key, others @ ..] = keys {
            if is_same(key.name(), name) {
                assert!(key.fits(), "the text has too many parameters");
                return key;
            }
            keys = others;
        }
        groups = others;
    }
    panic!("no text has that name")
}
