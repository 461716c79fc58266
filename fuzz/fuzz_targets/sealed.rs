//! Any bytes as an entry of the queue, and genuine entries that were altered, cut or doubled, of
//! another kind, before a tenant and under other keys: what was not written is deleted or put off, with
//! nothing looked up and nothing delivered, and what was written is read.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use repass::account::Lookup;
use repass::key::{KeyId, Keyring};
use repass::queue::{ClaimToken, Claimed, QueueEntry, QueueKey, QueueKind};
use repass::reset::{Flow, SealedError, Step, Worked};
use repass::secret::Seed;
use repass_fuzz::genuine::{ADDRESS, GENUINE, Genuine, NOW, at, flow};
use repass_fuzz::input::{Draw, Input, key};

/// The flow that wrote the entries, the same after a rotation, that of a tenant, and one without the key.
static FLOWS: LazyLock<[Flow; 4]> = LazyLock::new(|| {
    let ring = Keyring::new(KeyId::new(1), key(1)).rotate(KeyId::new(2), key(2)).unwrap();
    let own = GENUINE.flow.clone();
    let tenant = own.for_tenant("acme").unwrap().build().unwrap();
    [own, flow(ring), tenant, flow(Keyring::new(KeyId::new(2), key(2)))]
});

// How the bytes are made, which genuine entry they come from, which kind and which flow they are for,
// and how often the entry was claimed; then bytes, or edits (offset, byte).
fuzz_target!(|bytes: &[u8]| {
    let Genuine { entries, .. } = &*GENUINE;
    let mut input = Input::new(bytes);
    let mode = input.byte() % 4;
    let entry = &entries[input.index(entries.len()).unwrap_or(0)];
    let as_kind = input.index(QueueKind::ALL.len() + 1).unwrap_or(0);
    let number = input.index(FLOWS.len()).unwrap_or(0);
    let tries = u32::from(input.byte() % 12) + 1;
    let mut bytes = entry.as_bytes().to_vec();
    match mode {
        0 => bytes = input.rest().to_vec(),
        1 => input.edit(&mut bytes),
        2 => {
            bytes.truncate(usize::from(input.byte()));
            input.edit(&mut bytes);
        }
        _ => {
            bytes = bytes.repeat(2);
            input.edit(&mut bytes);
        }
    }
    // The kind stands first in a key.
    let mut own_key = entry.key().to_bytes();
    own_key[0] = QueueKind::ALL.get(as_kind).map_or(own_key[0], |kind| *kind as u8);
    let own_key = QueueKey::from_bytes(&own_key).unwrap();
    assert_eq!(QueueKey::from_bytes(&own_key.to_bytes()), Some(own_key));

    let written = |own: &&QueueEntry| {
        own.as_bytes() == bytes && own.key().kind() == own_key.kind() && number < 2
    };
    let written = entries.iter().position(|own| written(&own));
    let untouched =
        entries.iter().any(|own| own.as_bytes() == bytes && own.key().kind() == own_key.kind());
    let entry = QueueEntry::from_stored(own_key, entry.scope(), bytes);
    let token = ClaimToken::new(Seed::generate(&mut Draw(9)).unwrap());
    let flow = &FLOWS[number];
    let step = flow.work_on(Claimed::new(entry, tries), token, at(NOW));
    let worked = match (step, written) {
        (Step::Find(call), Some(0)) => {
            assert_eq!(call.question().lookup, Lookup::email(ADDRESS).unwrap());
            return;
        }
        (Step::Deliver(call), Some(1 | 3)) => {
            assert_eq!(call.question().to().as_str(), ADDRESS);
            return;
        }
        (Step::Finish(call), written) => {
            let Step::Done(Ok(worked)) = call.reply(Ok(true)) else { panic!("not over") };
            match worked {
                Worked::Decoy => assert_eq!(written, Some(2), "a decoy that was not written"),
                Worked::Dropped(_) => assert_eq!(written, None, "dropped what was written"),
                _ => panic!("{worked:?}"),
            }
            worked
        }
        (Step::PutOff(call), None) => {
            let due = call.question().due;
            assert!(due > at(NOW) && due <= at(NOW + 600));
            let Step::Done(Ok(worked)) = call.reply(Ok(true)) else { panic!("not over") };
            assert!(matches!(worked, Worked::PutOff { failure: None, .. }));
            worked
        }
        (step, written) => panic!("{step:?} of {written:?}"),
    };
    if untouched && number >= 2 {
        // Another flow has to judge it: a tenant's never does, and an unknown key may come.
        let kept = matches!(worked, Worked::PutOff { .. });
        assert!(kept || (number == 3 && tries >= 10), "lost: {worked:?}");
    }
    // The control: the fuzzer has to get past version, kind and scope, to the key.
    if let Worked::Dropped(SealedError::UnknownKey { key_id }) = worked {
        assert!(!cfg!(feature = "control") || key_id != KeyId::new(0x0203), "planted");
    }
});
