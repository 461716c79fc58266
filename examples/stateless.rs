//! Reset links without a table of their own, as Django makes them: a link is bound to the account as
//! it is now, and its use changes what it is bound to.
//!
//! ```text
//! $ cargo run --example stateless
//! ```
//!
//! A link is sent, opened and used, and everything is tried that must not open an account. Exit
//! status: 0 when the password was set and every refusal came; 1 otherwise; 2 for any argument.

use core::error::Error;
use core::fmt::Display;
use core::time::Duration;
use std::io::{self, Write};
use std::process::ExitCode;

use repass::SysRng;
use repass::account::AccountId;
use repass::hash::{Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash, Salt};
use repass::time::{self, UtcDateTime};
use repass::token::{Bound, State, StatelessSigner, TokenError};

/// How long a link is good, and the longest that any may claim to be.
const LIFE: Duration = Duration::from_secs(1800);

type Result<T, E = Box<dyn Error>> = core::result::Result<T, E>;

/// One tenant: its user table, and the signer of its links. There is no other table.
struct Site {
    users: Vec<User>,
    links: StatelessSigner,
}

struct User {
    id: AccountId,
    email: String,
    password: PasswordHash,
    last_sign_in: i64,
}

impl User {
    /// What a link is bound to, which is what Django binds. The password hash comes first: it is
    /// what the use of a link changes.
    fn state(&self) -> State {
        State::changed_by_use(self.password.expose_secret())
            .and(self.last_sign_in.to_be_bytes())
            .and(&self.email)
    }
}

/// A link that held: the proof, and the password hash that the account had then.
struct Opened {
    bound: Bound,
    seen: PasswordHash,
}

impl Site {
    fn new(tenant: &str, keyring: Keyring, people: &[(&str, &str)]) -> Result<Self> {
        let mut users = Vec::new();
        for (id, email) in people {
            users.push(User {
                id: AccountId::new(id)?,
                email: (*email).to_owned(),
                password: hash("the lost one")?,
                last_sign_in: 1_700_000_000,
            });
        }
        let scope = Scope::new(Purpose::RESET).for_tenant(tenant)?;
        Ok(Self { users, links: StatelessSigner::new(keyring, scope, LIFE) })
    }

    /// The link for the message. It names the account, as the token does not.
    ///
    /// Strangers get one answer whether there is an account or not, and the message is written after
    /// it: `Recovery` sees to that, a flow of one's own has to.
    fn forgot(&self, email: &str, now: UtcDateTime) -> Result<String> {
        let user = self.users.iter().find(|user| user.email == email).ok_or("no such account")?;
        let token =
            self.links.sign(&user.id, &user.state(), now.saturating_add(LIFE.try_into()?))?;
        let page = format!("https://example.org/reset?account={}", user.id);
        let page = ResetLink::new(&page, LinkForm::Fragment)?;
        Ok(page.link(&token).expose_secret().to_owned())
    }

    fn open(&self, link: &str, now: UtcDateTime) -> Result<Opened, TokenError> {
        let (page, token) = link.split_once("#token=").ok_or(TokenError::Malformed)?;
        let (_, id) = page.split_once("?account=").ok_or(TokenError::Malformed)?;
        // A forgery ends here, before the table is asked.
        let unbound = self.links.verify(token, now)?;
        // An account that does not exist is one whose state is another.
        let user = self.users.iter().find(|user| user.id.as_str() == id);
        let user = user.ok_or(TokenError::OtherState)?;
        let bound = unbound.bind(&user.id, &user.state())?;
        Ok(Opened { bound, seen: user.password.clone() })
    }

    /// `UPDATE users SET password = $new WHERE id = $id AND password = $seen`, and whether that
    /// changed a row: of two uses at once one does.
    fn set_password(&mut self, opened: &Opened, new: PasswordHash) -> bool {
        let row = self.users.iter_mut().find(|user| user.id == *opened.bound.subject());
        let row = row.filter(|user| user.password == opened.seen);
        row.map(|user| user.password = new).is_some()
    }

    fn signs_in(&self, email: &str, password: &str) -> Result<bool> {
        let user = self.users.iter().find(|user| user.email == email);
        let stored = user.map(|user| &user.password);
        Ok(Hasher::default().verify(&Password::new(password)?, stored)? == Verdict::Match)
    }
}

fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        eprintln!("stateless: there are no arguments");
        return ExitCode::from(2);
    }
    match walk() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stateless: {error}");
            ExitCode::FAILURE
        }
    }
}

fn walk() -> Result<()> {
    let (ada, grace) = ("ada@example.org", "grace@example.org");
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
    let mut acme = Site::new("acme", keyring.clone(), &[("1", ada), ("2", grace)])?;
    let elsewhere = Site::new("elsewhere", keyring, &[("1", ada)])?;

    let now = now();
    let ago = |seconds| now.saturating_sub(time::Duration::seconds(seconds));
    let link = acme.forgot(ada, now)?;
    say(format_args!("Sent to {ada}: {link}"))?;

    let (earlier, expired) = (acme.forgot(ada, ago(60))?, acme.forgot(ada, ago(1800))?);
    let of_grace = link.replace("?account=1", "?account=2");
    refused("after half an hour", "token_expired", acme.open(&expired, now))?;
    refused("of another tenant", "token_forged", acme.open(&elsewhere.forgot(ada, now)?, now))?;
    refused("with the id of grace", "token_other_state", acme.open(&of_grace, now))?;
    refused("with more behind it", "token_malformed", acme.open(&format!("{link}."), now))?;

    // Looking is free: scanners of mail open links before people do.
    let (opened, twice) = (acme.open(&link, now)?, acme.open(&link, now)?);
    proved("the link sets a new password", acme.set_password(&opened, hash("plum-kettle-42")?))?;
    proved("the new password signs in", acme.signs_in(ada, "plum-kettle-42")?)?;
    proved("the old one does not", !acme.signs_in(ada, "the lost one")?)?;

    proved("a second submit sets nothing", !acme.set_password(&twice, hash("mine-now-17")?))?;
    refused("that was used", "token_other_state", acme.open(&link, now))?;
    refused("sent before it", "token_other_state", acme.open(&earlier, now))?;

    // However the password changes, what was sent before is over.
    let link = acme.forgot(grace, now)?;
    let user = acme.users.iter_mut().find(|user| user.email == grace);
    user.ok_or("no such account")?.password = hash("kettle-plum-24")?;
    refused("of a password that changed since", "token_other_state", acme.open(&link, now))
}

/// Says that a link was refused, and why, which only the log may know; it is an error if it was not
/// or for another reason.
fn refused(which: &str, code: &str, opened: Result<Opened, TokenError>) -> Result<()> {
    match opened {
        Err(error) if error.code() == code => {
            say(format_args!("Refused: a link {which} ({code}). Answer: {}.", error.answer()))
        }
        Err(error) => Err(format!("a link {which} is refused as {}", error.code()).into()),
        Ok(_) => Err(format!("a link {which} opens an account").into()),
    }
}

fn proved(what: &str, holds: bool) -> Result<()> {
    if holds { say(format_args!("Proved: {what}.")) } else { Err(format!("not so: {what}").into()) }
}

/// In a service this runs on a thread for blocking work, after the policy has taken the password.
fn hash(password: &str) -> Result<PasswordHash> {
    Ok(Hasher::default().hash(&Password::new(password)?, Salt::generate(&mut SysRng)?)?)
}

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "programs read clocks, the crate does not")]
fn now() -> UtcDateTime {
    UtcDateTime::now()
}

fn say(line: impl Display) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
