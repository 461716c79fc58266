//! What violations, requirements and advice say, in English and in other languages.

#[path = "support/german.rs"]
mod german;
#[path = "support/texts.rs"]
mod texts;

use proptest::prelude::*;
use repass::language::Plural;
use repass::policy::{
    Advice, Attribute, Catalogue, CatalogueError, CharacterClass, CharacterSet, CommonPasswords,
    Personal, Policy, PolicyBuilder, Rule, SequenceEnds, Violation,
};

use texts::{asked, refused, refused_to, rules};

fn too_short(min_length: usize) -> Violation {
    refused(rules().min_length(min_length), "")
}

/// Of an owner of whom something is `plum`.
fn similar(about: Personal<'_>) -> Violation {
    refused_to(about, rules().max_similarity(0.7), "plum")
}

fn list() -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(["plum"]).unwrap();
    CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap()
}

#[test]
fn the_english_texts_are_these() {
    for (violation, text) in texts::violations() {
        assert_eq!(violation.to_string(), text);
        assert_eq!(Catalogue::english().violation(&violation).to_string(), text);
    }
    for (requirement, text) in texts::requirements() {
        assert_eq!(requirement.to_string(), text);
        assert_eq!(Catalogue::english().requirement(&requirement).to_string(), text);
    }
    assert!(Catalogue::english().is_complete());
    assert_eq!(Catalogue::english().missing().next(), None);
}

/// The five sentences of a service whose validators are Django's and one of its own.
#[cfg(feature = "common-passwords")]
#[test]
fn a_service_that_has_its_own_sentences_says_them_word_for_word() {
    let sentences = [
        (
            "password_too_similar",
            "Your password can't be too similar to your other personal information.",
        ),
        ("password_too_short", "Your password must contain at least 8 characters."),
        ("password_too_common", "Your password can't be a commonly used password."),
        ("password_entirely_numeric", "Your password can't be entirely numeric."),
        (
            "password_missing_classes",
            "Your password must contain at least one capital letter, small letter, number and special character.",
        ),
    ];
    let catalogue = Catalogue::from_texts(Plural::english, sentences).unwrap();
    let policy: Policy =
        toml::from_str(include_str!("../examples/policies/system_001.toml")).unwrap();

    let about = Personal::none().username("123456");
    let violations = policy.check_as_typed("123456", &about).unwrap_err();
    let said: Vec<_> =
        violations.iter().map(|violation| catalogue.violation(violation).to_string()).collect();
    assert_eq!(said, sentences.map(|(_, sentence)| sentence));

    // The fifth names all four, even if one is missing alone.
    let violations = policy.check_as_typed("Plum-kettle", &about).unwrap_err();
    assert_eq!(violations.len(), 1);
    assert_eq!(catalogue.violation(&violations[0]).to_string(), sentences[4].1);
}

/// `django.contrib.auth.password_validation` of Django 5.2 and 6.1: what the validators raise, and their
/// help texts.
#[test]
fn djangos_sentences_are_word_for_word() {
    let catalogue = Catalogue::django();
    for (violation, text) in [
        (too_short(1), "This password is too short. It must contain at least 1 character."),
        (too_short(8), "This password is too short. It must contain at least 8 characters."),
        (
            similar(Personal::none().username("plum")),
            "The password is too similar to the username.",
        ),
        (
            similar(Personal::none().first_name("plum")),
            "The password is too similar to the first name.",
        ),
        (
            similar(Personal::none().last_name("plum")),
            "The password is too similar to the last name.",
        ),
        (
            similar(Personal::none().email("plum")),
            "The password is too similar to the email address.",
        ),
        (
            similar(Personal::none().others(&[("company", "plum")])),
            "The password is too similar to the company.",
        ),
        (refused(rules().not_among(list()), "plum"), "This password is too common."),
        (refused(rules().not_entirely_numeric(), "42"), "This password is entirely numeric."),
    ] {
        assert_eq!(catalogue.violation(&violation).to_string(), text);
    }
    for (requirement, text) in [
        (asked(rules().min_length(1)), "Your password must contain at least 1 character."),
        (asked(rules().min_length(8)), "Your password must contain at least 8 characters."),
        (
            asked(rules().max_similarity(0.7)),
            "Your password can\u{2019}t be too similar to your other personal information.",
        ),
        (
            asked(rules().not_among(list())),
            "Your password can\u{2019}t be a commonly used password.",
        ),
        (asked(rules().not_entirely_numeric()), "Your password can\u{2019}t be entirely numeric."),
    ] {
        assert_eq!(catalogue.requirement(&requirement).to_string(), text);
    }
}

