use alloc::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::account::AccountId;
use repass::answer::Answer;
use repass::port::Ports;
use repass::reset::{
    Admitted, AfterReset, CurrentError, CurrentPasswordError, Findings, Occasion, SetError,
};
use repass::secret::Password;
use repass_tokio::{PoolError, finish};

use super::prove::with_ticket;
use crate::app::Call;
use crate::cookies::Cookies;
use crate::host::Host;
use crate::problem::Problem;

/// A password that was set.
#[derive(Debug)]
pub(crate) struct Set {
    after: AfterReset,
    session: Option<HeaderMap>,
}

impl Set {
    /// Whether the person is signed in now.
    pub(crate) const fn is_signed_in(&self) -> bool {
        self.session.is_some()
    }

    /// How it came to be set, as a word.
    pub(crate) fn outcome(&self) -> &'static str {
        match self.after.occasion() {
            Occasion::Change => "changed",
            Occasion::FirstPassword => "first_password",
            _ => "reset",
        }
    }

    /// The headers that the host adds.
    pub(crate) fn into_headers(self) -> HeaderMap {
        self.session.unwrap_or_default()
    }
}

/// Sets a password. A refusal costs nothing: the ticket in the answer admits to the next try.
pub(crate) async fn set<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    request: &Parts,
    admitted: &Arc<Admitted>,
    new: Password,
    cookies: &Cookies,
) -> Result<Set, Problem> {
    let again = |problem| match admitted.ticket() {
        Some(ticket) => with_ticket(problem, ticket, cookies),
        None => problem,
    };
    let (recovery, policy) = (call.recovery(), &call.mount.policy);
    let earlier = recovery.earlier_passwords(admitted, policy, call.now).await;
    let earlier = earlier.map_err(|error| again(call.refuse(&error)))?;
    let findings = Findings::NONE.earlier(earlier);
    let findings = match call.host.breach(&new).await {
        Some(answer) => findings.breach(answer),
        None => findings,
    };
    let set =
        call.mount.hashing.set_password_with(Arc::clone(admitted), new, policy.clone(), findings);
    let change = match set.await {
        Ok(change) => change,
        Err(error) => return Err(again(refused(call, error))),
    };
    // It goes on if the client hangs up.
    let after = finish(recovery, call.host, change, call.now).await;
    let after = after.map_err(|error| call.refuse(&error))?;
    call.done(&after.event());
    // There is a tag only where the person typed the present password. If the session fails, the password
    // is set all the same, and the person signs in with it.
    let session = match after.session_tag().filter(|_| call.host.signs_in()) {
        Some(tag) => call.begin_session(request, after.account(), tag).await,
        None => None,
    };
    Ok(Set { after, session })
}

fn refused<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    error: PoolError<SetError>,
) -> Problem {
    let problem = call.refuse(&error);
    match error {
        PoolError::Failed(SetError::Policy(violations))
            if violations.answer() == Answer::Invalid =>
        {
            Problem::password(violations)
        }
        _ => problem,
    }
}

/// Lets a person who is signed in try the present password, and sets the new one.
pub(crate) async fn change<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    request: &Parts,
    id: AccountId,
    present: Password,
    new: Password,
) -> Result<Set, Problem> {
    let current = call.mount.hashing.current(call.recovery(), id, present, call.now).await;
    let admitted = match current {
        Ok(admitted) => Arc::new(admitted),
        Err(error) => {
            let problem = call.refuse(&error);
            return Err(match error {
                PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                    Problem::wrong_password()
                }
                _ => problem,
            });
        }
    };
    call.done(&admitted.event());
    set(call, request, &admitted, new, &Cookies::default()).await
}
