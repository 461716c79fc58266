//! A link whose token belongs to a handle: 2, 6 and 8.

use core::time::Duration;

use pollster::block_on;
use repass::account::Lookup;
use repass::message::{LinkError, LinkForm, ResetLink};
use repass::reset::{AdmitError, Admitted, Delivery, Flow, Proof};

use crate::world::{NEW, World, ada, by_email, code_in, grace, keyring, page};

/// As systems 001 and 002 have them.
const NAMES: [(&str, &str); 2] = [("token", "user"), ("TemporaryPassword", "LeadId")];

fn world_of(token: &str, handle: &str, form: LinkForm) -> World {
    let page = ResetLink::new("https://example.org/reset", form).unwrap();
    let page = page.with_token_name(token).unwrap().with_handle_name(handle).unwrap();
    let world = World::of([ada(), grace()]);
    world.driven_by(Flow::builder(keyring(), page).build().unwrap())
}

/// The token and the handle of the link in a message.
fn parameters(text: &str, token: &str, handle: &str) -> (String, String) {
    let link = text.lines().find(|line| line.starts_with("https://")).expect("a link");
    let (_, parameters) = link.split_once(['?', '#']).unwrap();
    let [one, other] = parameters.split('&').collect::<Vec<_>>()[..] else { panic!("{link}") };
    let value = |pair: &str, name: &str| {
        let (found, value) = pair.split_once('=').unwrap();
        assert_eq!(found, name);
        value.to_owned()
    };
    (value(one, token), value(other, handle))
}

fn admit(world: &World, token: &str, handle: &str) -> Result<Admitted, AdmitError> {
    block_on(world.recovery.admit(Proof::HandledLink { handle, token }, None, world.now))
}

#[test]
fn a_link_carries_its_handle_under_the_names_of_the_service() {
    for (token_name, handle_name) in NAMES {
        for form in [LinkForm::Query, LinkForm::Fragment] {
            let world = world_of(token_name, handle_name, form);
            let asked = world.ask(&by_email(), Delivery::LINK);
            let (token, handle) = parameters(&world.read().unwrap(), token_name, handle_name);
            assert_eq!(handle, asked);
            let admitted = admit(&world, &token, &handle).unwrap();
            world.settle(&world.commit(&admitted, NEW).unwrap());
            assert!(world.signs_in(NEW));
            assert_eq!(admit(&world, &token, &handle).unwrap_err().code(), "reset_used");
        }
    }
}

/// The user key of one person and the token of another are nothing, and neither are those of two
/// attempts of one person.
#[test]
fn a_token_and_a_handle_of_two_attempts_admit_nobody() {
    let world = world_of("token", "user", LinkForm::Query);
    let asked = |lookup: &Lookup| {
        world.ask(lookup, Delivery::LINK);
        parameters(&world.read().unwrap(), "token", "user")
    };
    let (ada, again) = (asked(&by_email()), asked(&by_email()));
    let grace = asked(&Lookup::login("grace").unwrap());
    world.calls();
    for (token, handle) in [(&ada.0, &grace.1), (&grace.0, &ada.1), (&ada.0, &again.1)] {
        assert_eq!(admit(&world, token, handle).unwrap_err().code(), "reset_other_attempt");
    }
    // A handle is no token, a token no handle, and neither is proved by what is made up.
    let made_up = "A".repeat(79) + "B";
    for (token, handle) in [
        (&ada.1, &ada.1),
        (&ada.0, &ada.0),
        (&ada.1, &ada.0),
        (&ada.0, &made_up),
        (&made_up, &ada.1),
    ] {
        let refused = admit(&world, token, handle).unwrap_err();
        assert!(refused.code().starts_with("token_"), "{refused}");
    }
    assert!(world.calls().is_empty());
    assert!(admit(&world, &ada.0, &ada.1).is_ok());
}

/// Otherwise nobody could use the long link of a service whose page wants both.
#[test]
fn the_handle_of_a_link_is_good_as_long_as_the_link() {
    let mut world = world_of("token", "user", LinkForm::Query);
    let opened = world.now;
    let links = [(); 4].map(|()| {
        world.ask(&by_email(), Delivery::LINK_AND_CODE);
        parameters(&world.read().unwrap(), "token", "user")
    });
    let [.., (token, handle)] = &links;
    world.now = opened + Duration::from_secs(12 * 3600 + 30 * 60 - 1);
    assert!(admit(&world, token, handle).is_ok());
    world.wait(1);
    assert_eq!(admit(&world, token, handle).unwrap_err().code(), "token_expired");
}

/// What the handle of a link is good for does not include codes: those end with the handle of the browser.
#[test]
fn the_handle_of_a_long_link_prolongs_no_code() {
    let mut world = world_of("token", "user", LinkForm::Query);
    world.ask(&by_email(), Delivery::LINK_AND_CODE);
    let text = world.read().unwrap();
    let (_, handle) = parameters(&text, "token", "user");
    let code = code_in(&text);
    assert_eq!(world.admit_code(&handle, &code).unwrap_err().code(), "reset_unknown");
    world.wait(600);
    assert!(world.admit_code(&handle, &code).is_err());
    assert!(world.resend(&handle).is_err());
}

#[test]
fn names_of_parameters_are_plain_and_unique() {
    let code = |page: Result<ResetLink, LinkError>| page.unwrap_err().code();
    for name in ["", "a b", "a=b", "a&b", "a#", "\u{e4}", &"a".repeat(33)] {
        assert_eq!(code(page().with_token_name(name)), "link_name_invalid", "{name}");
        assert_eq!(code(page().with_handle_name(name)), "link_name_invalid", "{name}");
    }
    assert_eq!(code(page().with_handle_name("token")), "link_name_twice");
    let with = |form, address| ResetLink::new(address, form).unwrap();
    let query = with(LinkForm::Query, "https://example.org/reset?user=1&lang=de");
    assert_eq!(code(query.clone().with_handle_name("user")), "link_name_twice");
    assert_eq!(code(query.with_token_name("lang")), "link_name_twice");
    let route = with(LinkForm::Fragment, "https://example.org/?a=1#/reset?user=1");
    assert_eq!(code(route.clone().with_handle_name("user")), "link_name_twice");
    assert_eq!(code(route.with_handle_name("a")), "link_name_twice");
}

/// A link with both is measured when a flow is built, so that no message fails when it is sent.
#[test]
fn no_line_with_both_parameters_is_longer_than_a_line_of_a_mail() {
    let long = format!("https://example.org/{}", "x".repeat(880));
    let page = ResetLink::new(&long, LinkForm::Query).unwrap();
    assert!(Flow::builder(keyring(), page.clone()).build().is_ok());
    let page = page.with_handle_name("user").unwrap();
    let refused = Flow::builder(keyring(), page).build().unwrap_err();
    assert_eq!(refused.code(), "template_line_too_long");
}
