use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use pollster::block_on;
use repass::account::{
    Account, AccountChange, AccountId, AccountWrite, Channel, Contact, Email, FieldName, FieldText,
    Login, Lookup, MustChange, PastPassword, Phone, Written,
};
use repass::conformance::accounts::{self, Capability, Clause, Fixture};
use repass::conformance::{Call, Hooked, Runtime, Verdict};
use repass::port::{Accounts, PortError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use crate::pause;

/// What is wrong with a user table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    FindReturnsTheFirst,
    FindMindsTheCase,
    FindMindsTheNormalizationForm,
    FindMindsTheCaseAndIgnoresUnverifiedAddresses,
    ALookupWithoutAColumnIsAnError,
    FindIgnoresUnverifiedAddresses,
    FindMindsTheSpellingOfPhones,
    FindIgnoresFields,
    AnUnreadableAddressFailsTheRow,
    AnUnreadableAddressHidesTheRow,
    AnUnreadableHashFailsTheRow,
    AnUnreadableHashHidesTheRow,
    AnUnreadableHashIsReadAsAMarker,
    LoadOfAStaleCopy,
    NamesAreNotRead,
    AnUnknownIdIsAnError,
    IdsAreReadAsNumbers,
    WriteThatReadsFirst,
    DisabledIgnored,
    VersionIgnored,
    PhonesIgnored,
    RecoveryIgnored,
    RehashWithoutCondition,
    AStaleSnapshotOfAnotherTable,
    AnAbsentHashIsNeverReplaced,
    AMarkerIsNeverReplaced,
    NumbersBeforeTheWrite,
    SessionsThatNeverEnd,
    RecoveryStaysRequired,
    MustChangeIsForgotten,
    DoneWithoutAColumn,
    NoHistory,
    TheOldestFirst,
    MarkersInTheHistory,
    EverybodyAdministers,
    AdministersBothWays,
}

const BROKEN: [(Fault, Clause); 33] = [
    (Fault::FindReturnsTheFirst, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindMindsTheCase, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindMindsTheNormalizationForm, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindIgnoresUnverifiedAddresses, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindMindsTheSpellingOfPhones, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindIgnoresFields, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::AnUnreadableAddressFailsTheRow, Clause::FindKeepsAnAccountWithAnUnreadableAddress),
    (Fault::AnUnreadableAddressHidesTheRow, Clause::FindKeepsAnAccountWithAnUnreadableAddress),
    (Fault::AnUnreadableHashFailsTheRow, Clause::FindKeepsAnAccountWithAnUnreadablePassword),
    (Fault::AnUnreadableHashHidesTheRow, Clause::FindKeepsAnAccountWithAnUnreadablePassword),
    (Fault::AnUnreadableHashIsReadAsAMarker, Clause::FindKeepsAnAccountWithAnUnreadablePassword),
    (Fault::NamesAreNotRead, Clause::LoadReturnsTheAccountAsItIsNow),
    (Fault::LoadOfAStaleCopy, Clause::LoadReturnsTheAccountAsItIsNow),
    (Fault::AnUnknownIdIsAnError, Clause::LoadAnswersNoneForAnUnknownId),
    (Fault::IdsAreReadAsNumbers, Clause::LoadAnswersNoneForAnUnknownId),
    (Fault::WriteThatReadsFirst, Clause::WriteLetsOneOfTwoSucceed),
    (Fault::DisabledIgnored, Clause::WriteIsStaleWhereTheAccountChanged),
    (Fault::PhonesIgnored, Clause::WriteIsStaleWhereTheAccountChanged),
    (Fault::VersionIgnored, Clause::WriteIsStaleWhereTheAccountChanged),
    (Fault::RecoveryIgnored, Clause::WriteIsStaleWhereTheAccountChanged),
    (Fault::RehashWithoutCondition, Clause::WriteIsStaleWhereTheAccountChanged),
    (Fault::AStaleSnapshotOfAnotherTable, Clause::WriteSeesContactsThatChangedMeanwhile),
    (Fault::AnAbsentHashIsNeverReplaced, Clause::WriteReplacesAnAbsentOrUnusablePassword),
    (Fault::AMarkerIsNeverReplaced, Clause::WriteReplacesAnAbsentOrUnusablePassword),
    (Fault::NumbersBeforeTheWrite, Clause::WriteAnswersWithWhatIsStored),
    (Fault::SessionsThatNeverEnd, Clause::WriteAnswersWithWhatIsStored),
    (Fault::RecoveryStaysRequired, Clause::WriteAnswersWithWhatIsStored),
    (Fault::MustChangeIsForgotten, Clause::WriteAnswersWithWhatIsStored),
    (Fault::NoHistory, Clause::PastReturnsTheNewestFirst),
    (Fault::TheOldestFirst, Clause::PastReturnsTheNewestFirst),
    (Fault::MarkersInTheHistory, Clause::PastReturnsTheNewestFirst),
    (Fault::EverybodyAdministers, Clause::NobodyAdministersByDefault),
    (Fault::AdministersBothWays, Clause::NobodyAdministersByDefault),
];

