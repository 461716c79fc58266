//! D1 to D15: what a password policy takes, refuses and says.

use std::collections::HashSet;

use proptest::prelude::*;
use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::language::Plural;
use repass::policy::{
    Attribute, Catalogue, CharacterSet, CheckState, Evidence, Param, Personal, Policy,
    PolicyBuilder, Preset, Violation, Violations, WhenUnknown,
};
use repass::secret::Password;

/// Every preset with what only the host can give.
fn presets() -> impl Iterator<Item = (Preset, PolicyBuilder)> {
    Preset::ALL.into_iter().map(|preset| {
        let builder = Policy::preset(preset);
        let builder = match preset {
            Preset::AsvsL2 => {
                builder.context_words(["Plum Bank"]).max_breaches(0, WhenUnknown::Refuse)
            }
            _ => builder,
        };
        (preset, builder)
    })
}

fn codes(policy: &Policy, password: &str, about: &Personal<'_>) -> Vec<&'static str> {
    let found = policy.check_as_typed(password, about).err().into_iter().flatten();
    found.map(|violation| violation.code()).collect()
}

#[test]
fn d01_every_address_is_compared() {
    let address = |name: &str| Contact::email(&format!("{name}@mail.example")).unwrap();
    let mut account = Account::new(AccountId::new("42").unwrap())
        .with_email(Email::verified(address("ada.lovelace")))
        .with_email(Email::verified(address("rosewater.orchard")))
        .with_email(Email::unverified(address("quill.saddle")))
        .with_replaced_email(address("kettle.harbour"));
    let of_others = ["brook.lantern@mail.example", "copper.thimble@mail.example"];
    let names = ["ada.lovelace", "rosewater.orchard", "quill.saddle", "kettle.harbour"];
    let more = ["brook.lantern", "copper.thimble", "velvet.anchor"];
    for rules in [Policy::builder().no_personal_names(), Policy::builder().max_similarity(0.7)] {
        let policy = rules.build().unwrap();
        let about = Personal::of(&account).email("velvet.anchor@mail.example").emails(&of_others);
        for name in names.into_iter().chain(more) {
            let password = format!("{name}@mail.example");
            let found = policy.check_as_typed(&password, &about).unwrap_err();
            let of_email = |found: &Violation| {
                found.param("attribute").and_then(Param::attribute) == Some(Attribute::Email)
            };
            assert!(found.iter().all(of_email), "{name}");
        }
        assert!(policy.check_as_typed("plum-hazel-42", &about).is_ok());
    }
    // As many as an account may have, up to the bound of `Personal`.
    for number in account.emails().len()..Personal::MAX_ATTRIBUTES {
        account = account.with_email(Email::verified(address(&format!("person{number}"))));
    }
    let policy = Policy::builder().no_personal_names().build().unwrap();
    for number in 3..Personal::MAX_ATTRIBUTES {
        let password = format!("person{number}");
        assert!(policy.check_as_typed(&password, &Personal::of(&account)).is_err(), "{password}");
    }
}

/// The presets whose standards have the entire password compared with the user name and its derivatives.
fn presets_of_the_whole() -> impl Iterator<Item = (Preset, Policy)> {
    let of_the_whole = [Preset::NistSingleFactor, Preset::NistMfa, Preset::AsvsL1, Preset::AsvsL2];
    presets()
        .filter(move |(preset, _)| of_the_whole.contains(preset))
        .map(|(preset, builder)| (preset, builder.build().unwrap()))
}

fn is_of_a_name(policy: &Policy, password: &str, about: &Personal<'_>) -> Option<Attribute> {
    let found = policy.check_as_typed(password, about).err().into_iter().flatten();
    let mut named = found.filter(|violation| violation.code() == "password_derived_from_name");
    named.next()?.param("attribute")?.attribute()
}

#[test]
fn d02_names_of_the_owner_and_derivatives_are_refused() {
    let account = Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("e.rosewater").unwrap())
        .with_names("Zoë Emmanuelle", "Featherstone")
        .with_email(Email::verified(Contact::email("rosewater.orchard@mail.example").unwrap()));
    let about = Personal::of(&account).others(&[("company", "Plum & Søns 1860")]);
    for (preset, policy) in presets_of_the_whole() {
        for (password, attribute) in [
            ("rosewater.orchard", Attribute::Email),
            ("Rosewater.Orchard", Attribute::Email),
            ("orchard-rosewater", Attribute::Email),
            ("rosewater.orchard@mail.example", Attribute::Email),
            ("r0sew@t3r.0rch@rd", Attribute::Email),
            ("drahcro.retawesor", Attribute::Email),
            ("drahcro.retawesor1", Attribute::Email),
            ("rosewaterrosewater", Attribute::Username),
            ("e.rosewater 2026!", Attribute::Username),
            ("erosewater erosewater", Attribute::Username),
            ("featherstone2026", Attribute::LastName),
            ("FeatherstoneEmmanuelle", Attribute::LastName),
            ("zoeemmanuelle!!!!", Attribute::FirstName),
            ("zoe_featherstone", Attribute::FirstName),
            ("Featherstone, Zoë", Attribute::LastName),
            ("Plum & Søns 1860", Attribute::Other("company")),
            ("plumsons12345678", Attribute::Other("company")),
        ] {
            let found = is_of_a_name(&policy, password, &about);
            assert_eq!(found, Some(attribute), "{preset:?} {password}");
        }
        for password in [
            // A password that only contains a name is none: the entire password is compared.
            "my rosewater kettle",
            "rosewater.orchard and more",
            "42rosewater.orchard",
            "featherston3 kettle",
            "plum-kettle-42-orbit",
        ] {
            assert!(policy.check_as_typed(password, &about).is_ok(), "{preset:?} {password}");
        }
    }
}

