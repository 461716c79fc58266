use core::fmt;

use crate::account::{Account, Email};

/// The most addresses of an account that a password is compared with: fewer than a policy takes.
const MAX_EMAILS: usize = 32;

/// What is known of the password's owner, borrowed for one check; each part may be missing.
///
/// A policy takes up to 64 attributes of up to 256 bytes, unless
/// [`PolicyBuilder::max_personal`](super::PolicyBuilder::max_personal) says otherwise.
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
    /// Those of an account.
    emails: &'a [Email],
    others: &'a [(&'static str, &'a str)],
}

impl<'a> Personal<'a> {
    /// Nothing is known.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            username: None,
            first_name: None,
            last_name: None,
            email: None,
            emails: &[],
            others: &[],
        }
    }

    /// What an account says of its owner: the user name, both names and the addresses, verified or
    /// not; of more than 32 addresses, the first 32.
    ///
    /// ```
    /// use repass::account::{Account, AccountId, Login};
    /// use repass::policy::{Personal, Policy};
    ///
    /// let account = Account::new(AccountId::new("42")?).with_login(Login::new("lovelace")?);
    /// let policy = Policy::builder().min_length(8).max_similarity(0.7).build()?;
    /// assert!(policy.check("lovelace1", &Personal::of(&account)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(account: &'a Account) -> Self {
        Self {
            emails: account.emails().get(..MAX_EMAILS).unwrap_or(account.emails()),
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

    /// A whole address; those of an account stay.
    #[must_use]
    pub fn email(mut self, email: impl Into<Option<&'a str>>) -> Self {
        self.email = email.into();
        self
    }

    /// Whatever else is known, each with its English name; the last call counts.
    #[must_use]
    pub const fn others(mut self, others: &'a [(&'static str, &'a str)]) -> Self {
        self.others = others;
        self
    }

    /// The attributes that are there and not empty, in Django's order, then the others in theirs.
    pub(super) fn present(&self) -> impl Iterator<Item = (Attribute, &'a str)> + Clone + use<'a> {
        let others = self.others.iter().map(|(name, value)| (Attribute::Other(name), Some(*value)));
        let emails = self.emails.iter().map(|email| Some(email.address().as_str()));
        [
            (Attribute::Username, self.username),
            (Attribute::FirstName, self.first_name),
            (Attribute::LastName, self.last_name),
            (Attribute::Email, self.email),
        ]
        .into_iter()
        .chain(emails.map(|email| (Attribute::Email, email)))
        .chain(others)
        .filter_map(|(attribute, value)| {
            Some((attribute, value.filter(|value| !value.is_empty())?))
        })
    }
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
    /// [`Personal::email`].
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
