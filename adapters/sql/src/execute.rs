use core::future::Future;

use repass::port::PortError;

use crate::{Answer, Driver, Query, Transaction};

/// Where statements are carried out: each call in a transaction of its own, or all of them in one of the
/// service.
pub(crate) trait Execute: Send {
    /// Carries out one statement.
    fn run(&mut self, query: Query) -> impl Future<Output = Result<Answer, PortError>> + Send;

    /// Carries out all statements or none; `None` if one of them stopped it.
    fn transact(
        &mut self,
        queries: Vec<Query>,
    ) -> impl Future<Output = Result<Option<Vec<Answer>>, PortError>> + Send;
}

/// Each call in a transaction of its own.
pub(crate) struct Alone<'a, D>(pub(crate) &'a D);

impl<D: Driver> Execute for Alone<'_, D> {
    async fn run(&mut self, query: Query) -> Result<Answer, PortError> {
        self.0.run(query).await
    }

    async fn transact(&mut self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        self.0.transact(queries).await
    }
}

/// All calls in one transaction of the service.
pub(crate) struct Within<'a, T>(pub(crate) &'a mut T);

impl<T: Transaction> Execute for Within<'_, T> {
    async fn run(&mut self, query: Query) -> Result<Answer, PortError> {
        self.0.run(query).await
    }

    async fn transact(&mut self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        let mut answers = Vec::new();
        for query in queries {
            let stop = query.clone();
            let answer = self.0.run(query).await?;
            if stop.stops(&answer) {
                // What the service did before cannot be kept without what we did.
                return if answers.is_empty() {
                    Ok(None)
                } else {
                    Err(PortError::new("a change stopped in a transaction that it had begun"))
                };
            }
            answers.push(answer);
        }
        Ok(Some(answers))
    }
}
