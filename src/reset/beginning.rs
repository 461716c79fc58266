use super::Flow;
use super::flow::TICKET_LIFE;
use super::verified::Attempt;
use crate::account::{Account, Channel};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Progress};
use crate::clock::{CLOCKS, seconds};

/// What an attempt begins with that is started for one account, and not by a request of a stranger.
pub(super) struct Beginning {
    pub(super) ground: Ground,
    pub(super) contents: Contents,
    /// Where its first message goes, if there is one.
    pub(super) channel: Option<Channel>,
    pub(super) contact: [u8; 32],
    /// When link and code expire.
    pub(super) expiries: (i64, i64),
}

impl Beginning {
    /// One for which no secret is sent.
    pub(super) const fn without_message(ground: Ground, contents: Contents, until: i64) -> Self {
        Self { ground, contents, channel: None, contact: [0; 32], expiries: (until, until) }
    }
}

impl Flow {
    /// The attempt, not stored yet; `None` only if the key that signs is not in the ring.
    pub(super) fn begun(
        &self,
        id: AttemptId,
        account: &Account,
        beginning: Beginning,
        now: i64,
    ) -> Option<Attempt> {
        let key_id = self.keyring.signing_id();
        let Beginning { ground, contents, channel, contact, expiries } = beginning;
        let (link_expires_at, code_expires_at) = expiries;
        self.sealed(AttemptRow {
            id,
            key_id,
            scope: self.scope_tag,
            ground,
            contents,
            sends: u32::from(channel.is_some()),
            channel,
            account: account.id().clone(),
            contact,
            stamp: *self.stamp(key_id, account)?.bytes(),
            created_at: now,
            link_expires_at,
            code_expires_at,
            keep_until: kept_until(link_expires_at.max(code_expires_at)),
            epoch: 0,
            last_good_epoch: 0,
            sent_at: now,
            progress: Progress::Live,
            seal: [0; 32],
        })
    }
}

/// How long a row is kept whose last secret expires at `end`: a ticket can be had until then.
pub(super) fn kept_until(end: i64) -> i64 {
    end.saturating_add(seconds(TICKET_LIFE)).saturating_add(CLOCKS)
}
