use alloc::boxed::Box;
use alloc::vec::Vec;

use super::delivery::Reach;
use super::notice::NoticeKind;
use crate::account::{Account, AccountId, Channel, Contact, prefer};

/// What happened to a request.
///
/// With the feature `serde` it is `{"code": "request_sent", "params": {}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A message with the secret is on its way to its owner.
    Sent,
    /// A message with a link is on its way to the owner of an account that has no password yet.
    FirstPasswordSent,
    /// The message of an attempt is on its way again.
    Resent,
    /// A message was to be sent again whose attempt has none: nobody was found when it was made, its
    /// secret was used, the account has changed since, or no text messages are sent to the number any more.
    NotResent,
    /// Nobody has this address or user name.
    Unknown,
    /// The contact that was asked by is not verified, or the account has no verified contact.
    Unverified,
    /// The account has no verified contact that can be read, and an address or phone number that
    /// [cannot](Account::with_unreadable_email): the service should correct it.
    UnreadableAddress,
    /// Several accounts of the address can be reset; a notice asks for the user name.
    SeveralAccounts,
    /// Several user names differ from what was typed in letter case or width alone, and none is spelt
    /// exactly like it; nothing is sent. The service should rename all but one of these accounts.
    AmbiguousLogin,
    /// The account has no password; a notice says so.
    NoPassword,
    /// The account may not sign in.
    Disabled,
    /// The account has a verified contact, but none that the message can be sent to: none in the field that
    /// was asked for, or only phone numbers to which the flow does not send.
    NoRecipient,
    /// The account has got as many messages as it may.
    TooManySends,
    /// As many text messages were sent to the account as are allowed in a day.
    SmsCapOfAccount,
    /// As many text messages were sent for the tenant as are allowed in a day.
    SmsCapOfTenant,
    /// As many text messages were sent for the service as are allowed in a day.
    SmsCapOfService,
    /// The request was run before, and what it made is no longer as it was.
    AlreadyRun,
    /// The request waited until its secret would have expired, or its password was changed meanwhile.
    Expired,
}

impl Outcome {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "request_sent",
            Self::FirstPasswordSent => "request_first_password_sent",
            Self::Resent => "resend_sent",
            Self::NotResent => "resend_not_sent",
            Self::Unknown => "request_unknown",
            Self::Unverified => "request_unverified",
            Self::UnreadableAddress => "request_unreadable_address",
            Self::SeveralAccounts => "request_several_accounts",
            Self::AmbiguousLogin => "request_ambiguous_login",
            Self::NoPassword => "request_no_password",
            Self::Disabled => "request_disabled",
            Self::NoRecipient => "request_no_recipient",
            Self::TooManySends => "request_too_many_sends",
            Self::SmsCapOfAccount => "request_sms_cap_of_account",
            Self::SmsCapOfTenant => "request_sms_cap_of_tenant",
            Self::SmsCapOfService => "request_sms_cap_of_service",
            Self::AlreadyRun => "request_already_run",
            Self::Expired => "request_expired",
        }
    }
}

/// What a request comes to once its accounts were looked up. Accounts are on the heap, as it waits in futures
/// that are moved.
pub(super) struct Found {
    pub(super) outcome: Outcome,
    /// The account that can be reset, and the contact that its secret goes to.
    pub(super) target: Option<(Box<Account>, Contact)>,
    pub(super) notice: Option<NoticeTo>,
    /// The account that was asked for, if it is one.
    pub(super) account: Option<AccountId>,
}

/// A notice in place of a secret.
pub(super) struct NoticeTo {
    pub(super) kind: NoticeKind,
    pub(super) to: Contact,
    /// Whose names the notice has; `None` where several accounts share the address.
    pub(super) account: Option<Box<Account>>,
}

