use alloc::string::{String, ToString};
use core::fmt;

use time::UtcDateTime;

use super::Flow;
use super::flow::FIRST_EPOCH;
use super::pending::{Kind, PendingReset};
use crate::account::{Account, AccountId, Contact};
use crate::attempt::AttemptId;
use crate::code::CodeBinding;
use crate::key::KeyId;
use crate::message::{Message, Values};

/// A letter to be: whom it goes to and which attempt it carries, but no secret, so it can wait in a
/// queue. [`Flow::render`] puts the secret in when it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    id: AttemptId,
    key_id: KeyId,
    account: AccountId,
    to: Contact,
    first_name: String,
    last_name: String,
    carries: Carries,
    expires_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    Link,
    Code,
}

impl Letter {
    /// The one recipient.
    #[must_use]
    pub const fn to(&self) -> &Contact {
        &self.to
    }

    /// The attempt that it carries: the same for a letter that is handed over twice.
    #[must_use]
    pub const fn id(&self) -> AttemptId {
        self.id
    }

    /// `None` for a row that no letter belongs to.
    pub(super) fn new(row: &PendingReset, account: &Account, to: &Contact) -> Option<Self> {
        let carries = match row.kind {
            Kind::Link => Carries::Link,
            Kind::Code => Carries::Code,
            Kind::Decoy | Kind::Change => return None,
        };
        Some(Self {
            id: row.id,
            key_id: row.key_id,
            account: row.account.clone(),
            to: to.clone(),
            first_name: account.first_name().to_string(),
            last_name: account.last_name().to_string(),
            carries,
            expires_at: row.expires_at,
        })
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .field("key_id", &self.key_id)
            .field("account", &self.account)
            .field("carries", &self.carries)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A message that never carries a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    about: Subject,
    to: Contact,
    first_name: String,
    last_name: String,
}

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// The password was changed.
    PasswordChanged,
    /// Several accounts have this address: ask again with the user name.
    SeveralAccounts,
    /// The account has no password: sign in as usual.
    NoPassword,
}

impl Notice {
    /// The one recipient.
    #[must_use]
    pub const fn to(&self) -> &Contact {
        &self.to
    }

    /// What it tells.
    #[must_use]
    pub const fn about(&self) -> Subject {
        self.about
    }

    pub(super) fn to_person(about: Subject, account: &Account, to: &Contact) -> Self {
        Self {
            about,
            to: to.clone(),
            first_name: account.first_name().to_string(),
            last_name: account.last_name().to_string(),
        }
    }

    /// For an address that several people share: none of their names stands in it.
    pub(super) fn to_address(about: Subject, to: &Contact) -> Self {
        Self { about, to: to.clone(), first_name: String::new(), last_name: String::new() }
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("about", &self.about).finish_non_exhaustive()
    }
}

impl Flow {
    /// Renders a letter, secret and all, to be sent at once.
    ///
    /// # Errors
    ///
    /// [`LetterError::Expired`] when the secret would be of no use any more, also because its key was
    /// retired, and [`LetterError::UnknownKey`] when that was removed.
    pub fn render(&self, letter: &Letter, now: UtcDateTime) -> Result<Message, LetterError> {
        // A key that is retired sooner takes its secrets with it.
        let until = self.keyring.retired_from(letter.key_id).map(UtcDateTime::unix_timestamp);
        let ends_at = until.map_or(letter.expires_at, |until| until.min(letter.expires_at));
        let left = ends_at.saturating_sub(now.unix_timestamp());
        if left <= 0 {
            return Err(LetterError::Expired);
        }
        let unknown = LetterError::UnknownKey { key_id: letter.key_id };
        let settings = &self.settings;
        let (template, secret) = match letter.carries {
            Carries::Link => {
                let expires_at = UtcDateTime::from_unix_timestamp(letter.expires_at)
                    .map_err(|_| LetterError::Expired)?;
                let token = self
                    .links
                    .sign_with(letter.key_id, letter.id, expires_at)
                    .map_err(|_| unknown)?;
                (&settings.templates.link, settings.page.with_token(token.expose_secret()))
            }
            Carries::Code => {
                let binding = CodeBinding::new(&letter.account, &letter.to, letter.id);
                let code =
                    self.codes.derive(letter.key_id, &binding, FIRST_EPOCH).map_err(|_| unknown)?;
                (&settings.templates.code, code.expose_secret())
            }
        };
        let values = Values {
            first_name: &letter.first_name,
            last_name: &letter.last_name,
            secret: &secret,
            // Rounded down, so that the letter never promises too much.
            minutes: u64::try_from(left).unwrap_or(0).div_euclid(60).max(1),
        };
        Ok(template.render(letter.to.clone(), &values))
    }

    /// Renders a notice.
    #[must_use]
    pub fn render_notice(&self, notice: &Notice) -> Message {
        let templates = &self.settings.templates;
        let template = match notice.about {
            Subject::PasswordChanged => &templates.changed,
            Subject::SeveralAccounts => &templates.several,
            Subject::NoPassword => &templates.no_password,
        };
        let values = Values {
            first_name: &notice.first_name,
            last_name: &notice.last_name,
            secret: "",
            minutes: 0,
        };
        template.render(notice.to.clone(), &values)
    }
}

/// Why a letter cannot be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LetterError {
    /// Its secret has expired, or the key of it is retired.
    Expired,
    /// The key of its secret is not in the ring (any more).
    UnknownKey {
        /// The key.
        key_id: KeyId,
    },
}

impl LetterError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "letter_expired",
            Self::UnknownKey { .. } => "letter_unknown_key",
        }
    }
}

impl fmt::Display for LetterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the secret of the letter is no longer good"),
            Self::UnknownKey { key_id } => write!(f, "the letter needs the unknown key {key_id}"),
        }
    }
}

impl core::error::Error for LetterError {}
