use alloc::string::String;
use alloc::vec::Vec;

use super::PolicyBuilder;
use crate::policy::forbidden::Forbidden;
use crate::policy::{CommonPasswords, Reduction, Reductions, syllables};

/// What a password may not be or have in it.
impl PolicyBuilder {
    /// Refuses a password whose likeness to an attribute, or to a word of it, is `ratio` or more;
    /// Django's default is 0.7.
    ///
    /// The measure is Django's: both sides are lower-cased, an attribute is also taken word by
    /// word, and the likeness is twice the number of shared code points, in any order, divided by
    /// the sum of the lengths. From 0.1, Django's own limit, to 1.0; above 1.0 the rule could never
    /// refuse, so that does not build.
    pub fn max_similarity(mut self, ratio: f64) -> Self {
        self.rules.max_similarity = Some(ratio);
        self
    }

    /// Refuses the 139,184 common passwords of [`CommonPasswords::embedded`], in any letter case and
    /// with any white space around them.
    ///
    /// The list is compared exactly and as a whole: no other password is refused, and none for
    /// containing an entry. For the most common alone, or Django's alone, hand a part of the list to
    /// [`not_among`](Self::not_among) instead.
    #[cfg(feature = "common-passwords")]
    pub fn not_common(mut self) -> Self {
        self.rules.not_common = Some(CommonPasswords::embedded());
        self
    }

    /// Refuses the passwords of `list`, a list of your own or a part of the embedded one; each call
    /// adds a list.
    pub fn not_among(mut self, list: CommonPasswords<'static>) -> Self {
        let mut lists = self.rules.not_among.map_or_else(Vec::new, |lists| lists.to_vec());
        lists.push(list);
        self.rules.not_among = Some(lists.into());
        self
    }

    /// Refuses what becomes a password of the lists once it is undone what people do to disguise it. The
    /// whole of it is looked up, in any letter case; the last call counts.
    ///
    /// NIST SP 800-63B-4 section 3.1.1.2 has the entire password compared:
    /// [`Reduction::OF_THE_WHOLE`] keeps to that, and cutting affixes off is for whoever wants more.
    pub fn not_derived_from_common(mut self, by: impl IntoIterator<Item = Reduction>) -> Self {
        self.rules.reductions = Some(Reductions::of(by));
        self
    }

    /// Refuses words of the service's own, such as its name, and what is derived from one of them:
    /// other letter case, leet, marks and separators, the word several times over, and digits or
    /// symbols behind it. The last call counts.
    ///
    /// It is the whole password that is compared, as NIST SP 800-63B-4 section 3.1.1.2 asks: no other
    /// is refused for containing a word.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().context_words(["Plum Bank"]).build()?;
    /// for refused in ["plumbank", "P1um-B@nk!", "PlumBankPlumBank", "plumbank2026"] {
    ///     assert!(policy.check(refused, &Personal::none()).is_err());
    /// }
    /// assert!(policy.check("my plum bank account", &Personal::none()).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn context_words<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        let words = words.into_iter().map(Into::into);
        let composed = |word: String| syllables::composed(&word).into_owned();
        self.rules.context_words = Some(words.map(composed).collect());
        self
    }

    /// Refuses a password that has one of these words in it, in any letter case, with or without marks and
    /// separators, and in leet. A word has up to 64 letters and numbers; the last call counts.
    ///
    /// A short word stands in many others: `art` in `start`. NIST SP 800-63B-4 section 3.1.1.2 has the
    /// entire password compared and nothing in it, so under its presets this does not build:
    /// [`context_words`](Self::context_words) does.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().not_containing(["kettle", "plum"]).build()?;
    /// for refused in ["my-kettle-42", "K-3-t-t-l-3", "sugarplum", "plúm"] {
    ///     assert!(policy.check(refused, &Personal::none()).is_err());
    /// }
    /// assert!(policy.check("elttek-42", &Personal::none()).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn not_containing<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.rules.forbidden = Some(Forbidden::new(words.into_iter().map(Into::into)));
        self
    }

    /// Refuses a password that has a name of the owner in it, or is part of one: the whole and the first
    /// 16 words of each attribute, of an e-mail address the part before the at sign; forwards and
    /// backwards, in any letter case, with or without marks and separators, and in leet.
    ///
    /// Strokes count as marks, so that `lukasz` is Łukasz. Vowel signs and viramas spell, and are
    /// letters. An at sign with white space around it or nothing before it makes no address:
    /// of `@emily_rose` both words are looked for.
    ///
    /// Stricter than [`PolicyBuilder::max_similarity`] on names that are repeated or lengthened, and in
    /// any script; the same letters in another order are accepted, and so are names of one or two
    /// characters.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().no_personal_names().build()?;
    /// let about = Personal::none().username("emily.rose").first_name("Li");
    /// for refused in ["rose-kettle-2026", "3m1ly-kettle", "esorkettle", "r.o.s.e"] {
    ///     assert!(policy.check(refused, &about).is_err());
    /// }
    /// assert!(policy.check("sore-lily-kettle", &about).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn no_personal_names(mut self) -> Self {
        self.rules.no_personal_names = true;
        self
    }
}