#[test]
fn what_django_has_no_sentence_for_is_said_in_english() {
    let (django, english) = (Catalogue::django(), Catalogue::english());
    let codes = [
        "password_too_short",
        "password_too_similar",
        "password_too_common",
        "password_entirely_numeric",
    ];
    for (violation, text) in texts::violations() {
        let is_english = django.violation(&violation).to_string() == text;
        assert_eq!(is_english, !codes.contains(&violation.code()), "{text}");
    }
    for (requirement, text) in texts::requirements() {
        let is_django = codes.contains(&requirement.code());
        let is_of_lengths = requirement.param("requirement").is_some();
        let is_english = django.requirement(&requirement).to_string() == text;
        assert!(is_of_lengths || is_english != is_django, "{text}");
    }
    for advice in Advice::ALL {
        assert_eq!(django.advice(advice).to_string(), english.advice(advice).to_string());
    }
    assert!(django.is_complete());
}

#[test]
fn every_key_is_in_the_table_with_its_parameters_and_its_english() {
    let table = include_str!("../src/policy/catalogue/keys.md");
    let lines: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<_> = Catalogue::keys()
        .map(|key| {
            let parameters: Vec<_> =
                key.parameters().iter().map(|parameter| format!("`{parameter}`")).collect();
            let counts = key.counts().map(|counts| format!("`{counts}`")).unwrap_or_default();
            let english = key.english(Plural::Other);
            format!("| `{}` | {} | {counts} | `{english}` |", key.name(), parameters.join(" "))
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn keys_begin_with_the_code_of_what_they_are_for() {
    for (violation, _) in texts::violations() {
        let code = violation.code();
        let is_own = code == "password_names_company";
        assert!(is_own || Catalogue::keys().any(|key| key.name().starts_with(code)), "{code}");
    }
    for advice in Advice::ALL {
        assert!(Catalogue::keys().any(|key| key.name() == advice.code()));
    }
}

/// A text of all parameters of its key, which shows what was filled in.
fn with_every_parameter() -> Catalogue {
    let words = ["attribute_", "class_", "kind_", "reduction_", "list_"];
    let texts =
        Catalogue::keys().filter(|key| !words.iter().any(|word| key.name().starts_with(word)));
    let texts = texts.map(|key| {
        let parameters = key.parameters().iter().map(|name| format!(" {name}=<{{{name}}}>"));
        (key.name(), format!("{}{}", key.name(), parameters.collect::<String>()))
    });
    Catalogue::from_texts(Plural::english, texts).unwrap()
}

#[test]
fn every_parameter_of_a_key_has_a_value_and_every_key_is_used() {
    let catalogue = with_every_parameter();
    let said: Vec<_> = texts::violations()
        .iter()
        .map(|(violation, _)| catalogue.violation(violation).to_string())
        .chain(
            texts::requirements()
                .iter()
                .map(|(requirement, _)| catalogue.requirement(requirement).to_string()),
        )
        .chain(Advice::ALL.into_iter().map(|advice| catalogue.advice(advice).to_string()))
        .collect();
    for text in &said {
        assert!(!text.contains("<>") && !text.contains("{}"), "{text}");
    }
    let has_text = |name: &str| said.iter().any(|text| text.split(' ').next() == Some(name));
    for key in Catalogue::keys() {
        let is_word = ["attribute_", "class_", "kind_", "reduction_", "list_"]
            .iter()
            .any(|word| key.name().starts_with(word));
        assert!(is_word || has_text(key.name()), "{}", key.name());
    }
}

#[test]
fn values_stand_where_the_text_wants_them() {
    let catalogue = with_every_parameter();
    for (violation, text) in [
        (too_short(8), "password_too_short min_length=<8>"),
        (similar(Personal::none().email("plum")), "password_too_similar attribute=<email address>"),
        (
            refused(rules().max_repeat(2), "aaa"),
            // The first place is 0 for programs and 1 for people.
            "password_repeats_character max_repeat=<2> example=<aaa> position=<1>",
        ),
        (
            refused(rules().no_control_characters(), "plum\t"),
            "password_has_control_character position=<5>",
        ),
        (
            refused(rules().at_least(2, CharacterSet::of("{}!")), "plum"),
            "password_missing_from_set at_least=<2> set=<{}!>",
        ),
    ] {
        assert_eq!(catalogue.violation(&violation).to_string(), text);
    }
    let within = rules().min_length(9).build().unwrap();
    assert_eq!(
        catalogue.requirement(&asked(rules().of_lengths(8..=15, within))).to_string(),
        "requirement_of_lengths max=<15> min=<8> \
         requirement=<requirement_min_length min_length=<9>>"
    );
}

/// It is one character longer than what is accepted, and cut where it would fill the sentence.
#[test]
fn an_example_shows_what_is_refused() {
    let catalogue = Catalogue::from_texts(
        Plural::english,
        [
            "password_repeats_character",
            "password_has_sequence",
            "password_has_keyboard_walk",
            "requirement_max_repeat",
            "requirement_max_sequence",
            "requirement_max_keyboard_walk",
        ]
        .map(|key| (key, "{example}")),
    )
    .unwrap();
    let said = |rules: PolicyBuilder, password: &str| {
        let violation = refused(rules.clone(), password);
        let said = catalogue.violation(&violation).to_string();
        assert_eq!(catalogue.requirement(&asked(rules)).to_string(), said);
        said
    };
    for (most, text) in
        [(1, "aa"), (3, "aaaa"), (7, "aaaaaaaa"), (8, "aaaaaaaa…"), (1_022, "aaaaaaaa…")]
    {
        assert_eq!(said(rules().max_repeat(most), &"z".repeat(most + 1)), text);
    }
    let longest = "zyxwvutsr";
    for (most, sequence, walk) in [
        (2, "abc", "qwe"),
        (3, "abcd", "qwer"),
        (7, "abcdefgh", "qwertyui"),
        (8, "abcdefgh…", "qwertyui…"),
    ] {
        let in_sequence = rules().max_sequence(most, SequenceEnds::Apart);
        assert_eq!(said(in_sequence, &longest[..=most]), sequence);
        assert_eq!(said(rules().max_keyboard_walk(most), &"poiuytrew"[..=most]), walk);
    }
}

#[test]
fn texts_that_cannot_be_said_are_refused_with_the_key() {
    let key = |key: &str| String::from(key);
    for (texts, error, code) in [
        (
            vec![("password_to_short", "")],
            CatalogueError::UnknownKey { key: key("password_to_short") },
            "catalogue_unknown_key",
        ),
        (
            vec![("own_violation.", "")],
            CatalogueError::UnknownKey { key: key("own_violation.") },
            "catalogue_unknown_key",
        ),
        (
            vec![("own_violation", "")],
            CatalogueError::UnknownKey { key: key("own_violation") },
            "catalogue_unknown_key",
        ),
        (
            vec![("password_too_short.single", "")],
            CatalogueError::UnknownForm { key: key("password_too_short.single") },
            "catalogue_unknown_form",
        ),
        (
            vec![("password_too_common.one", "")],
            CatalogueError::UnknownForm { key: key("password_too_common.one") },
            "catalogue_unknown_form",
        ),
        (
            vec![("password_too_short.one", "{password}")],
            CatalogueError::UnknownPlaceholder {
                key: key("password_too_short.one"),
                placeholder: key("password"),
            },
            "catalogue_unknown_placeholder",
        ),
        (
            vec![("own_violation.password_guessable", "{count}")],
            CatalogueError::UnknownPlaceholder {
                key: key("own_violation.password_guessable"),
                placeholder: key("count"),
            },
            "catalogue_unknown_placeholder",
        ),
        (
            vec![("password_too_common", "{"), ("password_too_common", "{")],
            CatalogueError::Unbalanced { key: key("password_too_common") },
            "catalogue_unbalanced",
        ),
        (
            vec![("password_too_common", "a}b")],
            CatalogueError::Unbalanced { key: key("password_too_common") },
            "catalogue_unbalanced",
        ),
        (
            vec![("password_too_short", "{min{length}")],
            CatalogueError::Unbalanced { key: key("password_too_short") },
            "catalogue_unbalanced",
        ),
        (
            vec![
                ("password_too_short.one", "a"),
                ("password_too_common", "b"),
                ("password_too_short.one", "c"),
            ],
            CatalogueError::Twice { key: key("password_too_short.one") },
            "catalogue_key_twice",
        ),
        (
            vec![("own_attribute.company", "a"), ("own_attribute.company", "b")],
            CatalogueError::Twice { key: key("own_attribute.company") },
            "catalogue_key_twice",
        ),
    ] {
        let found = Catalogue::from_texts(Plural::english, texts.iter().copied()).unwrap_err();
        assert_eq!(found, error);
        assert_eq!(found.code(), code);
        assert!(found.to_string().contains(&format!("{:?}", texts[0].0)), "{found}");
    }
    let long = "k".repeat(1_000);
    let error = Catalogue::from_texts(Plural::english, [(long, "")]).unwrap_err();
    assert_eq!(error, CatalogueError::UnknownKey { key: "k".repeat(64) });
}

#[test]
fn doubled_braces_are_braces() {
    let texts = [("password_too_short", "{{{min_length}}} {{min_length}}")];
    let catalogue = Catalogue::from_texts(Plural::english, texts).unwrap();
    let violation = too_short(8);
    assert_eq!(catalogue.violation(&violation).to_string(), "{8} {min_length}");
}

/// What a text says, read by hand from its beginning; nothing if it cannot be said.
fn read(mut text: &str) -> Option<String> {
    let mut read = String::new();
    while let Some(character) = text.chars().next() {
        let (said, taken) = match character {
            '{' | '}' if text.starts_with(&format!("{character}{character}")) => {
                (character.into(), 2)
            }
            '{' if text.starts_with("{min_length}") => ("8".into(), "{min_length}".len()),
            '{' | '}' => return None,
            other => (String::from(other), other.len_utf8()),
        };
        read.push_str(&said);
        text = &text[taken..];
    }
    Some(read)
}

proptest! {
    #[test]
    fn a_text_is_said_as_it_is_written_or_refused(
        text in "([a-zé=]|\\{|\\}|\\{\\{|\\}\\}|\\{min_length\\}){0,8}",
    ) {
        let catalogue = Catalogue::from_texts(Plural::english, [("password_too_short", &text)]);
        let violation = too_short(8);
        let said = catalogue.ok().map(|catalogue| catalogue.violation(&violation).to_string());
        prop_assert_eq!(said, read(&text));
    }

    #[test]
    fn any_key_and_any_text_is_answered(key in ".{0,20}", text in ".{0,40}") {
        let error = Catalogue::from_texts(Plural::english, [(&key, &text)]).unwrap_err();
        prop_assert_eq!(error, CatalogueError::UnknownKey { key });
        let key = "password_too_short";
        if let Ok(catalogue) = Catalogue::from_texts(Plural::english, [(key, &text)]) {
            let _ = catalogue.violation(&too_short(8)).to_string();
        }
    }
}

#[derive(Debug)]
struct NamesCompany;

impl Rule for NamesCompany {
    fn code(&self) -> &'static str {
        "password_names_company"
    }

    fn requirement(&self) -> std::borrow::Cow<'static, str> {
        "without the company".into()
    }

    fn message(&self) -> std::borrow::Cow<'static, str> {
        "Your new password may not name the company.".into()
    }

    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        !password.contains("acme")
    }
}

