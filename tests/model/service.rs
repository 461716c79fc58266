//! The service under test: it carries out the calls that the reference model carries out.

use core::convert::Infallible;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use pollster::block_on;
use repass::account::{
    Account, AccountId, Contact as RealContact, Email, Login, Lookup, MustChangeReason, Phone,
};
use repass::answer::Answer;
use repass::attempt::AttemptRow;
use repass::code::ResendPolicy;
use repass::hash::Verifier;
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::{Generator, Policy};
use repass::port::PortSet;
use repass::queue::ClaimToken;
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::recovery::Recovery;
use repass::reset::{
    AddressLinkError, Administered, AdmitError, Admitted, AdmittedAddress, AfterReset, Change,
    CommitError, Delivery, FirstPasswords, Flow, Limits, Operators, Proof, Sms, Worked,
};
use repass::secret::{Password, PasswordHash, Salt, Seed, TypedPassword};
use repass::sign_in::SignInOutcome;
use repass::time::UtcDateTime;

use crate::hosts::{Host, HostAccounts, HostAttempts};
use crate::people::{ADA, FIRST_PASSWORDS, OPERATOR, people};
use crate::plan::Plan;
use crate::reference::{self, may_administer};
use crate::settings::{
    ADMINISTERED, ALLOWED, CODE_LIFE, INVITATION_LIFE, LAST_CODE_KEPT, LINK_LIFE, MESSAGES,
    NOT_ALLOWED, PRESENT_PASSWORDS, REQUESTS, SIGN_INS_OF_ACCOUNT, SIGN_INS_OF_IDENTIFIER,
    SPOKEN_SECRETS, TEMPORARY_PASSWORD_LIFE, TEXT_MESSAGES, TRIES_OF_ACCOUNT, TRIES_OF_HANDLE,
};
use crate::snapshot::{AccountShown, RowShown, Snapshot, letter_name};
use crate::troubled::Troubled;
use crate::words::{At, Call, Contact, Guess, Seen, Tenant, Typed, Wanted, Who, moment};
use crate::world::{Dice, flow, hasher};

type Stores<T> = PortSet<
    Troubled<Arc<HostAccounts>, T>,
    Troubled<Arc<HostAttempts>, T>,
    Troubled<Arc<MemoryCounters>, T>,
    Troubled<Arc<MemoryQueue>, T>,
    Troubled<Arc<Outbox>, T>,
>;

type Driven = Recovery<Stores<Plan>>;

/// What the service has handed out.
pub(crate) enum Thing {
    Handle(String),
    Ticket(String),
    Letter {
        link: Option<String>,
        code: Option<String>,
        stop: Option<String>,
        name: String,
    },
    Admission(Admitted),
    After(Tenant, AfterReset),
    /// `None` once it was committed.
    Address(Option<AdmittedAddress>),
    Administered(Tenant, Administered),
    Spoken(String),
    Session {
        who: Who,
        tag: String,
    },
}

pub(crate) struct Service {
    /// One for each tenant, with the ports that can have trouble.
    recoveries: Vec<Driven>,
    /// The same without trouble: what a test asks in between disturbs nothing.
    calm: Vec<Driven>,
    pub(crate) plan: Plan,
    pub(crate) things: Vec<Thing>,
    /// Unknown where a temporary password was lost with the answer.
    passwords: BTreeMap<usize, String>,
    /// Which number a stored password has.
    known: BTreeMap<String, usize>,
    dice: Dice,
}

