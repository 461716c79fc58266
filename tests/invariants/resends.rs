//! Sending a message again: 4, 5, 6 and 7.

use core::time::Duration;

use pollster::block_on;
use repass::account::Lookup;
use repass::answer::Answer;
use repass::attempt::Stage;
use repass::code::ResendPolicy;
use repass::reset::{Delivery, FlowBuilder, FlowError, Limits, Outcome, ResendError, Worked};
use repass::time;

use crate::same_answers::worlds;
use crate::world::{
    NEW, World, ada, by_email, by_login, code_in, hash_of, nobody, other_than, outcomes, seed,
    token_in,
};

/// Which codes are sent and good is a matter of the policy.
fn with(policy: ResendPolicy) -> World {
    World::with(|builder| builder.resend(policy), [ada()])
}

/// Has the message sent again and reads it.
fn read_again(world: &World, handle: &str) -> String {
    world.resend(handle).unwrap();
    assert_eq!(outcomes(&world.work()), [Outcome::Resent]);
    world.read().expect("a message")
}

#[test]
fn e15_a_resend_has_the_same_code_and_ends_no_later() {
    let mut world = World::new();
    let (handle, code) = world.code();
    for wait in [60, 120, 240] {
        world.wait(wait);
        let again = read_again(&world, &handle);
        assert_eq!(code_in(&again), code);
    }
    // The code and the handle end ten minutes after the request.
    world.wait(600 - 420 - 1);
    assert!(world.admit_code(&handle, &code).is_ok());
    world.wait(1);
    assert!(world.admit_code(&handle, &code).is_err());
    world.calls();
    let expired = world.resend(&handle).unwrap_err();
    assert_eq!(expired.code(), "token_expired");
    assert!(world.calls().is_empty());
}

#[test]
fn a_resend_has_the_same_link() {
    let mut world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    let first = token_in(&world.read().unwrap());
    world.wait(60);
    assert_eq!(token_in(&read_again(&world, &handle)), first);
}

/// The page of a link or code that has expired can offer a new request, and so can that of one that
/// was used or made up: what it is told is the same.
#[test]
fn e16_the_refusal_of_an_expired_secret_lets_the_page_offer_a_new_request() {
    let mut world = World::new();
    let link = world.link();
    let (handle, code) = world.code();
    let wrong = world.admit_code(&handle, &other_than(&code)).unwrap_err().answer();
    assert!(!wrong.offers_new_request());
    world.wait(30 * 60);
    let answers = [
        world.admit_link(&link).unwrap_err().answer(),
        world.admit_link(&"A".repeat(80)).unwrap_err().answer(),
        world.admit_code(&handle, &code).unwrap_err().answer(),
        world.resend(&handle).unwrap_err().answer(),
    ];
    assert!(answers.iter().all(|answer| *answer == Answer::Refused { tries_left: None }));
    assert!(answers[0].offers_new_request());
}

/// "Too soon" exists for accounts alone in GoTrue, Laravel and better-auth (weakness 35).
#[test]
fn w35_the_pause_doubles_for_everybody_alike() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let mut world =
            world.beside(|builder| builder.code_life(Duration::from_secs(24 * 60 * 60)));
        let handle = world.ask(&lookup, Delivery::CODE);
        let opened = world.now;
        let mut answers = Vec::new();
        for _ in 0..8 {
            // What is not there yet, what is too early, and what comes just in time.
            let Err(ResendError::Throttled { until }) = world.resend(&handle) else {
                panic!("{name}: not throttled")
            };
            world.now = until - Duration::from_secs(1);
            assert!(world.resend(&handle).is_err(), "{name}");
            world.now = until;
            answers.push((until - opened, world.resend(&handle).unwrap() - opened));
            let _worked = world.work();
            while world.take().is_some() {}
        }
        seen.push((name, answers));
    }
    let minutes = |minutes: &i64| time::Duration::minutes(*minutes);
    let known: Vec<_> = seen[0].1.iter().map(|(at, _)| *at).collect();
    let right: Vec<_> = [1, 3, 7, 15, 30, 45, 60, 75].iter().map(minutes).collect();
    assert_eq!(known, right);
    for (name, answers) in &seen {
        assert_eq!(answers, &seen[0].1, "{name}");
    }
}

