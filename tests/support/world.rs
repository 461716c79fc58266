//! What several tests of the flow share: one account, cheap hashing, a fixed key, a clock to turn.

use core::convert::Infallible;
use std::sync::LazyLock;

use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, Messages, ResetLink};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::reset::{Flow, FlowBuilder};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;

pub(crate) const OLD: &str = "tidal+Engine=1843";

/// Key material of the tests: 32 different bytes.
pub(crate) fn key_bytes() -> [u8; 32] {
    core::array::from_fn(|at| u8::try_from(at * 7 + 11).unwrap())
}

/// The account of Ada, whose password is [`OLD`].
pub(crate) fn ada(dice: &mut Dice) -> Account {
    let old = Password::new(OLD).unwrap();
    Account::new(id())
        .with_login(Login::new("ada").unwrap())
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(hasher().hash(&old, Salt::generate(dice).unwrap()).unwrap())
}

pub(crate) fn id() -> AccountId {
    AccountId::new("42").unwrap()
}

/// As cheap as Argon2id goes: these tests are not about its cost.
pub(crate) fn hasher() -> Hasher {
    Hasher::new(Cost::new(8, 1, 1).unwrap())
}

pub(crate) fn flow() -> FlowBuilder {
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key_bytes()).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(keyring, page).messages(ENGLISH.clone())
}

/// Read once for all flows.
static ENGLISH: LazyLock<Messages> = LazyLock::new(|| Messages::builder().build().unwrap());

/// So many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

/// The token or the code in a message.
pub(crate) fn secret_in(text: &str) -> String {
    let code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b'-' && !line.contains(' ');
    let token = text.lines().find_map(|line| Some(line.split_once("?token=")?.1));
    token.or_else(|| text.lines().find(code)).unwrap().to_owned()
}

/// A generator that gives the same numbers in every run (SplitMix64): no secret of these tests has
/// to be one.
pub(crate) struct Dice(pub(crate) u64);

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| (number >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Dice {}
