//! Lists of common passwords: a filter with 8 bits a key answers nearly every password that is not
//! on the list from three bytes close together. The exact list is asked only when the filter says
//! yes, so that there is no false alarm and no miss. Nothing is built at start-up. A password in ASCII
//! is lowercased and compared as it is read; of any other the lower case is kept for as long.
//!
//! `passwords.bin` is made by tools/common-passwords from files whose licences stand beside it.

mod blocks;
mod build;
mod distinct;
mod error;
mod filter;
mod hash;
mod layout;
mod rank;

pub(in crate::policy) use build::LONGEST;
pub(in crate::policy) use distinct::distinct_entries;
#[cfg(feature = "common-passwords")]
pub(in crate::policy) use distinct::missing_entries;
pub use error::{BuildListError, ListError};
pub use rank::Rank;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use build::Words;
use layout::Layout;

use crate::policy::characters::lowercase::Lowercase;
use crate::policy::characters::syllables::Syllables;
use crate::policy::text::ShortText;

/// A list of common passwords, exact and ready to be asked; cheap to clone.
///
/// A password is on the list when it equals an entry once lowercased and stripped of white space,
/// by the rules of Python's `str.lower` and `str.strip`, and once syllables of Hangul are composed;
/// containing an entry is nothing. No look-up allocates or copies the password.
///
/// ```
/// use repass::policy::{CommonPasswords, Policy, Personal, Rank};
/// use repass::secret::Password;
///
/// // The more common come first.
/// let bytes = CommonPasswords::build(["acme2026", "Rosebud"])?;
/// let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes))?;
/// assert_eq!(list.rank(" ROSEBUD"), Some(Rank::Top100));
/// assert!(!list.contains("rosebud!"));
///
/// let policy = Policy::builder().not_among(list).build()?;
/// assert!(policy.check(&Password::new("Acme2026")?, &Personal::none()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Lists of your own
///
/// [`build`](Self::build) makes the bytes of a list, and so does `common-passwords build` in
/// tools/common-passwords. They are read where they lie, in the binary, in memory or in a file that
/// the caller maps: [`from_bytes`](Self::from_bytes), [`from_shared`](Self::from_shared).
///
#[doc = include_str!("common/growth.md")]
#[derive(Clone)]
pub struct CommonPasswords<'a> {
    bytes: Bytes<'a>,
    layout: Layout,
    /// A bit for each kind of entry that counts.
    kinds: u8,
}

#[derive(Clone)]
enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Shared(Arc<dyn AsRef<[u8]> + Send + Sync>),
}

impl Bytes<'_> {
    fn get(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => (**bytes).as_ref(),
        }
    }
}

const ALL_KINDS: u8 = 0xFF;
#[cfg(feature = "common-passwords")]
const DJANGO_KINDS: u8 = 0xF0;
const DJANGO: u8 = 4;

// A static, so that it lies in the binary once.
#[cfg(feature = "common-passwords")]
static EMBEDDED: &[u8] = include_bytes!("common/passwords.bin");
#[cfg(feature = "common-passwords")]
const EMBEDDED_LAYOUT: Layout = match Layout::parse(EMBEDDED) {
    Ok(layout) => layout,
    Err(_) => panic!("the embedded list does not read"),
};

