use repass::port::Ports;
use repass::recovery::Recovery;
use repass::reset::AdmittedAddress;

use crate::app::Call;
use crate::host::Host;
use crate::problem::Problem;

/// The address that a link is for. Changes nothing.
pub(crate) async fn admit_address<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    token: &str,
) -> Result<AdmittedAddress, Problem> {
    match addresses(call)?.admit_address(token, None, call.now).await {
        Ok(admitted) => {
            call.done(&admitted.event());
            Ok(admitted)
        }
        Err(error) => Err(call.refuse(&error)),
    }
}

/// Verifies it, in a task of its own: the notices go out if the client hangs up.
pub(crate) async fn verify_address<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    token: &str,
) -> Result<(), Problem> {
    let admitted = admit_address(call, token).await?;
    let (recovery, now) = (addresses(call)?.clone(), call.now);
    match tokio::spawn(async move { recovery.commit_address(admitted, now).await }).await {
        Ok(Ok(verified)) => {
            call.done(&verified.event());
            Ok(())
        }
        Ok(Err(error)) => Err(call.refuse(&error)),
        Err(error) => {
            call.failed("task_lost", &error);
            Err(Problem::unavailable())
        }
    }
}

/// The recovery that addresses are verified with. Without one there is no such route.
fn addresses<'a, P: Ports + 'static, H: Host>(
    call: &Call<'a, P, H>,
) -> Result<&'a Recovery<P>, Problem> {
    call.mount.addresses.as_ref().ok_or_else(Problem::not_found)
}
