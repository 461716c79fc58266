use core::fmt;

/// What is known of the password's owner, borrowed for one check; each part may be missing.
///
/// ```
/// use repass::policy::Personal;
///
/// let typed_email: Option<&str> = None;
/// let about = Personal::none().username("emily.rose").first_name("Emily").email(typed_email);
/// # let _ = about;
/// ```
#[derive(Clone, Copy, Default)]
pub struct Personal<'a> {
    username: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> Personal<'a> {
    /// Nothing is known.
    #[must_use]
    pub const fn none() -> Self {
        Self { username: None, first_name: None, last_name: None, email: None }
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

    /// The whole address.
    #[must_use]
    pub fn email(mut self, email: impl Into<Option<&'a str>>) -> Self {
        self.email = email.into();
        self
    }

    /// The attributes that are there and not empty, in Django's order.
    pub(super) fn present(&self) -> impl Iterator<Item = (Attribute, &'a str)> + use<'a> {
        [
            (Attribute::Username, self.username),
            (Attribute::FirstName, self.first_name),
            (Attribute::LastName, self.last_name),
            (Attribute::Email, self.email),
        ]
        .into_iter()
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
}

impl Attribute {
    /// The English name, as Django's user model has it: `username`, `first name`, `last name`,
    /// `email address`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::Email => "email address",
        }
    }
}
