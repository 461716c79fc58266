use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use repass::account::Lookup;
use repass::port::Ports;
use repass::reset::{AdmitError, Admitted, Proof, Refusal};
use repass::token::Ticket;
use zeroize::Zeroizing;

use crate::app::Call;
use crate::attempt_tag::AttemptTag;
use crate::cookies::{CookieKind, Cookies, SetCookie};
use crate::fields::Fields;
use crate::host::Host;
use crate::problem::Problem;

/// What a person shows. `Debug` shows nothing of it.
pub(crate) enum Shown {
    Link(Zeroizing<String>),
    HandledLink { handle: Zeroizing<String>, token: Zeroizing<String> },
    Code { handle: Zeroizing<String>, code: Zeroizing<String> },
    Spoken { lookup: Lookup, secret: Zeroizing<String> },
    Ticket(Zeroizing<String>),
}

impl Shown {
    /// The one proof that is in these fields: `token`, with `handle` where the link has it; `handle` and
    /// `code`; `who` and `secret`; or `attempt`, for whose ticket there is a cookie.
    pub(crate) fn of<P: Ports + 'static, H: Host>(
        call: &Call<'_, P, H>,
        fields: &mut Fields,
        cookies: &Cookies,
    ) -> Result<Self, Problem> {
        let mut take = |name| fields.take(name);
        let texts = ["token", "handle", "code", "who", "secret", "attempt"].map(&mut take);
        Ok(match texts {
            [Some(token), None, None, None, None, None] => Self::Link(token),
            [Some(token), Some(handle), None, None, None, None] => {
                Self::HandledLink { handle, token }
            }
            [None, Some(handle), Some(code), None, None, None] => Self::Code { handle, code },
            [None, None, None, Some(who), Some(secret), None] => {
                let lookup = Lookup::email_or_login(&who);
                let lookup = lookup.map_err(|error| call.refuse(&error).in_field("who"))?;
                Self::Spoken { lookup, secret }
            }
            [None, None, None, None, None, Some(attempt)] => Self::ticket(&attempt, cookies)?,
            _ => return Err(Problem::malformed("proof_ambiguous")),
        })
    }

    /// The ticket of an attempt, from its cookie.
    pub(crate) fn ticket(attempt: &str, cookies: &Cookies) -> Result<Self, Problem> {
        let attempt = AttemptTag::parse(attempt).ok_or_else(Problem::refused)?;
        let ticket = cookies.get(CookieKind::Ticket, attempt).ok_or_else(Problem::refused)?;
        Ok(Self::Ticket(Zeroizing::new(ticket.to_owned())))
    }

    /// The attempt that it names; none for a secret that was read out.
    pub(crate) fn attempt(&self) -> Option<AttemptTag> {
        match self {
            Self::Link(text) | Self::HandledLink { token: text, .. } | Self::Ticket(text) => {
                AttemptTag::of(text)
            }
            Self::Code { handle, .. } => AttemptTag::of(handle),
            Self::Spoken { .. } => None,
        }
    }

    fn proof(&self) -> Proof<'_> {
        match self {
            Self::Link(token) => Proof::Link(token),
            Self::HandledLink { handle, token } => Proof::HandledLink { handle, token },
            Self::Code { handle, code } => Proof::Code { handle, code },
            Self::Spoken { lookup, secret } => Proof::Spoken { lookup, secret },
            Self::Ticket(text) => Proof::Ticket(text),
        }
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.proof().fmt(f)
    }
}

/// Admits the person who shows a right secret. If it was right and something else failed, the problem has
/// the ticket that takes its place.
pub(crate) async fn admit<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    shown: &Shown,
    cookies: &Cookies,
) -> Result<Arc<Admitted>, Problem> {
    match call.recovery().admit(shown.proof(), None, call.now).await {
        Ok(admitted) => {
            call.done(&admitted.event());
            Ok(Arc::new(admitted))
        }
        Err(error) => {
            let problem = call.refuse(&error);
            let problem = match &error {
                AdmitError::Refused(Refusal::Code(_)) => problem.in_field("code"),
                _ => problem,
            };
            Err(match error.ticket() {
                Some(ticket) => with_ticket(problem, ticket, cookies),
                None => problem,
            })
        }
    }
}

/// Adds the cookie with which the next try needs no secret.
pub(super) fn with_ticket(problem: Problem, ticket: &Ticket, cookies: &Cookies) -> Problem {
    let attempt = AttemptTag::of(ticket.expose_secret());
    problem.with_ticket(attempt, ticket_cookies(ticket, cookies))
}

/// The cookie of a ticket. It lives as long as any ticket; when this one is over, the core says so.
pub(crate) fn ticket_cookies(ticket: &Ticket, cookies: &Cookies) -> Vec<SetCookie> {
    cookies.set(CookieKind::Ticket, ticket.expose_secret(), TICKET_LIFE)
}

/// The longest life of a ticket.
const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);
