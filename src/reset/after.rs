use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::SessionTag;
use super::notice::{Notice, NoticeKind};
use super::verified::Attempt;
use crate::account::{Account, AccountId, Contact};
use crate::attempt::Ground;
use crate::event::Event;

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
}

/// How a password came to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occasion {
    /// By a link or a code.
    Reset,
    /// By a signed-in person who typed the present password.
    Change,
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
        Self { account, attempt, session_tag }
    }

    /// Whose password was set.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }

    /// The event for the log: `password_reset` or `password_changed`, with account and attempt.
    pub fn event(&self) -> Event {
        let code = match self.occasion() {
            Occasion::Reset => "password_reset",
            Occasion::Change => "password_changed",
        };
        Event::new(code).with_account(self.account().clone()).with_attempt(self.attempt.row().id)
    }

    /// What the service has to do.
    #[must_use]
    pub const fn duties(&self) -> &'static [Duty] {
        &[Duty::EndSessions, Duty::ForgetBrowsers, Duty::RevokeTokens]
    }

    /// Whether this was a reset or a change.
    #[must_use]
    pub fn occasion(&self) -> Occasion {
        match self.attempt.row().ground {
            Ground::Change => Occasion::Change,
            Ground::Reset | Ground::FirstPassword | Ground::Operator => Occasion::Reset,
        }
    }

    /// After a change by a signed-in person: the tag with which this one session goes on, while all
    /// others end. `None` after a reset, and for a change that crashed and was found later.
    #[must_use]
    pub const fn session_tag(&self) -> Option<&SessionTag> {
        self.session_tag.as_ref()
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
        to.iter().map(|to| Notice::new(NoticeKind::PasswordChanged, id, to, account)).collect()
    }

    pub(super) const fn attempt(&self) -> &Attempt {
        &self.attempt
    }
}