/// What must be found in a table without logins, as well.
const BROKEN_WITHOUT_LOGINS: [(Fault, Clause); 7] = [
    (Fault::FindMindsTheCase, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindMindsTheNormalizationForm, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::FindIgnoresUnverifiedAddresses, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::ALookupWithoutAColumnIsAnError, Clause::FindReturnsEveryAccountThatTheLookupNames),
    (Fault::AnUnreadableAddressFailsTheRow, Clause::FindKeepsAnAccountWithAnUnreadableAddress),
    (Fault::AnUnreadableHashFailsTheRow, Clause::FindKeepsAnAccountWithAnUnreadablePassword),
    (Fault::DoneWithoutAColumn, Clause::WriteAnswersWithWhatIsStored),
];

/// A table of ids, one address, a password, and whether the account may sign in.
const SMALL: &[Capability] = &[
    Capability::Login,
    Capability::Names,
    Capability::SeveralAddresses,
    Capability::SharedAddress,
    Capability::Phone,
    Capability::Field,
    Capability::Version,
    Capability::Epoch,
    Capability::ChangedAt,
    Capability::MustChange,
    Capability::RequiredRecovery,
    Capability::History,
];

/// A row of the user table, without the addresses, which are rows of another one.
#[derive(Clone)]
struct Row {
    login: Option<Login>,
    names: (String, String),
    phones: Vec<Phone>,
    texts: Vec<(FieldName, FieldText)>,
    password: Option<PasswordHash>,
    disabled: bool,
    version: Option<u64>,
    epoch: Option<u64>,
    changed_at: Option<UtcDateTime>,
    must_change: Option<MustChange>,
    requires_recovery: bool,
}

/// The text of an address, and whether it is verified.
type Addresses = Vec<(String, bool)>;

#[derive(Default)]
struct Tables {
    rows: BTreeMap<AccountId, Row>,
    addresses: BTreeMap<AccountId, Addresses>,
    past: BTreeMap<AccountId, Vec<PastPassword>>,
    administers: BTreeSet<(AccountId, AccountId)>,
    /// What each of the two handles loaded first.
    copies: [BTreeMap<AccountId, Account>; 2],
}

struct Table {
    tables: Arc<Mutex<Tables>>,
    handle: usize,
    fault: Fault,
    lacks: &'static [Capability],
}

impl Row {
    fn of(account: &Account) -> Self {
        Self {
            login: account.login().cloned(),
            names: (account.first_name().to_owned(), account.last_name().to_owned()),
            phones: account.phones().to_vec(),
            texts: account.texts_in_fields().to_vec(),
            password: account.stored_password().cloned(),
            disabled: !account.is_enabled(),
            version: account.version(),
            epoch: account.epoch(),
            changed_at: account.changed_at(),
            must_change: account.must_change(),
            requires_recovery: account.requires_recovery(),
        }
    }