#[cfg(feature = "common-passwords")]
impl CommonPasswords<'static> {
    /// The list in the binary: 139,184 entries of 1 to 66 bytes, from Django's list, the 100,000
    /// most frequent of xato, the 100,000 most frequent of Pwdb, and Pwdb's 29 lists by language.
    ///
    /// The rank is the better one of those in xato and Pwdb, counted in lines of each, so that
    /// [`Rank::Top100`] has more than 100 entries; what neither has is [`Rank::Listed`]. Artefacts
    /// were dropped from xato and Pwdb, not from Django's list.
    #[must_use]
    pub const fn embedded() -> Self {
        Self::of_kinds(ALL_KINDS)
    }

    /// The entries of [`embedded`](Self::embedded) that are on Django's list of 19,640, as
    /// `CommonPasswordValidator` of Django 5.2.19 and 6.1.3 has it.
    #[must_use]
    pub const fn django() -> Self {
        Self::of_kinds(DJANGO_KINDS)
    }

    /// Whether it is [`embedded`](Self::embedded) as far as Django's list at least, or all of it.
    pub(in crate::policy) fn is_embedded(&self, whole: bool) -> bool {
        let asked = if whole { ALL_KINDS } else { DJANGO_KINDS };
        self.kinds & asked == asked
            && matches!(self.bytes, Bytes::Borrowed(bytes) if core::ptr::eq(bytes, EMBEDDED))
    }

    const fn of_kinds(kinds: u8) -> Self {
        Self { bytes: Bytes::Borrowed(EMBEDDED), layout: EMBEDDED_LAYOUT, kinds }
    }
}

impl CommonPasswords<'static> {
    /// Reads a list out of bytes that are shared: a `Vec<u8>`, or a file that the caller mapped.
    ///
    /// # Errors
    ///
    /// [`ListError`] as of [`from_bytes`](Self::from_bytes).
    pub fn from_shared(
        bytes: Arc<impl AsRef<[u8]> + Send + Sync + 'static>,
    ) -> Result<Self, ListError> {
        let layout = verified((*bytes).as_ref())?;
        Ok(Self { bytes: Bytes::Shared(bytes), layout, kinds: ALL_KINDS })
    }
}

