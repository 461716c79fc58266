use alloc::vec::Vec;

use super::notice::NoticeKind;
use crate::account::{Account, AccountId, Contact, Lookup, prefer};

/// What happened to a request.
///
/// With the feature `serde` it is `{"code": "request_sent", "params": {}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A message with the secret is on its way to its owner.
    Sent,
    /// The message of an attempt is on its way again.
    Resent,
    /// A message was to be sent again whose attempt has none: nobody was found when it was made, its
    /// secret was used, or the account has changed since.
    NotResent,
    /// Nobody has this address or user name.
    Unknown,
    /// The address is not verified, or the account has no verified address.
    Unverified,
    /// The account has no verified address that can be read, and an address that
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
    /// The account has got as many messages as it may.
    TooManySends,
    /// The request was run before, and what it made is no longer as it was.
    AlreadyRun,
    /// The request waited until its secret would have expired, or its key is retired or removed.
    Expired,
}

impl Outcome {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "request_sent",
            Self::Resent => "resend_sent",
            Self::NotResent => "resend_not_sent",
            Self::Unknown => "request_unknown",
            Self::Unverified => "request_unverified",
            Self::UnreadableAddress => "request_unreadable_address",
            Self::SeveralAccounts => "request_several_accounts",
            Self::AmbiguousLogin => "request_ambiguous_login",
            Self::NoPassword => "request_no_password",
            Self::Disabled => "request_disabled",
            Self::TooManySends => "request_too_many_sends",
            Self::AlreadyRun => "request_already_run",
            Self::Expired => "request_expired",
        }
    }
}

/// What a request comes to once its accounts were looked up.
pub(super) struct Found {
    pub(super) outcome: Outcome,
    /// The account that can be reset, and the address that its secret goes to.
    pub(super) target: Option<(Account, Contact)>,
    pub(super) notice: Option<NoticeTo>,
    /// The account that was asked for, if it is one.
    pub(super) account: Option<AccountId>,
}

/// A notice in place of a secret.
pub(super) struct NoticeTo {
    pub(super) kind: NoticeKind,
    pub(super) to: Contact,
    /// Whose names the notice has; `None` where several accounts share the address.
    pub(super) account: Option<Account>,
}

/// Decides who can be reset, given all accounts that a lookup found.
///
/// They are narrowed down to those that the lookup really names, to verified addresses, to enabled
/// accounts, and to those that have a password, in this order, as long as something is left.
pub(super) fn found(lookup: &Lookup, accounts: Vec<Account>) -> Found {
    let named = lookup.among(accounts);
    let only = match &*named {
        [account] => Some(account.id().clone()),
        _ => None,
    };
    let found = narrowed(lookup, named);
    let target = found.target.as_ref().map(|(account, _)| account.id());
    let account = target.cloned().or(only);
    Found { account, ..found }
}

fn narrowed(lookup: &Lookup, named: Vec<Account>) -> Found {
    if named.is_empty() {
        return Found::nobody(Outcome::Unknown);
    }
    let is_unreadable = named.iter().any(Account::has_unreadable_email);
    let mut reachable: Vec<(Account, Contact)> = named
        .into_iter()
        .filter_map(|account| {
            let to = recipient(lookup, &account)?.clone();
            Some((account, to))
        })
        .collect();
    if reachable.is_empty() {
        return Found::nobody(if is_unreadable {
            Outcome::UnreadableAddress
        } else {
            Outcome::Unverified
        });
    }
    reachable.retain(|(account, _)| account.is_enabled());
    // An account without a password signs in by other means, and keeps no other from being reset.
    prefer(&mut reachable, |(account, _)| account.password().is_some());
    let several = reachable.len() > 1;
    let Some((account, to)) = reachable.into_iter().next() else {
        return Found::nobody(Outcome::Disabled);
    };
    let has_password = account.password().is_some();
    match (several, has_password, lookup) {
        (false, true, _) => Found { target: Some((account, to)), ..Found::nobody(Outcome::Sent) },
        (false, false, _) => {
            Found::notice(Outcome::NoPassword, NoticeKind::NoPassword, to, Some(account))
        }
        // Whose message it would be is a guess, and a user name, unlike an address, says nothing of
        // who reads the mail of the others.
        (true, _, Lookup::Login(_)) => Found::nobody(Outcome::AmbiguousLogin),
        (true, true, Lookup::Email(_)) => {
            Found::notice(Outcome::SeveralAccounts, NoticeKind::SeveralAccounts, to, None)
        }
        // A user name would not help: the answer is the same for each of them.
        (true, false, Lookup::Email(_)) => {
            Found::notice(Outcome::NoPassword, NoticeKind::NoPassword, to, None)
        }
    }
}

impl Found {
    pub(super) const TOO_MANY_SENDS: Self = Self::nobody(Outcome::TooManySends);

    /// Nothing is sent.
    const fn nobody(outcome: Outcome) -> Self {
        Self { outcome, target: None, notice: None, account: None }
    }

    fn notice(outcome: Outcome, kind: NoticeKind, to: Contact, account: Option<Account>) -> Self {
        Self { notice: Some(NoticeTo { kind, to, account }), ..Self::nobody(outcome) }
    }
}

/// The one address that a secret may go to, as the account writes it: the verified one that was
/// asked by, or the first verified one.
fn recipient<'a>(lookup: &Lookup, account: &'a Account) -> Option<&'a Contact> {
    let mut verified = account.verified_emails();
    match lookup {
        Lookup::Email(asked) => verified.find(|address| address.same_mailbox(asked)),
        Lookup::Login(_) => verified.next(),
    }
}
