//! Any bytes, and genuine rows that were altered, cut or doubled: what is no row is refused, what is
//! read is written as the same bytes, and no row but a genuine one is trusted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass::attempt::{AttemptRow, Stage};
use repass::reset::{Proof, Step};
use repass_fuzz::genuine::{GENUINE, Genuine, NOW, at};
use repass_fuzz::input::Input;

// The first byte says what the rest is: bytes, or edits (offset, byte) of a genuine row, of which the
// second byte says which; then how many bytes of it are kept, and whether it comes twice.
fuzz_target!(|bytes: &[u8]| {
    let Genuine { rows, .. } = &*GENUINE;
    let mut input = Input::new(bytes);
    let bytes = match input.byte() % 4 {
        0 => input.rest().to_vec(),
        mode => {
            let number = input.index(rows.len()).unwrap_or(0);
            let mut bytes = rows[number].to_bytes();
            match mode {
                1 => {}
                2 => bytes.truncate(usize::from(input.byte()) * 2),
                _ => bytes = bytes.repeat(2),
            }
            input.edit(&mut bytes);
            bytes
        }
    };
    let genuine = rows.iter().find(|row| row.to_bytes() == bytes);
    let Ok(row) = AttemptRow::from_bytes(&bytes) else {
        assert!(genuine.is_none(), "refused what was written");
        return;
    };
    assert!(row.to_bytes() == bytes, "read as something else");
    assert!(bytes.len() <= AttemptRow::MAX_BYTES);
    for later in [0, 60, 86_400, i64::from(u32::MAX)] {
        let _ = (row.is_over(at(NOW + later)), row.is_unfinished(at(NOW + later)));
    }
    let _ = (row.subject(), row.expires_at(), row.lease_until(), row.keep_until());
    // The control: the fuzzer has to change the stage of a genuine row.
    let planted = genuine.is_none() && row.stage() == Stage::Ended && row.id() == rows[0].id();
    assert!(!cfg!(feature = "control") || !planted, "planted");
    let stored = row.clone();
    admit(row, genuine == Some(&rows[0]));
    resume(stored, genuine == Some(&rows[2]));
});

/// A link and a ticket reach the account by their own row only.
fn admit(row: AttemptRow, own: bool) {
    let Genuine { flow, link, ticket, rows, .. } = &*GENUINE;
    let sealed = rows.contains(&row) && row.id() == rows[0].id();
    for proof in [Proof::Link(link), Proof::Ticket(ticket)] {
        let Step::LoadAttempt(call) = flow.admit(proof, None, at(NOW)) else {
            panic!("the row is not asked for");
        };
        match call.reply(Ok(Some(row.clone()))) {
            Step::LoadAccount(_) => assert!(sealed, "a row is trusted that was not written"),
            Step::Done(answer) => assert!(answer.is_err() && !own),
            step => panic!("{step:?}"),
        }
    }
}

/// What is unfinished is resumed for a running row that was written, and for no other.
fn resume(row: AttemptRow, running: bool) {
    let Genuine { flow, rows, .. } = &*GENUINE;
    let sealed = rows.contains(&row);
    let Step::Unfinished(call) = flow.housekeep(at(NOW + 60)) else {
        panic!("no page is asked for")
    };
    match call.reply(Ok(vec![row])) {
        Step::LoadAccount(_) => assert!(sealed, "a row is resumed that was not written"),
        Step::Unfinished(_) => assert!(!running, "a crashed commit is left out"),
        step => panic!("{step:?}"),
    }
}
