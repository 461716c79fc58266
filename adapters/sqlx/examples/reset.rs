//! The whole flow at a terminal, over a database: from "forgot" to "changed".
//!
//! ```text
//! $ cargo run -p repass-sqlx --example reset
//! $ printf 'ada\nlink\nplum-kettle-42\nplum-kettle-42\n' |
//!       cargo run -p repass-sqlx --example reset -- --take-from-outbox
//! $ cargo run -p repass-sqlx --example reset -- --database-url postgres://localhost/service
//! ```
//!
//! Prompts and mistakes go to standard error, results to standard output. Exit status: 0 if the
//! password was changed and every claim about it was proved; 1 otherwise; 2 for wrong arguments.

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::answer::Answer;
use repass::code::CheckCode;
use repass::hash::{Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, Delivered, DynPorts, Notifier, PortError, Ports};
use repass::queue::ClaimToken;
use repass::rand_core::TryRng;
use repass::recovery::Recovery;
use repass::reset::{Admitted, Change, Delivery, Flow, Handle, Outcome, Proof, SetError, Worked};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{Driver, Store};
use repass_sqlx::{Postgres, Sqlite};

const HELP: &str = "\
Resets a lost password, with two accounts in a database.

usage: reset [--database FILE | --database-url URL] [--take-from-outbox] [--help]

  --database FILE     keep everything in this SQLite file; in a new one that is deleted by default
  --database-url URL  keep everything in this PostgreSQL database, as postgres://user@host/database;
                      the tables are made in its schema `public`, and their names begin with `repass_`
  --take-from-outbox  take the link or code out of the delivered message instead of asking for it
  --help              print this

Every prompt takes one line, from a terminal or a pipe; `quit` ends the program, with status 1.
Passwords are shown while they are typed: this example does not turn off the echo of a terminal.
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut take_from_outbox, mut database) = (false, None);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let value = match argument.to_str() {
            Some("--database" | "--database-url") if database.is_none() => arguments.next(),
            _ => None,
        };
        match argument.to_str() {
            Some("--database") if value.is_some() => {
                database = value.map(|path| Database::File(path.into()));
            }
            Some("--database-url") if value.is_some() => {
                database = value.map(|url| Database::Url(url.to_string_lossy().into_owned()));
            }
            Some("--take-from-outbox") => take_from_outbox = true,
            Some("--help") => return end(io::stdout().write_all(HELP.as_bytes()).is_ok()),
            _ => {
                complain(format_args!("unknown argument {argument:?}, see --help"));
                return ExitCode::from(2);
            }
        }
    }
    match run(take_from_outbox, database).await {
        Ok(proved) => end(proved),
        Err(error) => {
            let gone = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if gone != Some(ErrorKind::BrokenPipe) {
                complain(error);
            }
            end(false)
        }
    }
}

async fn run(take_from_outbox: bool, database: Option<Database>) -> Result<bool> {
    // It is deleted at the end.
    let folder = tempfile::tempdir()?;
    let database = database.unwrap_or_else(|| Database::File(folder.path().join("reset.db")));
    Walk::new(take_from_outbox, database).await?.walk().await
}

/// Where everything is kept.
enum Database {
    File(PathBuf),
    Url(String),
}

/// The tables, and what fills them with accounts. A service knows its database, and needs no ports that are
/// chosen when it runs.
async fn open(database: Database, accounts: &[Account], notifier: Outbox) -> Result<DynPorts> {
    /// Both databases alike.
    async fn ports<D: Driver + Clone + 'static>(
        store: Store<D>,
        accounts: &[Account],
        notifier: Outbox,
    ) -> Result<DynPorts> {
        let table = store.accounts();
        table.migrate().await?;
        for account in accounts {
            table.put(account).await.map_err(Box::<dyn Error>::from)?;
        }
        let (attempts, counters) = (store.clone(), store.clone());
        Ok(DynPorts::new(table, attempts, counters, store, notifier))
    }
    match database {
        Database::File(path) => ports(Sqlite::open(path).await?, accounts, notifier).await,
        Database::Url(url) => ports(Postgres::open(url.parse()?).await?, accounts, notifier).await,
    }
}

