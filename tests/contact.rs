//! E-mail addresses, user names, account ids, and looking people up by them.

use proptest::prelude::*;
use repass::account::{
    Account, AccountId, Contact, ContactError, Email, ExpectedAccount, Login, Lookup, LookupError,
};

const TOO_LONG: ContactError = ContactError::TooLong { max_bytes: 254 };

#[test]
fn addresses_that_are_taken() {
    let long_local = format!("{}@example.org", "a".repeat(64));
    let long_label = format!("a@{}.example", "b".repeat(63));
    // 254 bytes: 64 of the local part, @, and labels of 63, 63 and 61 with their dots.
    let longest =
        format!("{}@{}.{}.{}", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(61));
    assert_eq!(longest.len(), 254);
    for address in [
        "ada@example.org",
        "a@b",
        "a@b.c",
        "ada@localhost",
        "Ada.Lovelace@Example.ORG",
        "ada+reset@example.org",
        "a.b.c.d@example.org",
        "!#$%&'*+-/=?^_`{|}~@example.org",
        "_ada-@example.org",
        "0@example.org",
        "ada@xn--bcher-kva.example",
        "ada@1.example",
        "ada@1-2.example",
        "ada@a--b.example",
        "ad\u{e4}@example.org",
        "e\u{301}@example.org",
        "\u{65e5}\u{672c}@example.org",
        "\u{663}@example.org",
        &long_local,
        &long_label,
        &longest,
    ] {
        let contact = Contact::email(address).unwrap();
        assert_eq!(contact.as_str(), address);
        assert_eq!(contact.to_string(), address);
    }
}

#[test]
fn addresses_that_are_refused() {
    use ContactError::{Domain, DomainNotAscii, LocalPart, NoAt};
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long_in_bytes = format!("{}@example.org", "\u{e9}".repeat(33));
    let long_label = format!("a@{}.example", "b".repeat(64));
    let too_long =
        format!("{}@{}.{}.{}", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(62));
    assert_eq!(too_long.len(), 255);
    let huge = format!("{}@example.org", "a".repeat(10 << 20));
    for (address, error) in [
        ("", NoAt),
        ("ada", NoAt),
        ("ada.example.org", NoAt),
        ("ada\u{ff20}example.org", NoAt),
        ("@", LocalPart),
        ("@example.org", LocalPart),
        ("ada@", Domain),
        // Two addresses in one.
        ("ada@example.org,eve@example.com", Domain),
        ("ada@example.org;eve@example.com", Domain),
        ("ada@example.org eve@example.com", Domain),
        ("ada@example.org|eve@example.com", Domain),
        ("ada@example.org@example.com", Domain),
        ("eve@example.com,ada@example.org", Domain),
        ("ada,eve@example.org", LocalPart),
        ("[\"ada@example.org\",\"eve@example.com\"]", LocalPart),
        ("ada@example.org&email=eve@example.com", Domain),
        // A header, an envelope, a shell.
        ("ada@example.org\r\nbcc: eve@example.com", Domain),
        ("ada@example.org\nbcc:eve@example.com", Domain),
        ("ada\r\n@example.org", LocalPart),
        ("ada@example.org%0abcc:eve@example.com", Domain),
        ("-oQ/tmp@example.org", LocalPart),
        ("ada@-example.org", Domain),
        // Forms of RFC 5322 that are left out.
        ("\"a@b\"@example.org", LocalPart),
        ("\"ada\"@example.org", LocalPart),
        ("ada(comment)@example.org", LocalPart),
        ("ada@example.org(comment)", Domain),
        ("<ada@example.org>", LocalPart),
        ("Ada <ada@example.org>", LocalPart),
        ("@relay.example:ada@example.org", LocalPart),
        ("relay.example!ada%host@[127.0.0.1]", Domain),
        ("ada@[127.0.0.1]", Domain),
        ("ada@[IPv6:::1]", Domain),
        ("mailto:ada@example.org", LocalPart),
        ("ada\\@example.org", LocalPart),
        // Dots.
        (".ada@example.org", LocalPart),
        ("ada.@example.org", LocalPart),
        ("a..b@example.org", LocalPart),
        ("ada@.example.org", Domain),
        ("ada@example.org.", Domain),
        ("ada@example..org", Domain),
        ("ada@.", Domain),
        // Host names.
        ("ada@example-.org", Domain),
        ("ada@example.-org", Domain),
        ("ada@exa_mple.org", Domain),
        ("ada@example.org:25", Domain),
        ("ada@example.org/", Domain),
        ("ada@127.0.0.1", Domain),
        ("ada@example.1", Domain),
        ("ada@1", Domain),
        ("ada@b\u{fc}cher.example", DomainNotAscii),
        ("ada@example\u{3002}org", DomainNotAscii),
        ("ada@\u{ff45}xample.org", DomainNotAscii),
        ("ada@ex\u{430}mple.org", DomainNotAscii),
        ("ada@example.org\u{200b}", DomainNotAscii),
        // Spaces and what does not show.
        (" ada@example.org", LocalPart),
        ("ada@example.org ", Domain),
        ("ada @example.org", LocalPart),
        ("ada@ example.org", Domain),
        ("ada\t@example.org", LocalPart),
        ("ada\0@example.org", LocalPart),
        ("ada@example.org\0", Domain),
        ("ada\u{7f}@example.org", LocalPart),
        ("ada\u{85}@example.org", LocalPart),
        ("ada\u{a0}@example.org", LocalPart),
        ("a\u{ad}da@example.org", LocalPart),
        ("a\u{200b}da@example.org", LocalPart),
        ("a\u{200d}da@example.org", LocalPart),
        ("\u{202e}ada@example.org", LocalPart),
        ("\u{2066}ada@example.org", LocalPart),
        ("\u{feff}ada@example.org", LocalPart),
        ("a\u{2028}da@example.org", LocalPart),
        ("a\u{e0061}da@example.org", LocalPart),
        ("\u{1f600}@example.org", LocalPart),
        ("\u{e000}@example.org", LocalPart),
        ("\u{fffd}@example.org", LocalPart),
        // Lengths.
        (&long_local, LocalPart),
        (&long_in_bytes, LocalPart),
        (&long_label, Domain),
        (&too_long, TOO_LONG),
        (&huge, TOO_LONG),
    ] {
        let shown: String = address.chars().take(60).collect();
        assert_eq!(Contact::email(address).err(), Some(error), "{shown:?}");
    }
}