#[test]
fn d02_names_of_any_script_length_and_number_are_compared() {
    let policy = Policy::builder().not_derived_from_names().build().unwrap();
    let refused =
        |password: &str, about: &Personal<'_>| is_of_a_name(&policy, password, about).is_some();
    for (first, last, password) in [
        ("Li", "Wei", "WeiLi"),
        ("Li", "Wei", "li-wei-li-wei"),
        ("小龍", "李", "李小龍"),
        ("Владимир", "Ильин", "ИльинВладимир1"),
        ("J.", "Smith", "jsmith1970"),
        ("Łukasz", "Żak", "zaklukasz"),
        // As Unicode spells it in letters, and as a password has it.
        ("\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}", "\u{1100}\u{1175}\u{11b7}", "김민수"),
    ] {
        let about = Personal::none().first_name(first).last_name(last);
        assert!(refused(password, &about), "{password}");
        let other = Personal::none().first_name("Nora").last_name("Quill");
        assert!(!refused(password, &other), "{password}");
    }
    for (name, password, is_refused) in [
        // Fewer than three letters and digits make no name.
        ("li", "li", false),
        ("li", "li2026", false),
        ("li", "lili2026", true),
        // A number is a name, and with more digits it is another number.
        ("19900512", "19900512", true),
        ("19900512", "1990-05-12!", true),
        ("19900512", "199005124711", false),
        // Leet in the name.
        ("em1ly", "emily", true),
        ("em1ly", "em1ly", true),
        ("", "plum", false),
        ("---", "---", false),
        ("---", "", false),
    ] {
        let about = Personal::none().username(name);
        assert_eq!(refused(password, &about), is_refused, "{name} {password}");
    }
    let about = Personal::none().username("emily");
    assert!(refused(&"emily".repeat(32), &about));
    // Backwards, with what may be a letter or a number at either end.
    for password in
        ["ylime", "yl1me", "yl1m3", "ylime2026", "2026yl1me", "!6202ylime!", "1ylim3-ylime"]
    {
        assert!(refused(password, &about), "{password}");
    }
}

/// A hundred characters are skipped for each of 70 names at each of twenty places, before the end is found.
#[test]
fn d02_the_search_for_names_is_bounded() {
    let policy = Policy::builder().not_derived_from_names().build().unwrap();
    let words = ["a".repeat(12).as_str(); 11].join(" ");
    let few = [("letter", "a"), ("word", words.as_str()), ("end", "b")];
    let mut many = [few[1]; 8];
    many[0] = few[0];
    many[7] = few[2];
    for skipped in ["-", "!", "·"] {
        let password = |count: usize| format!("{}{}b", "a".repeat(20), skipped.repeat(count));
        let refused = |count, others| {
            is_of_a_name(&policy, &password(count), &Personal::none().others(others))
        };
        assert_eq!(refused(2, &few), Some(Attribute::Other("letter")), "{skipped}");
        assert_eq!(refused(100, &few), Some(Attribute::Other("letter")), "{skipped}");
        assert_eq!(refused(2, &many), Some(Attribute::Other("letter")), "{skipped}");
        assert_eq!(refused(100, &many), None, "{skipped}");
    }
}