    /// The account of this row and of the addresses that can be read.
    fn read(&self, id: &AccountId, addresses: &Addresses) -> Account {
        let mut account = Account::new(id.clone())
            .with_names(&*self.names.0, &*self.names.1)
            .with_must_change(self.must_change)
            .with_required_recovery(self.requires_recovery);
        for (text, verified) in addresses {
            if let Ok(address) = Contact::email(text) {
                let email = if *verified { Email::verified } else { Email::unverified };
                account = account.with_email(email(address));
            }
        }
        for phone in &self.phones {
            account = account.with_phone(phone.clone());
        }
        for (field, text) in &self.texts {
            account = account.with_text_in(*field, text.clone());
        }
        if let Some(login) = &self.login {
            account = account.with_login(login.clone());
        }
        if let Some(hash) = &self.password {
            account = account.with_password(hash.clone());
        }
        if let Some(version) = self.version {
            account = account.with_version(version);
        }
        if let Some(epoch) = self.epoch {
            account = account.with_epoch(epoch);
        }
        if let Some(moment) = self.changed_at {
            account = account.with_changed_at(moment);
        }
        if self.disabled { account.disabled() } else { account }
    }
}

impl Tables {
    fn put(&mut self, account: &Account) {
        self.rows.insert(account.id().clone(), Row::of(account));
        let texts = account.emails().iter();
        let texts = texts.map(|email| (email.address().as_str().to_owned(), email.is_verified()));
        self.addresses.insert(account.id().clone(), texts.collect());
    }

    fn read(&self, id: &AccountId, fault: Fault) -> Result<Option<Account>, PortError> {
        let Some((row, addresses)) = self.rows.get(id).zip(self.addresses.get(id)) else {
            return Ok(None);
        };
        if let Some(error) = addresses.iter().find_map(|(text, _)| Contact::email(text).err()) {
            match fault {
                Fault::AnUnreadableAddressFailsTheRow => return Err(error.into()),
                Fault::AnUnreadableAddressHidesTheRow => return Ok(None),
                _ => {}
            }
        }
        let mut row = row.clone();
        let unreadable =
            |hash: &PasswordHash| PasswordHash::from_stored(hash.expose_secret()).err();
        if let Some(error) = row.password.as_ref().and_then(unreadable) {
            match fault {
                Fault::AnUnreadableHashFailsTheRow => return Err(error.into()),
                Fault::AnUnreadableHashHidesTheRow => return Ok(None),
                Fault::AnUnreadableHashIsReadAsAMarker => {
                    row.password = Some(PasswordHash::from_stored("!")?);
                }
                _ => {}
            }
        }
        if fault == Fault::NamesAreNotRead {
            row.names = Default::default();
        }
        Ok(Some(row.read(id, addresses)))
    }
}

impl Table {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    /// Whether a condition on the stored text fails where it should hold.
    fn misses(&self, seen: Option<&PasswordHash>) -> bool {
        match self.fault {
            // As `password = null` does.
            Fault::AnAbsentHashIsNeverReplaced => seen.is_none(),
            Fault::AMarkerIsNeverReplaced => seen.is_some_and(|hash| {
                !hash.is_usable() && PasswordHash::from_stored(hash.expose_secret()).is_ok()
            }),
            _ => false,
        }
    }

    /// The row as the condition of `write` sees it.
    fn judged(&self, row: &Row, write: &AccountWrite) -> Row {
        let mut row = row.clone();
        match self.fault {
            Fault::DisabledIgnored => row.disabled = false,
            Fault::VersionIgnored => row.version = write.seen_version(),
            Fault::PhonesIgnored => {
                let seen = write.seen_contacts().filter(|seen| seen.channel() == Channel::SMS);
                row.phones = seen.cloned().map(Phone::verified).collect();
            }
            Fault::RecoveryIgnored => row.requires_recovery = write.seen_requires_recovery(),
            Fault::RehashWithoutCondition => {
                if let AccountChange::Rehash { .. } = write.change() {
                    row.password = write.seen_password().cloned();
                }
            }
            _ => {}
        }
        row
    }
}