/// Keeps what it delivers, for the person at the terminal.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<VecDeque<Message>>>);

impl Notifier for Outbox {
    async fn deliver(
        &self,
        message: &Message,
        _now: UtcDateTime,
    ) -> core::result::Result<Delivered, PortError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(message.clone());
        Ok(Delivered::Taken)
    }
}

fn end(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "programs read clocks, the crate does not")]
fn now() -> UtcDateTime {
    UtcDateTime::now()
}

type Result<T, E = Box<dyn Error>> = core::result::Result<T, E>;

struct Walk {
    recovery: Recovery<DynPorts>,
    accounts: Vec<Account>,
    outbox: Outbox,
    policy: Policy,
    hasher: Hasher,
    /// The lost passwords: drawn at random, and kept only to prove that they are refused.
    lost: Vec<(AccountId, Password)>,
    take_from_outbox: bool,
}

/// What a person has after asking: the handle, and the message.
struct Asked {
    delivery: Delivery,
    handle: Handle,
    message: Message,
}

impl Asked {
    fn proof<'a>(&'a self, typed: &'a str) -> Proof<'a> {
        match self.delivery {
            Delivery::CODE => Proof::Code { handle: self.handle.expose_secret(), code: typed },
            // The whole link can be pasted, or its token alone.
            _ => Proof::Link(typed.split_once("token=").map_or(typed, |(_, token)| token)),
        }
    }
}

impl Walk {
    async fn new(take_from_outbox: bool, database: Database) -> Result<Self> {
        let hasher = Hasher::default();
        let people = [("ada", "Ada", "Lovelace"), ("grace", "Grace", "Hopper")];
        let (mut accounts, mut lost) = (Vec::new(), Vec::new());
        for (login, first, last) in people {
            let password = Password::new(format!("{:016x}", SysRng.try_next_u64()?))?;
            let id = AccountId::new(&format!("{}", accounts.len().saturating_add(1)))?;
            let address = Contact::email(&format!("{login}@example.org"))?;
            let account = Account::new(id.clone())
                .with_login(Login::new(login)?)
                .with_names(first, last)
                .with_email(Email::verified(address))
                .with_password(hasher.hash(&password, Salt::generate(&mut SysRng)?)?);
            accounts.push(account);
            lost.push((id, password));
        }
        let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
        let page = ResetLink::new("https://example.org/reset", LinkForm::Fragment)?;
        let flow = Flow::builder(keyring, page).build()?;
        let outbox = Outbox::default();
        let ports = open(database, &accounts, outbox.clone()).await?;
        let (recovery, policy) = (Recovery::new(flow, ports), Policy::django());
        Ok(Self { recovery, accounts, outbox, policy, hasher, lost, take_from_outbox })
    }

    /// Whether the password was changed, and every claim about it was proved.
    async fn walk(&mut self) -> Result<bool> {
        self.introduce()?;
        let (asked, secret, admitted) = loop {
            let asked = self.forgot().await?;
            if let Some((secret, admitted)) = self.show_secret(&asked).await? {
                break (asked, secret, admitted);
            }
        };
        let (new, change) = self.choose_password(&admitted).await?;
        self.finish(change).await?;
        self.prove(&asked, &secret, &admitted, &new).await
    }

    fn introduce(&self) -> Result<()> {
        print("Accounts:")?;
        for account in &self.accounts {
            let login = account.login().map_or("", Login::as_str);
            let (first, last) = (account.first_name(), account.last_name());
            let address = account.emails().first().map_or("", |email| email.address().as_str());
            print(format_args!("  {login}: {first} {last} <{address}>"))?;
        }
        print("A new password has to be:")?;
        self.policy.requirements().try_for_each(|rule| print(format_args!("  {rule}")))
    }

