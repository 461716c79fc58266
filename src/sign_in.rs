//! Sign-in with a password: limits the tries, compares in constant work, replaces outdated hashes,
//! and yields a session tag or a ticket.
//!
//! A *session tag* is a value to store in the session, so that the session ends when the password
//! changes. A *ticket* is a signed text that lets a person choose a new password within ten
//! minutes.
//!
//! A sign-in has three stages. [`Flow::sign_in`](crate::reset::Flow::sign_in) counts the try and
//! looks up the account. [`SignIn::verify`] compares the password. It does CPU work and no I/O, so
//! run it on a thread for blocking work.
//! [`Flow::finish_sign_in`](crate::reset::Flow::finish_sign_in) stores a new hash if the old one is
//! outdated, loads the account once more, and decides. Each stage consumes the result of the stage
//! before it, so no stage can be left out.
//!
//! # What an attacker learns
//!
//! There is one refusal for everybody. An unknown name, a name that several accounts share, a
//! disabled account, an account without a password, an account that was tried too often, and a
//! wrong password all get the same answer, after the same calls to the ports and the same work.
//! Only a person who typed the right password learns that it has expired, that it must be changed,
//! or that it must be reset.
//!
//! # What is counted
//!
//! | what | limit |
//! |---|---|
//! | sign-ins from one source | 100 in 5 minutes |
//! | sign-ins with one typed identifier at one source | 10 in 5 minutes |
//! | sign-ins with one password of an account | 100 in 24 hours |
//!
//! Each sign-in is counted before the password is compared, whether or not the password is right. A
//! success does not reset a counter: otherwise, anyone who has an account could reset the counter
//! of their source. People sign in far less often than these limits allow. They are the defaults of
//! [`Limits`](crate::reset::Limits).
//!
//! The first two limits are reported as [`SignInError::Throttled`]. The third cannot be reported,
//! because that would reveal that two names belong to one account. Once it is used up, every
//! password is refused as if it were wrong, the right one too. An attacker can use it up. The owner
//! can still get in by "forgot your password?", because a new password has a counter of its own, so
//! show that link beside every refusal.
//!
//! Pass the [source](crate::throttle::Source). Without it, anyone can use up the sign-ins with a
//! name, again and again, and its owner cannot sign in meanwhile, even after a reset. The moment at
//! which the limit ends then also reveals when somebody else signed in with that name. The same is
//! true of requests for new passwords, which are counted by identifier alone.
//!
//! # Example
//!
#![cfg_attr(feature = "memory", doc = "```")]
#![cfg_attr(not(feature = "memory"), doc = "```ignore")]
//! # pollster::block_on(async {
//! # use repass::account::{Account, AccountId};
//! # use repass::key::{Key, KeyId, Keyring};
//! # use repass::memory::MemoryPorts;
//! # use repass::message::{LinkForm, ResetLink};
//! # use repass::reset::Flow;
//! # use repass::secret::Password;
//! use repass::account::{Login, Lookup};
//! use repass::hash::{Cost, Hasher, Verifier};
//! use repass::recovery::Recovery;
//! use repass::secret::{Salt, Seed, TypedPassword};
//! use repass::sign_in::SignInOutcome;
//! use repass::throttle::Source;
//! use repass::time::UtcDateTime;
//!
//! # let mut rng = repass::SysRng;
//! # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
//! # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
//! # let flow = Flow::builder(keyring, page).build()?;
//! let hasher = Hasher::new(Cost::new(64, 1, 1)?); // for the example: far too cheap
//! let verifier = Verifier::new(hasher.clone());
//! # let stored = hasher.hash(&Password::new("plum-kettle-42")?, Salt::generate(&mut rng)?)?;
//! # let ada = Account::new(AccountId::new("42")?)
//! #     .with_login(Login::new("ada")?)
//! #     .with_password(stored);
//! # let recovery = Recovery::new(flow, MemoryPorts::new([ada]));
//! # let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
//!
//! // What the form sent, and where it came from.
//! let lookup = Lookup::email_or_login("ada")?;
//! let typed = TypedPassword::new("plum-kettle-42")?;
//! let source = Source::from_ip("192.0.2.7".parse()?);
//!
//! let sign_in = recovery.sign_in(lookup, Some(source), now).await?;
//! // On a thread for blocking work:
//! let checked = sign_in.verify(&typed, &verifier, Salt::generate(&mut rng)?)?;
//! let outcome = recovery.finish_sign_in(checked, Seed::generate(&mut rng)?, now).await?;
//! match outcome {
//!     SignInOutcome::SignedIn(signed_in) => {
//!         // Store the id and the tag in the session, and check them at each request.
//!         let (account, tag) = (signed_in.account(), signed_in.tag());
//!         assert!(recovery.flow().session_holds(account, tag.as_str()));
//!     }
//!     SignInOutcome::MustChange(must_change) => {
//!         // Not signed in. The form for a new password sends this ticket: `Proof::Ticket`.
//!         let _ticket = must_change.ticket().expose_secret();
//!     }
//!     _ => {}
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod checked;
mod error;
mod finish;
mod outcome;
mod start;

pub use self::checked::{Checked, SignIn};
pub use self::error::{SignInError, SignInRefusal};
pub use self::outcome::{MustChangePassword, SignInOutcome, SignedIn};
