//! 6. "This was not me": what its link ends, for whom, and for how long.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, Written};
use repass::language::Language;
use repass::message::{LinkForm, MessageKind, MessageText, Messages, ResetLink};
use repass::reset::{CommitError, Delivery, Duty, Proof, Step, StopEffect, StopError, Stopped};
use repass::secret::Password;

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, grace, hasher, policy, salt, token_in,
};

const LEASE: u64 = 60;
const WEEK: u64 = 7 * 24 * 60 * 60;

fn page() -> ResetLink {
    ResetLink::new("https://example.org/not-me", LinkForm::Query).unwrap()
}

/// Ada and Grace, and messages that have the link.
fn world() -> World {
    World::with(|builder| builder.stop_page(page()), [ada().with_epoch(3), grace()])
}

/// The token of the link in a text.
fn stop_in(text: &str) -> String {
    let line = text.lines().find_map(|line| line.split_once("/not-me?token="));
    line.expect("a link to stop it").1.to_owned()
}

/// Asks for a link to Ada: the link, and the one that ends it.
fn asked(world: &World) -> (String, String) {
    world.ask(&by_email(), Delivery::LINK);
    let text = world.read().expect("a message");
    (token_in(&text), stop_in(&text))
}

/// Changes Ada's password by a link, and takes the token out of the notice.
fn changed(world: &World, new: &str) -> String {
    let (link, _) = asked(world);
    world.settle(&world.commit(&world.admit_link(&link).unwrap(), new).unwrap());
    let _worked = world.work();
    stop_in(&world.read().expect("a notice"))
}

fn stop(world: &World, token: &str) -> Result<Stopped, StopError> {
    block_on(world.recovery.stop(token, world.now))
}

fn effect(world: &World, token: &str) -> StopEffect {
    let stopped = stop(world, token).unwrap();
    assert_eq!(stopped.answer().code(), "done");
    assert_eq!(stopped.account().as_str(), "1");
    stopped.effect()
}

/// Whether the present password may be tried: it is what sign-in asks as well.
fn password_is_blocked(world: &World) -> bool {
    let id = AccountId::new("1").unwrap();
    let current = block_on(world.recovery.current(id, world.now));
    current.is_err_and(|error| error.code() == "current_recovery_required")
}

/// Wish E10 (revive-adserver#1624, matomo#22705).
#[test]
fn e10_the_link_in_a_request_message_ends_that_attempt_and_nothing_else() {
    let world = world();
    let tag = world.flow().session_tag(&world.account("1"));
    let (link, token) = asked(&world);
    let (other, _) = asked(&world);
    world.calls();
    assert_eq!(effect(&world, &token), StopEffect::AttemptEnded);
    assert_eq!(world.calls(), ["attempts.load", "attempts.swap", "queue.erase"]);
    assert_eq!(world.admit_link(&link).unwrap_err().code(), "reset_used");
    assert!(world.flow().session_holds(&world.account("1"), tag.as_str()));
    assert!(!password_is_blocked(&world) && world.signs_in(OLD));
    // The same answer, and nothing is done.
    world.calls();
    assert_eq!(effect(&world, &token), StopEffect::Nothing);
    assert_eq!(world.calls(), ["attempts.load"]);
    assert!(world.admit_link(&other).is_ok());
}

#[test]
fn a_ticket_and_a_code_end_with_the_attempt_that_was_stopped() {
    let world = world();
    let handle = world.ask(&by_email(), Delivery::CODE);
    let text = world.read().unwrap();
    let (code, token) = (crate::world::code_in(&text), stop_in(&text));
    let admitted = world.admit_code(&handle, &code).unwrap();
    assert_eq!(effect(&world, &token), StopEffect::AttemptEnded);
    assert!(world.admit_ticket(admitted.ticket().unwrap().expose_secret()).is_err());
    assert!(world.admit_code(&handle, &code).is_err());
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Taken)));
    assert!(world.signs_in(OLD));
}

