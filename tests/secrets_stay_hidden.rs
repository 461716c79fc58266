//! No secret shows in `Debug` or in an error, and no secret type has a trait that would let it out.

use core::any::type_name;
use core::borrow::Borrow;
use core::fmt::{Debug, Display, LowerHex};
use core::hash::Hash;
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

use pollster::block_on;
use repass::account::{
    Account, AccountId, AccountWrite, Channel, Contact, Email, ExpectedAccount, FieldKind,
    FieldText, Fields, Login, Lookup, MustChange, MustChangeReason, PastPassword, Phone,
};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeShape, Codes};
use repass::hash::{Comparison, Cost, Hasher, Verifier};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{
    MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryPorts, MemoryQueue, Outbox,
};
use repass::message::{
    Link, LinkForm, Message, MessageText, Placeholder, Rendered, ResetLink, Template, Value,
};
use repass::policy::{Breach, BreachAnswer, BreachQuery, Evidence, History, Personal, Policy};
use repass::port::{Accounts, Ports, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Waiting};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::recovery::Recovery;
use repass::reset::{
    Administered, AdmitError, Admitted, AfterReset, Call, Change, Count, Current, Delivery,
    EarlierPasswords, Entrusted, Find, Findings, Finish, Flow, FlowBuilder, HandOver, Handle,
    Housekeeping, Insert, Operators, Proof, PutOff, Report, SentReset, SessionTag, SpokenSecret,
    Step, Swap, Target, TenantBuilder, Worked,
};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash, Salt, Seed, TypedPassword};
use repass::sign_in::{Checked, MustChangePassword, SignIn, SignInOutcome, SignedIn};
use repass::throttle::{Source, ThrottleKey};
use repass::time::UtcDateTime;
use repass::token::{
    HexToken, Signer, State, StatelessSigner, Ticket, TicketSigner, Token, Unbound, Unverified,
};

const NOW: i64 = 1_700_000_000;

/// 32 bytes in which no four characters spell anything that a type or field is called.
const MATERIAL: [u8; 32] = *b"zQ7#vK9!xJ4%wY2&qZ8^kX5*jW3@yV6~";
/// A password of the same kind.
const PASSWORD: &str = "gT5$hN8?dR1+fB6=mC0|";

#[test]
fn the_search_finds_a_secret_in_any_dress() {
    for shown in [
        "zQ7#",
        "Key([122, 81, 55, 35])",
        "7a513723",
        "7A513723",
        "7a:51:37:23",
        "\\x7a\\x51\\x37\\x23",
        // base64 of the first, second and third byte on.
        "elE3",
        "UTcj",
        "NyN2",
        "Password(\"6~\")yV6~",
    ] {
        assert!(shows(shown, &MATERIAL), "{shown}");
    }
    for harmless in ["Key(..)", "Password(..)", "", "1700000000", "[1, 2]", "zQ7"] {
        assert!(!shows(harmless, &MATERIAL), "{harmless}");
    }
}

#[test]
fn passwords_and_their_hashes() {
    let password = Password::new(PASSWORD).unwrap();
    assert_hidden(&password, PASSWORD.as_bytes());
    assert_hidden(&Password::verbatim(PASSWORD).unwrap(), PASSWORD.as_bytes());
    let salt = Salt::generate(&mut Fixed(&MATERIAL)).unwrap();
    assert_hidden(&salt, &MATERIAL[..16]);
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let hash = hasher.hash(&password, salt).unwrap();
    assert_hidden(&hash, hash.expose_secret().as_bytes());
    assert_hidden(&hasher, PASSWORD.as_bytes());
    let account = account().with_password(hash.clone());
    assert_hidden(&account, hash.expose_secret().as_bytes());
    assert_hidden(&Some(&account), PASSWORD.as_bytes());
    // A user table of another scheme.
    let plain = PasswordHash::from_stored(PASSWORD).unwrap();
    assert_hidden(&plain, PASSWORD.as_bytes());
}

#[test]
fn sign_ins_and_what_comes_of_them() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let verifier = Verifier::new(hasher.clone());
    assert_hidden(&verifier, PASSWORD.as_bytes());
    let typed = TypedPassword::new(PASSWORD).unwrap();
    assert_hidden(&typed, PASSWORD.as_bytes());
    assert_error_hides(TypedPassword::new(PASSWORD.repeat(300)), PASSWORD.as_bytes());
    assert_hidden(&Source::from_text(PASSWORD).unwrap(), PASSWORD.as_bytes());
    assert_error_hides(Source::from_text(&PASSWORD.repeat(20)), PASSWORD.as_bytes());
    let salt = || Salt::generate(&mut Fixed(&MATERIAL)).unwrap();
    let hash = hasher.hash(typed.normalised(), salt()).unwrap();
    let must_change = MustChange::new(MustChangeReason::Temporary);
    let login = Login::new("gT5$").unwrap();
    let person = account().with_login(login).with_password(hash.clone());
    for (account, right) in [
        (person.clone(), true),
        (person.clone(), false),
        (person.clone().with_must_change(Some(must_change)), true),
    ] {
        let recovery = Recovery::new(flow(), MemoryPorts::new([account]));
        let now = UtcDateTime::from_unix_timestamp(NOW).unwrap();
        // A person who types the password into the wrong field as well.
        let lookup = Lookup::login("gT5$").unwrap();
        let begun = block_on(recovery.sign_in(lookup, None, now)).unwrap();
        assert_hidden(&begun, hash.expose_secret().as_bytes());
        let wrong = TypedPassword::new("wrong").unwrap();
        let typed = if right { &typed } else { &wrong };
        let checked = begun.verify(typed, &verifier, salt()).unwrap();
        assert_hidden(&checked, hash.expose_secret().as_bytes());
        assert_hidden(checked.comparison(), PASSWORD.as_bytes());
        let seed = Seed::generate(&mut Fixed(&MATERIAL)).unwrap();
        let finished = block_on(recovery.finish_sign_in(checked, seed, now));
        match &finished {
            Ok(SignInOutcome::SignedIn(signed_in)) => {
                assert_hidden(&**signed_in, hash.expose_secret().as_bytes());
                assert_hidden(&**signed_in, signed_in.tag().as_str().as_bytes());
            }
            Ok(SignInOutcome::MustChange(must_change)) => {
                assert_hidden(&**must_change, hash.expose_secret().as_bytes());
                let ticket = must_change.ticket().expose_secret();
                assert_hidden(&**must_change, ticket.as_bytes());
                assert_hidden(finished.as_ref().unwrap(), ticket.as_bytes());
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert_error_hides(finished, PASSWORD.as_bytes()),
        }
    }
}