/// Built once: most of the work is reading the texts of messages.
static FLOW: LazyLock<Flow> = LazyLock::new(|| {
    let seconds = |number: i64| Duration::from_secs(number.unsigned_abs());
    let period = |(number, period): (u32, i64)| (number, seconds(period));
    let (requests, messages) = (period(REQUESTS), period(MESSAGES));
    let identifiers = period(SIGN_INS_OF_IDENTIFIER);
    let limits = Limits::default()
        .requests_of_identifier(requests.0, requests.1)
        .messages(messages.0, messages.1)
        .tries(TRIES_OF_HANDLE, TRIES_OF_ACCOUNT.0)
        .present_passwords(PRESENT_PASSWORDS.0)
        .sign_ins_of_identifier(identifiers.0, identifiers.1)
        .sign_ins_of_account(SIGN_INS_OF_ACCOUNT.0)
        .administered(ADMINISTERED.0)
        .spoken_secrets(SPOKEN_SECRETS.0);
    let [account, tenant, service] = TEXT_MESSAGES;
    let sms = Sms::to([ALLOWED]).except([NOT_ALLOWED]).daily_caps(account, tenant, service);
    flow()
        .limits(limits)
        .sms(sms)
        .link_life(seconds(LINK_LIFE))
        .code_life(seconds(CODE_LIFE))
        .invitation_life(seconds(INVITATION_LIFE))
        .temporary_password_life(seconds(TEMPORARY_PASSWORD_LIFE))
        .resend(ResendPolicy::NewCodeKeepingLast(seconds(LAST_CODE_KEPT)))
        .operators(Operators::HandOverSecrets)
        .first_passwords(FirstPasswords::WhereAbsent)
        .stop_page(ResetLink::new("https://example.org/stop", LinkForm::Query).unwrap())
        .build()
        .unwrap()
});

static TENANT_FLOW: LazyLock<Flow> =
    LazyLock::new(|| FLOW.for_tenant("tenant").unwrap().build().unwrap());

/// One user table with a password for everybody who has one.
static HASHES: LazyLock<Vec<PasswordHash>> = LazyLock::new(|| {
    let mut dice = Dice(2);
    let mut hash = |number| {
        let salt = Salt::generate(&mut dice).unwrap();
        hasher().hash(&Password::new(text_of(number)).unwrap(), salt).unwrap()
    };
    (0..FIRST_PASSWORDS).map(&mut hash).collect()
});

static GENERATOR: LazyLock<Generator> =
    LazyLock::new(|| policy().generator().temporary().build().unwrap());

impl Service {
    pub(crate) fn new(host: Host) -> Self {
        let attempts = Arc::new(HostAttempts { table: MemoryAttempts::default(), host });
        let (counters, queue) = (Arc::<MemoryCounters>::default(), Arc::<MemoryQueue>::default());
        let outbox = Arc::<Outbox>::default();
        let accounts = [0, 1].map(|tenant| {
            let people = people().into_iter().filter(|account| account.who.0 == tenant);
            let people: Vec<reference::Account> = people.collect();
            let table = MemoryAccounts::new(people.iter().map(stored));
            for operator in [(tenant, ADA.1), (tenant, OPERATOR.1)] {
                let of_operator = people.iter().map(|account| account.who);
                for who in of_operator.filter(|who| may_administer(operator, *who)) {
                    table.let_administer(id(operator), id(who));
                }
            }
            Arc::new(HostAccounts { table, host, writes: 0.into() })
        });
        let recoveries = |plan: &Plan| {
            let over = |tenant: Tenant, flow: &Flow| {
                let stores = PortSet {
                    accounts: troubled(&accounts[tenant], plan),
                    attempts: troubled(&attempts, plan),
                    counters: troubled(&counters, plan),
                    queue: troubled(&queue, plan),
                    notifier: troubled(&outbox, plan),
                };
                Recovery::new(flow.clone(), stores)
            };
            vec![over(0, &FLOW), over(1, &TENANT_FLOW)]
        };
        let plan = Plan::default();
        if host == Host::ForgetsCounts {
            plan.forget(&counters);
        }
        let known = HASHES.iter().enumerate();
        Self {
            recoveries: recoveries(&plan),
            calm: recoveries(&Plan::default()),
            plan,
            things: Vec::new(),
            passwords: (0..FIRST_PASSWORDS).map(|number| (number, text_of(number))).collect(),
            known: known.map(|(number, hash)| (hash.expose_secret().to_owned(), number)).collect(),
            dice: Dice(1),
        }
    }

    /// What the call answers; `None` if it was dropped.
    pub(crate) fn call(&mut self, call: Call, at: At) -> Option<Seen> {
        let mut made = Vec::new();
        let seen = self.carry_out(call, at, &mut made);
        let letters = core::iter::from_fn(|| self.calm[0].ports().notifier.port.take());
        let letters: Vec<Thing> = letters.map(|message| read(&message)).collect();
        self.things.extend(letters.into_iter().chain(made));
        seen
    }

