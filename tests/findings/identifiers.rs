//! C9 and C10: one person is found, and counted once, however a keyboard or a clipboard spells an
//! address or a user name.

use alloc::collections::BTreeMap;
use std::collections::HashSet;

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, ContactError, Email, Login, Lookup};
use repass::account::{ExpectedAccount, LookupError};
use repass::key::{Key, KeyId, Keyring};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Outcome, Proof, RequestError};
use repass::scope::{Purpose, Scope};
use repass::throttle::ThrottleKey;

use crate::recovering::{Shared, messages, outcomes, over, seed, work};
use crate::world::{Dice, ada, at, flow, key_bytes, secret_in};

/// Spellings of one address: in Normalization Form C, in Form D, and pasted with what is not seen.
const ADDRESSES: [&str; 8] = [
    "j\u{fc}rgen@example.org",
    "ju\u{308}rgen@example.org",
    "Ju\u{308}rgen@Example.ORG",
    " ju\u{308}rgen@example.org\r\n",
    "\u{feff}j\u{fc}rgen@example.org\u{200b}",
    "\u{202a}j\u{fc}rgen@example.org\u{202c}",
    // All of it in the fullwidth mode of an input method, and the @ alone.
    "\u{ff4a}\u{fc}\u{ff52}\u{ff47}\u{ff45}\u{ff4e}\u{ff20}\u{ff45}\u{ff58}\u{ff41}\u{ff4d}\u{ff50}\u{ff4c}\u{ff45}\u{ff0e}\u{ff4f}\u{ff52}\u{ff47}",
    "j\u{fc}rgen\u{ff20}example.org",
];

/// Spellings of one user name: RFC 8265, section 3.3, and what is pasted along.
const LOGINS: [&str; 8] = [
    "j\u{fc}rgen ito\u{30ac}",
    "ju\u{308}rgen ito\u{30ab}\u{3099}",
    "J\u{dc}RGEN Ito\u{30ac}",
    "JU\u{308}RGEN ITO\u{30ac}",
    // Fullwidth letters and an ideographic space, halfwidth katakana.
    "\u{ff2a}\u{fc}\u{ff52}\u{ff47}\u{ff45}\u{ff4e}\u{3000}\u{ff49}\u{ff54}\u{ff4f}\u{ff76}\u{ff9e}",
    "j\u{fc}rgen ito\u{30ac} ",
    "\u{feff}\tj\u{fc}rgen ito\u{30ac}\u{200b}\u{a0}",
    "\u{2068}j\u{fc}rgen ito\u{30ac}\u{2069}",
];

fn jurgen(dice: &mut Dice, login: &str, address: &str) -> Account {
    let password = ada(dice).password().unwrap().clone();
    Account::new(AccountId::new("7").unwrap())
        .with_login(Login::new(login).unwrap())
        .with_email(Email::verified(Contact::email(address).unwrap()))
        .with_password(password)
}

/// A stranger registers a user name that looks the same, where a host lets them.
#[test]
fn a25_a_twin_with_an_invisible_character_shuts_nobody_out() {
    for twin in ["ada\u{200b}", "ada ", "\u{feff}ada"] {
        let mut dice = Dice(25);
        let owner = ada(&mut dice);
        let recovery = over(flow().build().unwrap(), owner.clone());
        recovery.ports().accounts.put(jurgen(&mut dice, twin, "twin@example.org"));
        asks(&recovery, Lookup::login("ada").unwrap(), &mut dice).unwrap();
        assert_eq!(outcomes(&work(&recovery, &mut dice, at(0))), [Outcome::Sent], "{twin:?}");
        assert_eq!(messages(&recovery).remove(0).to(), owner.emails()[0].address());
    }
}

fn asks(recovery: &Recovery<Shared>, lookup: Lookup, dice: &mut Dice) -> Result<(), RequestError> {
    let asked = recovery.request(lookup, Delivery::LINK, None, seed(dice), at(0));
    block_on(asked).map(drop)
}

/// What is stored in either form is found by each spelling, and the message goes to what is stored.
fn finds(read: fn(&str) -> Result<Lookup, LookupError>, spellings: &[&str], account: &Account) {
    for typed in spellings {
        let mut dice = Dice(50);
        let recovery = over(flow().build().unwrap(), account.clone());
        let lookup = read(typed).unwrap();
        assert!(ExpectedAccount::Lookup(lookup.clone()).holds(account), "{typed:?}");
        asks(&recovery, lookup.clone(), &mut dice).unwrap();
        assert_eq!(outcomes(&work(&recovery, &mut dice, at(0))), [Outcome::Sent], "{typed:?}");
        let message = messages(&recovery).remove(0);
        assert_eq!(message.to(), account.emails()[0].address(), "{typed:?}");
        let link = secret_in(message.expose_secret());
        let expected = ExpectedAccount::Lookup(lookup);
        assert!(block_on(recovery.admit(Proof::Link(&link), Some(&expected), at(1))).is_ok());
    }
}

#[test]
fn c09_an_address_is_found_in_each_normalization_form() {
    for stored in ["j\u{fc}rgen@example.org", "Ju\u{308}rgen@example.org"] {
        let account = jurgen(&mut Dice(51), "jurgen", stored);
        finds(Lookup::email, &ADDRESSES, &account);
        finds(Lookup::email_or_login, &ADDRESSES, &account);
    }
    // In Form D the local part is longer than an address allows, and the whole of it, too.
    let stored = format!("{}@{}.example", "\u{e4}".repeat(32), "b".repeat(63));
    let typed = format!("{}@{}.example", "a\u{308}".repeat(32), "b".repeat(63));
    assert!(Contact::email(&typed).is_err());
    finds(Lookup::email, &[&typed], &jurgen(&mut Dice(52), "jurgen", &stored));
}

