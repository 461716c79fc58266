use std::sync::{Arc, Mutex};

use pollster::block_on;
use repass::account::{Account, AccountId};
use repass::conformance::{Call, Hooked, Runtime, accounts, attempts, counters, queue};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::port::{Accounts, DynPorts, PortError};
use repass::secret::PasswordHash;
use repass::throttle::Counted;
use repass::time::UtcDateTime;

struct Memory;

impl Runtime for Memory {}

impl accounts::Fixture for Memory {
    type Port = Arc<MemoryAccounts>;

    async fn open(&self) -> Result<[Self::Port; 2], PortError> {
        Ok(twice(MemoryAccounts::default()))
    }

    async fn put(&self, accounts: &Self::Port, account: &Account) -> Result<(), PortError> {
        MemoryAccounts::put(accounts, account.clone());
        Ok(())
    }

    fn change(
        &self,
        accounts: Arc<Self::Port>,
        account: Account,
    ) -> Option<Call<Result<Account, PortError>>> {
        Some(Box::pin(async move {
            // No call comes between these two: nothing waits here.
            let now = UtcDateTime::UNIX_EPOCH;
            let before = Accounts::load(&**accounts, account.id(), now).await?.unwrap();
            let account = match before.stored_password() {
                Some(hash) => account.with_password(hash.clone()),
                None => account,
            };
            MemoryAccounts::put(&accounts, account.clone());
            Ok(account)
        }))
    }

    async fn set_unreadable_password(
        &self,
        accounts: &Self::Port,
        id: &AccountId,
        text: &str,
    ) -> Result<Hooked, PortError> {
        let account = Accounts::load(&**accounts, id, UtcDateTime::UNIX_EPOCH).await?;
        let account = account.ok_or_else(|| std::io::Error::other("no such account"))?;
        MemoryAccounts::put(accounts, account.with_password(PasswordHash::from_column(text)));
        Ok(Hooked::Done(()))
    }

    async fn let_administer(
        &self,
        accounts: &Self::Port,
        operator: &AccountId,
        id: &AccountId,
    ) -> Result<Hooked, PortError> {
        MemoryAccounts::let_administer(accounts, operator.clone(), id.clone());
        Ok(Hooked::Done(()))
    }
}

impl attempts::Fixture for Memory {
    type Port = Arc<MemoryAttempts>;

    async fn open(&self) -> Result<[Self::Port; 2], PortError> {
        Ok(twice(MemoryAttempts::default()))
    }

    async fn open_small(&self) -> Result<Option<[Self::Port; 2]>, PortError> {
        Ok(Some(twice(MemoryAttempts::with_max_rows(5))))
    }
}

impl counters::Fixture for Memory {
    type Port = Arc<MemoryCounters>;

    async fn open(&self) -> Result<[Self::Port; 2], PortError> {
        Ok(twice(MemoryCounters::default()))
    }

    async fn open_small(&self) -> Result<Option<[Self::Port; 2]>, PortError> {
        Ok(Some(twice(MemoryCounters::with_max_rows(5))))
    }

    // Memory knows no transaction, so that none can take a count back.
    async fn rolled_back(
        &self,
        _counters: &Self::Port,
        call: Call<Result<Counted, PortError>>,
    ) -> Result<Hooked<Counted>, PortError> {
        call.await.map(Hooked::Done)
    }
}

impl queue::Fixture for Memory {
    type Port = Arc<MemoryQueue>;

    async fn open(&self) -> Result<[Self::Port; 2], PortError> {
        Ok(twice(MemoryQueue::default()))
    }

    async fn open_small(&self) -> Result<Option<[Self::Port; 2]>, PortError> {
        Ok(Some(twice(MemoryQueue::with_max_requests(5))))
    }
}

/// The ports in memory behind erased types.
#[derive(Default)]
struct Erased {
    /// The user table that was opened last.
    accounts: Mutex<Arc<MemoryAccounts>>,
}

impl Runtime for Erased {}

impl Erased {
    fn accounts(&self) -> Arc<MemoryAccounts> {
        Arc::clone(&self.accounts.lock().unwrap())
    }