#[test]
fn errors_about_passwords_and_hashes() {
    let long = PASSWORD.repeat(300);
    assert_error_hides(Password::new(&*long), PASSWORD.as_bytes());
    assert_error_hides(Password::confirmed(PASSWORD, &PASSWORD[1..]), PASSWORD.as_bytes());
    assert_error_hides(PasswordHash::from_stored(&format!("{PASSWORD} ")), PASSWORD.as_bytes());
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let password = Password::new(PASSWORD).unwrap();
    for text in [
        PASSWORD.to_owned(),
        format!("$argon2id${PASSWORD}"),
        format!("$argon2id$v=19$m=8,t=1,p=1${PASSWORD}"),
        "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            .to_owned(),
    ] {
        let stored = PasswordHash::from_stored(&text).unwrap();
        assert_error_hides(hasher.verify(&password, &stored), PASSWORD.as_bytes());
        assert_error_hides(hasher.verify(&password, &stored), &text.as_bytes()[text.len() - 20..]);
    }
}

#[test]
fn keys_and_all_that_holds_them() {
    let key = Key::from_bytes(&MATERIAL).unwrap();
    assert_hidden(&key, &MATERIAL);
    assert_hidden(&Key::generate(&mut Fixed(&MATERIAL)).unwrap(), &MATERIAL);
    let ring = ring();
    assert_hidden(&ring, &MATERIAL);
    assert_eq!(format!("{ring:?}"), "[KeyId(1), KeyId(2)]");
    let scope = Scope::new(Purpose::RESET);
    assert_hidden(&Signer::links(ring.clone(), scope.clone(), Duration::from_secs(60)), &MATERIAL);
    assert_hidden(&Codes::new(ring.clone(), scope, CodeShape::DEFAULT), &MATERIAL);
    let page = ResetLink::new("https://example.org", LinkForm::Query).unwrap();
    assert_hidden(&Flow::builder(ring.clone(), page), &MATERIAL);
    assert_hidden(&flow(), &MATERIAL);
    assert_hidden(&flow().for_tenant("acme").unwrap(), &MATERIAL);
    assert_error_hides(Key::from_bytes(&MATERIAL[..31]), &MATERIAL);
    assert_error_hides(Key::from_bytes(&[b'z'; 32]), &[b'z'; 32]);
    assert_error_hides(
        ring.clone().rotate(KeyId::new(1), Key::from_bytes(&MATERIAL).unwrap()),
        &MATERIAL,
    );
    assert_error_hides(ring.rotate(KeyId::new(3), Key::from_bytes(&MATERIAL).unwrap()), &MATERIAL);
}