    /// What an admission by this link or ticket would answer, which changes nothing.
    pub(crate) fn look(&self, tenant: Tenant, thing: usize, now: i64) -> Seen {
        let proof = match &self.things[thing] {
            Thing::Letter { link: Some(link), .. } => Proof::Link(link),
            Thing::Ticket(ticket) => Proof::Ticket(ticket),
            _ => unreachable!(),
        };
        admitted(block_on(self.calm[tenant].admit(proof, None, moment(now))), &mut Vec::new())
    }

    pub(crate) fn session_holds(&self, thing: usize) -> bool {
        let Thing::Session { who, tag } = &self.things[thing] else { unreachable!() };
        let account = self.stored(*who);
        account.is_some_and(|account| self.calm[who.0].flow().session_holds(&account, tag))
    }

    pub(crate) fn knows(&self, password: usize) -> bool {
        self.passwords.contains_key(&password)
    }

    /// Lets the host revoke the attempts of an account in the middle of the next trouble.
    pub(crate) fn revoke_in_between(&self, who: Who) {
        let calm = self.calm[who.0].clone();
        self.plan.set_interlude(move || drop(block_on(calm.revoke(id(who), moment(0))).unwrap()));
    }

    /// Whether the address that was admitted is not committed yet.
    pub(crate) fn has_address(&self, thing: usize) -> bool {
        matches!(self.things[thing], Thing::Address(Some(_)))
    }

    /// What the stores hold, and what was handed out since there were so many things. A password that
    /// was never seen before is the one that was to be set.
    pub(crate) fn snapshot(&mut self, since: usize, set: usize) -> Snapshot {
        let mut snapshot = Snapshot { since, ..Snapshot::default() };
        for bytes in self.calm[0].ports().attempts.port.table.dump() {
            let row = AttemptRow::from_bytes(&bytes).unwrap();
            let account = Some(row.account().as_str()).filter(|id| !id.starts_with("decoy-"));
            let shown = RowShown {
                tenant: usize::from(row.scope() != FLOW.scope().tag()),
                account: account.map(|id| id.parse().unwrap()),
                stage: row.stage(),
                end: second(row.expires_at()),
                keep: second(row.keep_until()),
                lease: row.lease_until().map(second),
            };
            snapshot.rows.insert(number_of(&row), shown);
        }
        for tenant in 0..self.calm.len() {
            for account in self.calm[tenant].ports().accounts.port.table.all() {
                let password = self.password_of(&account, set);
                let number = account.id().as_str().parse().unwrap();
                snapshot.accounts.insert((tenant, number), shown(&account, password));
            }
        }
        snapshot.entries = self.calm[0].ports().queue.port.dump().len();
        snapshot.things = self.things[since..].iter().map(Thing::name).collect();
        snapshot
    }

    fn password_of(&mut self, account: &Account, set: usize) -> reference::Password {
        let Some(hash) = account.stored_password() else { return reference::Password::Absent };
        if account.password().is_none() {
            return reference::Password::Marker;
        }
        let text = hash.expose_secret().to_owned();
        let number = self.known.get(&text).copied().unwrap_or_else(|| {
            let is_set = |password: &String| {
                let password = Password::new(password.as_str()).unwrap();
                hasher().verify(&password, hash).unwrap() == repass::hash::Verdict::Match
            };
            assert!(self.passwords.get(&set).is_none_or(is_set), "a password that nobody set");
            self.known.insert(text, set);
            set
        });
        reference::Password::Set(number)
    }