#[test]
fn d02_a_configuration_switches_the_rule_off() {
    let with = |more: &str| {
        let text = format!("preset = 'nist_mfa'\n{more}");
        toml::from_str::<Policy>(&text).unwrap()
    };
    let about = Personal::none().username("rosewater.orchard").email("ro@mail.example");
    assert!(is_of_a_name(&with(""), "orchardrosewater", &about).is_some());
    let without = with("not_derived_from_names = false");
    assert!(is_of_a_name(&without, "orchardrosewater", &about).is_none());
}

#[test]
fn d03_a_first_name_of_257_bytes_refuses_no_password() {
    let long = "n".repeat(257);
    let about = Personal::none().first_name(&*long);
    let policies = presets().chain([(Preset::Django, Policy::builder().min_length(8))]);
    for (preset, builder) in policies {
        let policy = builder.build().unwrap();
        for password in ["Qv7-plum-kettle-orbit", "Qv7"] {
            let expected = codes(&policy, password, &Personal::none());
            assert_eq!(codes(&policy, password, &about), expected, "{preset:?} {password}");
        }
        let lines = policy.checklist(&Password::new("Qv7-plum-kettle-orbit").unwrap(), &about);
        assert!(lines.iter().all(|line| line.state != CheckState::Unmet), "{preset:?}");
    }
}

#[test]
fn d03_of_what_is_too_long_256_bytes_are_compared() {
    let policy = Policy::builder().no_personal_names().build().unwrap();
    for (before, is_found) in [
        // With the space, the name ends at the last byte that is compared.
        ("n".repeat(250), true),
        ("é".repeat(125), true),
        // Of the name two letters are left, which are none.
        ("n".repeat(253), false),
        // The last character would be cut in two.
        (format!("{} {}", "n".repeat(250), "日日"), false),
    ] {
        let value = format!("{before} quill and more");
        let about = Personal::none().last_name(&*value);
        assert_eq!(policy.check_as_typed("kettle-quill-42", &about).is_err(), is_found, "{before}");
    }
}

#[test]
fn d03_the_first_64_attributes_are_compared() {
    let policy = Policy::builder().no_personal_names().build().unwrap();
    for (before, is_found) in [(62, true), (63, false)] {
        let mut others = vec![("word", "kettle"); before];
        others.push(("word", "orbit"));
        let about = Personal::none().username("ada").first_name("").others(&others);
        assert_eq!(policy.check_as_typed("qv7-orbit-42", &about).is_err(), is_found, "{before}");
        // As before, a generator draws for such an owner.
        let generator = policy.generator().build().unwrap();
        assert!(generator.generate(&about, &mut SysRng).is_ok());
    }
}

/// All but Django's, whose verdicts are those of Django.
fn presets_with_defaults() -> impl Iterator<Item = (Preset, PolicyBuilder)> {
    presets().filter(|(preset, _)| *preset != Preset::Django)
}

#[test]
fn d04_control_characters_may_be_refused_under_every_preset() {
    for (preset, builder) in presets() {
        for builder in [builder.clone().no_control_characters(), builder.not_blank()] {
            assert!(builder.build().is_ok(), "{preset:?}");
        }
    }
}

#[test]
fn d05_control_characters_are_refused_unless_they_are_allowed() {
    let good = "Qv7-plum-kettle-orbit";
    let policies = presets_with_defaults().chain([(Preset::Django, Policy::builder())]);
    for (preset, builder) in policies {
        let asks = builder.clone().build().unwrap();
        let allows = builder.allow_control_characters().build().unwrap();
        for (before, control, after) in [
            ("", "\0", good),
            ("Qv7-", "\t", good),
            (good, "\n", ""),
            (good, "\r\n", ""),
            (good, "\u{85}", ""),
        ] {
            let password = format!("{before}{control}{after}");
            let found = asks.check_as_typed(&password, &Personal::none()).unwrap_err();
            let position = before.chars().count();
            assert_eq!(found.len(), 1, "{preset:?}");
            assert_eq!(found[0].code(), "password_has_control_character", "{preset:?}");
            assert_eq!(found[0].position(), Some(position), "{preset:?}");
            assert!(allows.check_as_typed(&password, &Personal::none()).is_ok(), "{preset:?}");
        }
        assert!(asks.check_as_typed(good, &Personal::none()).is_ok(), "{preset:?}");
    }
    let django = Policy::preset(Preset::Django).build().unwrap();
    assert!(django.check_as_typed("plum-kettle-42\n", &Personal::none()).is_ok());
}

