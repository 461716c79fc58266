use time::UtcDateTime;

use super::send::{FirstMessage, Sent};
use super::step::{Step, operation};
use super::{Delivery, Flow, InviteError, account_of};
use crate::account::AccountId;
use crate::attempt::{AttemptId, Contents, Ground};
use crate::clock::{moment, seconds};
use crate::event::Event;
use crate::secret::Seed;
use crate::throttle::ThrottleKey;

/// An invitation that is on its way to the owner of an account.
#[derive(Clone, Debug)]
#[must_use]
pub struct Invited {
    attempt: AttemptId,
    account: AccountId,
    expires_at: i64,
}

impl Invited {
    /// The first moment at which its link is no longer valid.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }

    /// The event for the log: `invitation_sent`, with account and attempt. Add who invited, with
    /// [`Event::with_operator`].
    pub fn event(&self) -> Event {
        let event = Event::new("invitation_sent").with_account(self.account.clone());
        event.with_attempt(self.attempt)
    }
}

impl Flow {
    /// Sends the owner of an account that has no password a link to choose one, which is valid for the
    /// [life of invitations](super::FlowBuilder::invitation_life). The host decides who may invite.
    ///
    /// The link goes to the first verified address of the account, or else to its first verified phone number
    /// if links go by text message. An address that the host invites to
    /// counts as verified: the person who reads it gets the account. Each invitation is valid until one of
    /// them is used, until the account changes, or until it expires.
    ///
    /// Build a flow of the purpose [`Purpose::INVITATION`](crate::scope::Purpose::INVITATION) for
    /// invitations, with the page that they lead to; its links and those of other purposes are not valid for
    /// each other. Messages of this purpose are [`MessageKind::Invitation`], and those of all others
    /// [`MessageKind::FirstPassword`].
    ///
    /// [`MessageKind::Invitation`]: crate::message::MessageKind::Invitation
    /// [`MessageKind::FirstPassword`]: crate::message::MessageKind::FirstPassword
    ///
    /// ```
    /// # let keyring = repass::key::Keyring::new(
    /// #     repass::key::KeyId::new(1),
    /// #     repass::key::Key::generate(&mut repass::SysRng)?,
    /// # );
    /// use repass::message::{LinkForm, ResetLink};
    /// use repass::reset::Flow;
    /// use repass::scope::{Purpose, Scope};
    ///
    /// let page = ResetLink::new("https://example.org/welcome", LinkForm::Query)?;
    /// let two_weeks = core::time::Duration::from_secs(14 * 24 * 60 * 60);
    /// let invitations = Flow::builder(keyring, page)
    ///     .scope(Scope::new(Purpose::INVITATION))
    ///     .invitation_life(two_weeks)
    ///     .build()?;
    /// # let _ = invitations;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The step ends with an [`InviteError`].
    pub fn invite(
        &self,
        id: AccountId,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<Invited, InviteError>> {
        let attempt = AttemptId::new(seed);
        operation(move |ports| async move {
            let account = account_of(&ports, &id).await?.ok_or(InviteError::AccountGone)?;
            if !account.is_enabled() {
                return Err(InviteError::AccountDisabled);
            }
            if account.password().is_some() {
                return Err(InviteError::HasPassword);
            }
            let sms = self.settings.sms.as_deref();
            let to = Delivery::LINK.recipient_of(&account, sms).ok_or(InviteError::NoAddress)?;
            let life = seconds(self.settings.invitation_life);
            let expires_at = now.unix_timestamp().saturating_add(life);
            let (ground, contents) = (Ground::FirstPassword, Contents::Link);
            let first = FirstMessage { to, ground, contents, expiries: (expires_at, expires_at) };
            let begun = self.begun_to(attempt, &account, first, now);
            let (begun, entry) = begun.ok_or_else(|| self.no_key())?;
            let key = ThrottleKey::invitations(&self.scope, begun.row());
            match self.send_first(&ports, &begun, entry, key, now).await? {
                Sent::Done => {}
                Sent::Throttled { until } => return Err(InviteError::Throttled { until }),
                Sent::SmsCap => return Err(InviteError::SmsCap),
            }
            Ok(Invited { attempt, account: id, expires_at })
        })
    }
}
