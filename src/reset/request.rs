use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use time::UtcDateTime;

use super::Flow;
use super::flow::{MAX_LIVE, REQUESTS, SENDS};
use super::letter::{Letter, Notice, Subject};
use super::pending::{Kind, PendingReset, Progress};
use crate::account::{Account, Contact, Lookup};
use crate::attempt::AttemptId;
use crate::key::KeyId;
use crate::secret::Seed;
use crate::throttle::{Pool, Quota, ThrottleKey};
use crate::token::{Token, TokenError};

/// How the secret reaches its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// A link, by e-mail.
    EmailLink,
    /// A code, by e-mail; it is good together with the handle only.
    EmailCode,
}

/// A request to reset a password, as plain data that can wait in a queue.
///
/// It was throttled and nothing else: whether there is such an account shows only when it is
/// [run](crate::service::Service::run), which belongs behind the answer.
#[derive(Debug)]
pub struct Request {
    id: AttemptId,
    key_id: KeyId,
    lookup: Lookup,
    delivery: Delivery,
    requested_at: i64,
    expires_at: i64,
    handle: Handle,
}

impl Request {
    /// The handle for whoever asked.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What was asked for.
    #[must_use]
    pub const fn lookup(&self) -> &Lookup {
        &self.lookup
    }
}

/// A signed text for whoever asked, known account or not: it names one attempt, and a code is
/// compared only together with it.
pub struct Handle(Token);

impl Handle {
    /// The text: 80 characters of base64url. It belongs to the browser that asked, in a cookie or a
    /// hidden field.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(..)")
    }
}

/// What is to be done about a request, after its accounts were looked up.
#[derive(Debug)]
#[non_exhaustive]
pub struct Decision {
    /// The row to store: an attempt, or a decoy.
    pub row: PendingReset,
    /// The letter to send once the row is stored.
    pub letter: Option<Letter>,
    /// The notice to send instead.
    pub notice: Option<Notice>,
    /// What really happened.
    pub outcome: Outcome,
}

/// What really happened to a request. Not for whoever asked: see [`Report::disclose`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A letter with the secret was handed to the notifier.
    Sent,
    /// Nobody has this address or user name.
    Unknown,
    /// The address is not verified, or the account has no verified address.
    Unverified,
    /// Several accounts have the address; a notice asks for the user name.
    SeveralAccounts,
    /// The account has no password; a notice says so.
    NoPassword,
    /// The account may not sign in.
    Disabled,
    /// The account has got as many messages as it may.
    TooManySends,
    /// The account has as many attempts as may be good at the same time.
    TooManyLive,
    /// The request was run before, with another outcome or by now past it.
    AlreadyRun,
    /// The request waited until its secret would have been expired, or its key retired or removed.
    Expired,
}

impl Outcome {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "request_sent",
            Self::Unknown => "request_unknown",
            Self::Unverified => "request_unverified",
            Self::SeveralAccounts => "request_several_accounts",
            Self::NoPassword => "request_no_password",
            Self::Disabled => "request_disabled",
            Self::TooManySends => "request_too_many_sends",
            Self::TooManyLive => "request_too_many_live",
            Self::AlreadyRun => "request_already_run",
            Self::Expired => "request_expired",
        }
    }
}

/// What really happened to a request, kept apart from the answer that everybody gets.
#[must_use]
pub struct Report(Outcome);

impl Report {
    pub(crate) const fn new(outcome: Outcome) -> Self {
        Self(outcome)
    }

    /// Opens the report: for the log, and for a service that has decided to tell strangers whether
    /// an account exists.
    #[must_use]
    pub const fn disclose(&self) -> Outcome {
        self.0
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report(..)")
    }
}

impl Flow {
    /// The counter of requests for what was typed, and how many are answered.
    #[must_use]
    pub fn request_quota(&self, lookup: &Lookup) -> (ThrottleKey, Quota) {
        (ThrottleKey::typed(&self.keyring, &self.scope, "request", lookup), REQUESTS)
    }