impl<'a> CommonPasswords<'a> {
    /// Reads a list out of `bytes`, without a copy. They are all looked at once, for the checksum,
    /// which tells damage and not forgery: take lists from where you take code.
    ///
    /// # Errors
    ///
    /// [`ListError`] when `bytes` are not just what [`build`](Self::build) made.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ListError> {
        Ok(Self { bytes: Bytes::Borrowed(bytes), layout: verified(bytes)?, kinds: ALL_KINDS })
    }

    /// Makes the bytes of a list of `words`, the most common first; where the order means nothing,
    /// neither do the ranks.
    ///
    /// A word is lowercased and stripped of white space, and its syllables of Hangul are composed;
    /// blank ones are skipped, but have their place, so that the words may be the lines of a file.
    /// The same words in the same order make the same bytes. What else is composed or not stays as
    /// it is, so bring the words of a file of unknown origin to NFC, which passwords are in.
    ///
    /// # Errors
    ///
    /// [`BuildListError`] when there is no word, one is longer than 255 bytes, or they are too
    /// many.
    pub fn build(
        words: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Vec<u8>, BuildListError> {
        let mut list = Words::default();
        for (number, word) in (1..).zip(words) {
            list.add(number, word.as_ref(), Rank::of_place(number).to_kind())?;
        }
        list.into_bytes()
    }

    /// For the tool that makes the embedded list: words with their rank, and whether they are
    /// Django's.
    #[doc(hidden)]
    pub fn build_embedded(
        words: impl IntoIterator<Item = (impl AsRef<str>, Rank, bool)>,
    ) -> Result<Vec<u8>, BuildListError> {
        let mut list = Words::default();
        for (number, (word, rank, is_django)) in (1..).zip(words) {
            list.add(number, word.as_ref(), rank.to_kind() | if is_django { DJANGO } else { 0 })?;
        }
        list.into_bytes()
    }

    /// The list as far as `rank`, the others taken as if they were not on it.
    #[must_use]
    pub const fn up_to(mut self, rank: Rank) -> Self {
        self.kinds &= match rank {
            Rank::Top100 => 0b0001_0001,
            Rank::Top1000 => 0b0011_0011,
            Rank::Top10000 => 0b0111_0111,
            Rank::Listed => ALL_KINDS,
        };
        self
    }

    /// Whether `password` is on the list.
    #[must_use]
    pub fn contains(&self, password: &str) -> bool {
        self.kind_of(password).is_some()
    }

    /// How far up the list `password` stands, if it does.
    #[must_use]
    pub fn rank(&self, password: &str) -> Option<Rank> {
        self.kind_of(password).map(Rank::of_kind)
    }

    /// The number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries_at_least(0)
    }

    /// The number of entries with `min_length` code points or more: those that a policy with that
    /// minimum gets to ask about. Read from a table.
    ///
    /// OWASP ASVS 5.0, 6.2.4, wants 3,000.
    #[must_use]
    pub fn entries_at_least(&self, min_length: usize) -> usize {
        (0..8)
            .zip(self.layout.counts(self.bytes.get(), min_length))
            .filter(|(kind, _)| self.counts(*kind))
            .fold(0, |sum, (_, count)| sum.saturating_add(count))
    }

    /// The number of entries with so many code points.
    pub(in crate::policy) fn entries_of(&self, length: usize) -> f64 {
        let longer = self.entries_at_least(length.saturating_add(1));
        self.entries_at_least(length).saturating_sub(longer) as f64
    }

    fn counts(&self, kind: u8) -> bool {
        self.kinds >> (kind & 7) & 1 == 1
    }

    fn kind_of(&self, password: &str) -> Option<u8> {
        let (bytes, layout) = (self.bytes.get(), &self.layout);
        // White space is neither cased nor case-ignorable, so stripping before lower-casing gives
        // the same text.
        let stripped = strip(password);
        // More bytes than the longest entry has may still be one once lowercased, but not in ASCII.
        let kind = match hash::of_ascii_lowercased(layout.seed, stripped.as_bytes()) {
            Some(hash) if !layout.filter(bytes).may_contain(hash) => None,
            Some(_) => {
                layout.blocks(bytes).kind_of(stripped.bytes().map(|byte| byte.to_ascii_lowercase()))
            }
            None => {
                let mut lowered = ShortText::<LONGEST>::new();
                if lowered.fill(Syllables::of(Lowercase::of(stripped))) {
                    self.kind_of_lowered(lowered.as_bytes())
                } else {
                    None
                }
            }
        };
        kind.filter(|kind| self.counts(*kind))
    }

    /// Whether `lowered`, a text in UTF-8 and in lower case, is on the list.
    pub(in crate::policy) fn holds(&self, lowered: &[u8]) -> bool {
        self.kind_of_lowered(lowered).is_some_and(|kind| self.counts(kind))
    }

    /// The bytes of the longest entry.
    pub(in crate::policy) const fn longest(&self) -> usize {
        self.layout.longest
    }

    fn kind_of_lowered(&self, lowered: &[u8]) -> Option<u8> {
        let (bytes, layout) = (self.bytes.get(), &self.layout);
        if !layout.filter(bytes).may_contain(hash::of(layout.seed, lowered)) {
            return None;
        }
        layout.blocks(bytes).kind_of(lowered.iter().copied())
    }
}

/// Lists are equal when their bytes are, and as much of them counts.
impl PartialEq for CommonPasswords<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kinds == other.kinds
            && self.layout == other.layout
            && self.bytes.get() == other.bytes.get()
    }
}

impl Eq for CommonPasswords<'_> {}

impl fmt::Debug for CommonPasswords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommonPasswords").field("entries", &self.entries()).finish_non_exhaustive()
    }
}

fn verified(bytes: &[u8]) -> Result<Layout, ListError> {
    let layout = Layout::parse(bytes)?;
    if layout.checksum == layout::checksum(bytes) { Ok(layout) } else { Err(ListError::Damaged) }
}

/// Python's `str.strip`: Unicode's White_Space and the four separators U+001C to U+001F.
pub(in crate::policy) fn strip(password: &str) -> &str {
    if let [first, .., last] = password.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return password;
    }
    password.trim_matches(|character: char| {
        character.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&character)
    })
}