#[test]
fn tokens_and_what_refuses_them() {
    let links = Signer::links(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let seed = Seed::generate(&mut Fixed(&MATERIAL)).unwrap();
    assert_hidden(&seed, &MATERIAL[..20]);
    let token = links.sign(AttemptId::new(seed), at(NOW + 1800)).unwrap();
    let text = token.expose_secret();
    assert_hidden(&token, text.as_bytes());
    // The id of an attempt is no secret; from the 37th character on it is the signature alone.
    let verified = links.verify(text, at(NOW)).unwrap();
    assert_hidden(&verified, &text.as_bytes()[36..]);
    for (text, now) in [(&text[1..], NOW), (text, NOW + 1800), (text, 0)] {
        assert_error_hides(links.verify(text, at(now)), token.expose_secret().as_bytes());
    }
    let handles = Signer::handles(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
    assert_error_hides(handles.verify(text, at(NOW)), text.as_bytes());
    assert_hidden(&Unverified::parse(text).unwrap(), &text.as_bytes()[36..]);
}

#[test]
fn tickets_and_what_refuses_them() {
    let tickets = TicketSigner::new(ring(), Scope::new(Purpose::RESET));
    assert_hidden(&tickets, &MATERIAL);
    let id = AttemptId::from_bytes([7; 20]);
    let ticket = tickets.sign(id, &[9; 15], at(NOW + 600)).unwrap();
    let text = ticket.expose_secret();
    assert_hidden(&ticket, text.as_bytes());
    // Behind attempt and binding, which are no secret, there is the signature alone.
    assert_hidden(&tickets.verify(text, at(NOW)).unwrap(), &text.as_bytes()[56..]);
    assert_hidden(&Proof::Ticket(text), text.as_bytes());
    for (text, now) in [(&text[1..], NOW), (text, NOW + 600), (text, 0)] {
        assert_error_hides(tickets.verify(text, at(now)), ticket.expose_secret().as_bytes());
    }
}

#[test]
fn stateless_tokens_and_the_state_in_them() {
    let links = StatelessSigner::new(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
    assert_hidden(&links, &MATERIAL);
    let state = State::changed_by_use(PASSWORD);
    assert_hidden(&state, PASSWORD.as_bytes());
    let ada = AccountId::new("42").unwrap();
    let token = links.sign(&ada, &state, at(NOW + 1800)).unwrap();
    let tag = &token.expose_secret().as_bytes()[36..];
    let unbound = links.verify(token.expose_secret(), at(NOW)).unwrap();
    assert_hidden(&unbound, tag);
    assert_hidden(&unbound.bind(&ada, &state).unwrap(), tag);
}

#[test]
fn questions_about_a_password() {
    let policy = Policy::builder().min_length(30).not_entirely_numeric().build().unwrap();
    assert_hidden(&policy, PASSWORD.as_bytes());
    let about = Personal::none().username("zq7vk9");
    assert_hidden(&about, PASSWORD.as_bytes());
    let password = Password::new(PASSWORD).unwrap();
    let violations = policy.check(&password, &about).unwrap_err();
    assert_hidden(&violations, PASSWORD.as_bytes());
    assert_hidden(&violations[0], PASSWORD.as_bytes());
    for checked in policy.checklist(&password, &about) {
        assert_hidden(&checked, PASSWORD.as_bytes());
    }
    assert_hidden(&Evidence::of_change(&password), PASSWORD.as_bytes());
    assert_hidden(&BreachQuery::new(&password), PASSWORD.as_bytes());
}

#[test]
fn codes_and_what_refuses_them() {
    let codes = Codes::new(ring(), Scope::new(Purpose::RESET), CodeShape::DEFAULT);
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("a@b.example").unwrap());
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
    let code = codes.derive(KeyId::new(1), &binding, 0).unwrap();
    let shown = code.expose_secret();
    assert_hidden(&code, shown.as_bytes());
    assert_hidden(&code, shown.replace('-', "").as_bytes());
    // The values of its symbols tell as much.
    let letters = shown.bytes().filter(|symbol| *symbol != b'-');
    let values = letters.map(|symbol| {
        let value = b"BCDFGHJKLMNPQRSTVWXZ".iter().position(|own| *own == symbol).unwrap();
        u8::try_from(value).unwrap()
    });
    assert_hidden(&code, &values.collect::<Vec<_>>());
    assert_hidden(&binding, shown.as_bytes());
    assert_error_hides(
        CheckCode::parse(CodeShape::DEFAULT, &format!("{}A", *shown)),
        shown.as_bytes(),
    );
    assert_error_hides(codes.derive(KeyId::new(9), &binding, 0), shown.as_bytes());
}

#[test]
fn messages_handles_and_the_steps_that_carry_them() {
    for delivery in [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE] {
        let account = account().with_password(PasswordHash::from_stored(PASSWORD).unwrap());
        let recovery = Recovery::new(flow(), MemoryPorts::new([account]));
        let lookup = Lookup::login("ada").unwrap();
        let handle = block_on(recovery.request(lookup, delivery, None, seed(), at(NOW))).unwrap();
        assert_hidden(&handle, handle.expose_secret().as_bytes());
        run(&recovery, PASSWORD.as_bytes());

        // The message has no secret until it is rendered for its delivery.
        let token = claim_token();
        let mut claimed = block_on(recovery.claim(token, 1, at(NOW))).unwrap();
        let mut step = recovery.flow().work_on(claimed.remove(0), token, at(NOW));
        assert_hidden(&step, PASSWORD.as_bytes());
        let Step::Deliver(call) = step else { panic!("{step:?}") };
        let text = call.question().expose_secret().to_owned();
        let mut secrets = Vec::new();
        if let Some((_, rest)) = text.split_once("?token=") {
            secrets.push(rest[36..78].to_owned());
        }
        let dashed = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b'-';
        secrets.extend(text.lines().find(dashed).map(str::to_owned));
        assert_eq!(secrets.len(), if delivery == Delivery::LINK_AND_CODE { 2 } else { 1 });
        for secret in &secrets {
            assert_hidden(&call, secret.as_bytes());
            assert_hidden(call.question(), secret.as_bytes());
        }
        step = call.reply(Err(Away.into()));
        for secret in &secrets {
            assert_hidden(&step, secret.as_bytes());
        }
        let Step::PutOff(call) = step else { panic!("{step:?}") };
        assert_hidden(call.question(), token.as_bytes());
        assert_hidden(&call, token.as_bytes());
        let Step::Done(worked) = call.reply(Ok(true)) else { panic!("it is put off") };
        assert!(matches!(worked, Ok(Worked::PutOff { failure: Some(_), .. })));
        let late = recovery.work(claim_token(), 1, at(NOW + 86_400));
        for worked in block_on(late).unwrap() {
            for secret in &secrets {
                assert_hidden(&worked, secret.as_bytes());
            }
        }
    }
}

#[test]
fn links_and_texts_of_the_host() {
    let links = Signer::links(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let token = links.sign(AttemptId::from_bytes([7; 20]), at(NOW + 1800)).unwrap();
    let page = ResetLink::new("https://example.org/join", LinkForm::Fragment).unwrap();
    let link = page.link(&token);
    let tag = &token.expose_secret().as_bytes()[36..];
    assert_hidden(&link, tag);
    assert_hidden(&Value::Link(&link), tag);
    assert_hidden(&Value::Secret(PASSWORD), PASSWORD.as_bytes());
    assert_hidden(&Value::Text(PASSWORD), PASSWORD.as_bytes());
    let text = MessageText::new("", "{link}\n{pin}");
    let placeholders = [Placeholder::Link("link"), Placeholder::Secret("pin")];
    let template = Template::custom(text, &placeholders).unwrap();
    let values = [("link", Value::Link(&link)), ("pin", Value::Secret(PASSWORD))];
    let rendered = template.render(&values).unwrap();
    assert!(rendered.expose_secret().contains(PASSWORD));
    assert_hidden(&rendered, PASSWORD.as_bytes());
    assert_hidden(&rendered, tag);
    for values in [&values[..1], &[values[0], ("pin", Value::Text(PASSWORD))]] {
        assert_error_hides(template.render(values), PASSWORD.as_bytes());
    }
    let long = PASSWORD.repeat(11);
    let values = [("link", Value::Link(&link)), ("pin", Value::Secret(&long))];
    assert_error_hides(template.render(&values), PASSWORD.as_bytes());
}

/// What a database keeps of an attempt: rows that say nothing, and entries of the queue of which
/// `Debug` shows the name alone.
#[test]
fn entries_of_the_queue_and_the_claims_on_them() {
    const WHO: &[u8] = b"zq7vk9xj4@wy2.example";
    let recovery = Recovery::new(flow(), MemoryPorts::new([]));
    let lookup = Lookup::email("zq7vk9xj4@wy2.example").unwrap();
    let asked = recovery.request(lookup, Delivery::LINK, None, seed(), at(NOW));
    assert_hidden(&block_on(asked).unwrap(), WHO);
    assert!(recovery.ports().queue().dump()[0].windows(WHO.len()).any(|window| window == WHO));
    let claim = recovery.flow().claim(claim_token(), 1, at(NOW));
    assert_hidden(&claim, WHO);
    let Step::Claim(call) = claim else { panic!("{claim:?}") };
    assert_hidden(&call, call.question().token().as_bytes());
    let claim: &Claim = call.question();
    assert_hidden(claim, claim.token().as_bytes());
    assert_hidden(claim.token(), claim.token().as_bytes());
    let claimed = block_on(recovery.ports().queue().claim(claim, at(NOW))).unwrap();
    for claimed in &claimed {
        assert_hidden(claimed, WHO);
        let (_, seal) = claimed.entry().as_bytes().split_last_chunk::<32>().unwrap();
        assert_hidden(claimed, seal);
        assert_hidden(claimed.entry(), WHO);
        let mut waiting = Waiting::new(claimed.entry().clone(), at(NOW));
        assert_eq!(claim.take([&mut waiting], at(NOW)).len(), 1);
        assert_hidden(&waiting, WHO);
        assert_hidden(&waiting, seal);
        assert_hidden(&waiting, claim.token().as_bytes());
    }
    let step = recovery.flow().work_on(claimed[0].clone(), *claim.token(), at(NOW));
    assert_hidden(&step, WHO);
    let Step::Find(call) = step else { panic!("{step:?}") };
    assert_hidden(&call, WHO);
    assert_hidden(call.question(), WHO);
    let failed = call.reply(Err(Away.into()));
    let Step::PutOff(call) = failed else { panic!("{failed:?}") };
    assert_hidden(call.question(), claim.token().as_bytes());
    assert_hidden(recovery.ports().queue(), WHO);
    assert_hidden(recovery.ports(), WHO);
}

/// Passwords are hashed before they reach a port, and hashes are not shown either.
#[test]
fn changes_and_the_writes_that_carry_them() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let salt = || Salt::generate(&mut Fixed(&MATERIAL)).unwrap();
    let old = hasher.hash(&Password::new(PASSWORD).unwrap(), salt()).unwrap();
    let recovery = Recovery::new(flow(), MemoryPorts::new([account().with_password(old.clone())]));
    let current = block_on(recovery.current(AccountId::new("42").unwrap(), at(NOW))).unwrap();
    let old_hash = old.expose_secret().as_bytes();
    assert_hidden(&current, old_hash);
    let admitted = current.verify(&Password::new(PASSWORD).unwrap(), &hasher).unwrap();
    assert_hidden(&admitted, old_hash);
    let policy = Policy::builder().min_length(8).build().unwrap();
    let new = Password::new(&*PASSWORD.repeat(2)).unwrap();
    let change = admitted.set_password(&new, &policy, &hasher, salt()).unwrap();
    assert_hidden(&change, PASSWORD.as_bytes());
    assert_hidden(&change, old_hash);
    let step = recovery.flow().commit(change, at(NOW));
    let Step::Insert(call) = step else { panic!("{step:?}") };
    let step = call.reply(Ok(repass::port::Inserted::Done));
    let Step::Write(call) = step else { panic!("{step:?}") };
    let write = call.question();
    assert_hidden(write, old_hash);
    assert_hidden(&write.change(), old_hash);
    let repass::account::AccountChange::Password { hash, .. } = write.change() else {
        panic!("a password is set")
    };
    let hash = hash.clone();
    assert_hidden(write, hash.expose_secret().as_bytes());
    assert_hidden(&write.change(), hash.expose_secret().as_bytes());
    let written = block_on(recovery.ports().accounts().write(write, at(NOW)));
    let Step::Done(after) = call.reply(written) else { panic!("it is set") };
    let after = after.unwrap();
    assert_hidden(&after, hash.expose_secret().as_bytes());
    let tag = after.session_tag().unwrap();
    assert_hidden(tag, tag.as_str().as_bytes());
    assert_hidden(&after, tag.as_str().as_bytes());
    let past = block_on(recovery.ports().accounts().past(after.account(), 1, at(NOW)));
    assert_hidden(&past.unwrap()[0], old_hash);
    assert_hidden(&PastPassword::new(old.clone(), at(NOW)), old_hash);
}

/// What operators and callers hold and read out, and what is known of a new password.
#[test]
fn what_operators_and_callers_hold() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let salt = || Salt::generate(&mut Fixed(&MATERIAL)).unwrap();
    let seed = || Seed::generate(&mut Fixed(&MATERIAL)).unwrap();
    let password = Password::new(PASSWORD).unwrap();
    let old = hasher.hash(&password, salt()).unwrap();
    let hash = old.expose_secret().as_bytes();
    let ports = MemoryPorts::new([account().with_password(old.clone())]);
    let (grace, ada) = (AccountId::new("7").unwrap(), AccountId::new("42").unwrap());
    ports.accounts().let_administer(grace.clone(), ada.clone());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let flow = Flow::builder(ring(), page)
        .operators(Operators::HandOverSecrets)
        .trusted_caller("portal")
        .build()
        .unwrap();
    let recovery = Recovery::new(flow, ports);
    assert_hidden(&Target::from(Lookup::login(PASSWORD).unwrap()), PASSWORD.as_bytes());
    let administered = block_on(recovery.administer(&grace, ada, at(NOW))).unwrap();
    assert_hidden(&administered, hash);
    let hand_over = administered.hand_over().unwrap();
    assert_hidden(&hand_over, hash);
    let spoken = block_on(recovery.spoken_secret(hand_over, seed(), at(NOW))).unwrap();
    assert_hidden(&spoken, spoken.code().expose_plain().as_bytes());
    let other = Seed::generate(&mut Fixed(PASSWORD.as_bytes())).unwrap();
    let sent = recovery.send_reset(&administered, Delivery::LINK, other, at(NOW));
    let sent = block_on(sent).unwrap();
    assert_hidden(&sent, sent.handle().expose_secret().as_bytes());

    let caller = recovery.flow().trusted_caller("portal").unwrap();
    let lookup = Lookup::email("nobody@example.org").unwrap();
    let mut third = MATERIAL;
    third.reverse();
    let third = Seed::generate(&mut Fixed(&third)).unwrap();
    let entrusted = recovery.request_for_caller(&caller, lookup, third, at(NOW));
    let entrusted = block_on(entrusted).unwrap();
    assert_hidden(&entrusted, entrusted.expose_secret().as_bytes());
    assert_hidden(&entrusted, entrusted.handle().expose_secret().as_bytes());
    let id = AttemptId::new(seed());
    let links = Signer::links(ring(), Scope::new(Purpose::RESET), Duration::from_secs(60));
    let hex = links.sign(id, at(NOW + 60)).unwrap().to_hex();
    assert_hidden(&hex, hex.expose_secret().as_bytes());

    let answer = BreachAnswer::new(&password, Breach::seen(1));
    assert_hidden(&answer, PASSWORD.as_bytes());
    let policy = Policy::builder().not_among_last(2).build().unwrap();
    let history = policy.check_history(&password, [(PASSWORD, Duration::ZERO)], |_| true);
    assert_hidden(&history, PASSWORD.as_bytes());
    let new = Password::new(&*PASSWORD.repeat(2)).unwrap();
    let change = hand_over.set_password(&new, &Policy::builder().build().unwrap(), &hasher, salt());
    let after = block_on(recovery.commit(change.unwrap(), at(NOW))).unwrap();
    let current = block_on(recovery.current(after.account().clone(), at(NOW))).unwrap();
    let admitted = current.verify(&new, &hasher).unwrap();
    assert_hidden(&admitted, PASSWORD.as_bytes());
    let earlier = block_on(recovery.earlier_passwords(&admitted, &policy, at(NOW))).unwrap();
    assert_hidden(&earlier, hash);
    assert_hidden(&Findings::NONE.earlier(earlier).breach(answer), hash);
}

/// No secrets, but who somebody is gets into a log on purpose only.
#[test]
fn names_and_addresses_of_people() {
    let phone = Phone::verified(Contact::phone("+49 30 901820").unwrap());
    assert_hidden(&phone, b"+49 30 901820");
    let fields = Fields::new([("Customer", FieldKind::Text)]).unwrap();
    let lookup = fields.lookup("Customer", "wyndqvist").unwrap();
    assert_hidden(&lookup, b"wyndqvist");
    let Lookup::Field(field) = &lookup else { panic!("a field") };
    assert_hidden(field, b"wyndqvist");
    assert_hidden(&FieldText::new("wyndqvist").unwrap(), b"wyndqvist");
    const WHO: &[u8] = b"wyndqvist@qplm.org";
    let address = Contact::email("wyndqvist@qplm.org").unwrap();
    let login = Login::new("wyndqvist").unwrap();
    assert_hidden(&address, WHO);
    assert_hidden(&login, WHO);
    assert_hidden(&Email::verified(address.clone()), WHO);
    assert_hidden(&Lookup::Email(address.clone()), WHO);
    assert_hidden(&ExpectedAccount::Lookup(Lookup::Login(login.clone())), WHO);

    let owner = Account::new(AccountId::new("42").unwrap())
        .with_login(login)
        .with_names("wyndqvist", "qplm.org")
        .with_email(Email::verified(address.clone()))
        .with_replaced_email(address.clone());
    assert_hidden(&owner, WHO);
    let with_password = owner.clone().with_password(PasswordHash::from_stored(PASSWORD).unwrap());
    // A notice for the first, a message for the second.
    for account in [owner, with_password] {
        let recovery = Recovery::new(flow(), MemoryPorts::new([account]));
        let lookup = Lookup::Email(address.clone());
        let asked = recovery.request(lookup, Delivery::LINK, None, seed(), at(NOW));
        assert_hidden(&block_on(asked).unwrap(), WHO);
        run(&recovery, WHO);
        let token = claim_token();
        let mut claimed = block_on(recovery.claim(token, 1, at(NOW))).unwrap();
        assert_hidden(&claimed, WHO);
        let step = recovery.flow().work_on(claimed.remove(0), token, at(NOW));
        let Step::Deliver(call) = step else { panic!("{step:?}") };
        assert_hidden(&call, WHO);
        assert_hidden(call.question(), WHO);
    }
}

/// Does the work of the one request in the queue.
fn run(recovery: &Recovery<MemoryPorts>, secret: &[u8]) {
    let worked = block_on(recovery.work(claim_token(), 1, at(NOW))).unwrap();
    assert!(matches!(worked[..], [Worked::Ran(_)]), "{worked:?}");
    assert_hidden(&worked, secret);
    for bytes in recovery.ports().attempts().dump() {
        assert_hidden(&repass::attempt::AttemptRow::from_bytes(&bytes).unwrap(), secret);
    }
}

/// Why a port failed.
#[derive(Debug)]
struct Away;

impl Display for Away {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("away")
    }
}