#[test]
fn c09_c10_a_user_name_is_found_in_each_spelling() {
    for stored in LOGINS {
        // Also one that was stored before anybody trimmed it.
        if let Ok(login) = Login::new(stored) {
            let account = jurgen(&mut Dice(53), login.as_str(), "jurgen@example.org");
            finds(Lookup::login, &LOGINS, &account);
            finds(Lookup::email_or_login, &LOGINS, &account);
        }
    }
    let long = "a\u{308}".repeat(127);
    let stored = jurgen(&mut Dice(54), &"\u{e4}".repeat(127), "jurgen@example.org");
    finds(Lookup::login, &[&long], &stored);
}

/// A user name ends in a final sigma in lowercase and has none in uppercase (Unicode, section 3.13).
#[test]
fn c09_user_names_are_lowercased_as_unicode_does() {
    let same = |one: &str, other: &str| {
        let [one, other] = [one, other].map(|text| Login::new(text).unwrap());
        assert_eq!(one.same_login(&other), one.canonical() == other.canonical());
        one.same_login(&other)
    };
    assert!(same("\u{39d}\u{399}\u{39a}\u{39f}\u{3a3}", "\u{3bd}\u{3b9}\u{3ba}\u{3bf}\u{3c2}"));
    assert!(same("STRA\u{1e9e}E", "stra\u{df}e"));
    // Lowercase is no case folding, and nothing becomes an ASCII letter that is none in Form C.
    for (one, other) in [
        ("strasse", "stra\u{df}e"),
        ("mike", "m\u{131}ke"),
        ("mike", "M\u{130}KE"),
        ("susan", "\u{17f}usan"),
        ("mike", "m\u{456}ke"),
        ("mike", "mi\u{200b}ke"),
        ("\u{fb01}n", "fin"),
        ("x\u{b2}", "x2"),
    ] {
        assert!(!same(one, other), "{one} {other}");
    }
}

#[test]
fn c09_one_person_has_one_counter() {
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key_bytes()).unwrap());
    let scope = Scope::new(Purpose::RESET);
    let keys = |lookups: Vec<Lookup>| -> HashSet<[u8; 32]> {
        let key = |lookup: &Lookup| ThrottleKey::typed(&keyring, &scope, "request", lookup);
        lookups.iter().map(|lookup| *key(lookup).as_bytes()).collect()
    };
    let by_address = keys(ADDRESSES.map(|text| Lookup::email(text).unwrap()).into());
    let by_login = keys(LOGINS.map(|text| Lookup::login(text).unwrap()).into());
    assert_eq!((by_address.len(), by_login.len()), (1, 1));
    assert!(by_address.is_disjoint(&by_login));

    // Ten requests in five minutes, and messages of one budget, whichever spelling is typed.
    for (read, spellings) in
        [(Lookup::email as fn(&str) -> _, &ADDRESSES), (Lookup::login, &LOGINS)]
    {
        let mut dice = Dice(55);
        let account = jurgen(&mut dice, LOGINS[1], ADDRESSES[1]);
        let recovery = over(flow().build().unwrap(), account);
        for typed in spellings.iter().cycle().take(10) {
            asks(&recovery, read(typed).unwrap(), &mut dice).unwrap();
        }
        for typed in spellings {
            let refused = asks(&recovery, read(typed).unwrap(), &mut dice).unwrap_err();
            assert!(matches!(refused, RequestError::Throttled { .. }), "{typed:?}");
        }
        let mut counted = BTreeMap::new();
        for outcome in outcomes(&work(&recovery, &mut dice, at(0))) {
            *counted.entry(outcome.code()).or_insert(0) += 1;
        }
        let five = BTreeMap::from([("request_sent", 5), ("request_too_many_sends", 5)]);
        assert_eq!(counted, five);
    }
}

#[test]
fn c10_what_is_no_identifier_is_refused_and_not_unknown() {
    for text in ["", " ", "\u{feff}", "\t\u{200b}\r\n", "nora\0", "no\nra"] {
        assert_eq!(Lookup::login(text).unwrap_err().code(), "login_invalid", "{text:?}");
        let either = Lookup::email_or_login(text).unwrap_err();
        assert_eq!(either.code(), "login_invalid", "{text:?}");
    }
    for (text, error) in [
        ("", ContactError::NoAt),
        ("ada", ContactError::NoAt),
        ("a\u{200b}da@example.org", ContactError::LocalPart),
        ("ada @example.org", ContactError::LocalPart),
        ("mi\u{212a}e@example.org", ContactError::LocalPart),
        ("ada\u{ff20}b\u{fc}cher.example", ContactError::DomainNotAscii),
        ("ada\u{ff20}example.org\u{ff20}x", ContactError::Domain),
        (&"\u{e9}".repeat(1 << 20), ContactError::TooLong { max_bytes: 254 }),
    ] {
        let shown: String = text.chars().take(40).collect();
        assert_eq!(Lookup::email(text).err(), Some(LookupError::Email(error)), "{shown:?}");
    }
    assert!(Lookup::login(&"a".repeat(10 << 20)).is_err());
    // Ids come from the service, and are compared byte by byte.
    let (one, other) = (AccountId::new("7").unwrap(), AccountId::new("7 ").unwrap());
    assert!(!ExpectedAccount::Id(other).holds(&Account::new(one)));
}