#[test]
fn every_control_character_is_refused_at_every_place() {
    for control in (0..=0x9f).filter_map(char::from_u32).filter(|character| character.is_control())
    {
        for place in 0..="ada@example.org".len() {
            let mut address = String::from("ada@example.org");
            address.insert(place, control);
            assert!(Contact::email(&address).is_err(), "{address:?}");
        }
    }
}

/// CVE-2023-7028: a list of addresses in place of one sent the letter to the stranger's too.
#[test]
fn cve_2023_7028_one_address_only() {
    for separator in [",", ";", " ", "\t", "\r\n", "\n", "|", "&", "\0", "%2c", "%00", "\u{2028}"] {
        for (one, other) in
            [("ada@example.org", "eve@example.com"), ("eve@example.com", "ada@example.org")]
        {
            let both = format!("{one}{separator}{other}");
            assert!(Contact::email(&both).is_err(), "{both:?}");
            assert!(Lookup::email(&both).is_err(), "{both:?}");
            assert!(Lookup::email_or_login(&both).is_err(), "{both:?}");
        }
    }
}

/// CVE-2019-19844: Unicode folding made the stranger's look-alike address the owner's.
#[test]
fn cve_2019_19844_look_alikes_are_other_mailboxes() {
    let mike = account("1", "mike", "mike@example.org");
    let owner = Contact::email("mike@example.org").unwrap();
    for same in ["mike@example.org", "Mike@Example.org", "MIKE@EXAMPLE.ORG"] {
        assert!(owner.same_mailbox(&Contact::email(same).unwrap()), "{same}");
        assert_eq!(Contact::email(same).unwrap().canonical(), "mike@example.org");
        assert!(Lookup::email(same).unwrap().names(&mike), "{same}");
    }
    // Only ASCII is lower-cased: what is indexed by never folds one letter into another.
    let folding = Contact::email("M\u{130}\u{17f}\u{c4}E@Example.org").unwrap();
    assert_eq!(folding.canonical(), "m\u{130}\u{17f}\u{c4}e@example.org");
    // The Kelvin sign, which normalization makes a K, is in no address.
    let kelvin = Contact::email("mi\u{212a}e@example.org").err();
    assert_eq!(kelvin, Some(ContactError::LocalPart));
    assert!(Lookup::email("mi\u{212a}e@example.org").is_err());
    for other in [
        "m\u{131}ke@example.org",
        "M\u{130}KE@example.org",
        "\u{ff4d}ike@example.org",
        "mi\u{307}ke@example.org",
        "m\u{456}ke@example.org",
        "mike@example.or",
        "mike+x@example.org",
        "m.ike@example.org",
    ] {
        assert!(!owner.same_mailbox(&Contact::email(other).unwrap()), "{other}");
        assert!(!Lookup::email(other).unwrap().names(&mike), "{other}");
    }
}