impl core::error::Error for Away {}

#[test]
fn what_was_typed_is_not_in_the_name_of_its_counter() {
    let lookup = Lookup::email("zq7vk9xj4@wy2.example").unwrap();
    let key = ThrottleKey::typed(&ring(), &Scope::new(Purpose::RESET), "request", &lookup);
    assert_hidden(&key, b"zq7vk9xj4@wy2.example");
    assert_hidden(&key, key.as_bytes());
    assert!(!shows(&String::from_utf8_lossy(key.as_bytes()), b"zq7vk9xj4@wy2.example"));
}

#[test]
fn errors_never_repeat_what_was_typed() {
    let typed = format!("{PASSWORD}\n");
    assert_error_hides(Contact::email(&typed), PASSWORD.as_bytes());
    assert_error_hides(Contact::email(&format!("a@{typed}")), PASSWORD.as_bytes());
    assert_error_hides(Login::new(&typed), PASSWORD.as_bytes());
    assert_error_hides(AccountId::new(&typed), PASSWORD.as_bytes());
    assert_error_hides(Channel::new(&typed), PASSWORD.as_bytes());
    assert_error_hides(Lookup::email_or_login(&format!("@{typed}")), PASSWORD.as_bytes());
    assert_error_hides(Purpose::new(&typed), PASSWORD.as_bytes());
    assert_error_hides(Scope::new(Purpose::RESET).for_tenant(&typed), PASSWORD.as_bytes());
    assert_error_hides(ResetLink::new(&typed, LinkForm::Query), PASSWORD.as_bytes());
}