    fn ports(&self) -> [DynPorts; 2] {
        let accounts = Arc::new(MemoryAccounts::default());
        *self.accounts.lock().unwrap() = Arc::clone(&accounts);
        let ports = DynPorts::new(
            accounts,
            MemoryAttempts::default(),
            MemoryCounters::default(),
            MemoryQueue::default(),
            Outbox::default(),
        );
        [ports.clone(), ports]
    }
}

impl accounts::Fixture for Erased {
    type Port = DynPorts;

    async fn open(&self) -> Result<[DynPorts; 2], PortError> {
        Ok(self.ports())
    }

    async fn put(&self, _accounts: &DynPorts, account: &Account) -> Result<(), PortError> {
        accounts::Fixture::put(&Memory, &self.accounts(), account).await
    }

    fn change(
        &self,
        _accounts: Arc<DynPorts>,
        account: Account,
    ) -> Option<Call<Result<Account, PortError>>> {
        accounts::Fixture::change(&Memory, Arc::new(self.accounts()), account)
    }

    async fn set_unreadable_password(
        &self,
        _accounts: &DynPorts,
        id: &AccountId,
        text: &str,
    ) -> Result<Hooked, PortError> {
        accounts::Fixture::set_unreadable_password(&Memory, &self.accounts(), id, text).await
    }

    async fn let_administer(
        &self,
        _accounts: &DynPorts,
        operator: &AccountId,
        id: &AccountId,
    ) -> Result<Hooked, PortError> {
        accounts::Fixture::let_administer(&Memory, &self.accounts(), operator, id).await
    }
}

impl attempts::Fixture for Erased {
    type Port = DynPorts;

    async fn open(&self) -> Result<[DynPorts; 2], PortError> {
        Ok(self.ports())
    }
}

impl counters::Fixture for Erased {
    type Port = DynPorts;

    async fn open(&self) -> Result<[DynPorts; 2], PortError> {
        Ok(self.ports())
    }
}

impl queue::Fixture for Erased {
    type Port = DynPorts;

    async fn open(&self) -> Result<[DynPorts; 2], PortError> {
        Ok(self.ports())
    }
}

fn twice<P>(port: P) -> [Arc<P>; 2] {
    let port = Arc::new(port);
    [Arc::clone(&port), port]
}

#[test]
fn conformance_of_the_accounts_in_memory() {
    // An account in memory holds addresses that were read already.
    let unreadable = accounts::Clause::FindKeepsAnAccountWithAnUnreadableAddress;
    block_on(accounts::run(&Memory)).assert_held_except(&[unreadable]);
    block_on(accounts::run(&Erased::default())).assert_held_except(&[unreadable]);
}

#[test]
fn conformance_of_the_attempts_in_memory() {
    block_on(attempts::run(&Memory)).assert_held();
    let missing = attempts::Clause::RowsAreNotEvicted;
    block_on(attempts::run(&Erased::default())).assert_held_except(&[missing]);
}

#[test]
fn conformance_of_the_counters_in_memory() {
    block_on(counters::run(&Memory)).assert_held();
    let missing = [
        counters::Clause::CountOutlivesARolledBackTransaction,
        counters::Clause::CountersAreNotEvicted,
    ];
    block_on(counters::run(&Erased::default())).assert_held_except(&missing);
}

#[test]
fn conformance_of_the_queue_in_memory() {
    block_on(queue::run(&Memory)).assert_held();
    let missing = queue::Clause::PushBoundsTheRequestsThatWait;
    block_on(queue::run(&Erased::default())).assert_held_except(&[missing]);
}

#[test]
#[should_panic(expected = "attempts: rows_are_not_evicted: not judged")]
fn conformance_is_not_asserted_where_something_was_not_judged() {
    block_on(attempts::run(&Erased::default())).assert_held();
}

#[test]
fn conformance_names_the_port_the_clause_and_the_verdict() {
    let outcome =
        block_on(attempts::judge(attempts::Clause::RowsAreNotEvicted, &Erased::default()));
    let text = "attempts: rows_are_not_evicted: not judged: the fixture opens no small store";
    assert_eq!(outcome.to_string(), text);
}