/// Whatever the account is, whatever has become of it and of the attempt, and beyond the limit of
/// messages, the ports see the same.
#[test]
fn a_resend_makes_the_same_calls_for_everybody() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let mut world = world;
        let handle = world.ask(&lookup, Delivery::CODE);
        seen.push((name, calls_of_resends(&mut world, &handle)));
    }
    let changes: [(&str, Change); 4] = [
        ("used", |world, handle| {
            let code = code_in(&world.read().unwrap());
            let admitted = world.admit_code(handle, &code).unwrap();
            world.settle(&world.commit(&admitted, NEW).unwrap());
            let _worked = world.work();
        }),
        ("changed", |world, _| world.put(world.account("1").with_password(hash_of("another")))),
        ("disabled since", |world, _| world.put(world.account("1").disabled())),
        ("spent", |world, _| {
            for _ in 0..5 {
                world.ask(&by_login(), Delivery::LINK);
            }
        }),
    ];
    for (name, change) in changes {
        let mut world = World::new();
        let handle = world.ask(&by_email(), Delivery::CODE);
        change(&world, &handle);
        seen.push((name, calls_of_resends(&mut world, &handle)));
    }
    let (_, known) = &seen[0];
    let run = ["attempts.load", "accounts.load", "counters.count", "attempts.swap", "queue.push"];
    let expected = [&["attempts.load", "queue.push", "queue.claim"], &run[..]].concat();
    assert_eq!(known[0][..expected.len()], expected);
    for (name, calls) in &seen {
        assert_eq!(calls, known, "{name}");
    }
}

/// What becomes of an attempt, given its handle.
type Change = fn(&World, &str);

/// Three resends, and one that is too early.
fn calls_of_resends(world: &mut World, handle: &str) -> Vec<Vec<&'static str>> {
    let mut all = Vec::new();
    for wait in [60, 120, 1, 239] {
        world.wait(wait);
        world.calls();
        let answer = world.resend(handle);
        assert_eq!(answer.is_ok(), wait > 1);
        let _worked = world.work();
        let mut calls = world.calls();
        calls.retain(|call| !call.starts_with("notifier"));
        all.push(calls);
    }
    all
}

#[test]
fn a_forged_handle_resends_nothing_and_costs_no_call() {
    let world = World::new();
    let (handle, _) = world.code();
    let link = world.link();
    world.calls();
    let mut forged = handle.into_bytes();
    forged[50] ^= 1;
    for text in [String::from_utf8(forged).unwrap(), link, String::new()] {
        assert!(matches!(world.resend(&text), Err(ResendError::Refused(_))));
    }
    assert!(world.calls().is_empty());
}

/// The first message and all that are sent again have one limit, whoever asks for them.
#[test]
fn resends_are_messages_of_the_one_limit() {
    let life = Duration::from_secs(86_400);
    let mut world = World::with(|builder| builder.code_life(life), [ada()]);
    let handle = world.ask(&by_email(), Delivery::CODE);
    let mut messages = 0;
    for round in 0..20 {
        messages += u32::from(world.take().is_some());
        world.wait(15 * 60);
        world.resend(&handle).unwrap();
        let right = if round < 4 { Outcome::Resent } else { Outcome::TooManySends };
        assert_eq!(outcomes(&world.work()), [right]);
    }
    assert_eq!(messages, 5);
    assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::TooManySends);
}

