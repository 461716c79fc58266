//! The whole road at a terminal, over the store in memory: from "forgot" to "changed".
//!
//! ```text
//! $ cargo run --example reset
//! $ printf 'ada\nlink\nplum-kettle-42\nplum-kettle-42\n' | cargo run --example reset -- --take-from-outbox
//! ```
//!
//! Prompts and mistakes go to standard error, results to standard output. Exit status: 0 when the
//! password was changed and everything that is claimed of that was proved; 1 otherwise; 2 for wrong
//! arguments.

use core::error::Error;
use core::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::code::CheckCode;
use repass::hash::{Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::rand_core::TryRng;
use repass::reset::{Admitted, Change, Delivery, Flow, Outward, Proof, Request, SetError};
use repass::secret::{Password, Salt, Seed};
use repass::service::{RequestError, Service};
use repass::time::UtcDateTime;

const HELP: &str = "\
Walks the road from a lost password to a new one, with two people who live in memory only.

usage: reset [--take-from-outbox] [--help]

  --take-from-outbox  take the link or code out of the delivered message instead of asking for it
  --help              print this

Every prompt takes one line, from a terminal or a pipe; `quit` ends the walk, with status 1.
Passwords are shown while they are typed: a terminal's echo is not this example's to turn off.
";

fn main() -> ExitCode {
    let mut take_from_outbox = false;
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--take-from-outbox") => take_from_outbox = true,
            // Whoever does not read the help does not need it.
            Some("--help") => return end(io::stdout().write_all(HELP.as_bytes()).is_ok()),
            _ => {
                complain(format_args!("unknown argument {argument:?}, see --help"));
                return ExitCode::from(2);
            }
        }
    }
    match Walk::new(take_from_outbox).and_then(|mut walk| pollster::block_on(walk.walk())) {
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
    service: Service<MemoryAccounts, MemoryStore, Outbox>,
    policy: Policy,
    hasher: Hasher,
    /// The lost passwords: drawn at random, so really lost, and kept to prove that they are refused.
    lost: Vec<(AccountId, Password)>,
    take_from_outbox: bool,
}

/// What a person holds after asking: the request, with its handle, and the message.
struct Asked {
    delivery: Delivery,
    request: Request,
    message: Message,
}

impl Asked {
    fn proof<'a>(&'a self, typed: &'a str) -> Proof<'a> {
        match self.delivery {
            Delivery::EmailCode => {
                Proof::Code { handle: self.request.handle().expose_secret(), code: typed }
            }
            // The whole link may be pasted, or its token alone.
            _ => Proof::Link(typed.split_once("token=").map_or(typed, |(_, token)| token)),
        }
    }
}

impl Walk {
    fn new(take_from_outbox: bool) -> Result<Self> {
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
        let accounts = MemoryAccounts::new(accounts);
        let service = Service::new(flow, accounts, MemoryStore::new(), Outbox::new());
        Ok(Self { service, policy: Policy::django(), hasher, lost, take_from_outbox })
    }

    /// Whether the password was changed, and all that is claimed of it proved.
    async fn walk(&mut self) -> Result<bool> {
        self.introduce()?;
        let (asked, secret, admitted) = loop {
            let asked = self.forgot().await?;
            if let Some((secret, admitted)) = self.show_secret(&asked).await? {
                break (asked, secret, admitted);
            }
        };
        let (new, change) = self.choose_password(&admitted)?;
        self.finish(change).await?;
        self.prove(&asked, &secret, &admitted, &new).await
    }