    /// Asks until a message is on its way.
    async fn forgot(&self) -> Result<Asked> {
        loop {
            let lookup =
                ask_until("Who lost the password (e-mail or user name)?", Lookup::email_or_login)?;
            let delivery = ask_until("By link or by code?", |answer| match answer {
                "link" => Ok(Delivery::LINK),
                "code" => Ok(Delivery::CODE),
                _ => Err("either link or code"),
            })?;
            let seed = Seed::generate(&mut SysRng)?;
            let handle = match self.recovery.request(lookup, delivery, None, seed, now()).await {
                Ok(handle) => handle,
                Err(error) => match error.answer() {
                    Answer::Throttled { until } => {
                        complain(format_args!("That was asked too often. Try again at {until}."));
                        continue;
                    }
                    _ => return Err(error.into()),
                },
            };
            print("Answer: if there is such an account, a message is on its way.")?;
            // A worker does the rest, and only the operator sees it.
            let outcome = self.work().await?;
            let message = self.deliver()?;
            if let (Some(Outcome::Sent), Some(message)) = (outcome, message) {
                return Ok(Asked { delivery, handle, message });
            }
            let why = outcome.map_or("nothing was run", |outcome| outcome.code());
            print(format_args!("Operator: no secret was sent ({why})."))?;
        }
    }

    /// Works on the queue until nothing is due; what became of the last request in it.
    async fn work(&self) -> Result<Option<Outcome>> {
        let mut outcome = None;
        loop {
            let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
            let worked = self.recovery.work(token, 10, now()).await?;
            if worked.is_empty() {
                return Ok(outcome);
            }
            for worked in worked {
                if let Worked::Ran(report) = worked {
                    outcome = Some(report.disclose());
                }
            }
        }
    }

    /// Asks until the secret is right; `None` when its tries are spent.
    async fn show_secret(&self, asked: &Asked) -> Result<Option<(String, Admitted)>> {
        loop {
            let secret = if self.take_from_outbox {
                self.secret_of(&asked.message).ok_or("the message carries no secret")?
            } else if asked.delivery == Delivery::CODE {
                ask("The code?")?
            } else {
                ask("The link, or its token?")?
            };
            let secret = secret.trim();
            let refusal = match self.recovery.admit(asked.proof(secret), None, now()).await {
                Ok(admitted) => return Ok(Some((secret.to_owned(), admitted))),
                Err(refusal) => refusal,
            };
            match refusal.answer() {
                Answer::Refused { tries_left: Some(0) } => {
                    complain("Refused, and no try is left: ask for another message.");
                    return Ok(None);
                }
                Answer::Refused { tries_left: Some(left) } => {
                    complain(format_args!("Refused. Tries left: {left}."));
                }
                Answer::Refused { tries_left: None } => complain("Refused."),
                Answer::Invalid => complain("That is no code, and no try was used."),
                _ => complain("Try again in a minute."),
            }
            if self.take_from_outbox {
                return Err(refusal.into());
            }
        }
    }

    fn secret_of(&self, message: &Message) -> Option<String> {
        let shape = self.recovery.flow().code_shape();
        let carries =
            |line: &&str| line.contains("token=") || CheckCode::parse(shape, line).is_ok();
        message.expose_secret().lines().find(carries).map(str::to_owned)
    }