/// Whatever is sent, the last two messages of a window carry the link that outlives it, and the links
/// that were sent before stay good until the end that they name.
#[test]
fn the_last_two_messages_carry_long_links_when_they_are_sent_again() {
    for delivery in [Delivery::CODE, Delivery::LINK, Delivery::LINK_AND_CODE] {
        let mut world = World::new();
        let opened = world.now;
        let handle = world.ask(&by_email(), delivery);
        let mut texts = vec![world.read().unwrap()];
        for wait in [60, 120, 240] {
            world.wait(wait);
            texts.push(read_again(&world, &handle));
        }
        let links: Vec<_> =
            texts.iter().map(|text| text.contains("?token=").then(|| token_in(text))).collect();
        let first = links[0].clone();
        assert_eq!(first.is_some(), delivery != Delivery::CODE);
        assert_eq!([&links[1], &links[2]], [&first; 2]);
        let long = links[3].clone().unwrap();
        assert_ne!(Some(&long), first.as_ref());
        if delivery != Delivery::LINK {
            // The code ends when it was to end.
            let code = code_in(&texts[0]);
            world.now = opened + Duration::from_secs(599);
            assert!(world.admit_code(&handle, &code).is_ok());
            world.wait(1);
            assert!(world.admit_code(&handle, &code).is_err());
        }
        world.now = opened + Duration::from_secs(30 * 60 - 1);
        assert!(first.iter().all(|first| world.admit_link(first).is_ok()));
        world.wait(1);
        assert!(first.iter().all(|first| world.admit_link(first).is_err()));
        world.now = opened + Duration::from_secs(12 * 3600 + 30 * 60 - 1);
        assert!(world.admit_link(&long).is_ok());
        world.wait(1);
        assert!(world.admit_link(&long).is_err());
    }
}

#[test]
fn a_new_code_ends_the_last_one() {
    let mut world = with(ResendPolicy::NewCode);
    let (handle, first) = world.code();
    world.wait(60);
    let second = code_in(&read_again(&world, &handle));
    assert_ne!(first, second);
    assert!(world.admit_code(&handle, &first).is_err());
    assert!(world.admit_code(&handle, &second).is_ok());
}

#[test]
fn the_last_code_stays_good_for_a_while_where_the_policy_says_so() {
    let mut world = with(ResendPolicy::NewCodeKeepingLast(Duration::from_secs(90)));
    let (handle, first) = world.code();
    world.wait(60);
    let second = code_in(&read_again(&world, &handle));
    world.wait(89);
    assert!([&first, &second].iter().all(|code| world.admit_code(&handle, code).is_ok()));
    world.wait(1);
    assert!(world.admit_code(&handle, &first).is_err());
    world.wait(30);
    let third = code_in(&read_again(&world, &handle));
    assert!(world.admit_code(&handle, &second).is_ok());
    assert!(world.admit_code(&handle, &third).is_ok());
}

/// The limit of messages is reached: the person has the codes that were sent, and no other.
#[test]
fn a_resend_that_sends_nothing_leaves_the_last_code_good() {
    let policies =
        [ResendPolicy::NewCode, ResendPolicy::NewCodeKeepingLast(Duration::from_secs(3600))];
    for policy in policies {
        let mut world = with(policy);
        let (handle, _) = world.code();
        world.wait(60);
        let code = code_in(&read_again(&world, &handle));
        for _ in 0..3 {
            world.ask(&by_login(), Delivery::LINK);
        }
        world.wait(120);
        world.resend(&handle).unwrap();
        assert_eq!(outcomes(&world.work()), [Outcome::TooManySends]);
        assert!(world.admit_code(&handle, &code).is_ok(), "{policy:?}");
    }
}