#[test]
fn d05_a_password_that_shows_nothing_is_refused() {
    let policy = Policy::builder().min_length(8).build().unwrap();
    let allows = Policy::builder().min_length(8).allow_blank().build().unwrap();
    let of_each = [
        // White_Space.
        ' ',
        '\u{A0}',
        '\u{2003}',
        '\u{2028}',
        '\u{3000}',
        // Default_Ignorable_Code_Point.
        '\u{AD}',
        '\u{34F}',
        '\u{61C}',
        '\u{115F}',
        '\u{1160}',
        '\u{17B4}',
        '\u{180E}',
        '\u{200B}',
        '\u{200D}',
        '\u{2060}',
        '\u{2065}',
        '\u{3164}',
        '\u{FE0F}',
        '\u{FEFF}',
        '\u{FFA0}',
        '\u{1D173}',
        '\u{E0020}',
        '\u{E0100}',
        // The Braille pattern without dots.
        '\u{2800}',
    ];
    for character in of_each {
        let blank = String::from_iter([character; 20]);
        assert_eq!(codes(&policy, &blank, &Personal::none()), ["password_blank"], "{blank:?}");
        assert!(allows.check_as_typed(&blank, &Personal::none()).is_ok(), "{blank:?}");
        // With something to be seen.
        let spaced = format!("{blank}.{blank}");
        assert!(policy.check_as_typed(&spaced, &Personal::none()).is_ok(), "{spaced:?}");
    }
    let mixed = String::from_iter(of_each);
    assert_eq!(codes(&policy, &mixed, &Personal::none()), ["password_blank"]);
    let tabs = Policy::builder().allow_control_characters().build().unwrap();
    assert_eq!(codes(&tabs, "\t\u{1}\t", &Personal::none()), ["password_blank"]);
    // What can be seen, or is no character at all.
    for seen in ["\u{2801}", "\u{301}", "\u{600}", "\u{FFFC}", "_", "\u{1F600}", ""] {
        let policy = Policy::builder().build().unwrap();
        assert!(policy.check_as_typed(seen, &Personal::none()).is_ok(), "{seen:?}");
    }
    for (preset, builder) in presets_with_defaults() {
        let policy = builder.build().unwrap();
        let found = codes(&policy, &" ".repeat(20), &Personal::none());
        assert!(found.contains(&"password_blank"), "{preset:?}");
    }
    let django = Policy::preset(Preset::Django).build().unwrap();
    assert!(django.check_as_typed(&" ".repeat(20), &Personal::none()).is_ok());
}

#[test]
fn d05_the_whole_policy_decides_for_the_policies_within_it() {
    let within = || Policy::builder().min_length(9).build().unwrap();
    let builder = || Policy::builder().of_lengths(8..=12, within()).warn(within());
    let none = Personal::none();
    let asks = builder().build().unwrap();
    let codes_of =
        |violations: Violations| violations.iter().map(Violation::code).collect::<Vec<_>>();
    let found = codes_of(asks.check_as_typed("plum-kett\n", &none).unwrap_err());
    assert_eq!(found, ["password_has_control_character"]);
    assert_eq!(asks.warnings(&Password::new("plum-kett\n").unwrap(), &none), None);
    let allows = builder().allow_control_characters().allow_blank().build().unwrap();
    for password in ["plum-kett\n", "          "] {
        assert!(allows.check_as_typed(password, &none).is_ok());
        assert_eq!(allows.warnings(&Password::new(password).unwrap(), &none), None);
    }
    // What is named is asked there.
    let named = Policy::builder().no_control_characters().not_blank().build().unwrap();
    let warns = Policy::builder().allow_control_characters().allow_blank().warn(named).build();
    let warns = warns.unwrap();
    let warned = codes_of(warns.warnings(&Password::new("plum-kett\n").unwrap(), &none).unwrap());
    assert_eq!(warned, ["password_has_control_character"]);
    assert_eq!(
        codes_of(warns.warnings(&Password::new("  ").unwrap(), &none).unwrap()),
        ["password_blank"]
    );
}

