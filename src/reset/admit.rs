use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use time::UtcDateTime;

use super::flow::TICKET_LIFE;
use super::refusal::{Refusal, RefusalReason};
use super::step::{Asker, LoadAccount, Step, operation};
use super::verified::Attempt;
use super::{AdmitError, Flow};
use crate::account::{Account, ExpectedAccount, Lookup};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Progress};
use crate::clock::{CLOCKS, moment, seconds};
use crate::event::Event;
use crate::key::Tag;
use crate::port::PortFailure;
use crate::scope::ScopeTag;
use crate::secret::Password;
use crate::token::{Ticket, TokenError, Verified};

/// What a person shows to be admitted.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Proof<'a> {
    /// The token of a link.
    Link(&'a str),
    /// A code, together with the handle of the request that it was sent for.
    Code {
        /// The handle.
        handle: &'a str,
        /// The code as it was typed.
        code: &'a str,
    },
    /// A secret that an operator read out, together with the user name or address of the account: see
    /// [`Flow::spoken_secret`].
    Spoken {
        /// Whose secret it is, as it was typed.
        lookup: &'a Lookup,
        /// The secret as it was typed.
        secret: &'a str,
    },
    /// The token of a link, together with a handle of the same attempt: the handle that the link carries
    /// (see [`ResetLink::with_handle_name`](crate::message::ResetLink::with_handle_name)), or that of
    /// the request. The token is the secret; a handle of another attempt refuses it.
    HandledLink {
        /// The handle.
        handle: &'a str,
        /// The token.
        token: &'a str,
    },
    /// The ticket of an earlier admission: it takes the place of a link or a code that was right.
    Ticket(&'a str),
}

impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Proof::Link(..)",
            Self::Code { .. } => "Proof::Code(..)",
            Self::Spoken { .. } => "Proof::Spoken(..)",
            Self::HandledLink { .. } => "Proof::HandledLink(..)",
            Self::Ticket(_) => "Proof::Ticket(..)",
        })
    }
}

/// A person whose proof was right: the only value that a new password can be set with.
///
/// It is valid for ten minutes, also if the link or code expires sooner.
#[derive(Debug)]
pub struct Admitted {
    /// Only a flow of this scope commits what follows.
    pub(super) scope: ScopeTag,
    pub(super) account: Arc<Account>,
    pub(super) by: By,
    pub(super) admitted_at: i64,
    pub(super) usable_until: i64,
}

#[derive(Debug)]
pub(super) enum By {
    /// The ticket is on the heap, as it waits in steps and futures that are moved.
    Secret {
        attempt: Attempt,
        ticket: Box<Ticket>,
    },
    PresentPassword {
        old: Password,
    },
}

impl Admitted {
    /// The account whose password can be set.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The event for the log: `reset_admitted`, with account and attempt, or `present_password_right`.
    pub fn event(&self) -> Event {
        let event = match &self.by {
            By::Secret { attempt, .. } => {
                Event::new("reset_admitted").with_attempt(attempt.row().id)
            }
            By::PresentPassword { .. } => Event::new("present_password_right"),
        };
        event.with_account(self.account.id().clone())
    }

    /// The first moment at which it is no longer valid.
    #[must_use]
    pub fn usable_until(&self) -> UtcDateTime {
        moment(self.usable_until)
    }

    /// Admits again until then, in this process or another, without the secret: for a form that is
    /// shown once more because the policy refused the password. A code that was right is not counted
    /// again.
    ///
    /// `None` for a person who is signed in, who types the present password again.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        match &self.by {
            By::Secret { ticket, .. } => Some(ticket),
            By::PresentPassword { .. } => None,
        }
    }
}

/// A secret that was right: its attempt, and until when it admits. Only the functions that verify a
/// link, compare a counted code or open a ticket make it.
pub(super) struct Proven {
    pub(super) attempt: Attempt,
    pub(super) until: i64,
    pub(super) tries_left: Option<u32>,
}

