use alloc::sync::Arc;
use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use super::flow::STOP_LIFE;
use super::step::{Asker, Step, operation};
use super::verified::Attempt;
use super::{Duty, Flow, Refusal, RefusalReason, WrongAnswer, account_of};
use crate::account::{AccountId, AccountWrite, WriteKind, Written};
use crate::answer::Answer;
use crate::attempt::{AttemptId, AttemptRow, Ground, Progress};
use crate::clock::{moment, seconds};
use crate::event::Event;
use crate::message::Link;
use crate::port::{Port, PortFailure};

/// How often the row of an attempt may change while it is being ended.
const MOST_CHANGES: usize = 3;

/// What happened when a person said that they did not do what a message tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Stopped {
    effect: StopEffect,
    account: AccountId,
    attempt: AttemptId,
}

/// What the link of "this was not me" does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopEffect {
    /// The attempt ends before its secret was used. The password and the sessions stay.
    AttemptEnded,
    /// The password was changed, or is being changed, by a secret or by a signed-in person. All sessions
    /// end, and so does every attempt of the account. The password no longer signs in until it was
    /// reset by a link or a code.
    RecoveryRequired,
    /// Nothing: the link was used before, the attempt ended without a change, or it has verified an
    /// address.
    Nothing,
}

impl StopEffect {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AttemptEnded => "stop_attempt_ended",
            Self::RecoveryRequired => "stop_recovery_required",
            Self::Nothing => "stop_nothing",
        }
    }

    /// What a use of the link does, by how far the attempt has come.
    fn of(row: &AttemptRow) -> Self {
        match row.progress {
            Progress::Live => Self::AttemptEnded,
            // The reader of the new address says nothing about the password.
            _ if row.ground == Ground::Address => Self::Nothing,
            Progress::Running(_) | Progress::Settled => Self::RecoveryRequired,
            Progress::Ended => Self::Nothing,
        }
    }
}

impl Stopped {
    /// What was done. For the log: a page that shows it tells the reader whether the link was used.
    #[must_use]
    pub const fn effect(&self) -> StopEffect {
        self.effect
    }

    /// Whose attempt it was.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// What the person is told: [`Answer::Done`], however often the link is used.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Done
    }

    /// What the service has to do, as after a change of the password; nothing where only an attempt
    /// ended.
    ///
    /// Sessions that carry a [`SessionTag`](super::SessionTag) have ended already. These duties are
    /// delivered once. The reset that has to follow delivers them again, until it is settled.
    #[must_use]
    pub const fn duties(&self) -> &'static [Duty] {
        match self.effect {
            StopEffect::RecoveryRequired => Duty::ALL,
            StopEffect::AttemptEnded | StopEffect::Nothing => &[],
        }
    }

    /// The event for the log: the [code](StopEffect::code) of the effect, with account and attempt.
    pub fn event(&self) -> Event {
        Event::new(self.effect.code()).with_account(self.account.clone()).with_attempt(self.attempt)
    }
}