    fn introduce(&self) -> Result<()> {
        print("Accounts:")?;
        for account in self.service.accounts().all() {
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
                "link" => Ok(Delivery::EmailLink),
                "code" => Ok(Delivery::EmailCode),
                _ => Err("either link or code"),
            })?;
            let seed = Seed::generate(&mut SysRng)?;
            let request = match self.service.request(lookup, delivery, seed, now()).await {
                Err(RequestError::Throttled { .. }) => {
                    complain("That was asked too often. Try again later.");
                    continue;
                }
                request => request?,
            };
            print("Answer: if there is such an account, a message is on its way.")?;
            // What follows happens behind the answer, and only the operator sees it.
            let report = self.service.run(&request, now()).await?;
            self.deliver_notices()?;
            let Some(letter) = self.service.notifier().take_letter() else {
                let why = report.disclose().code();
                print(format_args!("Operator: no letter was delivered ({why})."))?;
                continue;
            };
            let message = self.service.flow().render(&letter, now())?;
            show(&message)?;
            return Ok(Asked { delivery, request, message });
        }
    }

    /// Asks until the secret is right; `None` when its tries are spent.
    async fn show_secret(&self, asked: &Asked) -> Result<Option<(String, Admitted)>> {
        loop {
            let secret = if self.take_from_outbox {
                self.secret_of(&asked.message).ok_or("the message carries no secret")?
            } else if asked.delivery == Delivery::EmailCode {
                ask("The code?")?
            } else {
                ask("The link, or its token?")?
            };
            let secret = secret.trim();
            let refusal = match self.service.admit(asked.proof(secret), None, now()).await {
                Ok(admitted) => return Ok(Some((secret.to_owned(), admitted))),
                Err(refusal) => refusal,
            };
            match refusal.outward() {
                Outward::Refused { tries_left: Some(0) } => {
                    complain("Refused, and no try is left: ask for another message.");
                    return Ok(None);
                }
                Outward::Refused { tries_left: Some(left) } => {
                    complain(format_args!("Refused. Tries left: {left}."));
                }
                Outward::Refused { tries_left: None } => complain("Refused."),
                _ => complain("Try again in a minute."),
            }
            if self.take_from_outbox {
                return Err(refusal.into());
            }
        }
    }

    fn secret_of(&self, message: &Message) -> Option<String> {
        let shape = self.service.flow().code_shape();
        let carries =
            |line: &&str| line.contains("token=") || CheckCode::parse(shape, line).is_ok();
        message.expose_secret().lines().find(carries).map(str::to_owned)
    }

    /// Asks until the policy is content: the admission stays as good as it was.
    fn choose_password(&self, admitted: &Admitted) -> Result<(Password, Change)> {
        loop {
            let typed = ask("The new password?")?;
            let new = match Password::confirmed(typed, ask("The new password again?")?) {
                Ok(new) => new,
                Err(error) => {
                    complain(error);
                    continue;
                }
            };
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
        let after = self.service.commit(change, now()).await?;
        print("The password was changed. Owed for it:")?;
        after.duties().iter().try_for_each(|duty| print(format_args!("  {duty}")))?;
        let notices = after.notices();
        notices
            .iter()
            .try_for_each(|notice| print(format_args!("  a notice to {}", notice.to())))?;
        // A service does its duties here: this one has no sessions to end.
        self.service.settle(&after).await?;
        print("Settled.")?;
        self.deliver_notices()
    }

    /// Claims nothing that is not tried on accounts as they are in the table now.
    async fn prove(
        &self,
        asked: &Asked,
        secret: &str,
        admitted: &Admitted,
        new: &Password,
    ) -> Result<bool> {
        let id = admitted.account().id();
        let (_, lost) = self.lost.iter().find(|(own, _)| own == id).ok_or("no such account")?;
        let again = self.service.admit(asked.proof(secret), None, now()).await;
        let refused = again.is_err_and(|error| matches!(error.outward(), Outward::Refused { .. }));
        let carrier = if asked.delivery == Delivery::EmailCode { "code" } else { "link" };
        let claims = [
            ("the old password is refused".to_owned(), self.verify(id, lost)? == Verdict::Mismatch),
            ("the new password is accepted".to_owned(), self.verify(id, new)? == Verdict::Match),
            (format!("the {carrier} is refused"), refused),
        ];
        for (claim, holds) in &claims {
            print(format_args!("{}: {claim}.", if *holds { "Proved" } else { "NOT SO" }))?;
        }
        Ok(claims.iter().all(|(_, holds)| *holds))
    }

    fn verify(&self, id: &AccountId, password: &Password) -> Result<Verdict> {
        let all = self.service.accounts().all();
        let account = all.iter().find(|account| account.id() == id).ok_or("no such account")?;
        let stored = account.password().ok_or("the account has no password")?;
        Ok(self.hasher.verify(password, stored)?)
    }

    fn deliver_notices(&self) -> Result<()> {
        while let Some(notice) = self.service.notifier().take_notice() {
            show(&self.service.flow().render_notice(&notice))?;
        }
        Ok(())
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

/// For the person at the terminal; where nobody reads, nothing is lost.
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
    // A pipe shows no answer behind the prompt, so the prompt must end its own line there.
    let end = if io::stdin().is_terminal() { ' ' } else { '\n' };
    let _ = write!(io::stderr(), "{prompt}{end}").and_then(|()| io::stderr().flush());
    // Room for all of it, so that no copy of a password stays behind a buffer that grew.
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
