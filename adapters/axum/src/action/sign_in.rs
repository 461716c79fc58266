use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::account::Lookup;
use repass::port::Ports;
use repass::secret::TypedPassword;
use repass::sign_in::{MustChangePassword, SignInError, SignInOutcome};
use repass::throttle::Source;
use repass_tokio::PoolError;

use crate::app::Call;
use crate::host::Host;
use crate::problem::Problem;

/// What comes of a right password.
#[derive(Debug)]
pub(crate) enum SignedIn {
    /// The host has begun a session; its headers.
    Session(HeaderMap),
    /// The password has to be changed first.
    MustChange(Box<MustChangePassword>),
}

/// Signs a person in. All who are refused are told the same.
pub(crate) async fn sign_in<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    request: &Parts,
    lookup: Lookup,
    source: Source,
    typed: TypedPassword,
) -> Result<SignedIn, Problem> {
    let hashing = &call.mount.hashing;
    let outcome = hashing.sign_in(call.recovery(), lookup, Some(source), typed, call.now).await;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            let problem = call.refuse(&error);
            // The two follow a right password, so that they tell nobody else anything.
            return Err(match error {
                PoolError::Failed(SignInError::RecoveryRequired | SignInError::PasswordExpired) => {
                    Problem::must_reset()
                }
                _ => problem,
            });
        }
    };
    call.done(&outcome.event());
    match outcome {
        SignInOutcome::SignedIn(signed_in) => {
            if let Some(failure) = signed_in.rehash_failure() {
                call.failed(failure.code(), failure);
            }
            let (id, tag) = (signed_in.account().id(), signed_in.tag());
            let session = call.begin_session(request, id, tag).await;
            session.map(SignedIn::Session).ok_or_else(Problem::unavailable)
        }
        SignInOutcome::MustChange(must_change) => Ok(SignedIn::MustChange(must_change)),
        _ => Err(Problem::unavailable()),
    }
}