    fn carry_out(&mut self, call: Call, at: At, made: &mut Vec<Thing>) -> Option<Seen> {
        let now = moment(at.now);
        let seed = || Seed::generate(&mut Numbered(at.id)).unwrap();
        let salt = Salt::generate(&mut self.dice).unwrap();
        let claim = ClaimToken::new(Seed::generate(&mut self.dice).unwrap());
        let mut generating = Dice(self.dice.try_next_u64().unwrap());
        if matches!(call, Call::Commit { .. } | Call::SetDirectly { temporary: false, .. }) {
            self.passwords.insert(at.password, text_of(at.password));
        }
        let things = &self.things;
        let of = |tenant: Tenant| &self.recoveries[tenant];
        let seen = match call {
            Call::Request { tenant, typed, wanted } => {
                let asked = of(tenant).request(lookup(typed), delivery(wanted), None, seed(), now);
                match drive(asked)? {
                    Ok(handle) => {
                        made.push(Thing::Handle(handle.expose_secret().to_owned()));
                        Seen::new("accepted", Answer::Accepted)
                    }
                    Err(error) => seen(error.code(), error.answer()),
                }
            }
            Call::Resend { tenant, handle } => {
                match drive(of(tenant).resend(self.handle(handle), now))? {
                    Ok(until) => Seen::new("accepted", Answer::Accepted).with(second(until)),
                    Err(error) => seen(error.code(), error.answer()),
                }
            }
            Call::ResendTo { who, typed } => {
                let sent = of(who.0).resend_to(id(who), lookup(typed), &[], seed(), now);
                match drive(sent)? {
                    Ok(until) => Seen::done("resent").with(second(until)),
                    Err(error) => seen(error.code(), error.answer()),
                }
            }
            Call::Work { tenant } => match drive(of(tenant).work(claim, 64, now))? {
                Ok(worked) => {
                    let mut outcomes: Vec<&str> = worked.iter().map(outcome).collect();
                    outcomes.sort_unstable();
                    outcomes.into_iter().fold(Seen::done("worked"), Seen::with)
                }
                Err(failure) => seen(failure.code(), Answer::Unavailable),
            },
            Call::AdmitLink { tenant, letter } => {
                let proof = Proof::Link(self.link(letter));
                admitted(drive(of(tenant).admit(proof, None, now))?, made)
            }
            Call::AdmitHandledLink { tenant, handle, letter } => {
                let (handle, token) = (self.handle(handle), self.link(letter));
                let proof = Proof::HandledLink { handle, token };
                admitted(drive(of(tenant).admit(proof, None, now))?, made)
            }
            Call::AdmitCode { tenant, handle, guess } => {
                let code = match guess {
                    Guess::Of(letter) => match &things[letter] {
                        Thing::Letter { code: Some(code), .. } => code,
                        _ => unreachable!(),
                    },
                    Guess::Wrong => "BBBB-BBBB",
                    Guess::Malformed => "no code",
                };
                let proof = Proof::Code { handle: self.handle(handle), code };
                admitted(drive(of(tenant).admit(proof, None, now))?, made)
            }
            Call::AdmitSpoken { tenant, typed, guess } => {
                let secret = match guess {
                    Guess::Of(thing) => match &things[thing] {
                        Thing::Spoken(secret) => secret,
                        _ => unreachable!(),
                    },
                    Guess::Wrong => "BBBB-BBBB-BBBB-BBB",
                    Guess::Malformed => "no secret",
                };
                let lookup = lookup(typed);
                let proof = Proof::Spoken { lookup: &lookup, secret };
                admitted(drive(of(tenant).admit(proof, None, now))?, made)
            }
            Call::AdmitTicket { tenant, ticket } => {
                let Thing::Ticket(ticket) = &things[ticket] else { unreachable!() };
                admitted(drive(of(tenant).admit(Proof::Ticket(ticket), None, now))?, made)
            }
            Call::Current { who, right } => match drive(of(who.0).current(id(who), now))? {
                Err(error) => seen(error.code(), error.answer()),
                Ok(current) => {
                    let typed = self.present(who).filter(|_| right);
                    let typed = typed.unwrap_or_else(|| "not the present one".to_owned());
                    match current.verify(&Password::new(typed).unwrap(), &hasher()) {
                        Err(error) => seen(error.code(), error.answer()),
                        Ok(admitted) => {
                            made.push(Thing::Admission(admitted));
                            Seen::done("present_password_right")
                        }
                    }
                }
            },
            Call::Commit { tenant, admission } => {
                let Thing::Admission(admitted) = &things[admission] else { unreachable!() };
                let new = Password::new(text_of(at.password)).unwrap();
                let change = admitted.set_password(&new, &policy(), &hasher(), salt).unwrap();
                self.committed(tenant, change, now, made)?.0
            }
            Call::Settle { after } => {
                let Thing::After(tenant, after) = &things[after] else { unreachable!() };
                match drive(of(*tenant).settle(after, now))? {
                    Ok(()) => Seen::done("settled"),
                    Err(failure) => seen(failure.code(), Answer::Unavailable),
                }
            }
            Call::SignIn { tenant, typed, password } => {
                let password = TypedPassword::new(self.passwords[&password].as_str()).unwrap();
                match drive(of(tenant).sign_in(lookup(typed), None, now))? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(sign_in) => {
                        let verifier = Verifier::new(hasher());
                        let checked = sign_in.verify(&password, &verifier, salt).unwrap();
                        match drive(of(tenant).finish_sign_in(checked, seed(), now))? {
                            Err(error) => seen(error.code(), error.answer()),
                            Ok(outcome) => {
                                made.push(entered(tenant, &outcome));
                                Seen::done(outcome.event().code())
                            }
                        }
                    }
                }
            }
            Call::Administer { operator, who } => {
                match drive(of(who.0).administer(&id(operator), id(who), now))? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(administered) => {
                        made.push(Thing::Administered(who.0, administered));
                        Seen::done("operator_admitted")
                    }
                }
            }
            Call::SendReset { administered, wanted } => {
                let (tenant, administered) = self.administered(administered);
                let sent = of(tenant).send_reset(administered, delivery(wanted), seed(), now);
                match drive(sent)? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(sent) => {
                        made.push(Thing::Handle(sent.handle().expose_secret().to_owned()));
                        Seen::done(sent.event().code())
                    }
                }
            }
            Call::Speak { administered } => {
                let (tenant, administered) = self.administered(administered);
                let hand_over = administered.hand_over().unwrap();
                match drive(of(tenant).spoken_secret(hand_over, seed(), now))? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(spoken) => {
                        made.push(Thing::Spoken(spoken.code().expose_secret().to_string()));
                        Seen::done(spoken.event().code())
                    }
                }
            }
            Call::SetDirectly { administered, temporary } => {
                let (tenant, administered) = self.administered(administered);
                let hand_over = administered.hand_over().unwrap();
                let change = if temporary {
                    let made = hand_over.temporary_password(
                        &GENERATOR,
                        &hasher(),
                        salt,
                        &mut generating,
                        now,
                    );
                    made.unwrap()
                } else {
                    let new = Password::new(text_of(at.password)).unwrap();
                    hand_over.set_password(&new, &policy(), &hasher(), salt).unwrap()
                };
                let (seen, generated) = self.committed(tenant, change, now, made)?;
                if let Some(generated) = generated {
                    let text = generated.expose_secret().to_owned();
                    self.passwords.insert(at.password, text);
                }
                seen
            }
            Call::RequireChange { administered } => {
                let (tenant, administered) = self.administered(administered);
                let reason = MustChangeReason::Administrative;
                match drive(of(tenant).require_change(administered, reason, now))? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(event) => Seen::done(event.code()),
                }
            }
            Call::Invite { who } => match drive(of(who.0).invite(id(who), seed(), now))? {
                Err(error) => seen(error.code(), error.answer()),
                Ok(invited) => Seen::done(invited.event().code()),
            },
            Call::VerifyAddress { who, address, replaces } => {
                let replaces = replaces.map(contact);
                let sent =
                    of(who.0).verify_address(id(who), contact(address), replaces, seed(), now);
                match drive(sent)? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(asked) => Seen::done(asked.event().code()).with(second(asked.expires_at())),
                }
            }
            Call::AdmitAddress { tenant, letter } => {
                match drive(of(tenant).admit_address(self.link(letter), None, now))? {
                    Err(error) => address_refused(&error),
                    Ok(admitted) => {
                        let code = admitted.event().code();
                        made.push(Thing::Address(Some(admitted)));
                        Seen::done(code)
                    }
                }
            }
            Call::CommitAddress { tenant, admission } => {
                let Thing::Address(admitted) = &mut self.things[admission] else { unreachable!() };
                let admitted = admitted.take().unwrap();
                match drive(self.recoveries[tenant].commit_address(admitted, now))? {
                    Err(error) => commit_refused(&error),
                    Ok(verified) => Seen::done(verified.event().code()),
                }
            }
            Call::Stop { tenant, letter } => {
                let Thing::Letter { stop: Some(stop), .. } = &things[letter] else {
                    unreachable!()
                };
                match drive(of(tenant).stop(stop, now))? {
                    Err(error) => seen(error.code(), error.answer()),
                    Ok(stopped) => seen(stopped.event().code(), stopped.answer()),
                }
            }
            Call::Revoke { who } => match drive(of(who.0).revoke(id(who), now))? {
                Err(failure) => seen(failure.code(), Answer::Unavailable),
                Ok(revoked) => Seen::done(revoked.event().code())
                    .with(revoked.attempts)
                    .with(revoked.entries)
                    .with(revoked.running),
            },
            Call::Forget { who } => match drive(of(who.0).forget(&id(who), now))? {
                Err(failure) => seen(failure.code(), Answer::Unavailable),
                Ok(forgotten) => {
                    Seen::done("forgotten").with(forgotten.attempts).with(forgotten.entries)
                }
            },
            Call::Housekeep { tenant } => {
                let kept = drive(of(tenant).housekeep(now))?;
                let seen = Seen::done("housekept")
                    .with(kept.resumed.len())
                    .with(kept.ended)
                    .with(kept.addresses)
                    .with(kept.purged_attempts)
                    .with(kept.other_scopes)
                    .with(kept.failures.len());
                let after = |after| Thing::After(tenant, after);
                made.extend(kept.resumed.into_iter().map(after));
                seen
            }
            Call::Enable { who, enabled } => {
                self.change(who, |account| {
                    (account.is_enabled() != enabled).then(|| {
                        let (version, epoch) =
                            (account.version().unwrap(), account.epoch().unwrap());
                        let next = rebuilt(account, account.emails().iter().cloned(), enabled);
                        next.with_version(version + 1).with_epoch(epoch + 1)
                    })
                });
                Seen::done("host")
            }
            Call::AddAddress { who, address } => {
                let address = contact(address);
                self.change(who, |account| {
                    let has = |email: &Email| email.address() == &address;
                    let is_new = !account.emails().iter().any(has);
                    is_new.then(|| account.clone().with_email(Email::unverified(address.clone())))
                });
                Seen::done("host")
            }
            Call::ReplaceAddress { who, address } => {
                let address = contact(address);
                self.change(who, |account| {
                    let emails = account.emails();
                    let first = emails.iter().find(|email| email.is_verified())?.address();
                    if *first == address {
                        return None;
                    }
                    let others = emails.iter().filter(|email| *email.address() != address);
                    let replaced = others.map(|email| match email.address() == first {
                        true => Email::verified(address.clone()),
                        false => email.clone(),
                    });
                    let next = rebuilt(account, replaced, account.is_enabled());
                    Some(next.with_version(account.version().unwrap() + 1))
                });
                Seen::done("host")
            }
            Call::Delete { who } => {
                self.calm[who.0].ports().accounts.port.table.remove(&id(who));
                Seen::done("host")
            }
        };
        Some(seen)
    }

    fn committed(
        &self,
        tenant: Tenant,
        change: Change,
        now: UtcDateTime,
        made: &mut Vec<Thing>,
    ) -> Option<(Seen, Option<Password>)> {
        Some(match drive(self.recoveries[tenant].commit(change, now))? {
            Err(error) => (commit_refused(&error), None),
            Ok(mut after) => {
                let code = after.event().code();
                let generated = after.take_temporary_password();
                if let Some(tag) = after.session_tag() {
                    let who = (tenant, after.account().as_str().parse().unwrap());
                    made.push(Thing::Session { who, tag: tag.as_str().to_owned() });
                }
                made.push(Thing::After(tenant, after));
                (Seen::done(code), generated)
            }
        })
    }

    /// Lets the host change its user table.
    fn change(&self, who: Who, next: impl Fn(&Account) -> Option<Account>) {
        if let Some(next) = self.stored(who).and_then(|account| next(&account)) {
            self.calm[who.0].ports().accounts.port.table.put(next);
        }
    }

    fn stored(&self, who: Who) -> Option<Account> {
        let accounts = self.calm[who.0].ports().accounts.port.table.all();
        accounts.into_iter().find(|account| *account.id() == id(who))
    }

    /// The password that the account has, where it is known.
    fn present(&self, who: Who) -> Option<String> {
        let stored = self.stored(who)?;
        let number = self.known.get(stored.password()?.expose_secret())?;
        self.passwords.get(number).cloned()
    }

    fn handle(&self, thing: usize) -> &str {
        let Thing::Handle(handle) = &self.things[thing] else { unreachable!() };
        handle
    }

    fn link(&self, thing: usize) -> &str {
        let Thing::Letter { link: Some(link), .. } = &self.things[thing] else { unreachable!() };
        link
    }

    fn administered(&self, thing: usize) -> (Tenant, &Administered) {
        let Thing::Administered(tenant, administered) = &self.things[thing] else { unreachable!() };
        (*tenant, administered)
    }
}

