//! Segments of text messages, phone numbers as people write them, and what is wrong with them.

use repass::account::{
    Channel, Contact, FieldKind, FieldName, FieldText, Fields, Lookup, PhoneError,
};
use repass::message::{Encoding, Segments};

fn segments(text: &str) -> (Encoding, usize) {
    let segments = Segments::of(text);
    (segments.encoding(), segments.count())
}

#[test]
fn segments_are_those_of_the_gsm_alphabet() {
    for (septets, count) in [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)] {
        assert_eq!(segments(&"x".repeat(septets)), (Encoding::Gsm7, count), "{septets}");
    }
    // The extension takes two septets, which are never split.
    assert_eq!(segments(&"\u{20ac}".repeat(80)), (Encoding::Gsm7, 1));
    assert_eq!(segments(&"\u{20ac}".repeat(81)), (Encoding::Gsm7, 2));
    assert_eq!(segments(&format!("{}{}", "x".repeat(152), "[".repeat(76))), (Encoding::Gsm7, 2));
    assert_eq!(segments(&format!("{}{}", "x".repeat(152), "[".repeat(77))), (Encoding::Gsm7, 3));
    // All of the basic table (3GPP TS 23.038, section 6.2.1), but the escape.
    let basic = "@\u{a3}$\u{a5}\u{e8}\u{e9}\u{f9}\u{ec}\u{f2}\u{c7}\n\u{d8}\u{f8}\r\u{c5}\u{e5}\u{394}_\u{3a6}\
        \u{393}\u{39b}\u{3a9}\u{3a0}\u{3a8}\u{3a3}\u{398}\u{39e}\u{c6}\u{e6}\u{df}\u{c9} !\"#\u{a4}%&'()*+,-./\
        0123456789:;<=>?\u{a1}ABCDEFGHIJKLMNOPQRSTUVWXYZ\u{c4}\u{d6}\u{d1}\u{dc}\u{a7}\u{bf}\
        abcdefghijklmnopqrstuvwxyz\u{e4}\u{f6}\u{f1}\u{fc}\u{e0}";
    assert_eq!(basic.chars().count(), 127);
    assert_eq!(segments(basic), (Encoding::Gsm7, 1));
    assert_eq!(segments(&format!("{basic}{}", "x".repeat(33))), (Encoding::Gsm7, 1));
    let extension = "^{}\\[~]|\u{20ac}\u{c}";
    assert_eq!(segments(&extension.repeat(8)), (Encoding::Gsm7, 1));
    assert_eq!(segments(&format!("{}x", extension.repeat(8))), (Encoding::Gsm7, 2));
    let others = (0..0x3000).filter_map(char::from_u32);
    let others = others.filter(|other| !basic.contains(*other) && !extension.contains(*other));
    for other in others {
        assert_eq!(segments(&other.to_string()).0, Encoding::Ucs2, "{other:?}");
    }
}

#[test]
fn segments_of_other_texts_are_those_of_ucs_2() {
    for (units, count) in [(70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)] {
        assert_eq!(segments(&"\u{4f60}".repeat(units)), (Encoding::Ucs2, count), "{units}");
    }
    // A pair of surrogates is never split.
    assert_eq!(segments(&"\u{1f511}".repeat(35)), (Encoding::Ucs2, 1));
    assert_eq!(segments(&"\u{1f511}".repeat(66)), (Encoding::Ucs2, 2));
    assert_eq!(segments(&"\u{1f511}".repeat(67)), (Encoding::Ucs2, 3));
}

#[test]
fn phone_numbers_are_compared_by_their_digits() {
    let stored = Contact::phone("+14-157415569").unwrap();
    assert_eq!((stored.as_str(), &*stored.canonical()), ("+14-157415569", "+14157415569"));
    assert_eq!(stored.channel(), Channel::SMS);
    for text in ["+14157415569", "+1 (415) 741-5569", "+1.415.741.5569", "+1  4157415569"] {
        assert!(stored.same_mailbox(&Contact::phone(text).unwrap()), "{text}");
    }
    assert!(!stored.same_mailbox(&Contact::phone("+14157415560").unwrap()));
    assert!(!stored.same_mailbox(&Contact::phone("+1415741556").unwrap()));
    assert_eq!(format!("{stored:?}"), "Contact(..)");
}

#[test]
fn what_is_no_phone_number_is_refused() {
    let digits = PhoneError::Digits { min: 8, max: 15 };
    let long = format!("+1{}4157415569", " ".repeat(60));
    for (text, error) in [
        ("", PhoneError::NotInternational),
        ("004930901820", PhoneError::NotInternational),
        ("030 901820", PhoneError::NotInternational),
        ("+1234567", digits),
        ("+1234567890123456", digits),
        (&long, digits),
        ("+0493090182", PhoneError::CountryCode),
        ("+49 (0) 30 901820", PhoneError::Character),
        ("+49 (0)30 901820", PhoneError::TrunkPrefix),
        ("+ 49 30 901820", PhoneError::Character),
        ("+(49) 30 901820", PhoneError::Character),
        ("+49 30 901820 ", PhoneError::Character),
        ("+49 30 901820,,2", PhoneError::Character),
        ("+49 30 90182O", PhoneError::Character),
        ("+49\t30\t901820", PhoneError::Character),
        ("+49 30 \u{0669}01820", PhoneError::Character),
        ("++4930901820", PhoneError::Character),
    ] {
        // `(0) ` with a space is refused as well, by whichever name.
        let refused = Contact::phone(text).unwrap_err();
        let trunk = refused == PhoneError::TrunkPrefix && text.contains("(0)");
        assert!(refused == error || trunk, "{text:?}: {refused:?}");
        assert_eq!(refused.answer().code(), "invalid");
    }
    for (error, code, fact) in [
        (PhoneError::NotInternational, "phone_not_international", "+"),
        (PhoneError::Character, "phone_character_invalid", "digits"),
        (digits, "phone_digits_invalid", "8 to 15"),
        (PhoneError::CountryCode, "phone_country_code_invalid", "0"),
        (PhoneError::TrunkPrefix, "phone_with_trunk_prefix", "(0)"),
    ] {
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(fact), "{error}");
    }
}

