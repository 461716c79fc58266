use time::UtcDateTime;

use super::admit::{Proven, unknown_attempt};
use super::flow::{DAY, TICKET_LIFE};
use super::refusal::{Refusal, RefusalReason};
use super::resend::good_epochs;
use super::step::Asker;
use super::verified::Attempt;
use super::{AdmitError, Flow, counting};
use crate::attempt::{AttemptRow, Contents};
use crate::clock::seconds;
use crate::code::CheckCode;
use crate::throttle::{Counted, Pool, Quota, ThrottleKey};

/// A guess that was counted on its handle, and unless that was over its quota on the account: made
/// by counting, used up by comparing. Nothing is compared that was not counted.
struct Guess {
    attempt: Attempt,
    on_handle: Counted,
    on_account: Option<Counted>,
}

impl Flow {
    /// Verifies a handle, counts the guess, and compares it.
    ///
    /// Anything that a handle names is compared, decoys and links included, so that the answers are
    /// the same whether or not there is an account. An exhausted handle does not consume the budget of
    /// the account; otherwise a stranger with one handle could exhaust it.
    pub(super) async fn prove_code(
        &self,
        ports: &Asker,
        handle: &str,
        code: &str,
        now: UtcDateTime,
    ) -> Result<Proven, AdmitError> {
        let verified = self.handles.verify(handle, now).map_err(Refusal::Token)?;
        // A text that is no code is no guess. What was parsed is dropped here and parsed again when it
        // is compared: a code that waits in a future leaves a copy where the future is moved from.
        CheckCode::parse(self.codes.shape(), code).map_err(Refusal::Code)?;
        let attempt = self.attempt_of(ports, &verified, now).await?;
        if attempt.row().code_expires_at != verified.expires_at().unix_timestamp() {
            return Err(unknown_attempt());
        }
        let (key, quota) = self.handle_quota(attempt.row());
        let on_handle = counting(ports, key, quota, None, now).await?;
        let on_account = match on_handle.left() {
            None => None,
            Some(_) => {
                let (key, quota) = self.account_quota(attempt.row());
                Some(counting(ports, key, quota, None, now).await?)
            }
        };
        self.compare(Guess { attempt, on_handle, on_account }, code, now)
    }

    fn compare(&self, guess: Guess, code: &str, now: UtcDateTime) -> Result<Proven, AdmitError> {
        let Guess { attempt, on_handle, on_account } = guess;
        let typed = CheckCode::parse(self.codes.shape(), code).map_err(Refusal::Code)?;
        let row = attempt.row();
        // Each code that is good is compared, whatever the others give.
        let mut equal = false;
        for epoch in good_epochs(row, self.settings.resend, now) {
            let derived =
                self.codes.derive_for(row.key_id, &row.account, &row.contact, row.id, epoch);
            equal |= derived.is_ok_and(|derived| derived.matches(&typed));
        }
        let right = equal & row.contents.has_code();
        let on_handle = on_handle.left();
        let tries_left = Some(on_handle.unwrap_or(0));
        // A spent account looks like a wrong code. Otherwise a stranger could tell from it that
        // others have tried this account, so that it exists.
        let reason = match (on_handle, on_account.and_then(|counted| counted.left())) {
            (None, _) => RefusalReason::HandleSpent,
            (_, None) => RefusalReason::AccountSpent,
            _ if !right => RefusalReason::WrongCode,
            _ => {
                let until = now.unix_timestamp().saturating_add(seconds(TICKET_LIFE));
                return Ok(Proven { attempt, until, tries_left });
            }
        };
        Err(reason.with(tries_left).into())
    }

    /// The guesses on one handle. The counter lasts at least as long as the handle, whenever it opens.
    fn handle_quota(&self, row: &AttemptRow) -> (ThrottleKey, Quota) {
        let life = self.settings.link_life.max(self.settings.code_life);
        let key = ThrottleKey::attempt(&self.scope, "codes", &row.id);
        (key, Quota::new(self.settings.limits.tries_per_handle, life))
    }

    /// The guesses on one account within a day, for all purposes together.
    fn account_quota(&self, row: &AttemptRow) -> (ThrottleKey, Quota) {
        let key = ThrottleKey::account(&self.scope, "codes a day", &row.account);
        let nobody = row.contents == Contents::Nothing;
        let key = if nobody { key.in_pool(Pool::Nobody) } else { key };
        (key, Quota::new(self.settings.limits.tries_per_day, DAY))
    }
}