#[test]
fn what_the_host_adds_is_said_in_its_words_unless_the_catalogue_has_others() {
    let policy = Policy::builder().rule(NamesCompany).no_personal_names().build().unwrap();
    let others = [("favourite animal", "plum")];
    let about = Personal::none().others(&others);
    let violations = policy.check_as_typed("acme-plum", &about).unwrap_err();
    let requirement = policy.requirements().last().unwrap();
    let said = |catalogue: &Catalogue| {
        [
            catalogue.violation(&violations[0]).to_string(),
            catalogue.violation(&violations[1]).to_string(),
            catalogue.requirement(&requirement).to_string(),
            catalogue.attribute(Attribute::Other("favourite animal")).to_string(),
        ]
    };
    assert_eq!(
        said(&Catalogue::english()),
        [
            "Your new password must not contain your favourite animal or a part of it.",
            "Your new password may not name the company.",
            "without the company",
            "favourite animal",
        ]
    );
    let catalogue = Catalogue::from_texts(
        Plural::english,
        [
            ("password_has_personal_name", "Ohne {attribute}, bitte."),
            ("own_violation.password_names_company", "Das Passwort darf die Firma nicht nennen."),
            ("own_requirement.password_names_company", "ohne die Firma"),
            ("own_attribute.favourite animal", "Lieblingstier"),
        ],
    );
    assert_eq!(
        said(&catalogue.unwrap()),
        [
            "Ohne Lieblingstier, bitte.",
            "Das Passwort darf die Firma nicht nennen.",
            "ohne die Firma",
            "Lieblingstier",
        ]
    );
}