#[test]
fn the_link_in_the_notice_of_a_change_requires_recovery() {
    let world = world();
    let token = changed(&world, NEW);
    let account = world.account("1");
    let tag = world.flow().session_tag(&account);
    let (link, _) = asked(&world);
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    // Sessions, attempts and the password end.
    assert!(!world.flow().session_holds(&world.account("1"), tag.as_str()));
    assert_eq!(world.account("1").epoch(), account.epoch().map(|epoch| epoch + 1));
    assert!(world.admit_link(&link).is_err());
    assert!(password_is_blocked(&world));
    // "Forgot" does what the password no longer does.
    let (link, _) = asked(&world);
    let _after = world.commit(&world.admit_link(&link).unwrap(), "another-kettle").unwrap();
    assert!(!password_is_blocked(&world) && world.signs_in("another-kettle"));
}

/// A person who changed the password while signed in may be a thief as well.
#[test]
fn a_change_by_the_signed_in_person_is_stopped_too() {
    let world = world();
    world.settle(&world.commit(&world.admit_owner(OLD), NEW).unwrap());
    let _worked = world.work();
    let token = stop_in(&world.read().unwrap());
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    assert!(password_is_blocked(&world));
}

/// After the owner is back, the link is of no use to a thief who reads the mailbox.
#[test]
fn the_link_in_a_notice_takes_effect_once() {
    let mut world = world();
    let token = changed(&world, NEW);
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    changed(&world, "another-kettle");
    let account = world.account("1");
    for _ in 0..3 {
        world.wait(60 * 60);
        assert_eq!(effect(&world, &token), StopEffect::Nothing);
        assert!(world.account("1") == account);
    }
    // As long as it could have been used, its answer is the same.
    world.wait(WEEK + LEASE - 3 * 60 * 60 - 1);
    let _kept = world.housekeep();
    assert_eq!(effect(&world, &token), StopEffect::Nothing);
}

/// A thief who changes the password once more does not end the owner's link.
#[test]
fn the_link_in_a_notice_survives_later_changes() {
    let world = world();
    let token = changed(&world, NEW);
    changed(&world, "another-kettle");
    world.settle(&world.commit(&world.admit_owner("another-kettle"), "third-kettle").unwrap());
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    assert!(password_is_blocked(&world));
}

#[test]
fn the_link_in_a_notice_is_good_for_seven_days() {
    let mut world = world();
    let token = changed(&world, NEW);
    world.wait(WEEK + LEASE - 1);
    assert_eq!(world.housekeep().purged_attempts, 0);
    assert_eq!(
        block_on(world.recovery.inspect_stop(&token, world.now)).unwrap(),
        StopEffect::RecoveryRequired
    );
    world.wait(1);
    assert_eq!(stop(&world, &token).unwrap_err().code(), "token_expired");
    world.wait(120);
    assert_eq!(world.housekeep().purged_attempts, 1);
    assert!(!password_is_blocked(&world));
}

/// The owner may see the request first when the thief has used it.
#[test]
fn the_link_in_a_request_message_stops_the_change_that_followed() {
    let world = world();
    let (link, token) = asked(&world);
    world.settle(&world.commit(&world.admit_link(&link).unwrap(), NEW).unwrap());
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    assert!(password_is_blocked(&world));
}

/// The commit has begun and its write is still to come.
#[test]
fn a_commit_that_runs_sets_no_password_that_signs_in() {
    for fault in ["before the write", "after the write"] {
        let mut world = world();
        let (link, token) = asked(&world);
        let admitted = world.admit_link(&link).unwrap();
        match fault {
            "before the write" => world.trace.fail_next("accounts.write"),
            _ => world.trace.lose_answer("accounts.write"),
        }
        assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Failed(_))));
        world.trace.heal();
        assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired, "{fault}");
        assert!(password_is_blocked(&world), "{fault}");
        // Once the lease is over, the secret works again: not after this.
        world.wait(LEASE);
        assert_eq!(world.admit_link(&link).unwrap_err().code(), "reset_superseded", "{fault}");
    }
}

/// Whatever fails on the way, the next use of the link does all of it.
#[test]
fn what_failed_on_the_way_is_done_by_the_next_use() {
    for call in
        ["attempts.load", "accounts.load", "accounts.write", "attempts.list", "attempts.swap"]
    {
        let world = world();
        let token = changed(&world, NEW);
        let (link, _) = asked(&world);
        for lost in [false, true] {
            if lost {
                world.trace.lose_answer(call);
            } else {
                world.trace.fail_next(call);
            }
            assert!(matches!(stop(&world, &token), Err(StopError::Failed(_))), "{call}");
        }
        let last = effect(&world, &token);
        assert!(last == StopEffect::RecoveryRequired || call == "attempts.swap", "{call}");
        assert!(password_is_blocked(&world), "{call}");
        assert_eq!(world.admit_link(&link).unwrap_err().code(), "reset_used", "{call}");
        assert_eq!(effect(&world, &token), StopEffect::Nothing, "{call}");
    }
}

