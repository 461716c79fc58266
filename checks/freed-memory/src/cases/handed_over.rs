use repass::account::{AccountId, Lookup};
use repass::code::CheckCode;
use repass::hash::{Cost, Hasher};
use repass::memory::MemoryPorts;
use repass::message::Message;
use repass::policy::{Generator, Policy};
use repass::port::Ports;
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{
    AfterReset, Author, AuthorText, Delivery, Entrusted, Operators, SentReset, SpokenSecret,
};
use repass::token::Token;

use super::flow::{NOW, ada, builder, run, salt, seed};
use super::{of_code, with_subkeys};
use crate::report::Report;
use crate::secrets::Secrets;
use crate::world::{BYTES, Draws, OTHER_BYTES};

/// What an operator or a trusted caller gets in the place of a message.
pub fn handed_over(report: &mut Report) {
    let keys = with_subkeys(Secrets::of([]), &BYTES);
    let secrets = of_spoken(keys.clone(), spoken().code());
    report.value("secret that an operator reads out", &secrets, spoken);

    let secrets = keys.clone().and(tag(entrusted().expose_secret()));
    report.value("secret of a trusted caller", &secrets, entrusted);

    let message = authored();
    let hex = message.expose_secret();
    let token = Token::from_hex(hex).unwrap();
    // Version and head are no secret.
    let secrets = keys.clone().and(tag(token.expose_secret())).and(&hex.as_bytes()[54..118]);
    report.value("message that an author words", &secrets, authored);

    let secrets = keys.clone().and(tag(sent().handle().expose_secret()));
    report.value("reset that an operator starts", &secrets, sent);

    // Made before: neighbours in an alphabet are neighbours in passwords too.
    let policy = Policy::builder().min_length(16).build().unwrap();
    let generator = policy.generator().temporary().build().unwrap();
    let temporary = || temporary(&generator);
    let mut after = temporary();
    let password = after.take_temporary_password().expect("a temporary password");
    let secrets = keys.and(password.expose_secret().as_bytes());
    report.value("temporary password that is not taken", &secrets, temporary);
    report.value("temporary password", &secrets, || temporary().take_temporary_password());
}

fn of_spoken(secrets: Secrets, code: &CheckCode) -> Secrets {
    let mut all = secrets;
    of_code(code, &mut |form| all = all.clone().and(form));
    all
}

/// What of a token nobody may know.
fn tag(token: &str) -> &[u8] {
    &token.as_bytes()[token.len() - 44..token.len() - 2]
}

/// The digits of a token and nothing else.
fn authored() -> Message {
    let flow = builder().author(Author::new("mapi").hex()).build().unwrap();
    let recovery = Recovery::new(flow, MemoryPorts::new([ada()]));
    let author = recovery.flow().author("mapi").unwrap();
    let text = AuthorText::mail("[%resetpasswd_checkcode%]");
    let (request, lookup) = (author.request(text).unwrap(), Lookup::login("ada").unwrap());
    let _handle = run(recovery.request_by_author(request, lookup, seed(), NOW)).unwrap().unwrap();
    let _worked = run(recovery.work(ClaimToken::new(seed()), 2, NOW)).unwrap().unwrap();
    recovery.ports().outbox().take().expect("a message")
}

fn sent() -> SentReset {
    let recovery = administering();
    let administered = run(recovery.administer(&operator(), id(), NOW)).unwrap().unwrap();
    run(recovery.send_reset(&administered, Delivery::CODE, seed(), NOW)).unwrap().unwrap()
}

fn spoken() -> SpokenSecret {
    let recovery = administering();
    let administered = run(recovery.administer(&operator(), id(), NOW)).unwrap().unwrap();
    let hand_over = administered.hand_over().unwrap();
    run(recovery.spoken_secret(hand_over, seed(), NOW)).unwrap().unwrap()
}

fn entrusted() -> Entrusted {
    let flow = builder().trusted_caller("portal").build().unwrap();
    let recovery = Recovery::new(flow, MemoryPorts::new([ada()]));
    let caller = recovery.flow().trusted_caller("portal").unwrap();
    let lookup = Lookup::login("ada").unwrap();
    run(recovery.request_for_caller(&caller, lookup, seed(), NOW)).unwrap().unwrap()
}

fn temporary(generator: &Generator) -> AfterReset {
    let recovery = administering();
    let administered = run(recovery.administer(&operator(), id(), NOW)).unwrap().unwrap();
    let hand_over = administered.hand_over().unwrap();
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let mut draws = Draws::of(&OTHER_BYTES);
    let change = hand_over.temporary_password(generator, &hasher, salt(), &mut draws, NOW).unwrap();
    run(recovery.commit(change, NOW)).unwrap().unwrap()
}

/// An operator administers the account of Ada.
fn administering() -> Recovery<MemoryPorts> {
    let flow = builder().operators(Operators::HandOverSecrets).build().unwrap();
    let recovery = Recovery::new(flow, MemoryPorts::new([ada()]));
    recovery.ports().accounts().let_administer(operator(), id());
    recovery
}

fn id() -> AccountId {
    AccountId::new("42").unwrap()
}

fn operator() -> AccountId {
    AccountId::new("7").unwrap()
}