impl Flow {
    /// Ends what a person says they did not do, by the link in a message: see
    /// [`FlowBuilder::stop_page`](super::FlowBuilder::stop_page).
    ///
    /// The link in a message with a secret ends the attempt. If the password was changed by it
    /// meanwhile, or if the link is that of a notice, all sessions of the account end, all its attempts
    /// end, and the password no longer signs in until it was reset: the owner asks for a link or a code
    /// as for a forgotten password. The link of a notice can be used for 7 days, whatever has changed
    /// since, and takes effect once: it uses up the links of all notices that the account got before.
    ///
    /// Call this for a POST request only, because mail programs open links. Show a page with a button
    /// first: [`inspect_stop`](Self::inspect_stop) says what it is for, and changes nothing.
    ///
    /// # Errors
    ///
    /// The step ends with a [`StopError`]. After [`StopError::Failed`] the same link can be used again.
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::{Account, AccountId, Contact, Email, Lookup};
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::memory::MemoryPorts;
    /// # use repass::queue::ClaimToken;
    /// # use repass::reset::Delivery;
    /// # use repass::secret::{PasswordHash, Seed};
    /// # use repass::time::UtcDateTime;
    /// use repass::message::{LinkForm, ResetLink};
    /// use repass::recovery::Recovery;
    /// use repass::reset::{Flow, StopEffect};
    ///
    /// # let mut rng = repass::SysRng;
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    /// # let hash = "$argon2id$v=19$m=8,t=1,p=1$Y29uZm9ybWFuY2U$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    /// # let ada = Account::new(AccountId::new("42")?)
    /// #     .with_email(Email::verified(Contact::email("ada@example.org")?))
    /// #     .with_password(PasswordHash::from_stored(hash)?);
    /// # let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// let stop = ResetLink::new("https://example.org/not-me", LinkForm::Query)?;
    /// let flow = Flow::builder(keyring, page).stop_page(stop).build()?;
    /// let recovery = Recovery::new(flow, MemoryPorts::new([ada]));
    ///
    /// // Somebody asks for a link to Ada's account, and Ada gets the message.
    /// # let lookup = Lookup::email("ada@example.org")?;
    /// # let seed = Seed::generate(&mut rng)?;
    /// # let _handle = recovery.request(lookup, Delivery::LINK, None, seed, now).await?;
    /// # let worker = ClaimToken::new(Seed::generate(&mut rng)?);
    /// # while !recovery.work(worker, 10, now).await?.is_empty() {}
    /// let message = recovery.ports().outbox().take().ok_or("no message")?;
    /// let link = message.expose_secret().split("/not-me?token=").nth(1).ok_or("no link")?;
    /// let token = link.lines().next().ok_or("no token")?;
    ///
    /// // GET: the page. POST: its button.
    /// assert_eq!(recovery.inspect_stop(token, now).await?, StopEffect::AttemptEnded);
    /// let stopped = recovery.stop(token, now).await?;
    /// assert_eq!(stopped.effect(), StopEffect::AttemptEnded);
    /// assert_eq!(recovery.stop(token, now).await?.effect(), StopEffect::Nothing);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn stop<'a>(
        &'a self,
        token: &'a str,
        now: UtcDateTime,
    ) -> Step<'a, Result<Stopped, StopError>> {
        operation(move |ports| async move {
            for _ in 0..MOST_CHANGES {
                let attempt = self.named_by(&ports, token, now).await?;
                let effect = StopEffect::of(attempt.row());
                let done = match effect {
                    StopEffect::AttemptEnded => self.end_one(&ports, &attempt).await?.is_some(),
                    StopEffect::RecoveryRequired => {
                        self.require_recovery(&ports, &attempt, now).await?;
                        true
                    }
                    StopEffect::Nothing => true,
                };
                if done {
                    let AttemptRow { account, id, .. } = attempt.row();
                    return Ok(Stopped { effect, account: account.clone(), attempt: *id });
                }
                // A commit began at the same moment, or the message was sent again.
            }
            Err(PortFailure::new(Port::Attempts, WrongAnswer.into()).into())
        })
    }

    /// What [`stop`](Self::stop) would do with this link now. Changes nothing.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn inspect_stop<'a>(
        &'a self,
        token: &'a str,
        now: UtcDateTime,
    ) -> Step<'a, Result<StopEffect, StopError>> {
        operation(move |ports| async move {
            let attempt = self.named_by(&ports, token, now).await?;
            Ok(StopEffect::of(attempt.row()))
        })
    }

    /// The attempt that a link of this kind names. The row need not be of the key that signed the link.
    async fn named_by(
        &self,
        ports: &Asker,
        token: &str,
        now: UtcDateTime,
    ) -> Result<Attempt, StopError> {
        if self.mail.stop_page.is_none() {
            return Err(StopError::Off);
        }
        let id = self.stops.verify(token, now).map_err(Refusal::Token)?.id();
        let attempt = self.sealed_attempt(ports, id).await?;
        Ok(attempt.ok_or(RefusalReason::UnknownAttempt.with(None))?)
    }

    /// Ends the sessions and the attempts of the account, blocks its password, and records last that
    /// this was done: what failed on the way is done again by the next use of the link.
    async fn require_recovery(
        &self,
        ports: &Asker,
        attempt: &Attempt,
        now: UtcDateTime,
    ) -> Result<(), StopError> {
        let id = &attempt.row().account;
        if let Some(account) = account_of(ports, id).await? {
            let write = AccountWrite::new(Arc::new(account), WriteKind::RequireRecovery, now);
            if ports.ask(write).await? == Written::Stale {
                return Err(StopError::Unsupported);
            }
        }
        let _revoked = self.end_all(ports, id.clone(), Some(attempt.row().id)).await?;
        // The row of a commit that runs belongs to that commit.
        if let Progress::Settled = attempt.row().progress {
            self.use_up(ports, attempt).await?;
        }
        Ok(())
    }

    /// Until when the notice of a running change can be answered by "this was not me"; `None` where the
    /// flow has no page for it.
    pub(super) fn stop_until(&self, running: &Attempt) -> Option<i64> {
        let is_on = self.mail.stop_page.is_some() && running.row().ground != Ground::Address;
        match running.row().progress {
            Progress::Running(lease) if is_on => {
                Some(lease.until.saturating_add(seconds(STOP_LIFE)))
            }
            _ => None,
        }
    }

    /// The link that stops an attempt; `None` where the flow has no page for it, or when it would be over.
    /// The key that signs signs it, as it proves nothing that depends on the key of the attempt.
    pub(super) fn stop_link(&self, id: AttemptId, until: i64, now: UtcDateTime) -> Option<Link> {
        let page = self.mail.stop_page.as_ref()?;
        if until <= now.unix_timestamp() {
            return None;
        }
        let token = self.stops.sign(id, moment(until)).ok()?;
        Some(page.link(&token))
    }
}

/// Why nothing was stopped.
#[derive(Debug)]
#[non_exhaustive]
pub enum StopError {
    /// The flow has no page for such links: see
    /// [`FlowBuilder::stop_page`](super::FlowBuilder::stop_page).
    Off,
    /// The link is not valid, or its attempt is no longer known.
    Refused(Refusal),
    /// The user table cannot store that recovery is required, or the account was deleted at the same
    /// moment.
    Unsupported,
    /// A port failed; the link can be used again.
    Failed(PortFailure),
}

impl StopError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Off => "stop_off",
            Self::Refused(refusal) => refusal.code(),
            Self::Unsupported => "stop_unsupported",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who used the link may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Off => Answer::Refused { tries_left: None },
            Self::Refused(refusal) => refusal.answer(),
            Self::Unsupported | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<Refusal> for StopError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PortFailure> for StopError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("the flow has no page for this link"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Unsupported => {
                f.write_str("the user table does not store that recovery is required")
            }
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for StopError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Off | Self::Unsupported => None,
            Self::Refused(refusal) => refusal.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}
