//! What a flow writes, one of each kind: rows, entries of the queue, a link and a ticket.

use std::sync::LazyLock;

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::attempt::{AttemptRow, Stage};
use repass::hash::{Cost, Hasher};
use repass::key::{KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::Ports;
use repass::queue::{ClaimToken, Claimed, QueueEntry};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Proof, Worked};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;

use crate::input::{Draw, key};

pub const NOW: i64 = 1_700_000_000;
/// The owner of everything.
pub const ADDRESS: &str = "ada@example.org";

pub static GENUINE: LazyLock<Genuine> = LazyLock::new(Genuine::new);

pub struct Genuine {
    pub flow: Flow,
    /// The account while `link` and `ticket` admit.
    pub account: Account,
    pub link: String,
    pub ticket: String,
    /// Live, a decoy, running, and settled; `link` and `ticket` are those of the first.
    pub rows: Vec<AttemptRow>,
    /// A request, a message, a decoy and a notice.
    pub entries: Vec<QueueEntry>,
}

impl Genuine {
    fn new() -> Self {
        let mut draw = Draw(7);
        let cheap = Cost::new(8, 1, 1).unwrap();
        let hasher = Hasher::new(cheap).with_ceiling(cheap);
        let mut salt = || Salt::generate(&mut draw).unwrap();
        let old = hasher.hash(&Password::new("first").unwrap(), salt()).unwrap();
        let account = Account::new(AccountId::new("1").unwrap())
            .with_names("Ada", "Example")
            .with_email(Email::verified(Contact::email(ADDRESS).unwrap()))
            .with_password(old);
        let flow = flow(Keyring::new(KeyId::new(1), key(1)));
        let recovery = Recovery::new(flow.clone(), MemoryPorts::new([account.clone()]));
        let (now, mut seeds) = (at(NOW), Draw(8));
        let mut seed = || Seed::generate(&mut seeds).unwrap();

        let mut entries = Vec::new();
        let mut rows = Vec::new();
        for address in [ADDRESS, "nobody@example.org"] {
            let lookup = Lookup::email(address).unwrap();
            block_on(recovery.request(lookup, Delivery::LINK, None, seed(), now)).unwrap();
            // The request, and then the message or the decoy.
            entries.extend([work(&recovery, seed()), work(&recovery, seed())]);
            let known = rows.clone();
            rows.extend(stored(&recovery).into_iter().filter(|row| !known.contains(row)));
        }
        let message = recovery.ports().outbox().take().unwrap();
        let text = message.expose_secret();
        let link = text.lines().find_map(|line| line.split("?token=").nth(1)).unwrap().to_owned();

        let admitted = block_on(recovery.admit(Proof::Link(&link), None, now)).unwrap();
        let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
        let new = Password::new("plum-kettle-42").unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let change = admitted.set_password(&new, &policy, &hasher, salt()).unwrap();
        let after = block_on(recovery.commit(change, now)).unwrap();
        let with = |stage| stored(&recovery).into_iter().find(|row| row.stage() == stage).unwrap();
        rows.push(with(Stage::Running));
        block_on(recovery.settle(&after, now)).unwrap();
        rows.push(with(Stage::Settled));
        entries.push(work(&recovery, seed()));
        // The second request is like the first.
        entries.remove(2);
        assert_eq!((rows.len(), entries.len()), (4, 4));
        Self { flow, account, link, ticket, rows, entries }
    }
}

/// The flow under these keys.
pub fn flow(ring: Keyring) -> Flow {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(ring, page).build().unwrap()
}

pub fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
}

fn stored(recovery: &Recovery<MemoryPorts>) -> Vec<AttemptRow> {
    let rows = recovery.ports().attempts().dump();
    rows.iter().map(|row| AttemptRow::from_bytes(row).unwrap()).collect()
}

/// Works on the one entry that waits, and returns it.
fn work(recovery: &Recovery<MemoryPorts>, seed: Seed) -> QueueEntry {
    let token = ClaimToken::new(seed);
    let claimed = block_on(recovery.claim(token, 2, at(NOW))).unwrap();
    let [claimed]: [Claimed; 1] = claimed.try_into().unwrap();
    let entry = claimed.entry().clone();
    let worked = block_on(recovery.work_on(claimed, token, at(NOW))).unwrap();
    assert!(!matches!(worked, Worked::Dropped(_) | Worked::PutOff { .. } | Worked::LeaseLost));
    entry
}