/// CLDR: `one` is 1; `few` ends in 2 to 4, but not in 12 to 14; all other whole numbers are `many`.
fn polish(count: usize) -> Plural {
    match (count, count % 10, count % 100) {
        (1, ..) => Plural::One,
        (_, 2..=4, tens) if !(12..=14).contains(&tens) => Plural::Few,
        _ => Plural::Many,
    }
}

#[test]
fn a_language_has_as_many_plural_forms_as_it_needs() {
    let polish = Catalogue::from_texts(
        polish,
        [
            ("password_too_short.one", "Hasło musi mieć co najmniej {min_length} znak."),
            ("password_too_short.few", "Hasło musi mieć co najmniej {min_length} znaki."),
            ("password_too_short.many", "Hasło musi mieć co najmniej {min_length} znaków."),
            ("password_missing_classes", "Hasło musi zawierać co najmniej {classes}."),
            ("class_digit.one", "{count} cyfrę"),
            ("class_digit.few", "{count} cyfry"),
            ("class_digit.many", "{count} cyfr"),
            ("class_upper.one", "{count} wielką literę"),
            ("class_upper.few", "{count} wielkie litery"),
            ("class_upper.many", "{count} wielkich liter"),
            ("list_and", " i "),
        ],
    )
    .unwrap();
    for (min_length, text) in [
        (1, "Hasło musi mieć co najmniej 1 znak."),
        (2, "Hasło musi mieć co najmniej 2 znaki."),
        (4, "Hasło musi mieć co najmniej 4 znaki."),
        (5, "Hasło musi mieć co najmniej 5 znaków."),
        (12, "Hasło musi mieć co najmniej 12 znaków."),
        (14, "Hasło musi mieć co najmniej 14 znaków."),
        (22, "Hasło musi mieć co najmniej 22 znaki."),
        (112, "Hasło musi mieć co najmniej 112 znaków."),
    ] {
        let violation = too_short(min_length);
        assert_eq!(polish.violation(&violation).to_string(), text);
    }
    let policy = Policy::builder()
        .at_least(1, CharacterClass::Upper)
        .at_least(3, CharacterClass::Digit)
        .build()
        .unwrap();
    let violations = policy.check_as_typed("", &Personal::none()).unwrap_err();
    assert_eq!(
        polish.violation(&violations[0]).to_string(),
        "Hasło musi zawierać co najmniej 1 wielką literę i 3 cyfry."
    );
    let missing: Vec<_> = polish.missing().collect();
    assert!(missing.iter().any(|key| key == "class_symbol.few"));
    assert!(!missing.iter().any(|key| key.ends_with(".other") || key.starts_with("class_digit")));
}