impl Flow {
    /// Admits the person who shows a valid secret. A code is counted before it is compared; nothing
    /// else changes, so the same secret admits again.
    ///
    /// With `expected`, the account that the person names has to be the one of the secret.
    ///
    /// # Errors
    ///
    /// The step ends with an [`AdmitError`]; the person is told its [`answer`](AdmitError::answer).
    pub fn admit<'a>(
        &'a self,
        proof: Proof<'a>,
        expected: Option<&'a ExpectedAccount>,
        now: UtcDateTime,
    ) -> Step<'a, Result<Admitted, AdmitError>> {
        operation(move |ports| async move {
            let proven = match proof {
                Proof::Link(token) => self.prove_link(&ports, token, now).await?.0,
                Proof::Code { handle, code } => self.prove_code(&ports, handle, code, now).await?,
                Proof::Spoken { lookup, secret } => {
                    self.prove_spoken(&ports, lookup, secret, now).await?
                }
                Proof::HandledLink { handle, token } => {
                    self.prove_handled_link(&ports, handle, token, now).await?
                }
                Proof::Ticket(text) => self.prove_ticket(&ports, text, now).await?,
            };
            self.admit_proven(&ports, proven, expected, now).await
        })
    }

    /// Until when a link is valid, or why it is not. Changes nothing: mail scanners open links, too.
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit).
    pub fn inspect<'a>(
        &'a self,
        token: &'a str,
        now: UtcDateTime,
    ) -> Step<'a, Result<UtcDateTime, AdmitError>> {
        operation(move |ports| async move {
            let (proven, expires_at) = self.prove_link(&ports, token, now).await?;
            self.admit_proven(&ports, proven, None, now).await?;
            Ok(expires_at)
        })
    }

    async fn prove_link(
        &self,
        ports: &Asker,
        token: &str,
        now: UtcDateTime,
    ) -> Result<(Proven, UtcDateTime), AdmitError> {
        let verified = self.links.verify(token, now).map_err(Refusal::Token)?;
        self.prove_verified_link(ports, &verified, now).await
    }

    /// Verifies both texts, and that they name one attempt, before anything is looked up.
    async fn prove_handled_link(
        &self,
        ports: &Asker,
        handle: &str,
        token: &str,
        now: UtcDateTime,
    ) -> Result<Proven, AdmitError> {
        let link = self.links.verify(token, now).map_err(Refusal::Token)?;
        let handle = self.handles.verify(handle, now).map_err(Refusal::Token)?;
        if (link.id(), link.key_id()) != (handle.id(), handle.key_id()) {
            return Err(RefusalReason::OtherAttempt.with(None).into());
        }
        Ok(self.prove_verified_link(ports, &link, now).await?.0)
    }

    async fn prove_verified_link(
        &self,
        ports: &Asker,
        verified: &Verified,
        now: UtcDateTime,
    ) -> Result<(Proven, UtcDateTime), AdmitError> {
        let attempt = self.attempt_of(ports, verified, now).await?;
        let row = attempt.row();
        let expires_at = verified.expires_at();
        // A message that is sent again can carry a link that is good for longer than the one before it,
        // and the row has the longer of them. The earlier link stays good until the end that it names.
        // This accepts nothing that was not sent: the expiry of a link is under its signature, and a
        // link of this attempt is only ever signed with an expiry that its row had at that time.
        if !row.contents.has_link() || row.link_expires_at < expires_at.unix_timestamp() {
            return Err(unknown_attempt());
        }
        let until = now.unix_timestamp().saturating_add(seconds(TICKET_LIFE));
        Ok((Proven { attempt, until, tries_left: None }, expires_at))
    }

    async fn prove_ticket(
        &self,
        ports: &Asker,
        text: &str,
        now: UtcDateTime,
    ) -> Result<Proven, AdmitError> {
        let verified = self.tickets.verify(text, now).map_err(Refusal::Token)?;
        let attempt = self.stored_attempt(ports, verified.id(), now).await?;
        let row = attempt.row();
        if !may_have_tickets(row) || !verified.is_bound_to(&row.fixed_digest()) {
            return Err(unknown_attempt());
        }
        // No later than the ticket: tickets do not prolong each other.
        let until = verified.expires_at().unix_timestamp();
        Ok(Proven { attempt, until, tries_left: None })
    }

    /// The attempt that a verified link or handle names.
    pub(super) async fn attempt_of(
        &self,
        ports: &Asker,
        verified: &Verified,
        now: UtcDateTime,
    ) -> Result<Attempt, AdmitError> {
        let attempt = self.stored_attempt(ports, verified.id(), now).await?;
        if attempt.row().key_id == verified.key_id() { Ok(attempt) } else { Err(unknown_attempt()) }
    }

    /// The attempt of this id, if its row can be trusted.
    async fn stored_attempt(
        &self,
        ports: &Asker,
        id: AttemptId,
        now: UtcDateTime,
    ) -> Result<Attempt, AdmitError> {
        self.trusted_attempt(ports, id, now).await?.ok_or_else(unknown_attempt)
    }

    /// The same; `None` if there is no such row, or none that can be trusted.
    pub(super) async fn trusted_attempt(
        &self,
        ports: &Asker,
        id: AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<Attempt>, PortFailure> {
        let attempt = self.sealed_attempt(ports, id).await?;
        Ok(attempt.filter(|attempt| !made_by_a_wrong_clock(attempt.row(), now)))
    }

    /// Whatever fails from here on, the proof was right: the error carries a ticket.
    async fn admit_proven(
        &self,
        ports: &Asker,
        proven: Proven,
        expected: Option<&ExpectedAccount>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        let Proven { attempt, until, tries_left } = proven;
        // The link of an address sets no password.
        if attempt.row().ground == Ground::Address {
            return Err(unknown_attempt());
        }
        let ticket = self.ticket_of(&attempt, until).map_err(Refusal::Token)?;
        let account = match ports.ask(LoadAccount { id: attempt.row().account.clone() }).await {
            Ok(account) => account,
            Err(failure) => return Err(AdmitError::Failed { failure, ticket: Some(ticket) }),
        };
        match self.judge(&attempt, account, expected, now) {
            Ok((_, true)) => Err(AdmitError::Running { ticket }),
            Ok((account, false)) => Ok(Admitted {
                scope: self.scope_tag,
                account: Arc::new(account),
                by: By::Secret { attempt, ticket },
                admitted_at: now.unix_timestamp(),
                usable_until: until,
            }),
            Err(reason) => Err(reason.with(tries_left).into()),
        }
    }

    /// Admits to an attempt until then. It is on the heap, because it waits in futures that are moved.
    pub(crate) fn ticket_of(
        &self,
        attempt: &Attempt,
        until: i64,
    ) -> Result<Box<Ticket>, TokenError> {
        let row = attempt.row();
        self.tickets.sign(row.id, &row.fixed_digest(), moment(until)).map(Box::new)
    }

    /// The account of an attempt whose secret was right, and whether a commit is running.
    pub(super) fn judge(
        &self,
        attempt: &Attempt,
        account: Option<Account>,
        expected: Option<&ExpectedAccount>,
        now: UtcDateTime,
    ) -> Result<(Account, bool), RefusalReason> {
        let row = attempt.row();
        let running = match row.progress {
            Progress::Live => false,
            Progress::Running(_) => !row.is_unfinished(now),
            Progress::Settled | Progress::Ended => return Err(RefusalReason::Used),
        };
        let account = account.filter(|account| *account.id() == row.account);
        let account = account.ok_or(RefusalReason::AccountGone)?;
        // Only a link or a code changes a password that no longer signs in.
        if row.ground == Ground::Change && account.requires_recovery() {
            return Err(RefusalReason::RecoveryRequired);
        }
        let fits = |stamp: Tag| stamp.matches(&row.stamp);
        if !self.stamp(row.key_id, &account).is_some_and(fits) {
            return Err(RefusalReason::Superseded);
        }
        if !account.is_enabled() {
            return Err(RefusalReason::AccountDisabled);
        }
        if expected.is_some_and(|expected| !expected.holds(&account)) {
            return Err(RefusalReason::OtherAccount);
        }
        Ok((account, running))
    }
}

/// Whether a ticket can name the row: a secret belongs to it, or its person has typed the present password
/// at sign-in. A decoy has none.
fn may_have_tickets(row: &AttemptRow) -> bool {
    row.contents != Contents::Nothing || row.ground == Ground::Change
}

/// A row from the future, or one that is to be kept longer than any configuration allows.
pub(super) fn made_by_a_wrong_clock(row: &AttemptRow, now: UtcDateTime) -> bool {
    let latest = |by: i64| now.unix_timestamp().saturating_add(by).saturating_add(CLOCKS);
    row.created_at > latest(0) || row.keep_until > latest(seconds(AttemptRow::LONGEST_KEPT))
}

pub(super) fn unknown_attempt() -> AdmitError {
    RefusalReason::UnknownAttempt.with(None).into()
}