    /// Asks until the policy accepts the password. Each try shows the ticket, as each submit
    /// of a form does: a code that was right is not counted again.
    async fn choose_password(&self, admitted: &Admitted) -> Result<(Password, Change)> {
        let ticket = admitted.ticket().ok_or("an admission by a secret has a ticket")?;
        loop {
            let typed = ask("The new password?")?;
            let new = match Password::confirmed(typed, ask("The new password again?")?) {
                Ok(new) => new,
                Err(error) => {
                    complain(error);
                    continue;
                }
            };
            let proof = Proof::Ticket(ticket.expose_secret());
            let admitted = self.recovery.admit(proof, None, now()).await?;
            let salt = Salt::generate(&mut SysRng)?;
            match admitted.set_password(&new, &self.policy, &self.hasher, salt) {
                Ok(change) => return Ok((new, change)),
                Err(SetError::Policy(violations)) => {
                    violations.iter().for_each(complain);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn finish(&self, change: Change) -> Result<()> {
        let after = self.recovery.commit(change, now()).await?;
        print("The password was changed. What follows:")?;
        after.duties().iter().try_for_each(|duty| print(format_args!("  {duty}")))?;
        // A service carries out its duties here; this one has no sessions to end.
        self.recovery.settle(&after, now()).await?;
        print("Settled.")?;
        self.work().await?;
        self.deliver()?;
        Ok(())
    }

    /// Proves each claim on the account as it is in the table now.
    async fn prove(
        &self,
        asked: &Asked,
        secret: &str,
        admitted: &Admitted,
        new: &Password,
    ) -> Result<bool> {
        let id = admitted.account().id();
        let (_, lost) = self.lost.iter().find(|(own, _)| own == id).ok_or("no such account")?;
        let again = self.recovery.admit(asked.proof(secret), None, now()).await;
        let refused = again.is_err_and(|error| matches!(error.answer(), Answer::Refused { .. }));
        let carrier = if asked.delivery == Delivery::CODE { "code" } else { "link" };
        let claims = [
            (
                "the old password is refused".to_owned(),
                self.verify(id, lost).await? == Verdict::Mismatch,
            ),
            (
                "the new password is accepted".to_owned(),
                self.verify(id, new).await? == Verdict::Match,
            ),
            (format!("the {carrier} is refused"), refused),
        ];
        for (claim, holds) in &claims {
            print(format_args!("{}: {claim}.", if *holds { "Proved" } else { "NOT SO" }))?;
        }
        Ok(claims.iter().all(|(_, holds)| *holds))
    }

    async fn verify(&self, id: &AccountId, password: &Password) -> Result<Verdict> {
        let account = self.recovery.ports().accounts().load(id, now()).await;
        let account = account.map_err(Box::<dyn Error>::from)?.ok_or("no such account")?;
        let stored = account.password().ok_or("the account has no password")?;
        Ok(self.hasher.verify(password, stored)?)
    }

    /// Shows what was delivered, and returns the last of it.
    fn deliver(&self) -> Result<Option<Message>> {
        let mut last = None;
        loop {
            let next = self.outbox.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(message) = next else { break };
            show(&message)?;
            last = Some(message);
        }
        Ok(last)
    }
}

/// A message exactly as it is delivered.
fn show(message: &Message) -> Result<()> {
    let (to, subject, text) = (message.to(), message.subject(), message.expose_secret());
    print(format_args!("\nTo: {to}\nSubject: {subject}\n\n{text}"))
}

fn print(line: impl Display) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// For the person at the terminal. An error is ignored, as nothing depends on the text.
fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Asks until the answer can be read.
fn ask_until<T, E: Display>(prompt: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<T> {
    loop {
        match read(ask(prompt)?.trim()) {
            Ok(answer) => return Ok(answer),
            Err(error) => complain(error),
        }
    }
}

/// The longest line that is read: longer than any password or link.
const LINE: usize = 8192;

/// One line of an answer, as typed but for its end.
fn ask(prompt: &str) -> Result<String> {
    // A pipe does not echo the answer, so the prompt must end its own line there.
    let end = if io::stdin().is_terminal() { ' ' } else { '\n' };
    let _ = write!(io::stderr(), "{prompt}{end}").and_then(|()| io::stderr().flush());
    // The capacity for all of it: a buffer that grows leaves a copy of the password behind.
    let mut line = Vec::with_capacity(LINE);
    io::stdin().lock().take(LINE as u64).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err("end of input before the password was changed".into());
    }
    if line.len() == LINE && !line.ends_with(b"\n") {
        return Err("a line of the input is too long".into());
    }
    while line.ends_with(b"\n") || line.ends_with(b"\r") {
        line.pop();
    }
    let line = String::from_utf8(line).map_err(|_| "a line of the input is not UTF-8")?;
    if line.trim() == "quit" { Err("quit: the password was not changed".into()) } else { Ok(line) }
}
