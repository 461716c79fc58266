use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::admit::{Proven, made_by_a_wrong_clock, unknown_attempt};
use super::beginning::Beginning;
use super::flow::TICKET_LIFE;
use super::refusal::{Refusal, RefusalReason};
use super::step::{Asker, Find, Step, operation};
use super::verified::Attempt;
use super::{AdmitError, Flow, HandOver, StartError, insert_new, throttled};
use crate::account::{Account, AccountId, Lookup, prefer};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Stage};
use crate::clock::{moment, seconds};
use crate::code::{CheckCode, CodeShape};
use crate::event::Event;
use crate::secret::Seed;
use crate::throttle::ThrottleKey;

/// A secret is read out once and never made anew.
const EPOCH: u32 = 0;

/// How many secrets of an account what was typed is compared with: the newest ones.
const MOST_SPOKEN: u32 = 3;

/// A secret that an operator reads out to the owner of an account: [`CodeShape::SPOKEN`]. It is not
/// stored, so show it to the operator at once.
pub struct SpokenSecret {
    /// On the heap, so that it leaves no copy where it is moved from.
    code: Box<CheckCode>,
    expires_at: i64,
    attempt: AttemptId,
    account: AccountId,
    operator: AccountId,
}

impl SpokenSecret {
    /// The secret. [`expose_grouped`](CheckCode::expose_grouped) shows it in groups, such as
    /// `BCDF-GHJK-LMNP-QRS`, and [`expose_spelled`](CheckCode::expose_spelled) spells it.
    #[must_use]
    pub const fn code(&self) -> &CheckCode {
        &self.code
    }

    /// The first moment at which it is no longer valid.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }

    /// The event for the log: `operator_secret_made`, with account, attempt and operator.
    pub fn event(&self) -> Event {
        let event = Event::new("operator_secret_made").with_account(self.account.clone());
        event.with_attempt(self.attempt).with_operator(self.operator.clone())
    }
}

impl fmt::Debug for SpokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpokenSecret").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

impl Flow {
    /// Makes a secret that an operator reads out to the owner of an account, over the phone or at a desk.
    /// The owner enters it together with the user name, [`Proof::Spoken`](super::Proof::Spoken), and
    /// chooses a password. It works without mail, and for as long as a
    /// [code](super::FlowBuilder::code_life).
    ///
    /// An operator who can do this can take over the account, so it needs a [`HandOver`]. Only the three
    /// newest secrets of an account are valid. When the password is set, the operator has to be allowed to
    /// administer the account, still.
    ///
    /// # Errors
    ///
    /// The step ends with a [`StartError`].
    pub fn spoken_secret<'a>(
        &'a self,
        hand_over: HandOver<'a>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'a, Result<SpokenSecret, StartError>> {
        let (id, administered) = (AttemptId::new(seed), hand_over.administered());
        operation(move |ports| async move {
            administered.check(self, now)?;
            let (account, operator) = (&*administered.account, &administered.operator);
            let key = ThrottleKey::account(&self.scope, "spoken secrets", account.id());
            let quota = self.settings.limits.spoken_secrets.quota();
            if let Some(until) = throttled(&ports, key, quota, None, now).await? {
                return Err(StartError::Throttled { until });
            }
            let expires_at = now.unix_timestamp().saturating_add(seconds(self.settings.code_life));
            let ground = Ground::Operator(operator.clone());
            let beginning = Beginning::without_message(ground, Contents::Spoken, expires_at);
            let attempt = self.begun(id, account, beginning, now.unix_timestamp());
            let attempt = attempt.ok_or_else(|| self.no_key())?;
            insert_new(&ports, &attempt).await?;
            let code = self.spoken_code(attempt.row()).ok_or_else(|| self.no_key())?;
            let (account, operator) = (account.id().clone(), operator.clone());
            Ok(SpokenSecret { code: Box::new(code), expires_at, attempt: id, account, operator })
        })
    }

    /// Compares what was typed with the live secrets of the account. The calls are the same whether or not
    /// there is one.
    ///
    /// Nothing is counted: NIST SP 800-63B-4 section 3.1.2.2 asks for a limit on guesses at secrets of less
    /// than 64 bits, and these have more. Everybody who knows a user name can guess, so a count would let
    /// strangers use up the tries of the owner.
    pub(super) async fn prove_spoken(
        &self,
        ports: &Asker,
        lookup: &Lookup,
        secret: &str,
        now: UtcDateTime,
    ) -> Result<Proven, AdmitError> {
        if !self.settings.operators.hand_over() {
            return Err(unknown_attempt());
        }
        // A text that is no code asks nobody. It is parsed again when it is compared.
        CheckCode::parse(CodeShape::SPOKEN, secret).map_err(Refusal::Code)?;
        let accounts = ports.ask(Find { lookup: lookup.clone() }).await?;
        let account = meant(lookup, accounts).map(|account| account.id().clone());
        let decoy = || self.decoy_account(self.keyring.signing_id(), lookup);
        let id = account.or_else(decoy).ok_or_else(unknown_attempt)?;
        let attempts = self.sealed_attempts(ports, &id).await?;
        let live = self.live(attempts, &id, now);
        self.compare_spoken(secret, live, now)
    }

    /// The newest secrets of the account that are live.
    fn live(&self, attempts: Vec<Attempt>, id: &AccountId, now: UtcDateTime) -> Vec<Attempt> {
        let is_live = |attempt: &Attempt| {
            let row = attempt.row();
            row.account == *id
                && row.contents == Contents::Spoken
                && matches!(row.stage(), Stage::Live | Stage::Running)
                && now.unix_timestamp() < row.code_expires_at
                && !self.keyring.is_retired(row.key_id, now)
                && !made_by_a_wrong_clock(row, now)
        };
        let mut live = attempts;
        live.retain(is_live);
        live.sort_by_key(|attempt| {
            core::cmp::Reverse((attempt.row().created_at, attempt.row().id))
        });
        live.truncate(usize::try_from(MOST_SPOKEN).unwrap_or(0));
        live
    }

    /// Compares with each secret, whatever the others give.
    fn compare_spoken(
        &self,
        secret: &str,
        live: Vec<Attempt>,
        now: UtcDateTime,
    ) -> Result<Proven, AdmitError> {
        let typed = CheckCode::parse(CodeShape::SPOKEN, secret).map_err(Refusal::Code)?;
        let mut right = None;
        for attempt in live {
            let code = self.spoken_code(attempt.row());
            if code.is_some_and(|code| code.matches(&typed)) {
                right = Some(attempt);
            }
        }
        let attempt = right.ok_or_else(|| RefusalReason::WrongCode.with(None))?;
        let until = now.unix_timestamp().saturating_add(seconds(TICKET_LIFE));
        Ok(Proven { attempt, until, tries_left: None })
    }

    /// The secret of a row, which goes to no address.
    fn spoken_code(&self, row: &AttemptRow) -> Option<CheckCode> {
        let (account, contact) = (&row.account, &row.contact);
        self.spoken.derive_for(row.key_id, account, contact, row.id, EPOCH).ok()
    }
}

/// The one account that a person means, as at sign-in: a proved address wins over one that a stranger has
/// entered, and who may sign in over who may not.
fn meant(lookup: &Lookup, accounts: Vec<Account>) -> Option<Account> {
    let mut named = lookup.proved_among(accounts);
    named.retain(Account::is_enabled);
    prefer(&mut named, |account| account.password().is_some());
    let mut named = named.into_iter();
    named.next().filter(|_| named.next().is_none())
}