/// All codes of an attempt share the tries of its handle, and no other handle has them (weakness 36:
/// strangers burn the code of a victim with wrong guesses).
#[test]
fn w36_a_resend_gives_no_new_tries_and_takes_none_from_others() {
    let mut world = with(ResendPolicy::NewCode);
    let (handle, first) = world.code();
    let (other, others) = world.code();
    for left in [4, 3, 2] {
        let refused = world.admit_code(&handle, &other_than(&first)).unwrap_err();
        assert_eq!(refused.answer(), Answer::Refused { tries_left: Some(left) });
    }
    world.wait(60);
    let second = code_in(&read_again(&world, &handle));
    for left in [1, 0, 0] {
        let refused = world.admit_code(&handle, &other_than(&second)).unwrap_err();
        assert_eq!(refused.answer(), Answer::Refused { tries_left: Some(left) });
    }
    assert!(world.admit_code(&handle, &second).is_err());
    assert!(world.admit_code(&other, &others).is_ok());
}

#[test]
fn two_good_codes_are_in_the_guess_budget() {
    let kept = ResendPolicy::NewCodeKeepingLast(Duration::from_secs(60));
    let chance = |policy| with(policy).flow().guess_budget().chance_per_day();
    assert_eq!(chance(kept), 2.0 * chance(ResendPolicy::NewCode));
    // Six digits and 20 tries a day are 1 in 16,667, and half as good with two codes.
    let digits = |builder: FlowBuilder| {
        let shape = repass::code::CodeShape::digits(6).unwrap();
        builder.code_shape(shape).limits(Limits::default().tries(5, 20))
    };
    let keyring = crate::world::keyring();
    let built = |policy| {
        let builder = repass::reset::Flow::builder(keyring.clone(), crate::world::page());
        digits(builder).resend(policy).build()
    };
    assert!(built(ResendPolicy::NewCode).is_ok());
    assert!(matches!(built(kept), Err(FlowError::GuessChance { .. })));
}

/// A stranger who asked for Ada can have her message sent again while she fills in the form.
#[test]
fn a_resend_takes_nothing_from_a_commit() {
    let mut world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    let token = token_in(&world.read().unwrap());
    let admitted = world.admit_link(&token).unwrap();
    world.wait(60);
    read_again(&world, &handle);
    let after = world.commit(&admitted, NEW).unwrap();
    world.settle(&after);
    assert!(world.signs_in(NEW));
    assert!(world.admit_link(&token).is_err());
    assert!(world.resumed().is_empty());
}

/// Two commits with one secret and a resend between them still have one winner.
#[test]
fn a_resend_lets_no_second_commit_begin() {
    let mut world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    let token = token_in(&world.read().unwrap());
    let (one, other) = (world.admit_link(&token).unwrap(), world.admit_link(&token).unwrap());
    world.wait(60);
    read_again(&world, &handle);
    let after = world.commit(&one, NEW).unwrap();
    assert_eq!(world.commit(&other, "another-kettle-43").unwrap_err().code(), "commit_taken");
    world.settle(&after);
    assert_eq!(world.commit(&other, "another-kettle-43").unwrap_err().code(), "commit_taken");
    assert!(world.signs_in(NEW));
}

/// A commit needs its row as it began: a resend waits until it is over, and then sends nothing.
#[test]
fn a_resend_waits_while_a_commit_runs() {
    let mut world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    let admitted = world.admit_link(&token_in(&world.read().unwrap())).unwrap();
    world.wait(60);
    let after = world.commit(&admitted, NEW).unwrap();
    world.resend(&handle).unwrap();
    assert!(matches!(world.work()[..], [Worked::PutOff { failure: None, .. }]));
    world.settle(&after);
    assert_eq!(world.rows()[0].stage(), Stage::Settled);
    world.wait(5);
    assert_eq!(outcomes(&world.work()), [Outcome::NotResent]);
    let kinds = || world.take().map(|message| message.kind().code());
    assert_eq!([kinds(), kinds()], [Some("password_changed"), None]);
}