/// What hides a secret still says what it is, and what a log may want to know.
#[test]
fn debug_says_what_it_hides() {
    let (ring, scope, life) = (ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let links = Signer::links(ring.clone(), scope.clone(), life);
    let token = links.sign(AttemptId::new(seed()), at(NOW + 1800)).unwrap();
    let stateless = StatelessSigner::new(ring.clone(), scope, life);
    let state = State::changed_by_use(PASSWORD);
    let bound = stateless.sign(&AccountId::new("42").unwrap(), &state, at(NOW + 1800)).unwrap();
    let salt = Salt::generate(&mut Fixed(&MATERIAL)).unwrap();
    for (shown, name) in [
        (format!("{:?}", Key::from_bytes(&MATERIAL)), "Ok(Key(..))"),
        (format!("{:?}", Password::new(PASSWORD)), "Ok(Password(..))"),
        (format!("{:?}", PasswordHash::from_stored(PASSWORD)), "Ok(PasswordHash(..))"),
        (format!("{:?}", CheckCode::parse(CodeShape::DEFAULT, "BCDFGHJK")), "Ok(CheckCode(..))"),
        (format!("{:?}", seed()), "Seed(..)"),
        (format!("{salt:?}"), "Salt(..)"),
        (format!("{token:?}"), "Token(..)"),
        (format!("{:?}", claim_token()), "ClaimToken(..)"),
        (format!("{state:?}"), "State(..)"),
    ] {
        assert_eq!(shown, name);
    }
    let unbound = stateless.verify(bound.expose_secret(), at(NOW)).unwrap();
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap()).with_slots(3).with_pepper(ring);
    for (shown, facts) in [
        (format!("{links:?}"), ["KeyId(1), KeyId(2)", "\"reset\"", "Link", "1800"].as_slice()),
        (format!("{stateless:?}"), &["KeyId(1), KeyId(2)", "\"reset\"", "Stateless", "1800"]),
        (format!("{unbound:?}"), &["Unbound", "KeyId(1)", "1700001800"]),
        (format!("{hasher:?}"), &["Hasher", "memory_kib: 8", "KeyId(1), KeyId(2)", "slots: 3"]),
        (format!("{:?}", CodeShape::DEFAULT), &["BCDFGHJKLMNPQRSTVWXZ", "8"]),
    ] {
        for fact in facts {
            assert!(shown.contains(fact), "{shown} does not say {fact}");
        }
    }
}

