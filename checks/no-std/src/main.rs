//! A program without the standard library that uses every mechanism and walks the road through the
//! decisions: it links only while nothing below pulls `std` in, and exits with 0 only when the road
//! was walked.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::convert::Infallible;
use core::error::Error;
use core::ffi::c_void;
use core::panic::PanicInfo;

use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::{Breach, BreachQuery, Personal, Policy};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::reset::{Delivery, Flow, Outcome};
use repass::secret::{Password, Salt, Seed};
use repass::throttle::Count;
use repass::time::UtcDateTime;

fn road() -> Result<bool, Box<dyn Error>> {
    let mut rng = Numbers(1);
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;

    // Mechanisms.
    let policy = Policy::builder().min_length(12).not_entirely_numeric().build()?;
    let refused = policy.check("123", &Personal::none()).is_err()
        && matches!(BreachQuery::new("123").read(200, b""), Breach::Unknown(_));
    let hasher = Hasher::new(Cost::new(8, 1, 1)?);
    let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut rng)?)?;

    // Decisions: the account, an attempt, its letter, a code out of it, a new password.
    let account = Account::new(AccountId::new("42")?)
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(old);
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    let flow = Flow::builder(keyring, page).build()?;

    let mut admitted = None;
    for delivery in [Delivery::EmailLink, Delivery::EmailCode] {
        let lookup = Lookup::email("ada@example.org")?;
        let request = flow.request(lookup, delivery, Seed::generate(&mut rng)?, now)?;
        let found = [account.clone()];
        let decision = flow.decide(&request, &found, now).ok_or("expired")?;
        if decision.outcome != Outcome::Sent {
            return Ok(false);
        }
        let letter = decision.letter.ok_or("no letter")?;
        let message = flow.render(&letter, now)?;
        let ends_at = decision.row.expires_at();
        let mut lines = message.expose_secret().lines();
        let account = Some(account.clone());
        let handle = request.handle().expose_secret();
        admitted = Some(match delivery {
            Delivery::EmailLink => {
                let token = lines.find_map(|line| line.split("?token=").nth(1));
                let verified = flow.open_link(token.ok_or("no link")?, now)?;
                let proven = flow.prove_link(&verified, Some(decision.row))?;
                flow.admit(proven, account, None, now)?
            }
            _ => {
                let opened = lines.find_map(|line| flow.open_code(handle, line, now).ok());
                let (verified, code) = opened.ok_or("no code")?;
                let row = flow.code_row(&verified, Some(decision.row))?;
                let first = Count::new(1, ends_at);
                flow.admit(
                    flow.prove_code(row.counted(code, first, Some(first)))?,
                    account,
                    None,
                    now,
                )?
            }
        });
    }
    let admitted = admitted.ok_or("nobody was admitted")?;
    let new = Password::confirmed("plum-kettle-42", "plum-kettle-42")?;
    let change = admitted.set_password(&new, &policy, &hasher, Salt::generate(&mut rng)?)?;
    let begun = flow.begin(&change, now).ok_or("the admission is over")?;
    let verdict = hasher.verify(&new, change.write().new_hash())?;
    let after = flow.after(begun, change).ok_or("another change")?;
    Ok(refused && verdict == Verdict::Match && flow.settled(&after).is_some())
}

#[unsafe(no_mangle)]
pub extern "C" fn main(_arguments: i32, _values: *const *const u8) -> i32 {
    match road() {
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
