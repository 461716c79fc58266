//! Asking for a code again: which codes are good then.

use core::time::Duration;

use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeError, CodeShape, Codes, ResendPolicy};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;

const KEEPING: ResendPolicy = ResendPolicy::NewCodeKeepingLast(Duration::from_secs(60));

/// Sent at 0, again at 100 and at 130; the codes that are good at a moment after the last of them.
#[test]
fn which_codes_are_good() {
    for (policy, resends, moment, good) in [
        (ResendPolicy::SameCode, &[][..], 0, &[0][..]),
        (ResendPolicy::SameCode, &[100, 130], 131, &[0]),
        (ResendPolicy::NewCode, &[], 0, &[0]),
        (ResendPolicy::NewCode, &[100], 100, &[1]),
        (ResendPolicy::NewCode, &[100, 130], 130, &[2]),
        (KEEPING, &[], 0, &[0]),
        (KEEPING, &[], 59, &[0]),
        (KEEPING, &[100], 100, &[1, 0]),
        (KEEPING, &[100], 159, &[1, 0]),
        (KEEPING, &[100], 160, &[1]),
        // Two at most: the one before the last is dead, though its time is not over.
        (KEEPING, &[100, 130], 130, &[2, 1]),
        (KEEPING, &[100, 130], 189, &[2, 1]),
        (KEEPING, &[100, 130], 190, &[2]),
        // A clock that runs back kills nothing.
        (KEEPING, &[100], 50, &[1, 0]),
        (ResendPolicy::NewCodeKeepingLast(Duration::ZERO), &[100], 100, &[1]),
        (ResendPolicy::NewCodeKeepingLast(Duration::MAX), &[100], 1 << 30, &[1, 0]),
    ] {
        let epoch = resends.iter().fold(CodeEpoch::first(at(0)), |epoch, again| {
            policy.resend(epoch, at(*again)).unwrap()
        });
        let found: Vec<_> = policy.good(epoch, at(moment)).numbers().collect();
        assert_eq!(found, good, "{policy:?}, {resends:?} at {moment}");
        assert!(found.len() <= policy.max_good() as usize);
    }
}

#[test]
fn an_epoch_can_be_stored_and_its_numbers_never_come_twice() {
    let epoch = KEEPING.resend(CodeEpoch::first(at(0)), at(90)).unwrap();
    assert_eq!((epoch.number(), epoch.opened_at()), (1, at(90)));
    assert_eq!(CodeEpoch::from_parts(epoch.number(), epoch.opened_at()), epoch);
    // A store that keeps whole seconds gives back the same epoch.
    let fraction = Duration::from_nanos(999_999_999);
    assert_eq!(CodeEpoch::from_parts(1, at(90) + fraction), epoch);
    assert_eq!(CodeEpoch::first(at(90) + fraction).opened_at(), at(90));
    let the_end = UtcDateTime::MAX.replace_nanosecond(0).unwrap();
    let last = CodeEpoch::from_parts(u32::MAX, UtcDateTime::MAX);
    assert_eq!((last.number(), last.opened_at()), (u32::MAX, the_end));
    assert_eq!(KEEPING.resend(last, at(0)), None);
    assert_eq!(ResendPolicy::NewCode.resend(last, at(0)), None);
    assert_eq!(ResendPolicy::SameCode.resend(last, at(0)), Some(last));
    assert!(KEEPING.good(last, UtcDateTime::MAX).numbers().eq([u32::MAX, u32::MAX - 1]));
    let first = CodeEpoch::from_parts(0, UtcDateTime::MIN);
    assert!(KEEPING.good(first, UtcDateTime::MIN).numbers().eq([0]));
}

#[test]
fn a_typed_code_is_compared_with_each_that_is_good() {
    let (codes, key_id) = (codes(), KeyId::new(1));
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("a@b.example").unwrap());
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
    let code = |epoch| codes.derive(key_id, &binding, epoch).unwrap();
    let typed: Vec<CheckCode> = (0..4).map(code).collect();
    for (policy, matching) in [
        (ResendPolicy::SameCode, [true, false, false, false]),
        (ResendPolicy::NewCode, [false, false, true, false]),
        (KEEPING, [false, true, true, false]),
    ] {
        let again = |epoch| policy.resend(epoch, at(10)).unwrap();
        let good = policy.good(again(again(CodeEpoch::first(at(0)))), at(10));
        for (typed, matches) in typed.iter().zip(matching) {
            assert_eq!(codes.matches(key_id, &binding, good, typed), Ok(matches), "{policy:?}");
        }
        let unknown = codes.matches(KeyId::new(9), &binding, good, &typed[0]);
        assert_eq!(unknown, Err(CodeError::UnknownKey { key_id: KeyId::new(9) }));
        // Nothing else of the binding may differ.
        let other = CodeBinding::new(&account, &contact, AttemptId::from_bytes([8; 20]));
        assert!(typed.iter().all(|typed| codes.matches(key_id, &other, good, typed) == Ok(false)));
    }
}

fn codes() -> Codes {
    let material: Vec<u8> = (0..32).collect();
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap());
    Codes::new(ring, Scope::new(Purpose::RESET), CodeShape::DEFAULT)
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}