impl Thing {
    fn name(&self) -> String {
        match self {
            Self::Handle(_) => "handle".to_owned(),
            Self::Ticket(_) => "ticket".to_owned(),
            Self::Letter { link, code, stop, name } => {
                letter_name(name, link.is_some(), code.is_some(), stop.is_some())
            }
            Self::Admission(_) => "admission".to_owned(),
            Self::After(..) => "after".to_owned(),
            Self::Address(_) => "address".to_owned(),
            Self::Administered(..) => "administered".to_owned(),
            Self::Spoken(_) => "spoken".to_owned(),
            Self::Session { who, .. } => format!("session {who:?}"),
        }
    }
}

/// Ports in memory are always ready: what waits was dropped.
fn drive<T>(work: impl Future<Output = T>) -> Option<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn troubled<P>(port: &Arc<P>, plan: &Plan) -> Troubled<Arc<P>, Plan> {
    Troubled { port: Arc::clone(port), trouble: plan.clone() }
}

fn seen(code: &'static str, answer: Answer) -> Seen {
    // Which port it was is not the model's business.
    if code.ends_with("_failed") { Seen::failed() } else { Seen::new(code, answer) }
}

fn commit_refused(error: &CommitError) -> Seen {
    seen(error.code(), error.answer())
}

fn address_refused(error: &AddressLinkError) -> Seen {
    seen(error.code(), error.answer())
}

