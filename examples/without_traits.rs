//! The whole flow over plain collections: no port trait, no `async`, a loop that decides nothing.
use std::collections::HashMap;

use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::port::{Delivered, Inserted, PortError};
use repass::queue::{ClaimToken, Pushed, QueueKey, QueueKind, Waiting};
use repass::reset::{Delivery, Flow, Proof, Step};
use repass::secret::{Password, Salt, Seed};
use repass::{SysRng, attempt, hash, key, message, policy::Policy, throttle, time::UtcDateTime};

#[derive(Default)]
struct Tables {
    accounts: HashMap<AccountId, Account>,
    attempts: HashMap<attempt::AttemptId, attempt::AttemptRow>,
    counters: HashMap<throttle::ThrottleKey, throttle::Counter>,
    queue: HashMap<QueueKey, Waiting>,
    delivered: Vec<message::Message>,
}

fn erase<K, V>(table: &mut HashMap<K, V>, is_over: impl Fn(&V) -> bool) -> Result<u64, PortError> {
    Ok(table.extract_if(|_, it| is_over(it)).count().try_into()?)
}

fn drive<T>(mut step: Step<'_, T>, tables: &mut Tables, now: UtcDateTime) -> T {
    let Tables { accounts, attempts, counters, queue, delivered } = tables;
    loop {
        step = match step {
            Step::Done(value) => return value,
            Step::Find(call) => call.answer(|find| Ok(find.among(accounts.values()))),
            Step::LoadAccount(call) => call.answer(|load| Ok(accounts.get(&load.id).cloned())),
            Step::Write(call) => call.answer(|it| Ok(it.apply_to(accounts.get_mut(it.id())))),
            Step::Past(call) => call.answer(|_| Ok(Vec::new())),
            Step::MayAdminister(call) => call.answer(|_| Ok(false)),
            Step::Insert(call) => call.answer(|insert| {
                let before = attempts.len();
                attempts.entry(*insert.row.id()).or_insert_with(|| (*insert.row).clone());
                Ok(if attempts.len() > before { Inserted::Done } else { Inserted::Exists })
            }),
            Step::LoadAttempt(call) => call.answer(|load| Ok(attempts.get(&load.id).cloned())),
            Step::Swap(call) => call.answer(|it| Ok(it.apply_to(attempts.get_mut(it.seen.id())))),
            Step::ListAttempts(call) => call.answer(|it| Ok(it.among(attempts.values()))),
            Step::EraseAttempts(call) => call.answer(|it| erase(attempts, |row| it.names(row))),
            Step::Unfinished(call) => call.answer(|page| Ok(page.among(attempts.values(), now))),
            Step::PurgeAttempts(call) => call.answer(|_| erase(attempts, |row| row.is_over(now))),
            Step::Count(call) => {
                call.answer(|it| Ok(it.apply_to(counters.entry(it.key).or_default(), now)))
            }
            Step::PurgeCounters(call) => call.answer(|_| erase(counters, |it| it.is_over(now))),
            Step::Push(call) => call.answer(|entry| {
                let before = queue.len();
                if entry.key().kind() == QueueKind::Request && before >= 10_000 {
                    return Ok(Pushed::Full);
                }
                queue.entry(*entry.key()).or_insert_with(|| Waiting::new(entry.clone(), now));
                Ok(if queue.len() > before { Pushed::Done } else { Pushed::Exists })
            }),
            Step::Claim(call) => call.answer(|claim| Ok(claim.take(queue.values_mut(), now))),
            Step::Finish(call) => call.answer(|it| {
                Ok(it.applies_to(queue.get(&it.key)) && queue.remove(&it.key).is_some())
            }),
            Step::EraseEntries(call) => call.answer(|it| erase(queue, |entry| it.names(entry))),
            Step::PutOff(call) => call.answer(|it| Ok(it.apply_to(queue.get_mut(&it.key)))),
            Step::Deliver(call) => call.answer(|message| {
                delivered.push(message.clone());
                Ok(Delivered::Taken)
            }),
        };
    }
}

type Fallible = Result<(), Box<dyn std::error::Error>>;

fn work(flow: &Flow, tables: &mut Tables, now: UtcDateTime) -> Fallible {
    let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
    while let Some(claimed) = drive(flow.claim(token, 1, now), tables, now)?.pop() {
        println!("{:?}", drive(flow.work_on(claimed, token, now), tables, now)?);
    }
    Ok(())
}

fn main() -> Fallible {
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000)?;
    let (mut tables, hasher) = (Tables::default(), hash::Hasher::default());
    let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut SysRng)?)?;
    let email = Email::verified(Contact::email("ada@example.org")?);
    let ada = Account::new(AccountId::new("42")?).with_email(email).with_password(old);
    tables.accounts.insert(ada.id().clone(), ada);
    let ring = key::Keyring::new(key::KeyId::new(1), key::Key::generate(&mut SysRng)?);
    let page = message::ResetLink::new("https://example.org/reset", message::LinkForm::Query)?;
    let flow = Flow::builder(ring, page).build()?;
    let (lookup, seed) = (Lookup::email("ada@example.org")?, Seed::generate(&mut SysRng)?);
    drive(flow.request(lookup, Delivery::LINK, None, seed, now), &mut tables, now)?;
    work(&flow, &mut tables, now)?;
    let sent = tables.delivered.pop().ok_or("no message")?;
    let link = sent.expose_secret().lines().find_map(|line| line.split("?token=").nth(1));
    let proof = Proof::Link(link.ok_or("no link")?);
    let admitted = drive(flow.admit(proof, None, now), &mut tables, now)?;
    let (new, rules) = (Password::new("plum-kettle-42")?, Policy::django());
    let change = admitted.set_password(&new, &rules, &hasher, Salt::generate(&mut SysRng)?)?;
    let after = drive(flow.commit(change, now), &mut tables, now)?;
    drive(flow.settle(&after, now), &mut tables, now)?;
    work(&flow, &mut tables, now)?;
    println!("used: {}", drive(flow.admit(proof, None, now), &mut tables, now).is_err());
    println!("{:?}", drive(flow.housekeep(now), &mut tables, now));
    Ok(())
}