/// RUSTSEC-2024-0421: A-labels that decode to ASCII made two host names of one. Ours are compared as they stand.
#[test]
fn rustsec_2024_0421_a_labels_are_not_decoded() {
    let plain = Contact::email("ada@example.org").unwrap();
    assert!(!plain.same_mailbox(&Contact::email("ada@xn--example.org").unwrap()));
    // An A-label that ends with its hyphen, which decodes to plain ASCII, is no host name.
    assert_eq!(Contact::email("ada@xn--example-.org").err(), Some(ContactError::Domain));
    let label = Contact::email("ada@XN--BCHER-KVA.example").unwrap();
    assert!(label.same_mailbox(&Contact::email("ada@xn--bcher-kva.example").unwrap()));
}

/// RUSTSEC-2020-0069: an address with a leading hyphen was an option to the mail program.
#[test]
fn rustsec_2020_0069_no_address_is_an_option() {
    for address in
        ["-f@example.org", "--@example.org", "-X/var/log@example.org", "-@example.org", "a@-f"]
    {
        assert!(Contact::email(address).is_err(), "{address}");
    }
}

/// CVE-2021-3754: a user name that is the address of another got the other's letters.
#[test]
fn cve_2021_3754_a_user_name_is_no_address() {
    let ada = account("1", "ada", "ada@example.org");
    let eve = account("2", "ada@example.org", "eve@example.com");
    for (lookup, names_ada, names_eve) in [
        (Lookup::email("ada@example.org"), true, false),
        (Lookup::login("ada@example.org"), false, true),
        (Lookup::email_or_login("ada@example.org"), true, false),
        (Lookup::email_or_login(" Ada@Example.org\n"), true, false),
        (Lookup::email_or_login("ada"), true, false),
        (Lookup::email_or_login("\tADA "), true, false),
        (Lookup::login("eve@example.com"), false, false),
    ] {
        let lookup = lookup.unwrap();
        assert_eq!(lookup.names(&ada), names_ada, "{lookup:?}");
        assert_eq!(lookup.names(&eve), names_eve, "{lookup:?}");
        let expected = ExpectedAccount::Lookup(lookup);
        assert_eq!((expected.holds(&ada), expected.holds(&eve)), (names_ada, names_eve));
    }
    let id = ExpectedAccount::Id(AccountId::new("1").unwrap());
    assert_eq!((id.holds(&ada), id.holds(&eve)), (true, false));
}

#[test]
fn a_lookup_says_what_is_wrong() {
    let none = |text| Lookup::email_or_login(text).unwrap_err().code();
    assert_eq!(Lookup::email("ada").unwrap_err(), LookupError::Email(ContactError::NoAt));
    assert_eq!(Lookup::login("").unwrap_err().code(), "login_invalid");
    assert_eq!(none(""), "login_invalid");
    assert_eq!(none(" \t "), "login_invalid");
    assert_eq!(none("@"), "email_local_part_invalid");
    assert_eq!(none("a@b@c"), "email_domain_invalid");
}