fn admitted(result: Result<Admitted, AdmitError>, made: &mut Vec<Thing>) -> Seen {
    let ticket = match &result {
        Ok(admitted) => admitted.ticket(),
        Err(error) => error.ticket(),
    };
    made.extend(ticket.map(|ticket| Thing::Ticket(ticket.expose_secret().to_owned())));
    match result {
        Err(error) => seen(error.code(), error.answer()),
        Ok(admitted) => {
            let code = admitted.event().code();
            made.push(Thing::Admission(admitted));
            Seen::done(code)
        }
    }
}

fn entered(tenant: Tenant, outcome: &SignInOutcome) -> Thing {
    match outcome {
        SignInOutcome::SignedIn(signed_in) => {
            let who = (tenant, signed_in.account().id().as_str().parse().unwrap());
            Thing::Session { who, tag: signed_in.tag().as_str().to_owned() }
        }
        SignInOutcome::MustChange(must) => Thing::Ticket(must.ticket().expose_secret().to_owned()),
        _ => unreachable!(),
    }
}

fn outcome(worked: &Worked) -> &'static str {
    match worked {
        Worked::Ran(report) => report.disclose().code(),
        Worked::Delivered => "delivered",
        Worked::Decoy => "decoy",
        Worked::Dropped(_) => "dropped",
        Worked::PutOff { .. } => "put_off",
        Worked::LeaseLost => "lease_lost",
        _ => "other",
    }
}

