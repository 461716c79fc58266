use alloc::boxed::Box;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

/// One call of a race; it owns what it needs, so that a runtime can spawn it.
pub type Call<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How a fixture runs calls at once.
pub trait Runtime: Send + Sync {
    /// Runs all calls at the same time, and returns their answers in the order of the calls.
    ///
    /// By default they are polled in turn ([`at_once`]). A fixture whose executor has several threads
    /// spawns them there, which finds more.
    fn at_once<T: Send + 'static>(
        &self,
        calls: Vec<Call<T>>,
    ) -> impl Future<Output = Vec<T>> + Send {
        at_once(calls)
    }
}

/// Polls all calls in turn until each has answered: the answers, in the order of the calls.
///
/// No call is polled twice before every other one was polled that has not answered.
pub async fn at_once<T>(calls: Vec<Call<T>>) -> Vec<T> {
    let mut calls: Vec<_> = calls.into_iter().map(Running::Call).collect();
    poll_fn(|context| {
        let mut pending = false;
        for running in &mut calls {
            if let Running::Call(call) = running {
                match call.as_mut().poll(context) {
                    Poll::Ready(answer) => *running = Running::Answered(answer),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    let answer = |running| match running {
        Running::Answered(answer) => Some(answer),
        Running::Call(_) => None,
    };
    calls.into_iter().filter_map(answer).collect()
}

enum Running<T> {
    Call(Call<T>),
    Answered(T),
}