#[test]
fn an_account_without_login_or_address_is_named_by_neither() {
    let nobody = Account::new(AccountId::new("1").unwrap());
    assert!(!Lookup::login("1").unwrap().names(&nobody));
    assert!(!Lookup::email("a@b").unwrap().names(&nobody));
    // Whether an address is verified is for the flow to judge.
    let unverified = nobody.with_email(Email::unverified(Contact::email("a@b").unwrap()));
    assert!(Lookup::email("A@B").unwrap().names(&unverified));
}

#[test]
fn ids_and_logins_are_short_and_without_controls() {
    for (text, id, login) in [
        ("1", true, true),
        (" ", true, false),
        ("\u{feff}\u{200b}", true, false),
        ("0b9fcd4c-5d3e-4d6f-8c6d-0c8f1b2a3e4d", true, true),
        ("\u{e9}", true, true),
        ("ada@example.org", true, true),
        ("", false, false),
        ("a\0", false, false),
        ("a\nb", false, false),
        ("a\u{7f}", false, false),
        ("a\u{85}", false, false),
        ("\u{1b}[31m", false, false),
        (&"x".repeat(254), true, true),
        (&"x".repeat(255), true, false),
        (&"x".repeat(256), false, false),
        (&"\u{e9}".repeat(127), true, true),
        (&"\u{e9}".repeat(128), false, false),
    ] {
        assert_eq!(AccountId::new(text).is_ok(), id, "{text:?}");
        assert_eq!(Login::new(text).is_ok(), login, "{text:?}");
    }
    assert_eq!(AccountId::new("").unwrap_err().code(), "account_id_invalid");
    assert_eq!(Login::new("").unwrap_err().code(), "login_invalid");
}

#[test]
fn ids_differ_by_case_and_logins_do_not() {
    assert_ne!(AccountId::new("a").unwrap(), AccountId::new("A").unwrap());
    let ada = Login::new("Ada").unwrap();
    assert!(ada.same_login(&Login::new("aDA").unwrap()));
    assert_eq!(ada.canonical(), "ada");
    assert_eq!(ada.as_str(), "Ada");
    for other in ["ad\u{e0}", "\u{212a}da", "ad", "a da"] {
        assert!(!ada.same_login(&Login::new(other).unwrap()), "{other}");
    }
}

proptest! {
    #[test]
    fn an_address_that_is_taken_is_one_line_of_one_mailbox(text in "[a-zA-Z0-9.@\" <>,;:\\[\\]\\\\\u{0}-\u{20}\u{e9}\u{202e}-]{1,40}|.{0,20}@.{0,20}") {
        if let Ok(contact) = Contact::email(&text) {
            prop_assert_eq!(contact.as_str(), &text);
            prop_assert_eq!(text.matches('@').count(), 1);
            prop_assert!(!text.starts_with('-'));
            prop_assert!(!text.chars().any(|character| character.is_control() || character.is_whitespace()));
            prop_assert!(!text.contains(['<', '>', '"', ',', ';', ':', '(', ')', '[', ']', '\\']));
            let canonical = Contact::email(&contact.canonical()).unwrap();
            prop_assert!(canonical.same_mailbox(&contact));
            prop_assert_eq!(canonical.canonical(), canonical.as_str());
        }
    }

    #[test]
    fn mailboxes_are_the_same_when_their_canonical_spellings_are(one in "[aAbB\u{131}k\u{e4}]{1}\u{308}?[aA]?@[xX]", other in "[aAbB\u{131}k\u{e4}]{1}\u{308}?[aA]?@[xX]") {
        let [one, other] = [one, other].map(|text| Contact::email(&text).unwrap());
        prop_assert_eq!(one.same_mailbox(&other), one.canonical() == other.canonical());
        prop_assert_eq!(one.same_mailbox(&other), other.same_mailbox(&one));
    }
}

fn account(id: &str, login: &str, address: &str) -> Account {
    Account::new(AccountId::new(id).unwrap())
        .with_login(Login::new(login).unwrap())
        .with_email(Email::verified(Contact::email(address).unwrap()))
}
