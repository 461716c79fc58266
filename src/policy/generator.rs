mod builder;
mod counted;
mod error;
mod needs;
mod number;
mod plan;
mod sampled;
mod shape;

pub use builder::GeneratorBuilder;
pub use error::{GenerateError, GeneratorError};

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

use super::draw::power;
use super::{Personal, Policy};
use crate::secret::{self, Password, RandomError};
use plan::Plan;

/// Draws passwords that a policy takes, each with the same chance; cheap to clone.
///
/// Lengths, characters and how many are asked of what are counted: a uniform number below the exact
/// count is the number of a password. What another rule refuses is drawn again, which keeps the others
/// equally likely. Building proves how often that may happen: from an upper bound on the passwords that
/// the rules refuse follows [`max_draws`](Self::max_draws), and a generator for which none can be proved
/// does not build.
///
/// Only rules that the password alone or its owner's names decide are asked. What went before is not
/// known here; a host asks [`Policy::check_with`] and [`Policy::check_history`] where it matters.
///
/// ```
/// use repass::policy::{CharacterClass, Personal, Policy};
///
/// let policy = Policy::builder()
///     .min_length(12)
///     .at_least(1, CharacterClass::Upper)
///     .at_least(1, CharacterClass::Digit)
///     .max_repeat(2)
///     .no_personal_names()
///     .build()?;
/// let generator = policy.generator().length(16).entropy_bits(100).build()?;
///
/// let about = Personal::none().username("emily.rose");
/// let password = generator.generate(&about, &mut repass::SysRng)?;
/// assert!(policy.check(&password, &about).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Generator(Arc<Inner>);

struct Inner {
    /// What is asked of each draw.
    policy: Policy,
    plans: Vec<Plan>,
    /// The passwords of all plans.
    count: Vec<u64>,
    /// The bits of the last number below the count.
    rank_bits: usize,
    entropy_bits: u32,
    max_draws: u32,
}

impl Policy {
    /// Begins a generator of passwords that this policy takes.
    pub fn generator(&self) -> GeneratorBuilder {
        GeneratorBuilder::new(self)
    }
}

impl Generator {
    /// The longest password, in code points.
    pub const LONGEST: usize = 100;

    /// The part of the counted passwords that the owner's names may refuse.
    const MOST_REFUSED_FOR_OWNER: f64 = 0.5;

    /// The part that the other rules may refuse, so that with it an eighth is left.
    const fn most_refused(asks_owner: bool) -> f64 {
        if asks_owner { 0.875 - Self::MOST_REFUSED_FOR_OWNER } else { 0.875 }
    }

    fn new(policy: &Policy, plans: Vec<Plan>, limbs: usize) -> Self {
        let (policy, asks_owner) = (policy.for_sampling(), plans.iter().any(Plan::asks_owner));
        let mut count = vec![0; limbs];
        for plan in &plans {
            number::add_product(&mut count, plan.count(), 1);
        }
        let mut one = vec![0; limbs];
        one.iter_mut().take(1).for_each(|limb| *limb = 1);
        let mut last = count.clone();
        number::subtract(&mut last, &one);
        let rank_bits = number::bits(&last);

        let refused = plans.iter().map(|plan| plan.refused).fold(0.0, f64::max);
        let owner = if asks_owner { Self::MOST_REFUSED_FOR_OWNER } else { 0.0 };
        // More than all the rounding in it.
        let margin = if refused == 0.0 { 0.0 } else { refused * 1e-6 + 1e-9 };
        let taken = 1.0 - refused - margin - owner;
        let drawn = number::to_f64(&count) / power(2.0, rank_bits);
        Self(Arc::new(Inner {
            policy,
            entropy_bits: whole_bits(&count, taken),
            max_draws: draws_until(1.0 - drawn * taken),
            plans,
            count,
            rank_bits,
        }))
    }