/// Two browsers, two processes: both are told that it is done, and it is done once.
#[test]
fn a_repeated_swap_is_its_own() {
    let world = world();
    let (_, token) = asked(&world);
    world.trace.repeat_next("attempts.swap");
    assert_eq!(effect(&world, &token), StopEffect::AttemptEnded);
}

#[test]
fn looking_at_the_page_changes_nothing() {
    let world = world();
    let (_, request) = asked(&world);
    let notice = changed(&world, NEW);
    let before = (world.attempts().dump(), world.account("1"));
    world.calls();
    for (token, expected) in
        [(&request, StopEffect::AttemptEnded), (&notice, StopEffect::RecoveryRequired)]
    {
        for _ in 0..10 {
            let found = block_on(world.recovery.inspect_stop(token, world.now)).unwrap();
            assert_eq!(found, expected);
            assert_eq!(world.calls(), ["attempts.load"]);
        }
    }
    assert!(before == (world.attempts().dump(), world.account("1")));
}

/// A link, a handle or a ticket stops nothing, and the link that stops admits to nothing.
#[test]
fn a_stop_is_no_link_and_no_other_text_is_a_stop() {
    let world = world();
    let handle = world.request(&by_login(), Delivery::LINK);
    let _worked = world.work();
    let text = world.read().unwrap();
    let (link, token) = (token_in(&text), stop_in(&text));
    let ticket = world.admit_link(&link).unwrap().ticket().unwrap().expose_secret().to_owned();
    let tenant = world.flow().for_tenant("acme").unwrap().build().unwrap();
    world.calls();
    for text in [&link, &handle, &ticket, &token.to_lowercase(), &String::new()] {
        assert!(stop(&world, text).is_err());
        assert!(block_on(world.recovery.inspect_stop(text, world.now)).is_err());
    }
    for proof in [Proof::Link(&token), Proof::Ticket(&token)] {
        assert!(block_on(world.recovery.admit(proof, None, world.now)).is_err());
    }
    assert!(world.admit_code(&token, "BCDF-GHJK").is_err());
    let foreign = World::driven_by(&world, tenant);
    assert_eq!(stop(&foreign, &token).unwrap_err().code(), "token_forged");
    assert_eq!(world.calls(), [""; 0]);
    // The control: it is good where it was made.
    assert_eq!(effect(&world, &token), StopEffect::AttemptEnded);
}

/// Without a page there is no link, no text is accepted, and no row is kept for one.
#[test]
fn a_service_can_do_without() {
    let with = world();
    let (_, token) = asked(&with);
    let mut world = World::new();
    world.ask(&by_email(), Delivery::LINK_AND_CODE);
    let text = world.read().unwrap();
    assert!(!text.contains("cancel") && text.ends_with("not change.\n"), "{text}");
    world.settle(&world.commit(&world.admit_link(&token_in(&text)).unwrap(), NEW).unwrap());
    let _worked = world.work();
    let notice = world.read().unwrap();
    assert!(!notice.contains("block") && !notice.contains("http"), "{notice}");
    world.calls();
    assert_eq!(stop(&world, &token).unwrap_err().code(), "stop_off");
    assert_eq!(world.calls(), [""; 0]);
    world.wait(30 * 60 + 10 * 60 + 120);
    assert_eq!(world.housekeep().purged_attempts, 1);
}

/// Wish E20: what acts for the account ends as well, API tokens included.
#[test]
fn e20_a_stop_revokes_what_a_reset_revokes() {
    let world = world();
    let (_, request) = asked(&world);
    assert_eq!(stop(&world, &request).unwrap().duties(), []);
    let token = changed(&world, NEW);
    let duties = [Duty::EndSessions, Duty::ForgetBrowsers, Duty::RevokeTokens];
    assert_eq!(stop(&world, &token).unwrap().duties(), duties);
    assert_eq!(stop(&world, &token).unwrap().duties(), []);
    // The reset that follows has them until it is settled.
    let (link, _) = asked(&world);
    let after = world.commit(&world.admit_link(&link).unwrap(), "another-kettle").unwrap();
    assert_eq!(after.duties(), duties);
}

