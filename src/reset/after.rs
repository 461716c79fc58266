use alloc::vec::Vec;
use core::fmt;

use super::letter::{Notice, Subject};
use super::pending::PendingReset;
use crate::account::{Account, AccountId, Contact};

/// What a service owes after a password was set. Delivered at least once: until it is
/// [settled](crate::service::Service::settle), [`owed`](crate::service::Service::owed) returns it
/// again.
///
/// Other attempts of the account need nothing: they ended with the password. A second factor stays
/// as it is, and nobody is signed in.
#[derive(Clone, Debug)]
#[must_use]
pub struct AfterReset {
    account: Account,
    row: PendingReset,
}

/// Something that the service itself has to do before it settles; doing it twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Duty {
    /// End all sessions of the account, of which those that carry a
    /// [`SessionTag`](super::SessionTag) have ended already.
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
    pub(super) const fn new(account: Account, row: PendingReset) -> Self {
        Self { account, row }
    }

    /// Whose password was set.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }

    /// What the service has to do.
    #[must_use]
    pub const fn duties(&self) -> &'static [Duty] {
        &[Duty::EndSessions, Duty::ForgetBrowsers, Duty::RevokeTokens]
    }

    /// The notices that settling sends: to the verified addresses, at most five, and to one that was
    /// replaced not long ago. All of them, as any may be the one that its owner still reads.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let verified = self.account.emails().iter().filter(|email| email.is_verified());
        let mut to: Vec<&Contact> = verified.map(|email| email.address()).take(5).collect();
        let replaced = self.account.replaced_email();
        to.extend(replaced.filter(|old| !to.iter().any(|new| new.same_mailbox(old))));
        to.iter().map(|to| Notice::to_person(Subject::PasswordChanged, &self.account, to)).collect()
    }

    pub(crate) const fn running(&self) -> &PendingReset {
        &self.row
    }
}