#[test]
fn d05_a_configuration_switches_the_rules_off() {
    let read = |more: &str| {
        let text = format!("min_length = 8\nnot_common = false\n{more}");
        toml::from_str::<Policy>(&text).unwrap()
    };
    let none = Personal::none();
    assert_eq!(codes(&read(""), "plum-kettle\n", &none), ["password_has_control_character"]);
    assert_eq!(codes(&read(""), "          ", &none), ["password_blank"]);
    let allows = read("no_control_characters = false\nnot_blank = false");
    assert!(allows.check_as_typed("plum-kettle\n", &none).is_ok());
    assert!(allows.check_as_typed("          ", &none).is_ok());
}

#[test]
fn d05_nothing_but_blanks_does_not_build_and_is_not_generated() {
    let blanks =
        || Policy::builder().min_length(2).allowed_characters(CharacterSet::of(" \u{3000}"));
    let error = blanks().build().unwrap_err();
    assert_eq!((error.code(), error.field()), ("policy_contradiction", "not_blank"));
    assert!(blanks().allow_blank().build().is_ok());

    let policy = Policy::builder().allowed_characters(CharacterSet::of(" a")).build().unwrap();
    let alphabet = CharacterSet::of(" a");
    let generator = policy.generator().alphabet(alphabet).length(2).build().unwrap();
    for _ in 0..50 {
        let password = generator.generate(&Personal::none(), &mut SysRng).unwrap();
        assert_ne!(password.expose_secret(), "  ");
    }
}