/// A caller must not believe that a stolen password no longer signs in.
#[test]
fn a_user_table_that_cannot_require_recovery_is_told() {
    let world = world();
    let token = changed(&world, NEW);
    let row = world.rows().into_iter().max_by_key(|row| row.keep_until()).unwrap();
    let step = world.flow().stop(&token, world.now);
    let Step::LoadAttempt(call) = step else { panic!("{step:?}") };
    let step = call.reply(Ok(Some(row)));
    let Step::LoadAccount(call) = step else { panic!("{step:?}") };
    let step = call.reply(Ok(Some(world.account("1"))));
    let Step::Write(call) = step else { panic!("{step:?}") };
    let step = call.reply(Ok(Written::Stale));
    let Step::Done(Err(error)) = step else { panic!("{step:?}") };
    assert_eq!((error.code(), error.answer().code()), ("stop_unsupported", "unavailable"));
    // The link was not used up.
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
}

/// An account that was deleted has nothing to end.
#[test]
fn the_link_of_a_deleted_account_ends_what_is_left() {
    let world = world();
    let token = changed(&world, NEW);
    let (link, _) = asked(&world);
    world.accounts().remove(&AccountId::new("1").unwrap());
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    assert_eq!(world.admit_link(&link).unwrap_err().code(), "reset_used");
}

/// A change that was admitted before, and is kept in memory, does not take effect afterwards.
#[test]
fn a_change_that_was_admitted_before_does_not_take_effect() {
    let world = world();
    let token = changed(&world, NEW);
    let (link, _) = asked(&world);
    let held = [world.admit_link(&link).unwrap(), world.admit_owner(NEW)];
    let changes = held.map(|admitted| {
        let new = Password::new("the thief's own").unwrap();
        admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap()
    });
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    for change in changes {
        assert!(block_on(world.recovery.commit(change, world.now)).is_err());
    }
    assert!(world.signs_in(NEW) && password_is_blocked(&world));
}

/// Attempts of other purposes end by their stamp, wherever their rows are.
#[test]
fn attempts_of_every_purpose_end_when_recovery_becomes_required() {
    let world = world();
    let token = changed(&world, NEW);
    let scope = repass::scope::Scope::new(repass::scope::Purpose::STEP_UP);
    let other = world.beside(|builder| builder.scope(scope));
    let link = other.link();
    assert!(other.admit_link(&link).is_ok());
    assert_eq!(effect(&world, &token), StopEffect::RecoveryRequired);
    assert_eq!(other.admit_link(&link).unwrap_err().code(), "reset_superseded");
}

/// A link that is rendered once more after the key was replaced stops the same attempt.
#[test]
fn the_link_is_good_whichever_key_signed_it() {
    let world = world();
    let (_, token) = asked(&world);
    let ring = crate::world::keyring()
        .rotate(
            repass::key::KeyId::new(9),
            repass::key::Key::generate(&mut repass::SysRng).unwrap(),
        )
        .unwrap();
    let flow = repass::reset::Flow::builder(ring, crate::world::page()).stop_page(page());
    let rotated = world.driven_by(flow.build().unwrap());
    rotated.ask(&by_email(), Delivery::LINK);
    let text = rotated.read().unwrap();
    assert_eq!(effect(&rotated, &token), StopEffect::AttemptEnded);
    assert_eq!(effect(&rotated, &stop_in(&text)), StopEffect::AttemptEnded);
}

/// What was told does not depend on how often the link was used.
#[test]
fn the_event_tells_what_the_answer_does_not() {
    let world = world();
    let (_, token) = asked(&world);
    let events = [(); 2].map(|()| stop(&world, &token).unwrap().event());
    let codes = events.each_ref().map(|event| event.code());
    assert_eq!(codes, ["stop_attempt_ended", "stop_nothing"]);
    for event in events {
        assert_eq!(event.account(), Some(&AccountId::new("1").unwrap()));
        assert!(event.attempt().is_some() && event.typed().is_none());
    }
}

