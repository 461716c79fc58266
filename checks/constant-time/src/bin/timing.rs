//! Measures comparisons of secrets with two classes of wrong texts, wrong in the first character of
//! what is compared or in the last, and prints Welch's t of the two: the method of dudect (Reparaz,
//! Balasch and Verbauwhede, "Dude, is my code constant time?", 2017).
//!
//! ```text
//! $ timing 100000
//! link: |t| 1.84 of 100000 times, 0.21 ns apart
//! ```
//!
//! A |t| above 10 would be a leak, one below 4.5 is none that so many times show. No judgement is made
//! here: the machine may have other things to do. The argument is how often each is measured.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use repass::SysRng;
use repass::account::{Account, AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, ResendPolicy};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::rand_core::TryRng;
use repass::reset::Flow;
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner};
use sha2::Sha256;

type Result<T, E = Box<dyn Error>> = core::result::Result<T, E>;

fn main() -> Result<()> {
    let number = std::env::args().nth(1).ok_or("usage: timing NUMBER")?.parse()?;
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    let life = Duration::from_secs(1800);
    let mut key = [0; 32];
    SysRng.try_fill_bytes(&mut key)?;
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&key)?);
    let scope = Scope::new(Purpose::RESET);
    let id = AttemptId::from_bytes([9; 20]);

    let links = Signer::links(ring.clone(), scope.clone(), life);
    let token = links.sign(id, now + life)?;
    // The tag is bytes 27 to 59: the 37th to the 78th character are of nothing else.
    let texts = [36, 77].map(|at| altered(token.expose_secret(), at));
    let holds = |text: &String| links.verify(text, now).is_ok();
    report("link", number, |class| texts[class].clone(), holds)?;

    let stateless = StatelessSigner::new(ring.clone(), scope.clone(), life);
    let (ada, state) = (AccountId::new("42")?, State::changed_by_use("hash of the password"));
    let token = stateless.sign(&ada, &state, now + life)?;
    // The state is bytes 7 to 27, and under the signature.
    let text = |at| of_other_state(&key, token.expose_secret(), at);
    let texts = [text(7)?, text(26)?];
    for text in &texts {
        let _ = stateless.verify(text, now)?;
    }
    let holds = |text: &String| {
        stateless.verify(text, now).is_ok_and(|unbound| unbound.bind(&ada, &state).is_ok())
    };
    report("stateless", number, |class| texts[class].clone(), holds)?;

    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    let flow = Flow::builder(ring.clone(), page).build()?;
    let account = Account::new(AccountId::new("42")?);
    let tag = flow.session_tag(&account);
    // Its digest is bytes 3 to 33.
    let texts = [4, 43].map(|at| altered(tag.as_str(), at));
    let holds = |text: &String| flow.session_holds(&account, text);
    report("session", number, |class| texts[class].clone(), holds)?;

    let codes = Codes::new(ring, scope, CodeShape::DEFAULT);
    let contact = Contact::email("ada@example.org")?;
    let (key_id, binding) = (KeyId::new(1), CodeBinding::new(account.id(), &contact, id));
    let epoch = CodeEpoch::first(now);
    let good = ResendPolicy::SameCode.good(epoch, now);
    let sent = codes.derive(key_id, &binding, epoch.number())?.expose_plain();
    let parse = |at| CheckCode::parse(codes.shape(), &altered(&sent, at));
    let typed = [parse(0)?, parse(7)?];
    let matches = |typed: &&_| codes.matches(key_id, &binding, good, typed) == Ok(true);
    report("code", number, |class| &typed[class], matches)
}

/// The token of purpose `reset`, signed again with another byte at one place.
fn of_other_state(key: &[u8], token: &str, at: usize) -> Result<String> {
    let mac = |key: &[u8], parts: &[&[u8]]| -> Result<Vec<u8>> {
        let mac = Hmac::<Sha256>::new_from_slice(key)?;
        let mac = parts.iter().fold(mac, |mac, part| mac.chain_update(part));
        Ok(mac.finalize().into_bytes().to_vec())
    };
    let mut bytes = BASE64URL_NOPAD.decode(token.as_bytes())?;
    bytes[at] ^= 1;
    let subkey = mac(&mac(b"repass/1", &[key])?, &[b"repass/1 stateless token\x01"])?;
    let (kind, scope) = (b"\0\0\0\x04stat\0\0\0\x1c\x01", b"\0\0\0\x05reset\xff\xff\xff\xff");
    let tag = mac(&subkey, &[kind, &bytes[..27], scope])?;
    bytes[27..59].copy_from_slice(&tag);
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// The text with another letter at one place.
fn altered(text: &str, at: usize) -> String {
    let other = |letter| if letter == 'B' { 'C' } else { 'B' };
    text.chars().enumerate().map(|(i, c)| if i == at { other(c) } else { c }).collect()
}

/// Measures what must be `false` for what is taken of both classes, in an order that nobody can
/// foresee.
fn report<T>(
    name: &str,
    number: usize,
    take: impl Fn(usize) -> T,
    compare: impl Fn(&T) -> bool,
) -> Result<()> {
    let mut times = [Vec::with_capacity(number), Vec::with_capacity(number)];
    let mut coins = 0;
    for round in 0..number {
        if round % 64 == 0 {
            coins = SysRng.try_next_u64()?;
        }
        let class = usize::from(coins >> (round % 64) & 1 == 1);
        let taken = black_box(take(class));
        let (accepted, nanoseconds) = measured(|| compare(&taken));
        if accepted {
            return Err(format!("{name}: a wrong text is right").into());
        }
        times[class].push(nanoseconds);
    }
    // What interrupts a measurement makes it longer. Where to cut that off nobody knows, so the
    // clearest of several cuts counts, as in dudect.
    let mut all = times.concat();
    all.sort_unstable_by(f64::total_cmp);
    let cuts = [1.0, 0.99, 0.95, 0.9, 0.8, 0.6].map(|part| {
        let most = all[((all.len() - 1) as f64 * part) as usize];
        welch(&times.each_ref().map(|times| Moments::of(times, most)))
    });
    let (t, apart) = cuts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).ok_or("no cut")?;
    println!("{name}: |t| {t:.2} of {number} times, {apart:.2} ns apart");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "what is measured here is time")]
fn measured<T>(run: impl Fn() -> T) -> (T, f64) {
    let from = Instant::now();
    let result = black_box(run());
    (result, from.elapsed().as_nanos() as f64)
}

struct Moments {
    mean: f64,
    /// The variance of the mean.
    variance: f64,
}

impl Moments {
    /// Of the times up to `most`.
    fn of(times: &[f64], most: f64) -> Self {
        let kept = || times.iter().filter(|time| **time <= most);
        let number = kept().count() as f64;
        let mean = kept().sum::<f64>() / number;
        let squares: f64 = kept().map(|time| (time - mean).powi(2)).sum();
        Self { mean, variance: squares / (number - 1.0) / number }
    }
}

/// Welch's |t|, and how far the means are apart.
fn welch([one, other]: &[Moments; 2]) -> (f64, f64) {
    let apart = (one.mean - other.mean).abs();
    (apart / (one.variance + other.variance).sqrt(), apart)
}