#[test]
fn a_number_whose_form_is_missing_takes_the_nearest_text() {
    let catalogue =
        |texts: &[(&str, &str)]| Catalogue::from_texts(polish, texts.iter().copied()).unwrap();
    let said =
        |catalogue: Catalogue, min_length| catalogue.violation(&too_short(min_length)).to_string();
    let one = ("password_too_short.one", "one");
    let all = ("password_too_short", "all");
    let other = ("password_too_short.other", "other");
    assert_eq!(said(catalogue(&[one, all, other]), 1), "one");
    assert_eq!(said(catalogue(&[one, all, other]), 5), "all");
    assert_eq!(said(catalogue(&[one, other]), 5), "other");
    // English, in the form that English has for the number.
    assert_eq!(said(catalogue(&[one]), 22), "Your new password must have at least 22 characters.");
    assert_eq!(said(catalogue(&[]), 1), "Your new password must have at least 1 character.");
}

#[test]
fn a_catalogue_is_complete_with_every_key_in_every_form_of_its_language() {
    let whole = |plural: fn(usize) -> Plural, forms: &[&str]| {
        let texts: Vec<_> = Catalogue::keys()
            .flat_map(|key| {
                let forms = if key.counts().is_some() { forms } else { &[""] };
                forms.iter().map(|form| (format!("{}{form}", key.name()), "-"))
            })
            .collect();
        Catalogue::from_texts(plural, texts).unwrap()
    };
    let counted = Catalogue::keys().filter(|key| key.counts().is_some()).count();
    let none: fn(usize) -> Plural = |_| Plural::Other;

    assert!(whole(Plural::english, &[".one", ".other"]).is_complete());
    assert!(whole(polish, &[".one", ".few", ".many"]).is_complete());
    assert!(whole(none, &[".other"]).is_complete());
    // A text without a form is for every number.
    assert!(whole(polish, &[""]).is_complete());

    let missing: Vec<_> = whole(polish, &[".one", ".other"]).missing().collect();
    assert_eq!(missing.len(), 2 * counted);
    assert!(missing.iter().any(|key| key == "password_too_short.few"));
    assert!(missing.iter().any(|key| key == "password_too_short.many"));

    let nothing = Catalogue::from_texts(none, [("", ""); 0]).unwrap();
    assert_eq!(nothing.missing().count(), Catalogue::keys().count());
    assert!(!nothing.is_complete());
    // What is missing can be written as it stands.
    let rest: Vec<_> = nothing.missing().map(|key| (key, "")).collect();
    assert!(Catalogue::from_texts(none, rest).unwrap().is_complete());
}

