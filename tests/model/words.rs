//! What the reference model and the service are both told, and what both answer.

use repass::answer::Answer;
use repass::time::UtcDateTime;

/// 0 is the service itself.
pub(crate) type Tenant = usize;

/// An account of a tenant.
pub(crate) type Who = (Tenant, u8);

/// An address, or a phone number, which begins with `+`.
pub(crate) type Contact = &'static str;

/// What a person types to say which account they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Typed {
    Contact(Contact),
    Login(&'static str),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Link,
    Code,
    LinkAndCode,
}

/// What is typed in the place of a code or of a secret that an operator read out. A number is the place
/// of a thing in the list of all things that the service handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    Of(usize),
    Wrong,
    Malformed,
}

/// One call of the service, or one change that its host makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Request {
        tenant: Tenant,
        typed: Typed,
        wanted: Wanted,
    },
    Resend {
        tenant: Tenant,
        handle: usize,
    },
    ResendTo {
        who: Who,
        typed: Typed,
    },
    Work {
        tenant: Tenant,
    },
    AdmitLink {
        tenant: Tenant,
        letter: usize,
    },
    AdmitHandledLink {
        tenant: Tenant,
        handle: usize,
        letter: usize,
    },
    AdmitCode {
        tenant: Tenant,
        handle: usize,
        guess: Guess,
    },
    AdmitSpoken {
        tenant: Tenant,
        typed: Typed,
        guess: Guess,
    },
    AdmitTicket {
        tenant: Tenant,
        ticket: usize,
    },
    Current {
        who: Who,
        right: bool,
    },
    Commit {
        tenant: Tenant,
        admission: usize,
    },
    Settle {
        after: usize,
    },
    SignIn {
        tenant: Tenant,
        typed: Typed,
        password: usize,
    },
    Administer {
        operator: Who,
        who: Who,
    },
    SendReset {
        administered: usize,
        wanted: Wanted,
    },
    Speak {
        administered: usize,
    },
    SetDirectly {
        administered: usize,
        temporary: bool,
    },
    RequireChange {
        administered: usize,
    },
    Invite {
        who: Who,
    },
    VerifyAddress {
        who: Who,
        address: Contact,
        replaces: Option<Contact>,
    },
    AdmitAddress {
        tenant: Tenant,
        letter: usize,
    },
    CommitAddress {
        tenant: Tenant,
        admission: usize,
    },
    Stop {
        tenant: Tenant,
        letter: usize,
    },
    Revoke {
        who: Who,
    },
    Forget {
        who: Who,
    },
    Housekeep {
        tenant: Tenant,
    },
    Enable {
        who: Who,
        enabled: bool,
    },
    AddAddress {
        who: Who,
        address: Contact,
    },
    /// The host replaces the first verified address by another, which it takes for verified.
    ReplaceAddress {
        who: Who,
        address: Contact,
    },
    Delete {
        who: Who,
    },
}

/// What is decided outside of the service for one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// By the clock of the process that is called.
    pub(crate) now: i64,
    /// The attempt that the call makes, if it makes one.
    pub(crate) id: u64,
    /// The password that the call sets, if it sets one.
    pub(crate) password: usize,
}

/// What a call answers: the code for the log, the public answer, and what else is returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) code: &'static str,
    pub(crate) answer: Answer,
    pub(crate) details: Vec<String>,
}

impl Seen {
    pub(crate) fn new(code: &'static str, answer: Answer) -> Self {
        Self { code, answer, details: Vec::new() }
    }

    pub(crate) fn done(code: &'static str) -> Self {
        Self::new(code, Answer::Done)
    }

    pub(crate) fn refused(code: &'static str) -> Self {
        Self::new(code, Answer::Refused { tries_left: None })
    }

    pub(crate) fn throttled(code: &'static str, until: i64) -> Self {
        Self::new(code, Answer::Throttled { until: moment(until) })
    }

    /// A port failed, whichever.
    pub(crate) fn failed() -> Self {
        Self::new("failed", Answer::Unavailable)
    }

    pub(crate) fn with(mut self, detail: impl ToString) -> Self {
        self.details.push(detail.to_string());
        self
    }
}

pub(crate) fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}