#[test]
fn phone_numbers_are_found_as_keyboards_and_clipboards_write_them() {
    let right = Lookup::phone("+49 30 901820").unwrap();
    for text in [
        " +49 30 901820\n",
        "\u{202a}+49\u{a0}30\u{202f}901820\u{202c}",
        "\u{ff0b}\u{ff14}\u{ff19}\u{3000}\u{ff13}\u{ff10}\u{3000}\u{ff19}\u{ff10}\u{ff11}\u{ff18}\u{ff12}\u{ff10}",
    ] {
        assert_eq!(Lookup::phone(text).unwrap(), right, "{text:?}");
    }
    let dashed = Lookup::phone("+49\u{2011}30\u{2013}901820").unwrap();
    assert_eq!(dashed, Lookup::phone("+49-30-901820").unwrap());
    assert_eq!(Lookup::phone(&" ".repeat(1025)).unwrap_err().code(), "phone_digits_invalid");
    assert_eq!(Lookup::phone("ada").unwrap_err().code(), "phone_not_international");
}

#[test]
fn fields_are_declared_once_and_by_a_name() {
    let text = FieldKind::Text;
    for (name, code) in [("", "field_name_invalid"), ("a=b", "field_name_invalid")] {
        assert_eq!(Fields::new([(name, text)]).unwrap_err().code(), code, "{name}");
    }
    let twice = Fields::new([("A", text), ("A", FieldKind::Email)]).unwrap_err();
    assert_eq!((twice.code(), twice.answer().code()), ("field_twice", "invalid"));
    assert!(twice.to_string().contains('A'));
    let long = "x".repeat(FieldName::MAX_BYTES);
    assert_eq!(FieldName::new(&long).unwrap().as_str(), long);
    let error = FieldName::new(&format!("{long}x")).unwrap_err();
    assert!(error.to_string().contains("32"), "{error}");
}

#[test]
fn only_declared_fields_are_looked_up_and_sent_to() {
    let fields = Fields::new([
        ("Phone", FieldKind::Phone),
        ("Spare", FieldKind::Email),
        ("Nick", FieldKind::Login),
        ("Number", FieldKind::Text),
    ])
    .unwrap();
    for (name, value, code) in [
        ("phone", "+4930901820", "field_unknown"),
        ("Phone", "030901820", "phone_not_international"),
        ("Spare", "nobody", "email_without_at"),
        ("Nick", " ", "login_invalid"),
        ("Number", " \u{200b} ", "field_text_invalid"),
        ("Number", "a\u{7}b", "field_text_invalid"),
    ] {
        let error = fields.lookup(name, value).unwrap_err();
        assert_eq!((error.code(), error.answer().code()), (code, "invalid"), "{name} {value}");
        assert!(!error.to_string().is_empty());
    }
    for (name, code) in [
        ("Nick", "field_not_a_recipient"),
        ("Number", "field_not_a_recipient"),
        ("x", "field_unknown"),
    ] {
        assert_eq!(fields.recipient(name).unwrap_err().code(), code, "{name}");
    }
    assert_eq!(fields.recipient("Phone").unwrap().field().as_str(), "Phone");
    let Lookup::Field(lookup) = fields.lookup("Phone", "+49-30-901820").unwrap() else { panic!() };
    assert_eq!((lookup.name().as_str(), lookup.field_kind()), ("Phone", FieldKind::Phone));
    assert_eq!(lookup.canonical_value(), "+4930901820");
    assert!(!format!("{lookup:?}").contains("901820"), "{lookup:?}");
}

#[test]
fn a_text_of_a_field_is_trimmed_normalized_and_bounded() {
    let text = |text: &str| FieldText::new(text).map(|text| text.as_str().to_owned());
    assert_eq!(text("\u{feff} Ju\u{308}-7 \u{200b}").unwrap(), "J\u{fc}-7");
    assert_eq!(text(&"x".repeat(254)).unwrap().len(), 254);
    assert!(text(&"x".repeat(255)).is_err() && text(&"x".repeat(100_000)).is_err());
    // As many bytes in Form C as are allowed, and more in Form D.
    assert_eq!(text(&"u\u{308}".repeat(127)).unwrap().len(), 254);
    let error = text("").unwrap_err();
    assert!(error.to_string().contains("254"), "{error}");
}