/// Decides who can be reset, given all accounts that a lookup found.
///
/// They are narrowed down to those that the lookup really names, to verified addresses, to enabled
/// accounts, to those that have a password, and to those that may get a first one, in this order, as long
/// as something is left.
pub(super) fn found(reach: &Reach<'_>, accounts: Vec<Account>) -> Found {
    let named = reach.lookup.among(accounts);
    let only = match &*named {
        [account] => Some(account.id().clone()),
        _ => None,
    };
    let found = narrowed(reach, named);
    let target = found.target.as_ref().map(|(account, _)| account.id());
    let account = target.cloned().or(only);
    Found { account, ..found }
}

fn narrowed(reach: &Reach<'_>, named: Vec<Account>) -> Found {
    if named.is_empty() {
        return Found::nobody(Outcome::Unknown);
    }
    let has_unreadable =
        |account: &Account| account.has_unreadable_email() || account.has_unreadable_phone();
    let is_unreadable = named.iter().any(has_unreadable);
    let is_proven = named.iter().any(|account| reach.is_proven(account));
    let mut reachable: Vec<(Box<Account>, Contact)> = named
        .into_iter()
        .filter_map(|account| {
            let to = reach.recipient(&account)?.clone();
            Some((Box::new(account), to))
        })
        .collect();
    if reachable.is_empty() {
        return Found::nobody(match (is_proven, is_unreadable) {
            (true, _) => Outcome::NoRecipient,
            (false, true) => Outcome::UnreadableAddress,
            (false, false) => Outcome::Unverified,
        });
    }
    reachable.retain(|(account, _)| account.is_enabled());
    // An account without a password signs in by other means, and keeps no other from being reset.
    prefer(&mut reachable, |(account, _)| account.password().is_some());
    let may_have_first = |account: &Account| reach.first_passwords.allow(account);
    prefer(&mut reachable, |(account, _)| may_have_first(account));
    let several = reachable.len() > 1;
    let Some((account, to)) = reachable.into_iter().next() else {
        return Found::nobody(Outcome::Disabled);
    };
    let first = may_have_first(&account);
    let can_be_set = account.password().is_some() || first;
    let shared = || reach.shared(&account).cloned();
    match (several, can_be_set, reach.lookup.contact()) {
        (false, true, _) if first && !reach.takes_link(&to) => Found::nobody(Outcome::NoRecipient),
        (false, true, _) => {
            let outcome = if first { Outcome::FirstPasswordSent } else { Outcome::Sent };
            Found { target: Some((account, to)), ..Found::nobody(outcome) }
        }
        (false, false, _) => {
            Found::notice(Outcome::NoPassword, NoticeKind::NoPassword, to, Some(account))
        }
        // Whose message it would be is a guess, and a user name, unlike an address, says nothing of
        // who reads the mail of the others.
        (true, _, None) => Found::nobody(Outcome::AmbiguousLogin),
        (true, true, Some(_)) => {
            Found::shared(Outcome::SeveralAccounts, NoticeKind::SeveralAccounts, shared())
        }
        // A user name would not help: the answer is the same for each of them.
        (true, false, Some(_)) => {
            Found::shared(Outcome::NoPassword, NoticeKind::NoPassword, shared())
        }
    }
}

impl Found {
    /// How what is sent reaches its recipient; `None` where nothing is.
    pub(super) fn channel(&self) -> Option<Channel> {
        let secret = self.target.as_ref().map(|(_, to)| to);
        let to = secret.or_else(|| self.notice.as_ref().map(|notice| &notice.to));
        to.map(Contact::channel)
    }

    /// Nothing is sent.
    pub(super) const fn nobody(outcome: Outcome) -> Self {
        Self { outcome, target: None, notice: None, account: None }
    }

    /// A notice to the contact that several accounts share, wherever the secret was to go: nothing goes
    /// to another contact of one of them.
    fn shared(outcome: Outcome, kind: NoticeKind, to: Option<Contact>) -> Self {
        match to {
            Some(to) => Self::notice(outcome, kind, to, None),
            None => Self::nobody(outcome),
        }
    }

    fn notice(
        outcome: Outcome,
        kind: NoticeKind,
        to: Contact,
        account: Option<Box<Account>>,
    ) -> Self {
        Self { notice: Some(NoticeTo { kind, to, account }), ..Self::nobody(outcome) }
    }
}
