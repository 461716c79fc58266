//! The reset of a lost password, step by step, over any ports.

use alloc::sync::Arc;
use core::error::Error;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::answer::Answer;
use repass::code::CheckCode;
use repass::hash::{Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::Outbox;
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, Ports};
use repass::queue::ClaimToken;
use repass::rand_core::TryRng;
use repass::recovery::Recovery;
use repass::reset::{Admitted, Change, Delivery, Flow, Handle, Outcome, Proof, SetError, Worked};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;

use crate::terminal::{Result, ask, ask_until, complain, print};

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "programs read clocks, the crate does not")]
fn now() -> UtcDateTime {
    UtcDateTime::now()
}

/// Two accounts whose passwords are lost.
pub(crate) struct People {
    accounts: Vec<Account>,
    /// Drawn at random, and kept only to prove that they are refused.
    lost: Vec<(AccountId, Password)>,
    hasher: Hasher,
}

impl People {
    pub(crate) fn draw() -> Result<Self> {
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
        Ok(Self { accounts, lost, hasher })
    }

    /// What the user table has at first.
    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }
}

/// One reset over the ports of a service, whose messages arrive in an outbox.
pub(crate) struct Walk<P> {
    recovery: Recovery<P>,
    outbox: Arc<Outbox>,
    people: People,
    policy: Policy,
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

impl<P: Ports> Walk<P> {
    pub(crate) fn new(
        ports: P,
        outbox: Arc<Outbox>,
        people: People,
        take_from_outbox: bool,
    ) -> Result<Self> {
        let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
        let page = ResetLink::new("https://example.org/reset", LinkForm::Fragment)?;
        let flow = Flow::builder(keyring, page).build()?;
        let (recovery, policy) = (Recovery::new(flow, ports), Policy::django());
        Ok(Self { recovery, outbox, people, policy, take_from_outbox })
    }

    /// Whether the password was changed, and every claim about it was proved.
    pub(crate) async fn walk(&self) -> Result<bool> {
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
        for account in self.people.accounts() {
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
            match admitted.set_password(&new, &self.policy, &self.people.hasher, salt) {
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
        let mut all = self.people.lost.iter();
        let (_, lost) = all.find(|(own, _)| own == id).ok_or("no such account")?;
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
        Ok(self.people.hasher.verify(password, stored)?)
    }

    /// Shows what was delivered, and returns the last of it.
    fn deliver(&self) -> Result<Option<Message>> {
        let mut last = None;
        while let Some(message) = self.outbox.take() {
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