/// What is in a message.
fn read(message: &Message) -> Thing {
    let text = message.expose_secret();
    let behind = |mark| text.lines().find_map(|line| Some(line.split_once(mark)?.1.to_owned()));
    let shown = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b'-' && !line.contains(' ');
    let name = [message.tenant().unwrap_or("-"), message.kind().code(), message.to().as_str()];
    Thing::Letter {
        link: behind("/reset?token="),
        code: behind("@example.org #").or_else(|| text.lines().find(shown).map(str::to_owned)),
        stop: behind("/stop?token="),
        name: name.join(" "),
    }
}

/// The account that the user table has for one of the reference model.
fn stored(account: &reference::Account) -> Account {
    let own = Account::new(id(account.who)).with_login(Login::new(account.login).unwrap());
    let own = own.with_version(account.version).with_epoch(account.epoch);
    let own = match account.password {
        reference::Password::Absent => own,
        reference::Password::Marker => own.with_password(PasswordHash::from_column("!")),
        reference::Password::Set(number) => own.with_password(HASHES[number].clone()),
    };
    account.contacts.iter().fold(own, |own, (text, verified)| {
        match (text.contains('@'), verified) {
            (true, true) => own.with_email(Email::verified(contact(text))),
            (true, false) => own.with_email(Email::unverified(contact(text))),
            (false, _) => own.with_phone(Phone::verified(contact(text))),
        }
    })
}