    /// Makes a request of what was typed; nothing is looked up.
    ///
    /// # Errors
    ///
    /// [`TokenError::Expiry`] when the secret would expire before 1970 or after the year 9999.
    pub fn request(
        &self,
        lookup: Lookup,
        delivery: Delivery,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Request, TokenError> {
        let id = AttemptId::new(seed);
        let requested_at = now.unix_timestamp();
        let life = match delivery {
            Delivery::EmailLink => self.settings.link_life,
            Delivery::EmailCode => self.settings.code_life,
        };
        let expires_at = seconds_after(requested_at, life);
        let until = UtcDateTime::from_unix_timestamp(expires_at).map_err(|_| TokenError::Expiry)?;
        let handle = Handle(self.handles.sign(id, until)?);
        let key_id = self.keyring.signing_id();
        Ok(Request { id, key_id, lookup, delivery, requested_at, expires_at, handle })
    }

    /// Decides about a request, given all accounts that its lookup found; `None` when it expired or
    /// its key was retired or removed: its secret would be refused.
    ///
    /// Look-alikes that the lookup does not name are dropped, and an account that was found twice is
    /// one; verified matches hide unverified ones.
    #[must_use]
    pub fn decide(
        &self,
        request: &Request,
        found: &[Account],
        now: UtcDateTime,
    ) -> Option<Decision> {
        if now.unix_timestamp() >= request.expires_at
            || self.keyring.is_retired(request.key_id, now)
        {
            return None;
        }
        let mut named: Vec<_> = found.iter().filter(|found| request.lookup.names(found)).collect();
        named.sort_by_key(|account| account.id());
        named.dedup_by_key(|account| account.id());
        let reachable: Vec<_> = named
            .iter()
            .filter_map(|account| Some((*account, recipient(&request.lookup, account)?)))
            .collect();
        let enabled: Vec<_> =
            reachable.iter().filter(|(account, _)| account.is_enabled()).collect();
        let declined = |outcome| self.decline(request, outcome);
        let noticed =
            |outcome, notice| Some(Decision { notice, ..self.decline(request, outcome)? });
        match enabled.as_slice() {
            [] if named.is_empty() => declined(Outcome::Unknown),
            [] if reachable.is_empty() => declined(Outcome::Unverified),
            [] => declined(Outcome::Disabled),
            [(account, to)] if account.password().is_none() => {
                let notice = Notice::to_person(Subject::NoPassword, account, to);
                noticed(Outcome::NoPassword, Some(notice))
            }
            [(account, to)] => {
                let row = self.attempt(request, account, to)?;
                let letter = Letter::new(&row, account, to);
                Some(Decision { row, letter, notice: None, outcome: Outcome::Sent })
            }
            [(_, to), ..] => {
                // Several accounts share an address, never a user name.
                let notice = matches!(request.lookup, Lookup::Email(_))
                    .then(|| Notice::to_address(Subject::SeveralAccounts, to));
                noticed(Outcome::SeveralAccounts, notice)
            }
        }
    }

    /// The counters of messages that a decision raises, the shorter period first: what it stops takes
    /// nothing from the longer one. Letters count for the account, notices for the mailbox.
    #[must_use]
    pub fn send_quotas(&self, decision: &Decision) -> [(ThrottleKey, Quota); 2] {
        let [hour, day] = SENDS;
        [("sends an hour", hour), ("sends a day", day)].map(|(kind, quota)| {
            let key = match &decision.notice {
                Some(notice) => {
                    let mailbox = Lookup::Email(notice.to().clone());
                    let key = ThrottleKey::typed(&self.keyring, &self.scope, kind, &mailbox);
                    // There are no more of them than accounts.
                    key.in_pool(Pool::Accounts)
                }
                None => self.counter_of(kind, &decision.row),
            };
            (key, quota)
        })
    }

    /// How many attempts of one account may be live at the same time.
    #[must_use]
    pub const fn max_live(&self) -> u32 {
        MAX_LIVE
    }

    /// The decision to send nothing, with a decoy in place of the attempt; `None` when the key of the
    /// request is gone.
    #[must_use]
    pub fn decline(&self, request: &Request, outcome: Outcome) -> Option<Decision> {
        // What comes over the limit is nobody's on either side, so that it fills no row of it.
        let label: &[u8] = match outcome {
            Outcome::TooManyLive => b"over the limit",
            _ => b"nobody",
        };
        let account = self.decoy_account(label, &request.lookup)?;
        let row = self.sealed(PendingReset {
            id: request.id,
            key_id: request.key_id,
            kind: Kind::Decoy,
            subject: self.subject(&account),
            account,
            contact: [0; 32],
            stamp: [0; 32],
            created_at: request.requested_at,
            expires_at: request.expires_at,
            progress: Progress::Live,
            seal: [0; 32],
        })?;
        Some(Decision { row, letter: None, notice: None, outcome })
    }

    /// Whether `stored`, found under the id of `row`, is the same attempt: then the request was run
    /// before, and its letter may be sent again.
    #[must_use]
    pub fn is_same_attempt(&self, stored: Option<PendingReset>, row: &PendingReset) -> bool {
        self.trusted(stored).is_some_and(|stored| stored == *row)
    }

    /// The row of an attempt whose message is not sent: it ends, so that it takes no place from
    /// those that were.
    #[must_use]
    pub fn unsent(&self, row: &PendingReset) -> Option<PendingReset> {
        self.advance(row, Progress::Ended)
    }

    /// The counter `kind` of the account of an attempt, or of nobody.
    pub(super) fn counter_of(&self, kind: &'static str, row: &PendingReset) -> ThrottleKey {
        let key = ThrottleKey::account(&self.scope, kind, &row.account);
        if row.kind == Kind::Decoy { key.in_pool(Pool::Nobody) } else { key }
    }

    fn attempt(&self, request: &Request, account: &Account, to: &Contact) -> Option<PendingReset> {
        let key_id = request.key_id;
        self.sealed(PendingReset {
            id: request.id,
            key_id,
            kind: match request.delivery {
                Delivery::EmailLink => Kind::Link,
                Delivery::EmailCode => Kind::Code,
            },
            account: account.id().clone(),
            subject: self.subject(account.id()),
            contact: self.codes.recipient(key_id, to).ok()?,
            stamp: *self.stamp(key_id, account)?.bytes(),
            created_at: request.requested_at,
            expires_at: request.expires_at,
            progress: Progress::Live,
            seal: [0; 32],
        })
    }
}

/// The one address that a secret may go to, as the account writes it: the verified one that was
/// asked by, or the first verified one.
fn recipient<'a>(lookup: &Lookup, account: &'a Account) -> Option<&'a Contact> {
    let mut verified =
        account.emails().iter().filter(|email| email.is_verified()).map(|email| email.address());
    match lookup {
        Lookup::Email(asked) => verified.find(|address| address.same_mailbox(asked)),
        Lookup::Login(_) => verified.next(),
    }
}

fn seconds_after(second: i64, life: Duration) -> i64 {
    second.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX))
}
