use core::fmt;

use crate::account::{Account, Contact, Email};

/// What is known of the password's owner, borrowed for one check; each part may be missing.
///
/// Rules compare a password with the first [`MAX_ATTRIBUTES`](Self::MAX_ATTRIBUTES), and with the first
/// [`MAX_BYTES`](Self::MAX_BYTES) of each, which bounds their work. The rest is left out, so that no
/// password is refused because too much is known of its owner.
///
/// ```
/// use repass::policy::Personal;
///
/// let typed_email: Option<&str> = None;
/// let about = Personal::none()
///     .username("emily.rose")
///     .first_name("Emily")
///     .email(typed_email)
///     .others(&[("company", "Rosewater Ltd"), ("city", "Ely")]);
/// # let _ = about;
/// ```
#[derive(Clone, Copy, Default)]
pub struct Personal<'a> {
    username: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    email: Option<&'a str>,
    emails: &'a [&'a str],
    /// Those of an account.
    of_account: &'a [Email],
    replaced: Option<&'a Contact>,
    others: &'a [(&'static str, &'a str)],
}

impl<'a> Personal<'a> {
    /// The most attributes that a password is compared with.
    pub const MAX_ATTRIBUTES: usize = 64;

    /// The most bytes of UTF-8 of an attribute that a password is compared with, cut at the boundary of
    /// a character: enough for any e-mail address (RFC 5321, section 4.5.3.1.3).
    pub const MAX_BYTES: usize = 256;

    /// Nothing is known.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            username: None,
            first_name: None,
            last_name: None,
            email: None,
            emails: &[],
            of_account: &[],
            replaced: None,
            others: &[],
        }
    }

    /// What an account says of its owner: the user name, both names and all addresses, verified or not,
    /// with the one that was replaced.
    ///
    /// ```
    /// use repass::account::{Account, AccountId, Login};
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let account = Account::new(AccountId::new("42")?).with_login(Login::new("lovelace")?);
    /// let policy = Policy::builder().min_length(8).max_similarity(0.7).build()?;
    /// assert!(policy.check(&Password::new("lovelace1")?, &Personal::of(&account)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(account: &'a Account) -> Self {
        Self {
            of_account: account.emails(),
            replaced: account.replaced_email(),
            ..Self::none()
                .username(account.login().map(|login| login.as_str()))
                .first_name(account.first_name())
                .last_name(account.last_name())
        }
    }

    /// The name to sign in with.
    #[must_use]
    pub fn username(mut self, username: impl Into<Option<&'a str>>) -> Self {
        self.username = username.into();
        self
    }

    /// The given name.
    #[must_use]
    pub fn first_name(mut self, first_name: impl Into<Option<&'a str>>) -> Self {
        self.first_name = first_name.into();
        self
    }

    /// The family name.
    #[must_use]
    pub fn last_name(mut self, last_name: impl Into<Option<&'a str>>) -> Self {
        self.last_name = last_name.into();
        self
    }

    /// A whole e-mail address, besides those of [`emails`](Self::emails) and of an account.
    #[must_use]
    pub fn email(mut self, email: impl Into<Option<&'a str>>) -> Self {
        self.email = email.into();
        self
    }

    /// More e-mail addresses, besides those of an account; the last call counts.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().no_personal_names().build()?;
    /// let about = Personal::none().emails(&["ada@example.org", "lovelace@example.net"]);
    /// assert!(policy.check(&Password::new("kettle-lovelace-42")?, &about).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn emails(mut self, emails: &'a [&'a str]) -> Self {
        self.emails = emails;
        self
    }

    /// Whatever else is known, each with its English name; the last call counts.
    #[must_use]
    pub const fn others(mut self, others: &'a [(&'static str, &'a str)]) -> Self {
        self.others = others;
        self
    }

    /// The first attribute for which `is_such` holds: [`present`](Self::present) has the same ones, but an
    /// iterator of them is slower.
    pub(in crate::policy) fn find(
        &self,
        mut is_such: impl FnMut(&'a str) -> bool,
    ) -> Option<Attribute> {
        let mut left = Self::MAX_ATTRIBUTES;
        let mut is_found = |value: &'a str| {
            let is_present = !value.is_empty() && left > 0;
            left = left.saturating_sub(usize::from(is_present));
            is_present && is_such(beginning(value))
        };
        for (attribute, value) in self.single() {
            if value.is_some_and(&mut is_found) {
                return Some(attribute);
            }
        }
        if self.more_emails().any(&mut is_found) {
            return Some(Attribute::Email);
        }
        let other = self.others.iter().find(|(_, value)| is_found(value));
        other.map(|(name, _)| Attribute::Other(name))
    }

    /// Those of which there is one at most.
    const fn single(&self) -> [(Attribute, Option<&'a str>); 4] {
        [
            (Attribute::Username, self.username),
            (Attribute::FirstName, self.first_name),
            (Attribute::LastName, self.last_name),
            (Attribute::Email, self.email),
        ]
    }

    fn more_emails(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let of_account = self.of_account.iter().map(Email::address).chain(self.replaced);
        self.emails.iter().copied().chain(of_account.map(Contact::as_str))
    }

    /// The attributes that are there and not empty, in Django's order, then the others in theirs, within
    /// both bounds.
    pub(in crate::policy) fn present(
        &self,
    ) -> impl Iterator<Item = (Attribute, &'a str)> + Clone + use<'a> {
        let others = self.others.iter().map(|(name, value)| (Attribute::Other(name), Some(*value)));
        self.single()
            .into_iter()
            .chain(self.more_emails().map(|email| (Attribute::Email, Some(email))))
            .chain(others)
            .filter_map(|(attribute, value)| {
                Some((attribute, beginning(value.filter(|value| !value.is_empty())?)))
            })
            .take(Self::MAX_ATTRIBUTES)
    }
}

/// As many whole characters of `value` as [`Personal::MAX_BYTES`] hold.
fn beginning(value: &str) -> &str {
    if value.len() <= Personal::MAX_BYTES {
        return value;
    }
    (0..=Personal::MAX_BYTES).rev().find_map(|end| value.get(..end)).unwrap_or_default()
}

/// Names the attributes that are known, without their values.
impl fmt::Debug for Personal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal ")?;
        f.debug_set().entries(self.present().map(|(attribute, _)| attribute)).finish()
    }
}

/// A part of [`Personal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attribute {
    /// [`Personal::username`].
    Username,
    /// [`Personal::first_name`].
    FirstName,
    /// [`Personal::last_name`].
    LastName,
    /// An e-mail address: [`Personal::email`], [`Personal::emails`] or one of an account.
    Email,
    /// One of [`Personal::others`], by its name.
    Other(&'static str),
}

impl Attribute {
    /// The English name: as Django's user model has it, `username`, `first name`, `last name`,
    /// `email address`, or as [`Personal::others`] was given it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::Email => "email address",
            Self::Other(name) => name,
        }
    }
}
