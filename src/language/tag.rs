use core::cmp::Ordering;
use core::fmt;

/// A language tag (BCP 47, RFC 5646), such as `de`, `pt-BR` or `zh-Hant-TW`.
///
/// A tag is well-formed in the sense of section 2.2.9; whether its parts are registered is not
/// checked. It is kept in the canonical case of section 2.1.1, so `DE-at` is `de-AT`. Tags that begin
/// with `x-` or `i-` are refused, because they name no language that others know.
///
/// ```
/// use repass::language::Language;
///
/// assert_eq!(Language::new("zh-hANT-tw")?.as_str(), "zh-Hant-TW");
/// assert!(Language::new("de_DE").is_err());
/// # Ok::<(), repass::language::LanguageError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language {
    bytes: [u8; Self::MAX_BYTES],
    length: u8,
}

impl Language {
    /// The longest tag, in bytes (RFC 5646, section 4.4.1).
    pub const MAX_BYTES: usize = 35;

    /// English, without a region.
    pub const ENGLISH: Self = Self::ascii(*b"en");

    /// Takes a language tag, in any letter case.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] for a text that is longer than [`Language::MAX_BYTES`] or is no tag.
    pub fn new(tag: &str) -> Result<Self, LanguageError> {
        if tag.len() > Self::MAX_BYTES || !is_well_formed(tag) {
            return Err(LanguageError { max_bytes: Self::MAX_BYTES });
        }
        let mut language = Self { bytes: [0; Self::MAX_BYTES], length: 0 };
        let mut free = language.bytes.iter_mut();
        let mut after_singleton = false;
        for (number, subtag) in tag.split('-').enumerate() {
            if number > 0
                && let Some(byte) = free.next()
            {
                *byte = b'-';
            }
            for (at, (to, from)) in free.by_ref().zip(subtag.bytes()).take(subtag.len()).enumerate()
            {
                let upper = match subtag.len() {
                    2 => true,
                    4 => at == 0,
                    _ => false,
                };
                *to = if upper && number > 0 && !after_singleton {
                    from.to_ascii_uppercase()
                } else {
                    from.to_ascii_lowercase()
                };
            }
            after_singleton |= subtag.len() == 1;
        }
        language.length = u8::try_from(tag.len()).unwrap_or(0);
        Ok(language)
    }

    /// The tag, in its canonical letter case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let tag = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        // A tag is ASCII.
        core::str::from_utf8(tag).unwrap_or_default()
    }

    /// The tag and what it falls back to, the most precise one first: `zh-Hant-TW`, `zh-Hant`, `zh`
    /// (RFC 4647, section 3.4).
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &str> {
        core::iter::successors(Some(self.as_str()), |tag| {
            let (shorter, _) = tag.rsplit_once('-')?;
            // What a single letter introduces goes with that letter.
            let singleton = shorter.rsplit_once('-').filter(|(_, last)| last.len() == 1);
            Some(singleton.map_or(shorter, |(before, _)| before))
        })
    }

    const fn ascii(tag: [u8; 2]) -> Self {
        let mut bytes = [0; Self::MAX_BYTES];
        let [first, second, ..] = &mut bytes;
        [*first, *second] = tag;
        Self { bytes, length: 2 }
    }
}

impl PartialOrd for Language {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Language {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({self})")
    }
}

/// The text is no language tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LanguageError {
    /// The longest tag, in bytes.
    pub max_bytes: usize,
}

impl LanguageError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "language_invalid"
    }
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a language tag has at most {} bytes and hyphens between its parts, such as de or pt-BR",
            self.max_bytes
        )
    }
}

impl core::error::Error for LanguageError {}

/// The rule `langtag` of RFC 5646, section 2.1, in which no extension comes twice (section 2.2.6) and
/// neither does a variant (section 2.2.5).
fn is_well_formed(tag: &str) -> bool {
    let alphabetic = |subtag: &str| subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut parts = tag.split('-').peekable();
    let Some(language) = parts.next() else { return false };
    if !(2..=8).contains(&language.len()) || !alphabetic(language) {
        return false;
    }
    if language.len() <= 3 {
        // At most three extended languages.
        for _ in 0..3 {
            let _ = parts.next_if(|part| part.len() == 3 && alphabetic(part));
        }
    }
    let _script = parts.next_if(|part| part.len() == 4 && alphabetic(part));
    let _region = parts.next_if(|part| {
        part.len() == 2 && alphabetic(part)
            || part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_variant = |part: &str| {
        alphanumeric(part)
            && ((5..=8).contains(&part.len())
                || part.len() == 4 && part.starts_with(|first: char| first.is_ascii_digit()))
    };
    while let Some(variant) = parts.next_if(|part| is_variant(part)) {
        if parts
            .clone()
            .take_while(|part| is_variant(part))
            .any(|other| other.eq_ignore_ascii_case(variant))
        {
            return false;
        }
    }
    // Extensions, then what is private.
    while let Some(singleton) = parts.next() {
        if singleton.len() != 1 || !alphanumeric(singleton) {
            return false;
        }
        let private = singleton.eq_ignore_ascii_case("x");
        let least = if private { 1 } else { 2 };
        let fits = |part: &str| (least..=8).contains(&part.len()) && alphanumeric(part);
        if parts.next_if(|part| fits(part)).is_none() {
            return false;
        }
        while parts.next_if(|part| fits(part)).is_some() {}
        let public = parts.clone().take_while(|part| !part.eq_ignore_ascii_case("x"));
        if private && parts.peek().is_some()
            || public.clone().any(|other| other.eq_ignore_ascii_case(singleton))
        {
            return false;
        }
    }
    true
}
