//! A program without the standard library that uses every mechanism and takes the steps of a reset: it
//! links only while nothing below pulls `std` in, and exits with 0 only when the password was changed.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec;
use core::alloc::{GlobalAlloc, Layout};
use core::convert::Infallible;
use core::error::Error;
use core::ffi::c_void;
use core::panic::PanicInfo;

use repass::account::{Account, AccountId, Contact, Email, Lookup, Written};
use repass::attempt::AttemptRow;
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::{Breach, BreachQuery, Personal, Policy};
use repass::port::{Delivered, Inserted};
use repass::queue::{ClaimToken, Claimed, Pushed, QueueEntry};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::reset::{Delivery, Flow, Proof, Step};
use repass::secret::{Password, Salt, Seed};
use repass::throttle::Counted;
use repass::time::UtcDateTime;

fn walk() -> Result<bool, Box<dyn Error>> {
    let mut rng = Numbers(1);
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;

    // Mechanisms.
    let policy = Policy::builder().min_length(12).not_entirely_numeric().build()?;
    let refused = policy.check(&Password::new("123")?, &Personal::none()).is_err()
        && Password::new("123").is_ok_and(|password| {
            matches!(BreachQuery::new(&password).read(200, b"").breach(), Breach::Unknown(_))
        });
    let hasher = Hasher::new(Cost::new(8, 1, 1)?);
    let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut rng)?)?;

    // Steps: the account, an attempt, its message, a link and a code out of it, a new password.
    let account = Account::new(AccountId::new("42")?)
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(old);
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    let flow = Flow::builder(keyring, page).build()?;
    let mut world = World { account, row: None, queue: VecDeque::new(), sent: None };

    let lookup = Lookup::email("ada@example.org")?;
    let seed = Seed::generate(&mut rng)?;
    let requested = flow.request(lookup, Delivery::LINK_AND_CODE, None, seed, now);
    let handle = world.drive(requested, now).ok_or("a step too many")??;
    let token = ClaimToken::new(Seed::generate(&mut rng)?);
    while let Some(entry) = world.queue.pop_front() {
        let work = flow.work_on(Claimed::new(entry, 1), token, now);
        let _worked = world.drive(work, now).ok_or("a step too many")??;
    }
    let message = world.sent.take().ok_or("no message")?;
    let mut lines = message.expose_secret().lines();
    let link = lines.find_map(|line| line.split("?token=").nth(1)).ok_or("no link")?;
    let by_link = flow.admit(Proof::Link(link), None, now);
    let by_link = world.drive(by_link, now).ok_or("a step too many")?.is_ok();
    let mut admitted = None;
    for code in lines {
        let proof = Proof::Code { handle: handle.expose_secret(), code };
        let by_code = world.drive(flow.admit(proof, None, now), now).ok_or("a step too many")?;
        admitted = admitted.or(by_code.ok());
    }
    let admitted = admitted.ok_or("nobody was admitted")?;
    let new = Password::confirmed("plum-kettle-42", "plum-kettle-42")?;
    let change = admitted.set_password(&new, &policy, &hasher, Salt::generate(&mut rng)?)?;
    let after = world.drive(flow.commit(change, now), now).ok_or("a step too many")??;
    world.drive(flow.settle(&after, now), now).ok_or("a step too many")??;
    let verdict = hasher.verify(&new, world.account.password().ok_or("no password")?)?;
    Ok(refused && by_link && verdict == Verdict::Match && world.queue.len() == 1)
}

/// One account, one attempt, and counters that have just been opened.
struct World {
    account: Account,
    row: Option<AttemptRow>,
    queue: VecDeque<QueueEntry>,
    sent: Option<Message>,
}

impl World {
    /// Carries out steps; `None` for one that is not expected.
    fn drive<T>(&mut self, mut step: Step<'_, T>, now: UtcDateTime) -> Option<T> {
        loop {
            step = match step {
                Step::Done(value) => return Some(value),
                Step::Find(call) => call.reply(Ok(vec![self.account.clone()])),
                Step::LoadAccount(call) => call.reply(Ok(Some(self.account.clone()))),
                Step::Write(call) => {
                    let next = call.question().apply(&self.account);
                    let written = match next {
                        Some(next) => {
                            self.account = next;
                            Written::Done { version: None, epoch: None }
                        }
                        None => Written::Stale,
                    };
                    call.reply(Ok(written))
                }
                Step::Insert(call) => {
                    self.row = Some(AttemptRow::clone(&call.question().row));
                    call.reply(Ok(Inserted::Done))
                }
                Step::LoadAttempt(call) => call.reply(Ok(self.row.clone())),
                Step::Swap(call) => {
                    let next = Arc::clone(&call.question().next);
                    let held = self.row.as_ref().map(AttemptRow::seal)
                        == Some(call.question().seen.seal());
                    if held {
                        self.row = Some(AttemptRow::clone(&next));
                    }
                    call.reply(Ok(held))
                }
                Step::Count(call) => {
                    let (key, quota) = (call.question().key, call.question().quota);
                    call.reply(Ok(Counted::new(key, quota, 1, quota.ends_at(now))))
                }
                Step::Push(call) => {
                    self.queue.push_back(call.question().clone());
                    call.reply(Ok(Pushed::Done))
                }
                Step::Deliver(call) => {
                    self.sent = Some(call.question().clone());
                    call.reply(Ok(Delivered::Taken))
                }
                Step::Finish(call) => call.reply(Ok(true)),
                _ => return None,
            };
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn main(_arguments: i32, _values: *const *const u8) -> i32 {
    match walk() {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(_) => 2,
    }
}

/// A generator for this program alone: the numbers differ, and nobody keeps a secret with them.
struct Numbers(u64);

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        Ok(self.0.rotate_left(32))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for byte in to {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Numbers {}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: `abort` has no conditions.
    unsafe { abort() }
}

// `core` and `alloc` of this target are built to unwind and name these symbols; nothing here
// unwinds.

#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    // SAFETY: `abort` has no conditions.
    unsafe { abort() }
}

#[link(name = "c")]
unsafe extern "C" {
    fn aligned_alloc(align: usize, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn abort() -> !;
}

struct LibC;

#[global_allocator]
static ALLOCATOR: LibC = LibC;

// SAFETY: `aligned_alloc` returns null or a block of at least this size and alignment that nobody
// else has, and `free` takes back just such a block.
unsafe impl GlobalAlloc for LibC {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // C11 wants the size to be a multiple of the alignment, which is a power of two; a layout
        // that is padded to it does not overflow.
        let size = layout.pad_to_align().size();
        unsafe { aligned_alloc(layout.align(), size).cast() }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { free(block.cast()) }
    }
}