impl Accounts for Table {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        let tables = self.tables();
        let has_logins = !self.lacks.contains(&Capability::Login);
        if let (Fault::ALookupWithoutAColumnIsAnError, Lookup::Login(_), false) =
            (self.fault, lookup, has_logins)
        {
            return Err(std::io::Error::other("no column for logins").into());
        }
        let mut found = Vec::new();
        for id in tables.rows.keys() {
            found.extend(tables.read(id, self.fault)?.filter(|account| lookup.names(account)));
        }
        match (self.fault, lookup) {
            (Fault::FindReturnsTheFirst, _) => found.truncate(1),
            (Fault::FindIgnoresFields, Lookup::Field(_)) => found.clear(),
            (Fault::FindMindsTheSpellingOfPhones, Lookup::Phone(number)) => {
                found.retain(|account| {
                    account.phones().iter().any(|phone| phone.number() == number)
                });
            }
            (Fault::FindMindsTheCase, Lookup::Email(address)) => {
                found.retain(|account| {
                    account.emails().iter().any(|email| email.address() == address)
                });
            }
            (Fault::FindMindsTheNormalizationForm, Lookup::Email(address)) => {
                let typed = address.as_str().to_lowercase();
                found.retain(|account| {
                    let mut stored = account.emails().iter().map(Email::address);
                    stored.any(|stored| stored.as_str().to_lowercase() == typed)
                });
            }
            (
                Fault::FindIgnoresUnverifiedAddresses
                | Fault::FindMindsTheCaseAndIgnoresUnverifiedAddresses,
                Lookup::Email(address),
            ) => {
                let minds = self.fault != Fault::FindIgnoresUnverifiedAddresses;
                found.retain(|account| {
                    let mut verified = account.emails().iter().filter(|email| email.is_verified());
                    verified.any(|email| match minds {
                        true => email.address() == address,
                        false => email.address().same_mailbox(address),
                    })
                });
            }
            _ => {}
        }
        Ok(found)
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Result<Option<Account>, PortError> {
        let number = id.as_str().trim().parse::<u64>();
        let id = match (self.fault, number) {
            (Fault::AnUnknownIdIsAnError, Err(error)) => return Err(error.into()),
            (Fault::IdsAreReadAsNumbers, Ok(number)) => AccountId::new(&number.to_string())?,
            _ => id.clone(),
        };
        let mut tables = self.tables();
        let account = tables.read(&id, self.fault)?;
        let Some(account) = account else { return Ok(None) };
        if self.fault != Fault::LoadOfAStaleCopy {
            return Ok(Some(account));
        }
        let copy = tables.copies[self.handle].entry(id).or_insert(account);
        Ok(Some(copy.clone()))
    }