/// The account with other addresses, or enabled or not.
fn rebuilt(account: &Account, emails: impl Iterator<Item = Email>, enabled: bool) -> Account {
    let own = Account::new(account.id().clone()).with_login(account.login().unwrap().clone());
    let own = own.with_version(account.version().unwrap()).with_epoch(account.epoch().unwrap());
    let own = own.with_must_change(account.must_change());
    let own = own.with_required_recovery(account.requires_recovery());
    let own = emails.fold(own, Account::with_email);
    let own = account.phones().iter().cloned().fold(own, Account::with_phone);
    let own = account.stored_password().cloned().into_iter().fold(own, Account::with_password);
    let own = account.changed_at().into_iter().fold(own, Account::with_changed_at);
    let own = account.replaced_email().cloned().into_iter().fold(own, Account::with_replaced_email);
    if enabled { own } else { own.disabled() }
}

fn shown(account: &Account, password: reference::Password) -> AccountShown {
    let emails = account.emails().iter().map(|email| (email.address(), email.is_verified()));
    let phones = account.phones().iter().map(|phone| (phone.number(), phone.is_verified()));
    let contacts = emails.chain(phones);
    AccountShown {
        password,
        contacts: contacts.map(|(contact, is)| (contact.as_str().to_owned(), is)).collect(),
        replaced: account.replaced_email().map(|old| old.as_str().to_owned()),
        enabled: account.is_enabled(),
        version: account.version().unwrap(),
        epoch: account.epoch().unwrap(),
        changed_at: account.changed_at().map(second),
        must_change: account.must_change().map(|must| {
            let temporary = must.reason() == MustChangeReason::Temporary;
            (temporary, must.expires_at().map(second))
        }),
        recovery: account.requires_recovery(),
    }
}

fn id(who: Who) -> AccountId {
    AccountId::new(&who.1.to_string()).unwrap()
}

fn contact(text: Contact) -> RealContact {
    match text.contains('@') {
        true => RealContact::email(text).unwrap(),
        false => RealContact::phone(text).unwrap(),
    }
}

fn lookup(typed: Typed) -> Lookup {
    match typed {
        Typed::Login(login) => Lookup::login(login).unwrap(),
        Typed::Contact(text) if text.contains('@') => Lookup::email(text).unwrap(),
        Typed::Contact(text) => Lookup::phone(text).unwrap(),
    }
}

fn delivery(wanted: Wanted) -> Delivery {
    match wanted {
        Wanted::Link => Delivery::LINK,
        Wanted::Code => Delivery::CODE,
        Wanted::LinkAndCode => Delivery::LINK_AND_CODE,
    }
}

fn second(moment: UtcDateTime) -> i64 {
    moment.unix_timestamp()
}

/// The number of an attempt: the model's own, or the beginning of a digest that the service chose.
fn number_of(row: &AttemptRow) -> u64 {
    u64::from_be_bytes(row.id().as_bytes()[..8].try_into().unwrap())
}

fn policy() -> Policy {
    Policy::builder().min_length(8).build().unwrap()
}

fn text_of(password: usize) -> String {
    format!("plum-kettle-{password}")
}

/// A generator of the seed of one attempt: ids are in the order of the attempts.
struct Numbered(u64);

impl TryRng for Numbered {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0xa5);
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        Ok(())
    }
}

impl TryCryptoRng for Numbered {}
