use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::SessionTag;
use super::change::Temporary;
use super::notice::{Notice, NoticeKind};
use super::verified::Attempt;
use crate::account::{Account, AccountId, Contact};
use crate::attempt::{Contents, Ground};
use crate::event::Event;
use crate::secret::Password;

/// What follows after a password was set: duties of the host, and notices. Delivered at least once:
/// until it is [settled](super::Flow::settle), [`housekeep`](super::Flow::housekeep) returns it again.
///
/// Other attempts of the account need nothing: they ended with the password. A second factor stays
/// as it is. A reset signs nobody in (OWASP ASVS 5.0, 6.4.3).
#[derive(Debug)]
#[must_use]
pub struct AfterReset {
    account: Arc<Account>,
    attempt: Attempt,
    session_tag: Option<SessionTag>,
    temporary: Option<Password>,
}

/// How a password came to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occasion {
    /// By a link or a code.
    Reset,
    /// By a signed-in person who typed the present password.
    Change,
    /// By an operator.
    Operator,
    /// By a link for an account that had no password.
    FirstPassword,
}

/// Something that the service itself has to do before it settles; doing it twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Duty {
    /// End all sessions of the account. Those that carry a [`SessionTag`](super::SessionTag) have
    /// ended already.
    EndSessions,
    /// Forget all browsers that the account is remembered on.
    ForgetBrowsers,
    /// Revoke refresh tokens, API keys and whatever else acts for the account.
    RevokeTokens,
}

impl Duty {
    pub(super) const ALL: &'static [Self] =
        &[Self::EndSessions, Self::ForgetBrowsers, Self::RevokeTokens];

    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EndSessions => "end_sessions",
            Self::ForgetBrowsers => "forget_browsers",
            Self::RevokeTokens => "revoke_tokens",
        }
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndSessions => "end all sessions",
            Self::ForgetBrowsers => "forget all remembered browsers",
            Self::RevokeTokens => "revoke all tokens and keys that act for the account",
        })
    }
}

impl AfterReset {
    pub(super) const fn new(
        account: Arc<Account>,
        attempt: Attempt,
        session_tag: Option<SessionTag>,
    ) -> Self {
        Self { account, attempt, session_tag, temporary: None }
    }

    pub(super) fn with_temporary(self, temporary: Option<Temporary>) -> Self {
        Self { temporary: temporary.map(|temporary| temporary.password), ..self }
    }

    /// Whose password was set.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }

    /// The event for the log: `password_reset`, `password_changed`, `password_set_by_operator` or
    /// `first_password_set`, with account and attempt, and with the operator where one set the password or started the reset.
    pub fn event(&self) -> Event {
        let code = match self.occasion() {
            Occasion::Reset => "password_reset",
            Occasion::Change => "password_changed",
            Occasion::Operator => "password_set_by_operator",
            Occasion::FirstPassword => "first_password_set",
        };
        let event = Event::new(code).with_account(self.account().clone());
        event.with_attempt(self.attempt.row().id).with_operator(self.operator().cloned())
    }

    /// What the service has to do.
    #[must_use]
    pub const fn duties(&self) -> &'static [Duty] {
        Duty::ALL
    }

    /// Whether this was a reset, a change, or the work of an operator. A password that its owner chose
    /// with a secret that an operator started is a reset.
    #[must_use]
    pub fn occasion(&self) -> Occasion {
        let row = self.attempt.row();
        match row.ground {
            Ground::Change => Occasion::Change,
            Ground::Operator(_) if row.contents == Contents::Nothing => Occasion::Operator,
            Ground::FirstPassword => Occasion::FirstPassword,
            Ground::Reset | Ground::Operator(_) | Ground::Address => Occasion::Reset,
        }
    }

    /// The operator who set the password, or who started the reset.
    #[must_use]
    pub fn operator(&self) -> Option<&AccountId> {
        self.attempt.row().ground.operator()
    }

    /// After a change by a signed-in person: the tag with which this one session goes on, while all
    /// others end. `None` after a reset, and for a change that crashed and was found later.
    #[must_use]
    pub const fn session_tag(&self) -> Option<&SessionTag> {
        self.session_tag.as_ref()
    }

    /// The temporary password that an operator generated: once, and never again. `None` afterwards, for
    /// every other change, and for a commit that crashed and was found later; the operator then generates
    /// another one.
    pub fn take_temporary_password(&mut self) -> Option<Password> {
        self.temporary.take()
    }

    /// The notices that settling sends: to the verified contacts that the flow delivers to, addresses first
    /// and at most five, and to an address that was replaced not long ago. All of them, as any may be the
    /// one that its owner still reads.
    pub(super) fn notices(&self, delivers: impl Fn(&Contact) -> bool) -> Vec<Notice> {
        let verified = self.account.verified().filter(|contact| delivers(contact));
        let mut to: Vec<&Contact> = verified.take(5).collect();
        let replaced = self.account.replaced_email();
        to.extend(replaced.filter(|old| !to.iter().any(|new| new.same_mailbox(old))));
        let id = self.attempt.row().id;
        let account = Some(&*self.account);
        let kind = self.notice_kind();
        to.iter().map(|to| Notice::new(kind, id, to, account)).collect()
    }

    pub(super) fn notice_kind(&self) -> NoticeKind {
        match self.occasion() {
            Occasion::Operator => NoticeKind::PasswordSetByOperator,
            Occasion::FirstPassword => NoticeKind::FirstPasswordSet,
            Occasion::Reset | Occasion::Change => NoticeKind::PasswordChanged,
        }
    }

    /// The account as it was when its password was set.
    pub(super) fn owner(&self) -> &Account {
        &self.account
    }

    pub(super) const fn attempt(&self) -> &Attempt {
        &self.attempt
    }
}
