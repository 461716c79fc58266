//! Compares secrets in every way that the crate does, under valgrind, to which all secret bytes are
//! undefined: what branches or indexes by one of them is reported. Keys become secret before anything
//! is derived from them, so all subkeys and tags are. Texts that people send are public.
//!
//! Not looked at: reading a key out of its text and refusing predictable ones, which happens before
//! anybody can ask anything; signing, where the encoder looks characters up by what becomes the
//! text; and the passes of Argon2id that address memory by the password, as RFC 9106 has it.
//!
//! Prints a line for each case: its name, what valgrind found, and how many answers that depend on
//! a secret were made public. Exit status: 0 when nothing was found and no case compared less than it
//! should; 1 otherwise.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup, Written};
use repass::attempt::{AttemptId, AttemptRow};
use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, ResendPolicy};
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyError, KeyId, Keyring};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Inserted};
use repass::queue::{ClaimToken, Claimed, Pushed, QueueEntry};
use repass::reset::{Delivery, Flow, Proof, SealedError, Step, Worked};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::throttle::Counted;
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, TicketSigner, TokenError};
use subtle::memcheck;

type Result<T, E = Box<dyn Error>> = core::result::Result<T, E>;

const KEY: &str = "8a1c0e5bd1f2764a9e03c7b85d2f6e910b4d83a6f7c25e19d034ab6c7f98e215";
const OTHER_KEY: &str = "27f0b9514c8e3da6715b0c92ee48d3f16a05c7be39f2841d6e9b70a35cd2184f";
const KEY_ID: KeyId = KeyId::new(1);
const LIFE: Duration = Duration::from_secs(1800);
const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;