/// What every type answers that has no answer of its own.
trait Otherwise {
    const _HAS: bool = false;
}

impl<T: ?Sized> Otherwise for T {}

/// Whether a type has a trait: an inherent constant that needs the trait hides the one that does not.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        struct Probe<T: ?Sized>(PhantomData<T>);
        // Where it does not apply nobody uses it: the underscore tells the compiler that this is all right.
        impl<T: ?Sized + $($bound)+> Probe<T> {
            const _HAS: bool = true;
        }
        let _ = Probe::<$type>(PhantomData).0;
        Probe::<$type>::_HAS
    }};
}

/// Asserts that each type has none of the traits that print, compare or hand out what it holds.
macro_rules! assert_closed {
    ($($type:ty),+) => {$(
        let name = stringify!($type);
        // What checks/public-api reads.
        println!("closed {}", type_name::<$type>());
        assert!(has!($type: Debug), "{name}: Debug");
        assert!(!has!($type: Display), "{name}: Display");
        assert!(!has!($type: LowerHex), "{name}: LowerHex");
        assert!(!has!($type: PartialEq), "{name}: PartialEq");
        assert!(!has!($type: PartialOrd), "{name}: PartialOrd");
        assert!(!has!($type: Hash), "{name}: Hash");
        assert!(!has!($type: Deref), "{name}: Deref");
        assert!(!has!($type: AsRef<str>), "{name}: AsRef<str>");
        assert!(!has!($type: AsRef<[u8]>), "{name}: AsRef<[u8]>");
        assert!(!has!($type: Borrow<str>), "{name}: Borrow<str>");
        assert!(!has!($type: Into<String>), "{name}: Into<String>");
        assert!(!has!($type: Into<Vec<u8>>), "{name}: Into<Vec<u8>>");
        assert!(!has!($type: IntoIterator), "{name}: IntoIterator");
    )+};
}

