//! The sign-in door: counts, compares in constant work, hashes anew what is outdated, and yields a
//! session tag or a ticket.
//!
//! A sign-in has three stages. [`Flow::sign_in`](crate::reset::Flow::sign_in) counts it and looks up
//! who it is. [`SignIn::verify`] compares the password: CPU work and no I/O, so it belongs on a thread
//! for blocking work. [`Flow::finish_sign_in`](crate::reset::Flow::finish_sign_in) stores a new hash
//! where the old one is outdated, reads the account once more, and decides. Each stage consumes what
//! the one before it made, so none can be left out.
//!
//! # What a stranger learns
//!
//! There is one refusal for everybody: an unknown name, a name of several accounts, a disabled
//! account, one without a password, one that was tried too often, and a wrong password get the same
//! answer after the same calls of the ports and the same work. What is told about an account is told
//! after its right password: that it has expired, that it has to be changed, that recovery is required.
//!
//! # What is counted
//!
//! | what | limit |
//! |---|---|
//! | sign-ins from one source | 100 in 5 minutes |
//! | sign-ins with one typed identifier at one source | 10 in 5 minutes |
//! | sign-ins with one password of an account | 100 in 24 hours |
//!
//! They are counted before they are compared, right ones as well, and a success resets nothing: a
//! counter that a success reset could be reset by everybody who has an account, and a success would
//! have to write. A person signs in far less often than that.
//!
//! The first two limits are told: [`SignInError::Throttled`]. The third cannot be told, as it would
//! tell that two names belong to one account: from then on every password is refused as a wrong one.
//! A stranger can use it up. The owner is not locked out for it, because "forgot your password?" always
//! remains, and a new password has a counter of its own. Show that link beside every refusal. Give the
//! [source](crate::throttle::Source), so that strangers elsewhere do not use up what is counted for the name that the owner types.
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
//!         // The session carries the id and the tag, and is asked for at each request.
//!         let (account, tag) = (signed_in.account(), signed_in.tag());
//!         assert!(recovery.flow().session_holds(account, tag.as_str()));
//!     }
//!     SignInOutcome::MustChange(must_change) => {
//!         // The form for a new password sends the ticket along: `Proof::Ticket`.
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
