//! The reset flow: what is decided at each step, without a port trait and without an executor.

mod address;
mod administer;
mod admit;
mod after;
mod asking;
mod author;
mod beginning;
mod caller;
mod caps;
mod change;
mod code;
mod commit;
mod current;
mod delivery;
mod disclose;
mod error;
mod findings;
mod first_passwords;
mod flow;
mod flow_error;
mod forget;
mod found;
mod hand_over;
mod housekeep;
mod invite;
mod invite_error;
mod limits;
mod mail;
mod message;
mod notice;
mod operator_error;
mod operators;
mod refusal;
mod request;
mod require_change;
mod require_change_error;
mod resend;
mod resend_to;
mod revoke;
mod run;
mod sealed;
mod send;
#[cfg(feature = "serde")]
mod serialized;
mod session;
mod settle;
mod sms;
mod spoken;
mod start_error;
mod step;
mod stop;
mod temporary_error;
mod tenant;
mod verified;
mod work;

use time::UtcDateTime;

use crate::account::{Account, AccountId};
use crate::port::{Port, PortFailure};
use crate::queue::{Pushed, QueueEntry};
use crate::throttle::{Counted, Once, Quota, ThrottleKey};

pub use self::address::{
    AddressLinkError, AddressRequestError, AddressRequested, AddressVerified, AdmittedAddress,
};
pub use self::administer::{Administered, Target};
pub use self::admit::{Admitted, Proof};
pub use self::after::{AfterReset, Duty, Occasion};
pub use self::author::{
    Author, AuthorConfigError, AuthorError, AuthorNotice, AuthorRequest, AuthorText, NoticeSent,
    TrustedAuthor,
};
pub use self::caller::{Entrusted, TrustedCaller};
pub use self::change::{Change, SetError};
pub use self::current::{Current, CurrentError};
pub use self::delivery::Delivery;
pub use self::disclose::{Disclosed, Disclosure};
pub use self::error::{AdmitError, CommitError, CurrentPasswordError, RequestError};
pub use self::findings::{EarlierPasswords, Findings};
pub use self::first_passwords::FirstPasswords;
pub use self::flow::{Flow, FlowBuilder};
pub use self::flow_error::FlowError;
pub use self::forget::Forgotten;
pub use self::found::Outcome;
pub use self::hand_over::HandOver;
pub use self::housekeep::Housekeeping;
pub use self::invite::Invited;
pub use self::invite_error::InviteError;
pub use self::limits::{LimitError, Limits};
pub use self::operator_error::{OperatorError, OperatorRefusal};
pub use self::operators::Operators;
pub use self::refusal::{Refusal, RefusalReason};
pub use self::request::Handle;
pub use self::require_change_error::RequireChangeError;
pub use self::resend::ResendError;
pub use self::resend_to::ResendToError;
pub use self::revoke::Revoked;
pub use self::run::Report;
pub use self::sealed::SealedError;
pub use self::send::SentReset;
pub use self::session::SessionTag;
pub use self::sms::{Sms, SmsError};
pub use self::spoken::SpokenSecret;
pub use self::start_error::StartError;
pub use self::step::{
    Ask, Call, Count, EraseAttempts, EraseEntries, Find, Finish, Insert, ListAttempts, LoadAccount,
    LoadAttempt, MayAdminister, Past, PurgeAttempts, PurgeCounters, PutOff, Step, Swap, Unfinished,
};
pub use self::stop::{StopEffect, StopError, Stopped};
pub use self::temporary_error::TemporaryError;
pub use self::tenant::TenantBuilder;
pub use self::work::Worked;

pub(crate) use self::commit::insert_new;
pub(crate) use self::flow::TICKET_LIFE;
pub(crate) use self::step::{Asker, operation};

use crate::answer::answered;

answered!(
    RequestError,
    ResendError,
    ResendToError,
    Refusal,
    AdmitError,
    CurrentError,
    CurrentPasswordError,
    SetError,
    CommitError,
    OperatorError,
    TemporaryError,
    StartError,
    InviteError,
    RequireChangeError,
    StopError,
    AddressRequestError,
    AddressLinkError
);

/// Raises a counter. An answer about another counter or another quota, or about one that is not open
/// now, is a failure of the port.
pub(crate) async fn counting(
    ports: &Asker,
    key: ThrottleKey,
    quota: Quota,
    once: Option<Once>,
    now: UtcDateTime,
) -> Result<Counted, PortFailure> {
    let counted = ports.ask(Count { key, quota, once }).await?;
    let is_open = quota.is_open(counted.ends_at(), now);
    let asked = *counted.key() == key && counted.quota() == quota;
    if asked && is_open && counted.number() > 0 {
        Ok(counted)
    } else {
        Err(PortFailure::new(Port::Counters, WrongAnswer.into()))
    }
}

/// Counts what is refused when it is too much: until when, if it is.
pub(crate) async fn throttled(
    ports: &Asker,
    key: ThrottleKey,
    quota: Quota,
    once: Option<Once>,
    now: UtcDateTime,
) -> Result<Option<UtcDateTime>, PortFailure> {
    let counted = counting(ports, key, quota, once, now).await?;
    Ok(counted.left().is_none().then(|| counted.ends_at()))
}

/// The account of this id. Another one is no answer, and is taken for none.
pub(crate) async fn account_of(
    ports: &Asker,
    id: &AccountId,
) -> Result<Option<Account>, PortFailure> {
    let account = ports.ask(LoadAccount { id: id.clone() }).await?;
    Ok(account.filter(|account| account.id() == id))
}

/// Puts a message or a notice into the queue. A queue that has no room for it fails: the work that it
/// follows from is not done yet, and is repeated.
async fn pushing(ports: &Asker, entry: QueueEntry) -> Result<(), PortFailure> {
    match ports.ask(entry).await? {
        Pushed::Done | Pushed::Exists => Ok(()),
        Pushed::Full => Err(PortFailure::new(Port::Queue, WrongAnswer.into())),
    }
}

/// A port answered a question that was not asked.
#[derive(Debug)]
pub(crate) struct WrongAnswer;

impl core::fmt::Display for WrongAnswer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the answer does not belong to the question")
    }
}

impl core::error::Error for WrongAnswer {}