/// Wherever a worker crashes, the message is made once, counted once, and with the same secret.
#[test]
fn a_resend_that_crashed_is_done_once() {
    for call in ["attempts.load", "accounts.load", "counters.count", "attempts.swap", "queue.push"]
    {
        for lose in [false, true] {
            let mut world = with(ResendPolicy::NewCode);
            let (handle, first) = world.code();
            world.wait(60);
            world.resend(&handle).unwrap();
            match lose {
                true => world.trace.lose_answer(call),
                false => world.trace.fail_next(call),
            }
            let worked = world.work();
            assert!(matches!(worked[0], Worked::PutOff { .. }), "{call}: {worked:?}");
            world.wait(5);
            assert_eq!(outcomes(&world.work()), [Outcome::Resent], "{call}");
            let code = code_in(&world.read().unwrap());
            // A message that was handed over before the crash may come twice, and says the same.
            let twice = world.read().map(|text| code_in(&text));
            assert_eq!(twice, (lose && call == "queue.push").then(|| code.clone()), "{call}");
            assert_ne!(code, first);
            assert!(world.admit_code(&handle, &code).is_ok(), "{call}");
            // Two messages were counted, so three more can be sent.
            for _ in 0..3 {
                assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::Sent);
            }
            assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::TooManySends);
        }
    }
}

#[test]
fn asking_twice_before_the_worker_comes_sends_one_message() {
    for lookup in [by_email(), nobody()] {
        let mut world = World::new();
        let handle = world.ask(&lookup, Delivery::CODE);
        world.take();
        world.wait(60);
        let next = [world.resend(&handle).unwrap(), world.resend(&handle).unwrap()];
        assert_eq!(next, [world.now + Duration::from_secs(120); 2]);
        assert_eq!(outcomes(&world.work()).len(), 1);
        assert_eq!(world.take().is_some(), lookup == by_email());
        assert!(world.take().is_none());
    }
}

/// A message that was asked for in time and is worked on too late is not sent.
#[test]
fn a_resend_that_waited_too_long_sends_nothing() {
    let mut world = World::new();
    let (handle, _) = world.code();
    world.wait(599);
    world.resend(&handle).unwrap();
    world.wait(1);
    assert_eq!(outcomes(&world.work()), [Outcome::Expired]);
    assert!(world.take().is_none());
}

/// Until the first message was sent there is nothing to send again.
#[test]
fn a_request_that_was_not_run_is_not_sent_again() {
    let world = World::new();
    let handle = world.request(&by_email(), Delivery::LINK);
    let Err(ResendError::Throttled { until }) = world.resend(&handle) else { panic!() };
    assert_eq!(until, world.now + Duration::from_secs(60));
    assert_eq!(world.queue().dump().len(), 1);
}

#[test]
fn a_full_queue_refuses_resends_of_everybody_alike() {
    let mut world = World::bounded([ada()], 100, 100, 1);
    let handles = [by_email(), nobody()].map(|lookup| world.ask(&lookup, Delivery::LINK));
    world.wait(60);
    world.request(&Lookup::login("somebody").unwrap(), Delivery::LINK);
    for handle in handles {
        let full = world.resend(&handle).unwrap_err();
        assert_eq!((full.code(), full.answer()), ("request_queue_full", Answer::Unavailable));
    }
}

/// A row whose last message was sent by a clock that is a year ahead holds nobody up.
#[test]
fn a_message_from_the_future_holds_nobody_up() {
    let mut world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    world.now -= Duration::from_secs(100);
    let Err(ResendError::Throttled { until }) = world.resend(&handle) else { panic!() };
    assert_eq!(until, world.now + Duration::from_secs(60));
}