    async fn write(&self, write: &AccountWrite, _now: UtcDateTime) -> Result<Written, PortError> {
        let id = write.id();
        let before = {
            let tables = self.tables();
            tables.rows.get(id).cloned().zip(tables.addresses.get(id).cloned())
        };
        // As a statement waits for the lock of a row.
        pause().await;
        let mut tables = self.tables();
        let Some((mut row, mut addresses)) =
            tables.rows.get(id).cloned().zip(tables.addresses.get(id).cloned())
        else {
            return Ok(Written::Stale);
        };
        match (self.fault, before) {
            (Fault::WriteThatReadsFirst, Some((read, _))) => row = read,
            (Fault::AStaleSnapshotOfAnotherTable, Some((_, snapshot))) => addresses = snapshot,
            _ => {}
        }
        let needs = match write.change() {
            AccountChange::Password { must_change: Some(_), .. } => Some(Capability::MustChange),
            AccountChange::EndSessions => Some(Capability::Epoch),
            AccountChange::RequireRecovery => Some(Capability::RequiredRecovery),
            _ => None,
        };
        if needs.is_some_and(|needs| self.lacks.contains(&needs)) {
            let done = Written::Done { version: row.version, epoch: row.epoch };
            return Ok(match self.fault {
                Fault::DoneWithoutAColumn => done,
                _ => Written::Stale,
            });
        }
        let judged = self.judged(&row, write);
        let next = write.apply(&judged.read(id, &addresses));
        let Some(next) = next.filter(|_| !self.misses(write.seen_password())) else {
            return Ok(Written::Stale);
        };
        let mut next = Row { disabled: row.disabled, ..Row::of(&next) };
        if self.fault == Fault::SessionsThatNeverEnd && write.change() == AccountChange::EndSessions
        {
            next.epoch = row.epoch;
        }
        if self.fault == Fault::MustChangeIsForgotten {
            next.must_change = None;
        }
        if self.lacks.contains(&Capability::ChangedAt) {
            next.changed_at = None;
        }
        next.requires_recovery |=
            self.fault == Fault::RecoveryStaysRequired && row.requires_recovery;
        let written = Written::Done { version: next.version, epoch: next.epoch };
        let former = Written::Done { version: row.version, epoch: row.epoch };
        let kept =
            |hash: &PasswordHash| hash.is_usable() || self.fault == Fault::MarkersInTheHistory;
        if let (AccountChange::Password { .. }, Some(hash)) =
            (write.change(), row.password.filter(kept))
        {
            let past = PastPassword::new(hash, write.at());
            tables.past.entry(id.clone()).or_default().push(past);
        }
        tables.rows.insert(id.clone(), next);
        // Copies know of the writes of the service itself, not of other changes.
        tables.copies = Default::default();
        Ok(if self.fault == Fault::NumbersBeforeTheWrite { former } else { written })
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        _now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        let mut past = self.tables().past.get(id).cloned().unwrap_or_default();
        if self.fault != Fault::TheOldestFirst {
            past.reverse();
        }
        past.truncate(if self.fault == Fault::NoHistory { 0 } else { limit as usize });
        Ok(past)
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let (operator, id) = (operator.clone(), id.clone());
        let administers = &self.tables().administers;
        let back = administers.contains(&(id.clone(), operator.clone()));
        Ok(match self.fault {
            Fault::EverybodyAdministers => true,
            Fault::AdministersBothWays if back => true,
            _ => administers.contains(&(operator, id)),
        })
    }
}

/// A user table with a fault, and without the columns that it lacks.
struct Faulty {
    fault: Fault,
    lacks: &'static [Capability],
}

impl Faulty {
    const fn new(fault: Fault) -> Self {
        Self { fault, lacks: &[] }
    }

    const fn small(fault: Fault) -> Self {
        Self { fault, lacks: SMALL }
    }
}

impl Runtime for Faulty {}

impl Fixture for Faulty {
    type Port = Table;

    async fn open(&self) -> Result<[Table; 2], PortError> {
        let tables = Arc::default();
        let Self { fault, lacks } = *self;
        Ok([0, 1].map(|handle| Table { tables: Arc::clone(&tables), handle, fault, lacks }))
    }

    fn lacks(&self) -> &[Capability] {
        self.lacks
    }

    async fn put(&self, accounts: &Table, account: &Account) -> Result<(), PortError> {
        let mut tables = accounts.tables();
        tables.put(account);
        tables.copies[accounts.handle].clear();
        Ok(())
    }