/// A name, how many answers become public, and the comparisons, which also have to be right.
type Case = (&'static str, usize, fn() -> Result<bool>);

const CASES: [Case; 11] = [
    ("keys", 2, keys),
    ("link", 2, link),
    ("handle", 2, handle),
    ("ticket", 2, ticket),
    ("stateless", 4, stateless),
    // The comparisons, and for each derivation whether it passes a byte over, which it asks of eleven.
    ("code", 2 + 2 * 11, code),
    ("session", 2, session),
    ("row", 2, row),
    ("queue", 6, queue),
    ("admission", 6, admission),
    ("hash", 2, hash),
];

fn main() -> ExitCode {
    if !memcheck::is_watching() {
        eprintln!("this has to be run under valgrind");
        return ExitCode::FAILURE;
    }
    let mut all_well = true;
    for (name, expected, case) in CASES {
        let (errors, public) = (memcheck::errors(), subtle::made_public());
        let right = case();
        let (errors, public) = (memcheck::errors() - errors, subtle::made_public() - public);
        println!("{name}: found {errors}, made {public} public");
        if !matches!(right, Ok(true)) {
            println!("{name}: wrong answer: {right:?}");
        }
        if public != expected {
            println!("{name}: {expected} answers should depend on a secret");
        }
        all_well &= matches!(right, Ok(true)) && errors == 0 && public == expected;
    }
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn public_ring() -> Result<Keyring> {
    Ok(Keyring::new(KEY_ID, Key::from_hex(KEY)?))
}

/// The same ring, secret.
fn secret_ring() -> Result<Keyring> {
    Ok(Keyring::new(KEY_ID, secret_key(KEY)?))
}

fn secret_key(hex: &str) -> Result<Key> {
    let mut key = Key::from_hex(hex)?;
    memcheck::make_secret(&mut key);
    // Else the compiler, which sees no change, may go on with the bytes that it knows.
    Ok(black_box(key))
}

fn keys() -> Result<bool> {
    let same = secret_ring()?.rotate(KeyId::new(2), secret_key(KEY)?);
    let other = secret_ring()?.rotate(KeyId::new(2), secret_key(OTHER_KEY)?);
    Ok(same.err() == Some(KeyError::DuplicateKey { id: KEY_ID }) && other.is_ok())
}

fn link() -> Result<bool> {
    signed_and_forged(Signer::links)
}

fn handle() -> Result<bool> {
    signed_and_forged(Signer::handles)
}

fn signed_and_forged(signer: fn(Keyring, Scope, Duration) -> Signer) -> Result<bool> {
    let scope = || Scope::new(Purpose::RESET);
    let id = AttemptId::from_bytes([9; 20]);
    let token = signer(public_ring()?, scope(), LIFE).sign(id, NOW + LIFE)?;
    let signer = signer(secret_ring()?, scope(), LIFE);
    let signed = signer.verify(token.expose_secret(), NOW)?.id() == id;
    let forged = signer.verify(&forged(token.expose_secret()), NOW);
    Ok(signed && forged == Err(TokenError::Forged))
}

/// The token with another of the last characters that belong to the tag alone: a tag that differs in its
/// last byte.
fn forged(token: &str) -> String {
    let (before, after) = (&token[..token.len() - 3], &token[token.len() - 2..]);
    let replaced = &token[token.len() - 3..token.len() - 2];
    format!("{before}{}{after}", if replaced == "A" { "B" } else { "A" })
}

fn ticket() -> Result<bool> {
    let (scope, id) = (|| Scope::new(Purpose::RESET), AttemptId::from_bytes([9; 20]));
    let life = TicketSigner::LONGEST_LIFE;
    let ticket = TicketSigner::new(public_ring()?, scope()).sign(id, &[7; 15], NOW + life)?;
    let tickets = TicketSigner::new(secret_ring()?, scope());
    let signed = tickets.verify(ticket.expose_secret(), NOW)?.is_bound_to(&[7; 15]);
    let forged = tickets.verify(&forged(ticket.expose_secret()), NOW);
    Ok(signed && forged.err() == Some(TokenError::Forged))
}

fn stateless() -> Result<bool> {
    let scope = || Scope::new(Purpose::RESET);
    let (ada, grace) = (AccountId::new("1")?, AccountId::new("2")?);
    let state = State::changed_by_use("hash of the password");
    let token =
        StatelessSigner::new(public_ring()?, scope(), LIFE).sign(&ada, &state, NOW + LIFE)?;
    let signer = StatelessSigner::new(secret_ring()?, scope(), LIFE);
    let bound = signer.verify(token.expose_secret(), NOW)?.bind(&ada, &state)?;
    let other = signer.verify(token.expose_secret(), NOW)?.bind(&grace, &state);
    Ok(*bound.subject() == ada && other == Err(TokenError::OtherState))
}

fn code() -> Result<bool> {
    let scope = || Scope::new(Purpose::RESET);
    let (account, contact) = (AccountId::new("42")?, Contact::email("ada@example.org")?);
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([9; 20]));
    let epoch = CodeEpoch::first(NOW);
    let good = ResendPolicy::SameCode.good(epoch, NOW);
    let sent = Codes::new(public_ring()?, scope(), CodeShape::DEFAULT)
        .derive(KEY_ID, &binding, epoch.number())?
        .expose_plain();
    let codes = Codes::new(secret_ring()?, scope(), CodeShape::DEFAULT);
    let (rest, last) = sent.split_at(sent.len() - 1);
    let wrong = format!("{rest}{}", if last == "B" { "C" } else { "B" });
    let matches = |typed: &str| -> Result<bool> {
        let typed = CheckCode::parse(codes.shape(), typed)?;
        Ok(codes.matches(KEY_ID, &binding, good, &typed)?)
    };
    Ok(matches(&sent)? && !matches(&wrong)?)
}

fn session() -> Result<bool> {
    let (account, other) = (account("42")?, account("43")?);
    let tag = flow(public_ring()?)?.session_tag(&account);
    let flow = flow(secret_ring()?)?;
    Ok(flow.session_holds(&account, tag.as_str()) && !flow.session_holds(&other, tag.as_str()))
}

/// Rows that are sealed and altered, as housekeeping judges them.
fn row() -> Result<bool> {
    let (world, _) = sent()?;
    let sealed = world.row.ok_or("no row")?;
    let mut bytes = sealed.to_bytes();
    *bytes.last_mut().ok_or("empty")? ^= 1;
    let altered = AttemptRow::from_bytes(&bytes)?;
    let flow = flow(secret_ring()?)?;
    let mut world = World { page: vec![sealed, altered], ..World::new()? };
    let kept = world.drive(flow.housekeep(NOW), NOW)?;
    Ok(kept.altered == 1 && kept.failures.is_empty())
}

/// Requests, decoys in place of messages, and notices that are sealed and altered. A message with a
/// secret is opened in the same way, and then written, which signs.
fn queue() -> Result<bool> {
    let (public, secret) = (flow(public_ring()?)?, flow(secret_ring()?)?);
    let (mut of_nobody, mut of_ada) = (World::new()?, World::new()?);
    of_nobody.nobody = true;
    // An account without a password gets a notice.
    of_ada.account = Account::new(AccountId::new("42")?)
        .with_email(Email::verified(Contact::email("ada@example.org")?));
    of_nobody.request(&public)?;
    of_ada.request(&public)?;
    let notice = of_ada.queue.pop().ok_or("no notice")?;
    let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
    let mut right = true;
    for entry in of_nobody.seen.into_iter().chain([notice]) {
        let mut bytes = entry.as_bytes().to_vec();
        *bytes.last_mut().ok_or("empty")? ^= 1;
        let altered = QueueEntry::from_stored(*entry.key(), entry.scope(), bytes);
        let step = secret.work_on(Claimed::new(entry, 1), token, NOW);
        right &= matches!(step, Step::Find(_) | Step::Finish(_) | Step::Deliver(_));
        let step = secret.work_on(Claimed::new(altered, 1), token, NOW);
        let worked = World::new()?.drive(step, NOW)??;
        right &= matches!(worked, Worked::Dropped(SealedError::Forged));
    }
    Ok(right)
}

/// From an opened link to a changed password: token, row, stamp of the account, and the password hash
/// before and after.
fn admission() -> Result<bool> {
    let (mut world, message) = sent()?;
    let token = message.expose_secret().lines().find_map(|line| line.split("?token=").nth(1));
    let secret = flow(secret_ring()?)?;
    let proof = Proof::Link(token.ok_or("no link")?);
    let admitted = world.drive(secret.admit(proof, None, NOW), NOW)??;
    let new = Password::new("plum-kettle-42")?;
    let policy = Policy::builder().min_length(8).build()?;
    let hasher = Hasher::new(Cost::new(8, 1, 1)?);
    let change = admitted.set_password(&new, &policy, &hasher, Salt::generate(&mut SysRng)?)?;
    // A pool that carries a statement out twice tells the second answer: the account is looked at.
    world.stale = true;
    let _after = world.drive(secret.commit(change, NOW), NOW)??;
    // And as if the commit had crashed: the hash that was seen is no longer there.
    world.page = world.row.iter().cloned().collect();
    let later = NOW + LIFE;
    Ok(world.drive(secret.housekeep(later), later)?.resumed.len() == 1)
}

/// A message that was sent to Ada, and what it left behind; by public keys.
fn sent() -> Result<(World, Message)> {
    let mut world = World::new()?;
    world.request(&flow(public_ring()?)?)?;
    let public = flow(public_ring()?)?;
    let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
    let entry = world.queue.pop().ok_or("nothing to send")?;
    let _worked = world.drive(public.work_on(Claimed::new(entry, 1), token, NOW), NOW)??;
    let message = world.sent.take().ok_or("no message")?;
    Ok((world, message))
}

/// One account, one attempt, and counters that have just been opened.
struct World {
    account: Account,
    row: Option<AttemptRow>,
    /// What housekeeping finds.
    page: Vec<AttemptRow>,
    queue: Vec<QueueEntry>,
    /// Everything that ever was in the queue.
    seen: Vec<QueueEntry>,
    sent: Option<Message>,
    /// Whether no account is found.
    nobody: bool,
    /// Whether writes are answered as if they had been too late.
    stale: bool,
}

impl World {
    fn new() -> Result<Self> {
        let (row, page, queue, seen, sent) = (None, vec![], vec![], vec![], None);
        Ok(Self {
            account: account("42")?,
            row,
            page,
            queue,
            seen,
            sent,
            nobody: false,
            stale: false,
        })
    }

    /// A request of Ada, run by a worker.
    fn request(&mut self, flow: &Flow) -> Result<()> {
        let lookup = Lookup::email("ada@example.org")?;
        let seed = Seed::generate(&mut SysRng)?;
        let _handle = self.drive(flow.request(lookup, Delivery::LINK, None, seed, NOW), NOW)??;
        let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
        let entry = self.queue.pop().ok_or("no request")?;
        let _worked = self.drive(flow.work_on(Claimed::new(entry, 1), token, NOW), NOW)??;
        Ok(())
    }

    fn drive<T>(&mut self, mut step: Step<'_, T>, now: UtcDateTime) -> Result<T> {
        loop {
            step = match step {
                Step::Done(value) => return Ok(value),
                Step::Find(call) => {
                    let found = if self.nobody { vec![] } else { vec![self.account.clone()] };
                    call.reply(Ok(found))
                }
                Step::LoadAccount(call) => call.reply(Ok(Some(self.account.clone()))),
                Step::Write(call) => {
                    let next = call.question().apply(&self.account).ok_or("stale")?;
                    self.account = next;
                    let done = Written::Done { version: None, epoch: None };
                    call.reply(Ok(if self.stale { Written::Stale } else { done }))
                }
                Step::Insert(call) => {
                    self.row = Some(AttemptRow::clone(&call.question().row));
                    call.reply(Ok(Inserted::Done))
                }
                Step::LoadAttempt(call) => call.reply(Ok(self.row.clone())),
                Step::Swap(call) => {
                    self.row = Some(AttemptRow::clone(&call.question().next));
                    call.reply(Ok(true))
                }
                Step::Unfinished(call) => call.reply(Ok(core::mem::take(&mut self.page))),
                Step::PurgeAttempts(call) => call.reply(Ok(0)),
                Step::PurgeCounters(call) => call.reply(Ok(0)),
                Step::Count(call) => {
                    let (key, quota) = (call.question().key, call.question().quota);
                    call.reply(Ok(Counted::new(key, quota, 1, quota.ends_at(now))))
                }
                Step::Push(call) => {
                    self.queue.push(call.question().clone());
                    self.seen.push(call.question().clone());
                    call.reply(Ok(Pushed::Done))
                }
                Step::Deliver(call) => {
                    self.sent = Some(call.question().clone());
                    call.reply(Ok(Delivered::Taken))
                }
                Step::Finish(call) => call.reply(Ok(true)),
                _ => return Err("a step too many".into()),
            };
        }
    }
}

fn flow(keyring: Keyring) -> Result<Flow> {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    Ok(Flow::builder(keyring, page).build()?)
}

fn account(id: &str) -> Result<Account> {
    Ok(Account::new(AccountId::new(id)?)
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(PasswordHash::from_stored("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA")?))
}

/// Argon2i addresses memory by nothing secret: with it password and output may be, all the way to the
/// comparison, which is the same for every variant.
fn hash() -> Result<bool> {
    // The vector of tests/vectors/argon2.jsonl with this name.
    let stored = PasswordHash::from_stored(
        "$argon2i$v=19$m=256,t=2,p=1$/w/I7W94bLnFaWNkwegquw$JWzkrExEtKC+tFLy71pBgX59imE2n4VyvosGUvoNIcU",
    )?;
    let hasher = Hasher::new(Cost::new(8, 1, 1)?);
    let verify = |text: &str| -> Result<Verdict> {
        let password = Password::new(text)?;
        // Normalising looks at what was typed; it is over here.
        memcheck::make_secret_text(password.expose_secret());
        Ok(hasher.verify(black_box(&password), &stored)?)
    };
    let right = verify("correct horse")?;
    Ok(right == Verdict::MatchOutdated && verify("correct house")? == Verdict::Mismatch)
}