/// Several mailed links are good at a time, in Apache Answer (CVE-2024-41890) even after one was used, and
/// in Shopware (CVE-2022-24892) for two hours. Here unused ones may be good side by side, so that a stranger who
/// asks ends no link of the owner; one success ends all of them, those that were sent again included.
#[test]
fn e25_w11_w12_one_success_ends_every_link() {
    let mut world = World::new();
    let handles = [(); 2].map(|()| world.ask(&by_email(), Delivery::LINK));
    let mut tokens: Vec<_> = (0..2).map(|_| token_in(&world.read().unwrap())).collect();
    world.wait(60);
    tokens.extend(handles.iter().map(|handle| token_in(&read_again(&world, handle))));
    // The fourth message of the window has a link of its own, as it is good for longer.
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|token| world.admit_link(token).is_ok()));
    let admitted = world.admit_link(&tokens[0]).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert!(tokens.iter().all(|token| world.admit_link(token).is_err()));
    world.wait(120);
    for handle in &handles {
        world.resend(handle).unwrap();
    }
    let kinds = |world: &World| {
        let _worked = world.work();
        std::iter::from_fn(|| world.take()).map(|message| message.kind().code()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&world), ["password_changed"]);
}

/// The codes of ASP.NET Identity can be used again within their window (weakness 37).
#[test]
fn w37_a_code_is_good_once_whenever_it_was_sent() {
    for policy in [ResendPolicy::SameCode, ResendPolicy::NewCodeKeepingLast(Duration::MAX)] {
        let mut world = with(policy);
        let (handle, first) = world.code();
        world.wait(60);
        let codes = [first, code_in(&read_again(&world, &handle))];
        let admitted = world.admit_code(&handle, &codes[1]).unwrap();
        world.settle(&world.commit(&admitted, NEW).unwrap());
        for code in &codes {
            assert_eq!(world.admit_code(&handle, code).unwrap_err().code(), "reset_used");
        }
    }
}

/// Instagram limited guesses by address alone, so that from enough of them 200 each were the whole
/// space of a code (weakness 28). Here no source, handle, request or resend gives an account more than 15 a
/// day.
#[test]
fn w28_guesses_at_an_account_are_15_a_day_however_many_codes_are_sent() {
    let mut world = with(ResendPolicy::NewCode);
    let mut handles: Vec<_> = (0..4).map(|_| world.code()).collect();
    world.wait(60);
    let (last, _) = &handles[3];
    handles[3].1 = code_in(&read_again(&world, last));
    for (handle, code) in &handles[..3] {
        for _ in 0..5 {
            let refused = world.admit_code(handle, &other_than(code)).unwrap_err();
            assert_eq!(refused.code(), "reset_wrong_code");
        }
    }
    let (handle, code) = &handles[3];
    assert_eq!(world.admit_code(handle, code).unwrap_err().code(), "reset_account_spent");
}

/// Somebody asks by both identifiers every five minutes for thirty hours, and has each message sent again
/// as often as can be; the owner looks each time, and either a link of the mailbox works or asking brings one.
#[test]
fn a01_a_flood_of_resends_leaves_the_owner_a_link_that_works() {
    let mut world = World::new();
    let (mut mailbox, mut handles): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let ask = |world: &World, lookup: Lookup, delivery| {
        let request = world.recovery.request(lookup, delivery, None, seed(), world.now);
        Some(block_on(request).ok()?.expose_secret().to_owned())
    };
    let mut messages = 0;
    for round in 0..30 * 12 {
        for lookup in [by_email(), by_login()] {
            handles.extend(ask(&world, lookup, Delivery::CODE));
        }
        handles.retain(|handle| {
            let again = world.resend(handle);
            !matches!(again, Err(ResendError::Refused(_)))
        });
        let _worked = world.work();
        while let Some(text) = world.read() {
            messages += 1;
            mailbox.extend(text.contains("?token=").then(|| token_in(&text)));
        }
        mailbox.retain(|token| world.admit_link(token).is_ok());
        if mailbox.is_empty() {
            ask(&world, by_email(), Delivery::LINK);
            let _worked = world.work();
            let text = world.read().unwrap_or_else(|| panic!("nothing in round {round}"));
            messages += 1;
            mailbox.push(token_in(&text));
        }
        world.wait(5 * 60);
    }
    assert!(messages <= 15, "{messages}");
}
