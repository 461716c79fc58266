use alloc::boxed::Box;
use alloc::sync::Arc;
use core::any::Any;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use try_lock::TryLock;

use super::question::Question;
use super::{Ask, Step};
use crate::port::{Port, PortError, PortFailure};
use crate::reset::WrongAnswer;

/// How an operation asks the ports. It is an `async` function that awaits nothing but
/// [`ask`](Self::ask), so it needs no executor: each question ends a step, and the reply goes on from
/// there.
pub(crate) struct Asker(Arc<TryLock<Exchange>>);

/// One question at a time, and then the answer to it, whose type the question tells.
enum Exchange {
    Idle,
    Asked(Question),
    Answered(Box<dyn Any + Send>),
}

type Answer<Q> = Result<<Q as Ask>::Answer, PortError>;

/// An operation that waits for the reply to its question.
pub(super) struct Operation<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + Send + 'a>>,
    asker: Asker,
    failed: fn(PortFailure) -> T,
}

/// What an operation ends with when a port fails.
pub(crate) trait Failed {
    fn failed(failure: PortFailure) -> Self;
}

impl<T, E: From<PortFailure>> Failed for Result<T, E> {
    fn failed(failure: PortFailure) -> Self {
        Err(failure.into())
    }
}

/// Begins an operation, which runs up to its first question.
pub(crate) fn operation<'a, T, F>(body: impl FnOnce(Asker) -> F) -> Step<'a, T>
where
    T: Failed,
    F: Future<Output = T> + Send + 'a,
{
    let asker = Asker(Arc::new(TryLock::new(Exchange::Idle)));
    let future = Box::pin(body(Asker(Arc::clone(&asker.0))));
    Operation { future, asker, failed: T::failed }.resume()
}

impl Asker {
    /// Asks a port, and returns what it answers.
    ///
    /// The question is handed over at once: the future holds no copy of it.
    pub(crate) fn ask<Q: Ask>(
        &self,
        question: Q,
    ) -> impl Future<Output = Result<Q::Answer, PortFailure>> + Send + use<'_, Q> {
        self.put(Exchange::Asked(question.into_question()));
        let mut asked = false;
        poll_fn(move |_| {
            if !core::mem::replace(&mut asked, true) {
                return Poll::Pending;
            }
            let answer = match self.take() {
                Exchange::Answered(answer) => answer.downcast::<Answer<Q>>().ok(),
                Exchange::Idle | Exchange::Asked(_) => None,
            };
            let answer = answer.map_or_else(|| Err(WrongAnswer.into()), |answer| *answer);
            Poll::Ready(answer.map_err(|error| PortFailure::new(Q::PORT, error)))
        })
    }

    /// Only one of operation and driver runs at a time, so the lock is always free.
    fn put(&self, next: Exchange) {
        if let Some(mut exchange) = self.0.try_lock() {
            *exchange = next;
        }
    }

    fn take(&self) -> Exchange {
        match self.0.try_lock() {
            Some(mut exchange) => core::mem::replace(&mut *exchange, Exchange::Idle),
            None => Exchange::Idle,
        }
    }
}

impl<'a, T> Operation<'a, T> {
    /// Goes on with the reply to the question.
    pub(super) fn reply<Q: Ask>(self, answer: Answer<Q>) -> Step<'a, T> {
        self.asker.put(Exchange::Answered(Box::new(answer)));
        self.resume()
    }

    fn resume(mut self) -> Step<'a, T> {
        match self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Step::Done(value),
            Poll::Pending => match self.asker.take() {
                Exchange::Asked(question) => question.into_step(self),
                // Operations await nothing but the replies to their questions.
                Exchange::Idle | Exchange::Answered(_) => {
                    Step::Done((self.failed)(PortFailure::new(Port::Attempts, WrongAnswer.into())))
                }
            },
        }
    }
}