    fn change(
        &self,
        accounts: Arc<Table>,
        account: Account,
    ) -> Option<Call<Result<Account, PortError>>> {
        Some(Box::pin(async move {
            let mut tables = accounts.tables();
            let texts = account.emails().iter();
            let texts = texts.map(|email| (email.address().as_str().to_owned(), true)).collect();
            tables.addresses.insert(account.id().clone(), texts);
            let changed = tables.read(account.id(), Fault::None)?;
            changed.ok_or_else(|| std::io::Error::other("no such account").into())
        }))
    }

    async fn add_unreadable_address(
        &self,
        accounts: &Table,
        id: &AccountId,
    ) -> Result<Hooked, PortError> {
        let mut tables = accounts.tables();
        let addresses = tables.addresses.entry(id.clone()).or_default();
        if self.lacks.contains(&Capability::SeveralAddresses) {
            addresses.clear();
        }
        addresses.insert(0, ("not an address".to_owned(), true));
        Ok(Hooked::Done(()))
    }

    async fn set_unreadable_password(
        &self,
        accounts: &Table,
        id: &AccountId,
        text: &str,
    ) -> Result<Hooked, PortError> {
        let mut tables = accounts.tables();
        let row = tables.rows.get_mut(id).ok_or_else(|| std::io::Error::other("no account"))?;
        row.password = Some(PasswordHash::from_column(text));
        Ok(Hooked::Done(()))
    }

    async fn let_administer(
        &self,
        accounts: &Table,
        operator: &AccountId,
        id: &AccountId,
    ) -> Result<Hooked, PortError> {
        accounts.tables().administers.insert((operator.clone(), id.clone()));
        Ok(Hooked::Done(()))
    }
}

/// What is said about each fault whose clause alone should be broken, and is not.
fn not_told(faults: &[(Fault, Clause)], table: impl Fn(Fault) -> Faulty) -> String {
    let mut wrong = String::new();
    for (fault, clause) in faults {
        let report = block_on(accounts::run(&table(*fault)));
        let broken: Vec<_> = report.broken().map(|outcome| *outcome.clause()).collect();
        if broken != [*clause] {
            wrong += &format!("{fault:?}:\n{report}");
        }
    }
    wrong
}

#[test]
fn conformance_of_accounts_tells_which_clause_is_broken() {
    block_on(accounts::run(&Faulty::new(Fault::None))).assert_held();
    let wrong = not_told(&BROKEN, Faulty::new);
    assert!(wrong.is_empty(), "{wrong}");
    for clause in Clause::ALL {
        assert!(BROKEN.iter().any(|(_, broken)| *broken == clause), "nothing breaks {clause:?}");
    }
}

#[test]
fn conformance_judges_a_table_without_logins() {
    let report = block_on(accounts::run(&Faulty::small(Fault::None)));
    report.assert_held_except(&[Clause::PastReturnsTheNewestFirst]);
    let wrong = not_told(&BROKEN_WITHOUT_LOGINS, Faulty::small);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn conformance_tells_all_that_is_wrong_with_a_clause() {
    let clause = Clause::FindReturnsEveryAccountThatTheLookupNames;
    for table in [Faulty::new, Faulty::small] {
        let table = table(Fault::FindMindsTheCaseAndIgnoresUnverifiedAddresses);
        let outcome = block_on(accounts::judge(clause, &table));
        let Verdict::Broken(fact) = outcome.verdict() else { panic!("{outcome}") };
        let unverified = "an address that is not verified: the accounts found by email: {} instead";
        assert!(fact.starts_with("the accounts found by email: {} instead"), "{fact}");
        assert!(fact.contains(unverified), "{fact}");
    }
}

#[test]
fn conformance_refuses_a_clause_that_was_judged_among_the_exceptions() {
    let report = block_on(accounts::run(&Faulty { fault: Fault::None, lacks: &[] }));
    let except = [Clause::PastReturnsTheNewestFirst];
    let unproven = report.proven_except(&except).unwrap_err().to_string();
    let right = "not all clauses were judged and hold:\n\
        accounts: past_returns_the_newest_first: held, although it was expected not to be judged";
    assert_eq!(unproven, right);
}