#[test]
fn d08_a_set_that_looks_like_a_pattern_is_an_error_that_says_what_to_write() {
    let read = |set: &str| {
        let text = format!("min_length = 8\nnot_common = false\nallowed_characters = {set}");
        toml::from_str::<Policy>(&text).map_err(|error| error.message().to_owned())
    };
    for (set, ranges) in [
        ("'[a-zA-Z0-9]'", r#"{ ranges = ["a-z", "A-Z", "0-9"] }"#),
        ("'^[A-Za-z0-9]+$'", r#"{ ranges = ["A-Z", "a-z", "0-9"] }"#),
        ("'a-z'", r#"{ ranges = ["a-z"] }"#),
        ("'а-я!'", r#"{ ranges = ["а-я"] }"#),
        ("'[[:alnum:]]'", r#"{ ranges = ["a-z", "0-9"] }"#),
        ("'[abc]'", r#"{ ranges = ["a-z", "0-9"] }"#),
        (r"'[\w\d]'", r#"{ ranges = ["a-z", "0-9"] }"#),
        (r"'\p{L}'", r#"{ ranges = ["a-z", "0-9"] }"#),
    ] {
        let error = read(set).unwrap_err();
        assert!(error.starts_with("allowed_characters is "), "{error}");
        assert!(error.contains(ranges), "{set}: {error}");
        let error = read(&format!("{{ characters = {set} }}")).unwrap_err();
        assert!(error.starts_with("allowed_characters.characters is "), "{error}");
        let inner = format!("at_least = {{ sets = [{{ count = 1, set = {set} }}] }}");
        let error = toml::from_str::<Policy>(&inner).err().unwrap();
        assert!(error.message().starts_with("at_least.sets[0].set is "), "{error}");
    }
    // What it says to write is read, and so are characters that patterns have too.
    for (set, expected) in [
        (
            r#"{ ranges = ["a-z", "A-Z", "0-9"] }"#,
            CharacterSet::of("").and_range('a'..='z').and_range('A'..='Z').and_range('0'..='9'),
        ),
        ("'!@#$%^&*()-_=+[]{};:'", CharacterSet::of("!@#$%^&*()-_=+[]{};:")),
        ("'[]'", CharacterSet::of("[]")),
        ("'abcxyz-'", CharacterSet::of("abcxyz-")),
        ("'-abc'", CharacterSet::of("-abc")),
        (r"'d\'", CharacterSet::of("d\\")),
        ("'z-a'", CharacterSet::of("z-a")),
    ] {
        let policy = read(set).unwrap();
        let allowed = policy.requirements().find_map(|asked| asked.param("set")?.set().cloned());
        assert_eq!(allowed, Some(expected), "{set}");
    }
}

proptest! {
    /// A set that is written is read as the same, whatever its characters look like.
    #[test]
    fn d08_every_set_that_is_written_is_read(
        characters in "[-\\[\\]^\\\\$+a-ddwsp0-3é]{1,12}",
        ranges in proptest::collection::vec(("[-\\[\\]\\\\a-dp!]", 0_u8..3), 0..4),
    ) {
        let set = ranges.into_iter().fold(CharacterSet::of(&characters), |set, (first, more)| {
            let first = first.chars().next().unwrap();
            set.and_range(first..=char::from(u8::try_from(first).unwrap() + more))
        });
        let written = serde_json::to_string(&set).unwrap();
        let text =
            format!(r#"{{"min_length": 8, "not_common": false, "illegal_characters": {written}}}"#);
        let policy: Policy = serde_json::from_str(&text).unwrap();
        let asked = policy.requirements().find_map(|asked| asked.param("set")?.set().cloned());
        prop_assert_eq!(asked, Some(set));
    }
}

#[test]
fn d09_a_set_that_is_given_twice_is_an_error_that_names_both() {
    let read = |text: &str| toml::from_str::<Policy>(text);
    for (sets, places) in [
        ("{ count = 2, set = 'xyz' }, { count = 1, set = 'xyz' }", Some(("[1]", "[0]"))),
        // The same characters are the same set, however they are written.
        (
            "{ count = 1, set = '!' }, { count = 2, set = 'xyz' }, { count = 2, set = { ranges = ['x-z'] } }",
            Some(("[2]", "[1]")),
        ),
        ("{ count = 2, set = 'xyz' }, { count = 1, set = 'xy' }", None),
    ] {
        let rules = format!("at_least = {{ sets = [{sets}] }}");
        let begun = "min_length = 8\nnot_common = false\n";
        for (text, table) in [
            (format!("{begun}{rules}"), ""),
            (format!("{begun}warn = {{ {rules} }}"), "warn."),
            (
                format!("{begun}of_lengths = [{{ min = 8, max = 9, rules = {{ {rules} }} }}]"),
                "of_lengths[0].rules.",
            ),
        ] {
            let found = read(&text).err();
            let expected = places.map(|(field, other)| {
                let [field, other] = [field, other].map(|at| format!("{table}at_least.sets{at}"));
                format!("{field} has the same set as {other}: write the set once")
            });
            let message = found.map(|error| error.message().to_owned());
            assert_eq!(message, expected, "{text}");
        }
    }
    // In the builder the last call for a set counts, as it says.
    let xyz = || CharacterSet::of("xyz");
    let policy = Policy::builder().at_least(2, xyz()).at_least(1, xyz()).build().unwrap();
    let once = Policy::builder().at_least(1, xyz()).build().unwrap();
    assert_eq!(policy, once);
}

#[test]
fn d10_a_part_of_the_old_password_is_refused() {
    let policy = Policy::builder().min_changed(5).not_rearranged().build().unwrap();
    let old = Password::new("plum-kettle-42-orbit").unwrap();
    for (new, how) in [
        ("plum-kettle-42", Some("password_rearranged_shortened")),
        ("PLUM-Kettle-42", Some("password_rearranged_shortened")),
        ("kettle-42-orbit", Some("password_rearranged_shortened")),
        ("kettle-42", Some("password_rearranged_shortened")),
        // What is added or exchanged is for `min_changed`.
        ("plum-kettle-42-orbit-hazel", None),
        ("plum-kettle-hazel-91", None),
    ] {
        let new = Password::new(new).unwrap();
        let found = policy.check_with(&new, &Personal::none(), Evidence::of_change(&old)).err();
        let codes = found.as_deref().map(|found| found.iter().map(Violation::code).collect());
        assert_eq!(codes, how.map(|how| vec![how]), "{}", new.expose_secret());
    }
    // In a policy without the rule, the number of changes decides alone.
    let policy = Policy::builder().min_changed(5).build().unwrap();
    let new = Password::new("plum-kettle-42").unwrap();
    assert!(policy.check_with(&new, &Personal::none(), Evidence::of_change(&old)).is_ok());
}

#[test]
fn d15_sets_are_shown_as_they_were_written() {
    let of = CharacterSet::of;
    let categories =
        |names: &[&str]| CharacterSet::of_categories(names.iter().copied()).unwrap().to_string();
    for (set, shown) in [
        (of("!@#$%^&*"), "!@#$%^&*"),
        (of("!@#$%^&*").and_range('a'..='z').and_range('0'..='9'), "a-z0-9!@#$%^&*"),
        (of("").and_range('0'..='9').and(&of("-_.")).and(&of("._+")), "0-9-_.+"),
        (of("<>\"'\\&"), "<>\"'\\&"),
        // No dash between characters that stand for themselves looks like a range.
        (of("a-z"), "az-"),
        (of("+-/"), "+-/"),
        (of("cbaXYß-é"), "a-cXYßé-"),
        (of("!\u{7}\u{200b}"), "!\\u{7}\\u{200b}"),
        (of("").and_range('а'..='я').and_range('A'..='B'), "ABа-я"),
        // Of a range, symbols are listed, for it would not tell which they are.
        (of("").and_range(' '..='/').and_range('a'..='c'), "a-c !\"#$%&'()*+,-./"),
        (of("0123456789"), "digits"),
        (of("").and_range('!'..='/').and(&of("`~{}|[]^_\\:;<=>?@")), "symbols"),
        (of("").and_range('a'..='z'), "a-z"),
    ] {
        assert_eq!(set.to_string(), shown);
    }
    for (names, shown) in [
        (&["L"][..], "letters"),
        (&["Ll"], "lowercase letters"),
        (&["Nd"], "digits"),
        (&["P", "S", "Zs"], "symbols"),
        (&["P"], "\\p{P}"),
    ] {
        assert_eq!(categories(names), shown);
    }
}

#[test]
fn d15_texts_name_the_set_in_their_language() {
    let policy = Policy::builder()
        .at_least(2, CharacterSet::of("!@#$%^&*"))
        .allowed_characters(CharacterSet::of("!@#$%^&*").and_range('a'..='z'))
        .build()
        .unwrap();
    let texts: Vec<_> = policy.requirements().map(|asked| asked.to_string()).collect();
    assert!(texts.contains(&"at least 2 of these characters: !@#$%^&*".into()), "{texts:?}");
    assert!(texts.contains(&"only these characters: a-z!@#$%^&*".into()), "{texts:?}");

    let kinds = Policy::builder().active_directory_kinds().build().unwrap();
    let asked = kinds.requirements().find(|asked| asked.param("kinds").is_some()).unwrap();
    let expected = "at least 3 of these kinds of characters: uppercase letters, lowercase letters, digits, symbols and letters without case";
    assert_eq!(asked.to_string(), expected);
    let german = Catalogue::from_texts(
        Plural::english,
        [("kind_digit", "Ziffern"), ("requirement_set", "mindestens {at_least} davon: {set}")],
    )
    .unwrap();
    let digits = Policy::builder().at_least(2, CharacterSet::of("9876543210")).build().unwrap();
    let asked = digits.requirements().find(|asked| asked.param("set").is_some()).unwrap();
    assert_eq!(german.requirement(&asked).to_string(), "mindestens 2 davon: Ziffern");
}

#[test]
fn d15_the_order_is_kept_in_a_configuration_and_does_not_matter_to_equality() {
    let one = CharacterSet::of("!@#$%^&*").and_range('a'..='z');
    let other = CharacterSet::of("*&^%$#@!zyxwvutsrqponmlkjihgfedcba");
    assert_eq!(one, other);
    assert_ne!(one, CharacterSet::of("!@#$%^&*"));
    assert_eq!(HashSet::from([one.clone(), other]).len(), 1);
    for set in [one, CharacterSet::of("%$!")] {
        let written = serde_json::to_string(&set).unwrap();
        let text =
            format!(r#"{{"min_length": 8, "not_common": false, "illegal_characters": {written}}}"#);
        let policy: Policy = serde_json::from_str(&text).unwrap();
        let asked = policy.requirements().find_map(|asked| asked.param("set")?.set().cloned());
        assert_eq!(asked.as_ref(), Some(&set));
        assert_eq!(asked.unwrap().to_string(), set.to_string());
    }
}
