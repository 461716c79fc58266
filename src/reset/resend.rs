//! The message of an attempt once more.

mod entry;
mod epochs;
mod error;
mod pause;
mod run;

use time::UtcDateTime;

pub(super) use self::entry::Resend;
pub(super) use self::epochs::good_epochs;
pub use self::error::ResendError;
pub(super) use self::pause::{next_send, pause_until};
pub(super) use self::run::Resent;

use super::Flow;
use super::refusal::{Refusal, RefusalReason};
use super::step::{Asker, Step, operation};
use super::verified::Attempt;
use crate::port::PortFailure;
use crate::queue::Pushed;
use crate::token::Verified;

impl Flow {
    /// Sends the message of an attempt again: counts the pause and puts the work into the queue. Nobody
    /// is looked up, so the answer is the same for every account and for none, and for an attempt
    /// that was used or has ended.
    ///
    /// The message has the link and the code that [`FlowBuilder::resend`](super::FlowBuilder::resend)
    /// says; both end when they were to end from the beginning. Between two messages of an attempt there
    /// is a pause: 60 seconds after the first one, twice as long after each further one, and 15
    /// minutes at most. Each message counts as one of [`Limits::messages`](super::Limits::messages):
    /// beyond that limit nothing is sent, and the answer is the same.
    ///
    /// The result is the first moment at which the message can be asked for once more, never later than the
    /// end of the handle.
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::{Lookup};
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::queue::ClaimToken;
    /// # use repass::recovery::Recovery;
    /// # use repass::reset::{Delivery, Flow, ResendError};
    /// # use repass::secret::Seed;
    /// # let mut rng = repass::SysRng;
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let flow = Flow::builder(keyring, page).build()?;
    /// # let recovery = Recovery::new(flow, repass::memory::MemoryPorts::new([]));
    /// # let now = repass::time::UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let (lookup, seed) = (Lookup::email("ada@example.org")?, Seed::generate(&mut rng)?);
    /// let handle = recovery.request(lookup, Delivery::CODE, None, seed, now).await?;
    /// recovery.work(ClaimToken::new(Seed::generate(&mut rng)?), 10, now).await?;
    ///
    /// // Too soon, and a minute later.
    /// let early = recovery.resend(handle.expose_secret(), now).await;
    /// let Err(ResendError::Throttled { until }) = early else { panic!("{early:?}") };
    /// let next = recovery.resend(handle.expose_secret(), until).await?;
    /// assert_eq!((next - until).whole_seconds(), 120);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The step ends with [`ResendError::Refused`] if the handle is not valid or has expired: only a new
    /// [request](Self::request) sends a message then. It ends with [`ResendError::Throttled`] during the
    /// pause, and while the first message has not been worked on; with [`ResendError::Full`] if too many
    /// requests wait; and with [`ResendError::Failed`] if a port failed.
    pub fn resend<'a>(
        &'a self,
        handle: &'a str,
        now: UtcDateTime,
    ) -> Step<'a, Result<UtcDateTime, ResendError>> {
        operation(move |ports| async move {
            let verified = self.handles.verify(handle, now).map_err(Refusal::Token)?;
            let end = verified.expires_at();
            let Some(attempt) = self.attempt_of_handle(&ports, &verified, now).await? else {
                // The request was not run yet, and its message is still to come.
                return Err(ResendError::Throttled { until: next_send(1, now).min(end) });
            };
            let row = attempt.row();
            if let Some(until) = pause_until(row, now) {
                return Err(ResendError::Throttled { until });
            }
            let resend = Resend::of(row, now);
            let entry =
                self.queue_resend(&resend).ok_or(RefusalReason::UnknownAttempt.with(None))?;
            match ports.ask(entry).await? {
                Pushed::Full => Err(ResendError::Full),
                Pushed::Done | Pushed::Exists => Ok(next_send(resend.number(), now).min(end)),
            }
        })
    }

    /// The attempt that a verified handle names, whatever has become of it; `None` if no row of it can
    /// be trusted.
    pub(super) async fn attempt_of_handle(
        &self,
        ports: &Asker,
        verified: &Verified,
        now: UtcDateTime,
    ) -> Result<Option<Attempt>, PortFailure> {
        let attempt = self.trusted_attempt(ports, verified.id(), now).await?;
        let expires_at = verified.expires_at().unix_timestamp();
        Ok(attempt.filter(|attempt| {
            let row = attempt.row();
            row.key_id == verified.key_id() && row.code_expires_at == expires_at
        }))
    }
}