/// Asserts that each type has one owner, which wipes it or uses it up.
macro_rules! assert_single {
    ($($type:ty),+) => {$(
        let name = stringify!($type);
        println!("single {}", type_name::<$type>());
        assert!(!has!($type: Clone), "{name}: Clone");
        assert!(!has!($type: Copy), "{name}: Copy");
    )+};
}

#[test]
fn the_question_whether_a_type_has_a_trait_is_answered() {
    assert!(has!(String: Display));
    assert!(has!(String: PartialEq));
    assert!(has!(String: AsRef<[u8]>));
    assert!(has!(AccountId: Display));
    assert!(has!(PasswordHash: Clone));
    assert!(has!(KeyId: Copy));
    assert!(!has!(Vec<u8>: Display));
    assert!(!has!(f64: Hash));
    assert!(!has!(String: Copy));
}

/// What cannot be compared with `==` is not compared in variable time (CVE-2017-2585, CVE-2022-29185 and its
/// RUSTSEC-2022-0018).
#[test]
fn no_trait_lets_a_secret_out() {
    assert_closed!(Password, Key, Keyring, Token, CheckCode, Message, Seed, Salt, Handle);
    assert_single!(Password, Key, Token, CheckCode, Seed, Salt, Handle);
    assert_closed!(TypedPassword, Verifier, SignIn, Checked, Comparison);
    assert_closed!(SignedIn, MustChangePassword, SignInOutcome);
    assert_single!(TypedPassword, SignIn, Checked, SignedIn, MustChangePassword, SignInOutcome);
    assert_closed!(SessionTag, State, Proof<'static>, Evidence<'static>, BreachQuery);
    assert_single!(SessionTag, BreachQuery);
    assert_closed!(BreachAnswer, History, EarlierPasswords, Findings);
    assert_closed!(Administered, HandOver<'static>, SpokenSecret, SentReset, Entrusted, HexToken);
    assert_single!(Administered, SpokenSecret, SentReset, Entrusted, HexToken);
    assert_closed!(Target);
    // What holds keys.
    assert_closed!(Hasher, Codes, Signer, StatelessSigner, TicketSigner, Flow, FlowBuilder);
    assert_closed!(Recovery<MemoryPorts>, TenantBuilder);
    assert_single!(FlowBuilder, TenantBuilder);
    // What is put into messages, and what comes out.
    assert_closed!(Link, Rendered, Value<'static>);
    assert_single!(Link);
    // What is shown and then used up, and what it admits to.
    assert_closed!(Ticket, Report, Worked, Admitted, Change);
    assert_single!(Ticket, Report, Worked, Admitted, Change);
    // An error that carries a ticket: what it prints is shown above to be something else.
    assert_single!(AdmitError);
    assert!(!has!(AdmitError: PartialEq));
    assert!(!has!(AdmitError: Hash));
    assert_closed!(Current, AfterReset, Housekeeping, Unbound<'static>);
    assert_single!(Current, AfterReset, Housekeeping);
    // Steps, what they ask, and what a port is to write.
    assert_closed!(Step<'static, Message>, Call<'static, Message, ()>, AccountWrite);
    assert_single!(Step<'static, Message>, Call<'static, Message, ()>);
    assert_closed!(Count, Find, Finish, Insert, PutOff, Swap, Waiting);
    // What holds passwords, hashes or names of others.
    assert_closed!(Personal<'static>, CodeBinding<'static>, MemoryAccounts, MemoryAttempts);
    assert_closed!(MemoryCounters, MemoryQueue, Outbox, MemoryPorts);
    assert_single!(MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox);
    assert_single!(MemoryPorts);
    // No secret is made of nothing.
    for made in [has!(Password: Default), has!(Key: Default), has!(Keyring: Default)] {
        assert!(!made);
    }
    for made in [has!(Token: Default), has!(CheckCode: Default), has!(Message: Default)] {
        assert!(!made);
    }
    for made in [has!(Seed: Default), has!(Salt: Default), has!(Handle: Default)] {
        assert!(!made);
    }
    // A stored hash is compared with what stands in the table, and shared.
    assert!(!has!(PasswordHash: Display));
    assert!(!has!(PasswordHash: Hash));
    assert!(!has!(PasswordHash: AsRef<str>));
    assert!(!has!(PasswordHash: Into<String>));
    assert!(!has!(ThrottleKey: Display));
    // Entries of the queue are compared and shared by stores, and printed by none.
    for printed in [has!(Claimed: Display), has!(ClaimToken: Display), has!(Claim: Display)] {
        assert!(!printed);
    }
}

#[test]
fn secrets_can_be_sent_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Password>();
    shared::<PasswordHash>();
    shared::<Key>();
    shared::<Keyring>();
    shared::<Token>();
    shared::<CheckCode>();
    shared::<Ticket>();
    shared::<Message>();
    shared::<Flow>();
}

fn assert_hidden<T: Debug + ?Sized>(value: &T, secret: &[u8]) {
    // What checks/public-api reads.
    println!("covers {}", type_name::<T>());
    for shown in [
        format!("{value:?}"),
        format!("{value:#?}"),
        format!("{value:02x?}"),
        format!("{value:#X?}"),
    ] {
        assert!(!shows(&shown, secret), "{shown}");
    }
}

fn assert_error_hides<T, E: core::error::Error>(result: Result<T, E>, secret: &[u8]) {
    let Err(error) = result else { panic!("this has to fail") };
    assert_hidden(&error, secret);
    assert!(!shows(&error.to_string(), secret), "{error}");
    let mut source = error.source();
    while let Some(inner) = source {
        assert_hidden(&inner, secret);
        assert!(!shows(&inner.to_string(), secret), "{inner}");
        source = inner.source();
    }
}

/// Whether four bytes of `secret` in a row stand in `text`: as they are, in hexadecimal, in base64, or as a list.
fn shows(text: &str, secret: &[u8]) -> bool {
    let lower = text.to_lowercase();
    // Without what stands between the bytes of a dump.
    let hex: String = lower
        .replace("\\x", "")
        .replace("0x", "")
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let list =
        text.split(|character: char| !character.is_ascii_digit()).filter(|part| !part.is_empty());
    let list = format!(" {} ", list.collect::<Vec<_>>().join(" "));
    let encoded = (0..3).filter_map(|start| secret.get(start..)).any(|secret| {
        let (groups, _) = secret.as_chunks::<3>();
        groups.iter().any(|group| text.contains(&base64(group)))
    });
    encoded
        || secret.windows(4).any(|window| {
            let digits: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
            let numbers = window.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
            core::str::from_utf8(window).is_ok_and(|piece| text.contains(piece))
                || hex.contains(&digits)
                || list.contains(&format!(" {numbers} "))
        })
}

/// The four characters of a group of three bytes.
fn base64(group: &[u8; 3]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    [18, 12, 6, 0].iter().map(|shift| char::from(ALPHABET[(bits >> shift & 63) as usize])).collect()
}

fn account() -> Account {
    Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
}

fn flow() -> Flow {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(ring(), page).build().unwrap()
}

fn ring() -> Keyring {
    let mut other = MATERIAL;
    other.reverse();
    let [material, other] = [MATERIAL, other].map(|material| Key::from_bytes(&material).unwrap());
    Keyring::new(KeyId::new(1), material).verify_with(KeyId::new(2), other).unwrap()
}

/// Without four bytes in a row that [`seed`] has.
fn claim_token() -> ClaimToken {
    let mut other = MATERIAL;
    other.reverse();
    ClaimToken::new(Seed::generate(&mut Fixed(&other)).unwrap())
}

fn seed() -> Seed {
    Seed::generate(&mut Fixed(&MATERIAL)).unwrap()
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}

/// Gives these bytes, from the first on each time.
struct Fixed<'a>(&'a [u8]);

impl TryRng for Fixed<'_> {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for (byte, value) in bytes.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *value;
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed<'_> {}
