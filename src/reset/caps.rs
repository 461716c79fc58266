//! The daily caps of text messages.

use time::UtcDateTime;

use super::flow::DAY;
use super::step::Asker;
use super::{Flow, Outcome, counting};
use crate::account::{AccountId, Channel};
use crate::port::PortFailure;
use crate::throttle::{Counted, Once, Pool, Quota, SmsCounter, ThrottleKey};

/// The notices of the service.
pub(super) const OWN_NOTICES: &str = "sms notices a day";
/// Those that authors write.
pub(super) const AUTHORS_NOTICES: &str = "sms notices of authors a day";

impl Flow {
    /// Counts a message that a stranger asked for on `key` and in the caps of text messages, and says why it
    /// is not sent. The calls are the same for each outcome.
    pub(super) async fn counted_message(
        &self,
        ports: &Asker,
        key: ThrottleKey,
        account: &AccountId,
        channel: Option<Channel>,
        once: Once,
        now: UtcDateTime,
    ) -> Result<(Counted, Option<Outcome>), PortFailure> {
        let quota = self.settings.limits.messages.quota();
        let counted = counting(ports, key, quota, Some(once), now).await?;
        let channel = channel.filter(|_| counted.left().is_some());
        let reached = self.counted_sms(ports, account, channel.as_ref(), once, now).await?;
        let refused = match counted.left() {
            None => Some(Outcome::TooManySends),
            Some(_) => reached,
        };
        Ok((counted, refused))
    }

    /// Counts a text message against the caps of the account, the tenant and the service; the cap that
    /// is reached, if one is. Where text messages are configured, each request makes the same three
    /// counts: what is no text message is counted under names of its own, whose quota is not looked at.
    /// Once a cap is reached, the message takes nothing from those behind it.
    ///
    /// The counts of tenant and service are not marked: a list of thousands of messages would be kept
    /// in one counter. A request that crashed between its counts and its row is counted twice there.
    pub(super) async fn counted_sms(
        &self,
        ports: &Asker,
        account: &AccountId,
        channel: Option<&Channel>,
        once: Once,
        now: UtcDateTime,
    ) -> Result<Option<Outcome>, PortFailure> {
        let Some(sms) = self.settings.sms.as_ref() else { return Ok(None) };
        let mut sends = channel == Some(&Channel::SMS);
        let mut reached = None;
        let caps = [
            (SmsCounter::Account(account), sms.per_account, Some(once), Outcome::SmsCapOfAccount),
            (SmsCounter::Tenant, sms.per_tenant, None, Outcome::SmsCapOfTenant),
            (SmsCounter::Service, sms.per_service, None, Outcome::SmsCapOfService),
        ];
        for (of, cap, once, outcome) in caps {
            let kind = if sends { "sms a day" } else { "no sms a day" };
            let key = ThrottleKey::sms(&self.scope, kind, of);
            let key = if sends { key } else { key.in_pool(Pool::Nobody) };
            let counted = counting(ports, key, Quota::new(cap, DAY), once, now).await?;
            if sends && counted.left().is_none() {
                (sends, reached) = (false, Some(outcome));
            }
        }
        Ok(reached)
    }

    /// Counts the notice of a change that goes by text message; whether it is sent. Each kind has counters of
    /// its own with the same caps: otherwise a stranger whose requests reached a cap, or an author, could
    /// change a password without a notice.
    pub(super) async fn counted_notice(
        &self,
        ports: &Asker,
        kind: &'static str,
        account: &AccountId,
        once: Once,
        now: UtcDateTime,
    ) -> Result<bool, PortFailure> {
        let Some(sms) = self.settings.sms.as_ref() else { return Ok(false) };
        let caps = [
            (SmsCounter::Account(account), sms.per_account, Some(once)),
            (SmsCounter::Tenant, sms.per_tenant, None),
            (SmsCounter::Service, sms.per_service, None),
        ];
        for (of, cap, once) in caps {
            let key = ThrottleKey::sms(&self.scope, kind, of);
            if counting(ports, key, Quota::new(cap, DAY), once, now).await?.left().is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
