use alloc::boxed::Box;
use core::fmt;

use time::UtcDateTime;

use crate::account::{Account, MustChange, MustChangeReason};
use crate::event::Event;
use crate::port::PortFailure;
use crate::reset::SessionTag;
use crate::token::Ticket;

/// What comes of a right password.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum SignInOutcome {
    /// The person is signed in.
    SignedIn(Box<SignedIn>),
    /// The person is not signed in, and can set a new password.
    MustChange(Box<MustChangePassword>),
}

impl SignInOutcome {
    /// The event for the log: `signed_in` or `sign_in_must_change`, with the account.
    pub fn event(&self) -> Event {
        let (code, account) = match self {
            Self::SignedIn(signed_in) => ("signed_in", &signed_in.account),
            Self::MustChange(must_change) => ("sign_in_must_change", &must_change.account),
        };
        Event::new(code).with_account(account.id().clone())
    }
}

/// A person who is signed in.
pub struct SignedIn {
    account: Account,
    tag: SessionTag,
    rehash_failure: Option<PortFailure>,
}

impl SignedIn {
    pub(super) const fn new(
        account: Account,
        tag: SessionTag,
        rehash_failure: Option<PortFailure>,
    ) -> Self {
        Self { account, tag, rehash_failure }
    }

    /// The account as it is stored now.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// What the session carries, so that it ends with the password.
    #[must_use]
    pub const fn tag(&self) -> &SessionTag {
        &self.tag
    }

    /// An outdated hash was to be replaced, and the user table failed: for the log. The next sign-in
    /// tries again.
    #[must_use]
    pub const fn rehash_failure(&self) -> Option<&PortFailure> {
        self.rehash_failure.as_ref()
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("account", self.account.id()).finish_non_exhaustive()
    }
}

/// A person whose password was right and has to be changed before anything else.
pub struct MustChangePassword {
    account: Account,
    must_change: MustChange,
    ticket: Box<Ticket>,
}

impl MustChangePassword {
    pub(super) const fn new(
        account: Account,
        must_change: MustChange,
        ticket: Box<Ticket>,
    ) -> Self {
        Self { account, must_change, ticket }
    }

    /// The account as it is stored now.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Why the password has to be changed, to be told on the form.
    #[must_use]
    pub const fn reason(&self) -> MustChangeReason {
        self.must_change.reason()
    }

    /// The first moment at which the present password can no longer be used, if there is one.
    #[must_use]
    pub const fn expires_at(&self) -> Option<UtcDateTime> {
        self.must_change.expires_at()
    }

    /// Admits to set a new password, for ten minutes and no longer than the present one can be used:
    /// [`Proof::Ticket`](crate::reset::Proof::Ticket). The commit of the change yields a session tag.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }
}

impl fmt::Debug for MustChangePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MustChangePassword")
            .field("account", self.account.id())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}
