//! Any text, and a genuine ticket with its text or bytes altered, shown at any moment beside any row: a
//! ticket admits to its own live attempt until it expires, and to nothing else, and the next ticket
//! ends no later.
#![no_main]

use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use repass::key::{KeyId, Keyring};
use repass::reset::{AdmitError, Flow, Proof, Refusal, Step};
use repass::token::TokenError;
use repass_fuzz::genuine::{GENUINE, Genuine, NOW, at, flow};
use repass_fuzz::input::{Input, key};

/// How long the genuine ticket is good.
const LIFE: i64 = 600;

/// The flow that signed the ticket, the same after a rotation, that of a tenant, and one without the key.
static FLOWS: LazyLock<[Flow; 4]> = LazyLock::new(|| {
    let ring = Keyring::new(KeyId::new(1), key(1)).rotate(KeyId::new(2), key(2)).unwrap();
    let own = GENUINE.flow.clone();
    let tenant = own.for_tenant("acme").unwrap().build().unwrap();
    [own, flow(ring), tenant, flow(Keyring::new(KeyId::new(2), key(2)))]
});

// How the text is made, which flow judges it, which row there is, and how much later, in 4 seconds;
// then a text, or edits (offset, byte).
fuzz_target!(|bytes: &[u8]| {
    let Genuine { account, ticket, link, rows, .. } = &*GENUINE;
    let mut input = Input::new(bytes);
    let mode = input.byte() % 4;
    let number = input.index(FLOWS.len()).unwrap_or(0);
    let row = input.index(rows.len() + 1).unwrap_or(0);
    let now = NOW + i64::from(input.byte()) * 4;
    let text = match mode {
        0 => String::from_utf8_lossy(input.rest()).into_owned(),
        1 => {
            let mut text = ticket.as_bytes().to_vec();
            input.edit(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
        2 => {
            let mut decoded = BASE64URL_NOPAD.decode(ticket.as_bytes()).unwrap();
            input.edit(&mut decoded);
            BASE64URL_NOPAD.encode(&decoded)
        }
        // A link is no ticket.
        _ => link.clone(),
    };
    let good = text == *ticket && number < 2 && now < NOW + LIFE;
    let flow = &FLOWS[number];
    let step = flow.admit(Proof::Ticket(&text), None, at(now));
    let step = match step {
        Step::LoadAttempt(call) => {
            assert!(good, "an attempt is loaded for what was not signed");
            assert_eq!(call.question().id, *rows[0].id());
            call.reply(Ok(rows.get(row).cloned()))
        }
        step => step,
    };
    let step = match step {
        Step::LoadAccount(call) => {
            // Live, running and settled rows of the attempt are bound to the ticket alike.
            assert!(good && rows[row].id() == rows[0].id(), "bound to another attempt");
            call.reply(Ok(Some(account.clone())))
        }
        step => step,
    };
    let Step::Done(answer) = step else { panic!("{step:?}") };
    match answer {
        Ok(admitted) => {
            assert!(good && (row == 0 || row == 2 && now >= NOW + 60), "admitted");
            assert_eq!(admitted.usable_until(), at(NOW + LIFE));
            let next = admitted.ticket().unwrap().expose_secret();
            assert!(number != 0 || next == text, "another ticket");
        }
        Err(AdmitError::Running { ticket: next }) => {
            assert!(good && row == 2 && now < NOW + 60, "nothing runs");
            assert!(number != 0 || next.expose_secret() == text, "another ticket");
        }
        Err(AdmitError::Refused(refusal)) => {
            assert!(!(good && row == 0), "refused: {refusal:?}");
            // The control: the fuzzer has to get past the shape of a ticket, to its key.
            let planted = TokenError::UnknownKey { key_id: KeyId::new(0x0203) };
            let planted = matches!(refusal, Refusal::Token(error) if error == planted);
            assert!(!cfg!(feature = "control") || !planted, "planted");
        }
        Err(error) => panic!("{error:?}"),
    }
});
