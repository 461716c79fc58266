use alloc::sync::Arc;

use repass::port::Ports;
use repass::reset::{StopEffect, StopError};
use repass_tokio::Event;
use zeroize::Zeroizing;

use crate::app::Call;
use crate::host::Host;
use crate::problem::Problem;

/// What the link would do. Changes nothing.
pub(crate) async fn inspect_not_me<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    token: &str,
) -> Result<StopEffect, Problem> {
    call.recovery().inspect_stop(token, call.now).await.map_err(|error| call.refuse(&error))
}

/// Ends what a person did not do, and the sessions of the account where that is called for. Both are done
/// by a task of their own, which goes on if the client hangs up.
pub(crate) async fn not_me<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    token: &str,
) -> Result<(), Problem> {
    let (recovery, host) = (call.recovery().clone(), Arc::clone(call.host));
    let (token, now) = (Zeroizing::new(token.to_owned()), call.now);
    let task = tokio::spawn(async move {
        let stopped = recovery.stop(&token, now).await?;
        if !stopped.duties().is_empty()
            && let Err(error) = host.end_sessions(stopped.account()).await
        {
            host.report(Event::DutiesFailed(&error));
        }
        Ok::<_, StopError>(stopped)
    });
    match task.await {
        Ok(Ok(stopped)) => {
            call.done(&stopped.event());
            Ok(())
        }
        Ok(Err(error)) => Err(call.refuse(&error)),
        Err(error) => {
            call.failed("task_lost", &error);
            Err(Problem::unavailable())
        }
    }
}