/// The operator's tool: nothing but what was not used ends, and it can be repeated.
#[test]
fn revoking_ends_what_was_not_used_and_leaves_a_running_commit_alone() {
    let world = world();
    let links = [(); 3].map(|()| asked(&world).0);
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&world.admit_link(&links[0]).unwrap(), NEW).is_err());
    let grace = |account: &Account| account.id().as_str() == "2";
    world.ask(&repass::account::Lookup::login("grace").unwrap(), Delivery::LINK);
    let of_grace = token_in(&world.read().unwrap());
    let id = AccountId::new("1").unwrap();
    world.calls();
    let revoked = block_on(world.recovery.revoke(id.clone(), world.now)).unwrap();
    assert_eq!((revoked.attempts, revoked.running, revoked.entries), (2, 1, 0));
    assert_eq!(revoked.event().to_string(), "attempts_revoked account=1");
    let ended = ["attempts.swap", "queue.erase"];
    assert_eq!(world.calls(), [&["attempts.list"][..], &ended, &ended].concat());
    assert_eq!(world.admit_link(&links[0]).unwrap_err().code(), "reset_running");
    for link in &links[1..] {
        assert_eq!(world.admit_link(link).unwrap_err().code(), "reset_used");
    }
    assert!(grace(world.admit_link(&of_grace).unwrap().account()));
    assert!(world.signs_in(OLD) && !password_is_blocked(&world));
    let again = block_on(world.recovery.revoke(id, world.now)).unwrap();
    assert_eq!((again.attempts, again.running), (0, 1));
}

#[test]
fn a_message_that_waits_for_a_revoked_attempt_is_not_sent() {
    let mut world = world();
    world.request(&by_email(), Delivery::LINK);
    // The request is run, and its message waits.
    let _worked = world.work_once(1);
    let id = AccountId::new("1").unwrap();
    let revoked = block_on(world.recovery.revoke(id, world.now)).unwrap();
    assert_eq!((revoked.attempts, revoked.entries), (1, 1));
    world.now += Duration::from_secs(600);
    let _worked = world.work();
    assert!(world.take().is_none());
}

/// It is a link like the other one: beside white space, alone in `href`, never in a subject; and where
/// there is none, its paragraph is left out, with the element that the paragraph has opened.
#[test]
fn the_link_is_written_like_any_link_and_left_out_with_its_paragraph() {
    let build = |subject: &str, text: &str, html: &str| {
        let text = MessageText::new(subject, text).with_html(html);
        Messages::builder().email(MessageKind::PasswordChanged, Language::ENGLISH, text).build()
    };
    let plain = "Changed.\n\nNot you?\n{stop_link}\n";
    let html = "<p>Changed.</p>\n\n<p><a href=\"{stop_link}\">Not you?</a></p>\n";
    for (subject, text, html) in [
        ("{stop_link}", plain, html),
        ("Changed", "Not you? ({stop_link})", html),
        ("Changed", plain, "<p><a href=\"https://example.org/{stop_link}\">x</a></p>"),
        ("Changed", plain, "<p title=\"{stop_link}\">x</p>"),
        ("Changed", plain, "<div>\n\n<p>{stop_link}\n\n</p></div>"),
    ] {
        assert!(build(subject, text, html).is_err(), "{subject}{text}{html}");
    }
    for is_on in [true, false] {
        let messages = build("Changed", plain, html).unwrap();
        let world = World::with(
            |builder| {
                let builder = builder.messages(messages);
                if is_on { builder.stop_page(page()) } else { builder }
            },
            [ada()],
        );
        world.settle(&world.commit(&world.admit_owner(OLD), NEW).unwrap());
        let _worked = world.work();
        let notice = world.take().unwrap();
        let (text, html) = (notice.expose_secret(), notice.expose_html().unwrap());
        if is_on {
            let link = format!("https://example.org/not-me?token={}", stop_in(text));
            assert_eq!(text, format!("Changed.\n\nNot you?\n{link}\n"));
            let shown = format!("<p>Changed.</p>\n\n<p><a href=\"{link}\">Not you?</a></p>\n");
            assert_eq!(html, shown);
        } else {
            assert_eq!((text, html), ("Changed.\n", "<p>Changed.</p>\n"));
        }
    }
    // Other kinds have no such placeholder.
    let text = MessageText::new("Several", "{stop_link}\n");
    let several = Messages::builder().email(MessageKind::SeveralAccounts, Language::ENGLISH, text);
    assert!(several.build().is_err());
}
