//! 12. No secret in `Debug`, `Display` and errors.

use pollster::block_on;
use repass::queue::ClaimToken;
use repass::reset::{Delivery, Proof};
use repass::secret::Password;

use crate::world::{
    NEW, OLD, World, by_email, code_in, hasher, holds_piece_of, other_than, policy, salt, seed,
    tag_of, token_in,
};

/// All that the flow hands out on the way, shown as a log would show it.
#[test]
fn nothing_on_the_way_shows_a_secret() {
    let world = World::new();
    let mut shown = Vec::new();
    macro_rules! show {
        ($($value:expr),*) => {$(
            shown.push(format!("{0:?} {0:#?}", $value));
        )*};
    }
    let delivery = Delivery::LINK_AND_CODE;
    let flow = world.flow();
    show!(world.recovery, flow, flow.request(by_email(), delivery, None, seed(), world.now));
    let handle =
        block_on(world.recovery.request(by_email(), delivery, None, seed(), world.now)).unwrap();
    show!(handle);
    let token = ClaimToken::new(seed());
    show!(token);
    let claimed = block_on(world.recovery.claim(token, 1, world.now)).unwrap().remove(0);
    show!(claimed, flow.work_on(claimed.clone(), token, world.now));
    show!(block_on(world.recovery.work_on(claimed, token, world.now)).unwrap());
    let claimed = block_on(world.recovery.claim(token, 1, world.now)).unwrap().remove(0);
    show!(claimed, flow.work_on(claimed.clone(), token, world.now));
    show!(block_on(world.recovery.work_on(claimed, token, world.now)).unwrap());
    let message = world.take().unwrap();
    show!(message, world.rows());
    let link = token_in(message.expose_secret());
    let code = code_in(message.expose_secret());
    let handle = handle.expose_secret();
    let by_code = Proof::Code { handle, code: &code };
    show!(by_code, Proof::Link(&link), flow.admit(by_code, None, world.now));
    show!(world.admit_code(handle, &other_than(&code)).unwrap_err());
    show!(world.admit_link(handle).unwrap_err(), world.admit_code(&link, &code).unwrap_err());
    world.trace.fail_next("accounts.load");
    let failed = world.admit_code(handle, &code).unwrap_err();
    shown.push(failed.to_string());
    let mut tickets = vec![failed.ticket().unwrap().expose_secret().to_owned()];
    show!(failed, Proof::Ticket(&tickets[0]));
    let admitted = world.admit_code(handle, &code).unwrap();
    tickets.push(admitted.ticket().unwrap().expose_secret().to_owned());
    show!(admitted, admitted.account());
    let new = Password::new(NEW).unwrap();
    let change = || admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap();
    show!(new, change(), flow.commit(change(), world.now));
    let current = block_on(world.recovery.current(admitted.account().id().clone(), world.now));
    show!(current.unwrap(), world.admit_owner(OLD));
    let before = world.account("1").password().unwrap().clone();
    let after = block_on(world.recovery.commit(change(), world.now)).unwrap();
    let stored = world.account("1").password().unwrap().clone();
    show!(after, flow.settle(&after, world.now), world.housekeep(), stored);
    let session = flow.session_tag(&world.account("1"));
    show!(session);

    let plain_code = code.replace('-', "");
    let link_tag = tag_of(&link).0.to_owned();
    let handle_tag = tag_of(handle).0.to_owned();
    let tail = |hash: &str| hash.rsplit('$').next().unwrap().to_owned();
    let mut secrets = vec![
        (OLD.to_owned(), OLD.len()),
        (NEW.to_owned(), NEW.len()),
        (code.clone(), 6),
        (plain_code, 6),
        (link_tag, 8),
        (handle_tag, 8),
        (tail(before.expose_secret()), 8),
        (tail(stored.expose_secret()), 8),
        (session.as_str()[4..].to_owned(), 8),
    ];
    secrets.extend(tickets.iter().map(|ticket| (ticket[56..98].to_owned(), 8)));
    for (secret, length) in &secrets {
        for text in &shown {
            assert!(!holds_piece_of(text.as_bytes(), secret.as_bytes(), *length), "{text}");
        }
    }
}