#[test]
fn a_language_says_everything_of_its_own() {
    let german = Catalogue::from_texts(Plural::english, german::GERMAN.iter().copied()).unwrap();
    assert!(german.is_complete(), "{:?}", german.missing().collect::<Vec<_>>());
    let policy = Policy::builder()
        .max_similarity(0.7)
        .min_length(1)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(2, CharacterClass::Symbol)
        .build()
        .unwrap();
    let requirements: Vec<_> =
        policy.requirements().map(|asked| german.requirement(&asked).to_string()).collect();
    assert_eq!(
        requirements,
        [
            "höchstens 1024 Byte",
            "nicht wie Ihre persönlichen Angaben",
            "mindestens 1 Zeichen",
            "mindestens ein Großbuchstabe, eine Ziffer und 2 Sonderzeichen",
            "keine Steuerzeichen",
            "nicht nur Leerzeichen oder unsichtbare Zeichen",
        ]
    );
    let about = Personal::none().email("plum@example.com");
    let violations = policy.check_as_typed("plum", &about).unwrap_err();
    let said: Vec<_> =
        violations.iter().map(|violation| german.violation(violation).to_string()).collect();
    assert_eq!(
        said,
        [
            "Das neue Passwort ähnelt einer Ihrer Angaben zu sehr: E-Mail-Adresse.",
            "Dem neuen Passwort fehlen noch: ein Großbuchstabe, eine Ziffer und 2 Sonderzeichen.",
        ]
    );
    assert_eq!(german.advice(Advice::OnlyHere).to_string(), "Verwenden Sie das Passwort nur hier.");
}