    /// Draws a password for `about`.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Random`] when `rng` fails or returns one byte over and over,
    /// [`GenerateError::OwnerNotProvable`] when the owner's names might refuse more than half of all
    /// passwords, and [`GenerateError::Exhausted`] after [`max_draws`](Self::max_draws).
    pub fn generate<R: TryCryptoRng + ?Sized>(
        &self,
        about: &Personal<'_>,
        rng: &mut R,
    ) -> Result<Password, GenerateError> {
        let inner = &*self.0;
        let is_provable = |plan: &Plan| plan.refused_for(about) < Self::MOST_REFUSED_FOR_OWNER;
        if !inner.plans.iter().all(is_provable) {
            return Err(GenerateError::OwnerNotProvable);
        }
        // Measured first: a buffer that grows would leave copies behind.
        let bytes = inner.plans.iter().map(Plan::bytes).max().unwrap_or(0);
        let mut password = Zeroizing::new(String::with_capacity(bytes));
        let mut rank = Zeroizing::new(vec![0; inner.count.len()]);
        for _ in 0..inner.max_draws {
            draw(&mut rank, inner.rank_bits, rng)?;
            if !number::is_below(&rank, &inner.count) {
                continue;
            }
            password.clear();
            inner.append(&mut rank, &mut password);
            if inner.policy.check_as_typed(&password, about).is_ok()
                && let Ok(password) = Password::verbatim(core::mem::take(&mut *password))
            {
                return Ok(password);
            }
        }
        Err(GenerateError::Exhausted { draws: inner.max_draws })
    }

    /// A lower bound of the entropy of a password, in whole bits: the binary logarithm of the number
    /// that are counted, less the share that the other rules and the owner's names may refuse.
    #[must_use]
    pub fn entropy_bits(&self) -> u32 {
        self.0.entropy_bits
    }

    /// The most draws for a password: that all of them are refused has a chance below 2⁻¹²⁸.
    #[must_use]
    pub fn max_draws(&self) -> u32 {
        self.0.max_draws
    }

    /// The lengths of the passwords, in code points, in rising order.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        self.0.plans.iter().map(Plan::length)
    }
}

impl Inner {
    fn append(&self, rank: &mut [u64], password: &mut String) {
        for plan in &self.plans {
            if number::is_below(rank, plan.count()) {
                return plan.append(rank, password);
            }
            number::subtract(rank, plan.count());
        }
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator")
            .field("entropy_bits", &self.entropy_bits())
            .field("max_draws", &self.max_draws())
            .finish_non_exhaustive()
    }
}

/// Draws a number of so many bits.
fn draw<R: TryCryptoRng + ?Sized>(
    number: &mut [u64],
    bits: usize,
    rng: &mut R,
) -> Result<(), RandomError> {
    number.zeroize();
    let mut left = bits;
    for limbs in number.chunks_mut(4).take(bits.div_ceil(256)) {
        let random = secret::draw::<32, R>(rng)?;
        for (limb, bytes) in limbs.iter_mut().zip(random.chunks_exact(8)) {
            let all = bytes.iter().fold(0, |limb: u64, byte| limb << 8 | u64::from(*byte));
            let unused = 64_usize.saturating_sub(left);
            *limb =
                u32::try_from(unused).ok().and_then(|unused| all.checked_shr(unused)).unwrap_or(0);
            left = left.saturating_sub(64);
        }
    }
    Ok(())
}

/// The whole part of the binary logarithm of the `taken` part of `count`.
fn whole_bits(count: &[u64], taken: f64) -> u32 {
    let mut bits = number::bits(count).saturating_sub(1);
    let mut rest = number::to_f64(count) / power(2.0, bits) * taken;
    while rest < 1.0 && bits > 0 {
        rest *= 2.0;
        bits = bits.saturating_sub(1);
    }
    u32::try_from(bits).unwrap_or(0)
}

/// After how many draws, each of which fails with this chance, all have failed with at most 2⁻¹²⁸.
fn draws_until(failure: f64) -> u32 {
    const ENOUGH: f64 = 1.0 / (1_u128 << 127) as f64 / 2.0;
    let (mut draws, mut chance) = (0_u32, 1.0);
    while chance > ENOUGH {
        chance *= failure;
        draws = draws.saturating_add(1);
    }
    draws
}
