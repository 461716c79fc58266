//! A violation and a requirement of every kind, with the English that the crate ships. Each is made by a
//! policy of one rule that is asked about a password.

use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use repass::policy::{
    Breach, BreachAnswer, BreachUnknown, Category, CharacterClass, CharacterSet, CommonPasswords,
    Evidence, Personal, Policy, PolicyBuilder, Reduction, Requirement, Rule, SequenceEnds,
    Violation, WhenUnknown, WhiteSpace,
};
use repass::secret::Password;

use CharacterClass::{Digit, Letter, Lower, OtherLetter, Symbol, Upper};

/// Every kind of violation, and one of each number for those that count.
#[rustfmt::skip]
pub(crate) fn violations() -> Vec<(Violation, &'static str)> {
    let owner = || Personal::none().username("emily.rose").first_name("Emilia").last_name("Rosewater").email("er@example.com");
    vec![
        (refused(rules().max_bytes(1), "ab"), "Your new password must be shorter: at most 1 byte."),
        (refused(rules(), &"a".repeat(1_025)), "Your new password must be shorter: at most 1024 bytes."),
        (refused_to(owner(), rules().max_similarity(0.7), "emily.rose1"), "Your new password must not be similar to your username."),
        (refused_to(owner(), rules().max_similarity(0.7), "emilia1"), "Your new password must not be similar to your first name."),
        (refused_to(owner(), rules().max_similarity(0.7), "rosewater1"), "Your new password must not be similar to your last name."),
        (refused_to(owner(), rules().max_similarity(0.7), "er@example.com"), "Your new password must not be similar to your email address."),
        (refused_to(Personal::none().others(&[("company", "Plum")]), rules().max_similarity(0.7), "plum"), "Your new password must not be similar to your company."),
        (refused(rules().min_length(1), ""), "Your new password must have at least 1 character."),
        (refused(rules().min_length(8), "plum"), "Your new password must have at least 8 characters."),
        (refused(rules().max_length(1), "ab"), "Your new password must have at most 1 character."),
        (refused(rules().max_length(64), &"a".repeat(65)), "Your new password must have at most 64 characters."),
        (refused(rules().not_among(list()), "plumkettle"), "Choose another password: many people use this one, so it is easy to guess."),
        (refused(derived([Reduction::Affixes]), "plumkettle1!"), "Choose another password: this is a common one with digits or symbols added."),
        (refused(derived([Reduction::Repetition]), "plumkettleplumkettle"), "Choose another password: this is a common one repeated."),
        (refused(derived([Reduction::Reversal]), "elttekmulp"), "Choose another password: this is a common one written backwards."),
        (refused(derived([Reduction::Leet]), "p1umk3ttl3"), "Choose another password: this is a common one with digits or symbols in place of letters."),
        (refused(derived([Reduction::Folding]), "plüm-kettle"), "Choose another password: this is a common one with accents, spaces or symbols added."),
        (refused(rules().not_entirely_numeric(), "42"), "Your new password must not consist of digits only."),
        (refused(rules().at_least(1, Upper).at_least(2, Digit).at_least(1, Symbol), "plum"), "Your new password must contain at least 1 uppercase letter, 2 digits and 1 symbol."),
        (refused(rules().at_least(1, set()), "plum"), "Your new password must contain at least 1 of these characters: !$%"),
        (refused(rules().at_least(2, set()), "plum!"), "Your new password must contain at least 2 of these characters: !$%"),
        (refused(rules().at_least_kinds(3, kinds()), "plum!"), "Your new password must contain at least 3 of these kinds of characters: lowercase letters, uppercase letters, letters, letters without case, digits, symbols and $%."),
        (refused(rules().no_white_space(WhiteSpace::Anywhere), "plu m"), "Your new password must not contain spaces, tabs or line breaks."),
        (refused(rules().at_most(1, Digit), "plum42"), "Your new password must contain at most 1 digit."),
        (refused(rules().no_white_space(WhiteSpace::AtTheEnds), " plum"), "Your new password must not begin or end with a space, tab or line break."),
        (refused(rules().no_control_characters(), "\tplum"), "Your new password must not contain control characters, such as tabs or line breaks."),
        (refused(rules().not_blank(), "  "), "Your new password must not be only spaces or invisible characters."),
        (refused(rules().allowed_characters(set()), "plum"), "Your new password must contain only characters that are allowed."),
        (refused(rules().illegal_characters(set()), "!plum"), "Your new password must not contain characters that are forbidden."),
        (refused(rules().max_repeat(1), "aab"), "Your new password must not contain the same character twice in a row, such as aa."),
        (refused(rules().max_repeat(2), "zzzb"), "Your new password must not contain the same character more than 2 times in a row, such as aaa."),
        (refused(rules().max_class_repeat(1), "ab"), "Your new password must not contain two characters of the same kind in a row, such as two digits."),
        (refused(rules().max_class_repeat(4), "54321"), "Your new password must not contain more than 4 characters of the same kind in a row, such as digits."),
        (refused(rules().min_distinct(1), ""), "Your new password must contain at least 1 character."),
        (refused(rules().min_distinct(5), "plum"), "Your new password must contain at least 5 different characters."),
        (refused(rules().max_occurrences(1), "plump"), "Your new password must not contain any character more than once."),
        (refused(rules().max_occurrences(3), "aaaba"), "Your new password must not contain any character more than 3 times."),
        (refused(rules().max_sequence(3, SequenceEnds::Apart), "9876"), "Your new password must not contain more than 3 letters or digits in sequence, such as abcd."),
        (refused(rules().max_keyboard_walk(3), "asdf"), "Your new password must not contain more than 3 neighbouring keys in a row, such as qwer."),
        (refused(rules().not_containing(["plum"]), "plums"), "Your new password must not contain words that are forbidden."),
        (refused(rules().context_words(["plum"]), "plum1"), "Your new password must not be based on the name of this service."),
        (refused_to(owner().username(None), rules().no_personal_names(), "er@example.com"), "Your new password must not contain your email address or a part of it."),
        (refused_to(owner(), rules().not_derived_from_names(), "emilia42"), "Your new password must not be made from your first name."),
        (refused(rules().no_palindrome(), "abba"), "Your new password must not read the same backwards."),
        (changed(rules().min_changed(1), "plum", "plum"), "Your new password must differ from your old one by at least 1 character."),
        (changed(rules().min_changed(4), "plum", "plan"), "Your new password must differ from your old one by at least 4 characters."),
        (changed(rules().not_rearranged(), "plum", "Plum"), "Your new password must not be your old one, even with other capital letters."),
        (changed(rules().not_rearranged(), "plum", "mulp"), "Your new password must not be your old one written backwards."),
        (changed(rules().not_rearranged(), "plum", "umpl"), "Your new password must not be your old one with its beginning moved to the end."),
        (changed(rules().not_rearranged(), "plum-kettle", "plum"), "Your new password must not be a part of the old one."),
        (used_before(1), "Your new password must not be your previous password."),
        (used_before(5), "Your new password must not be one of your last 5 passwords."),
        (refused(rules().not_among_last(5), "plum"), "We could not compare this password with your previous ones. Please try again later."),
        (used_within(1), "Your new password must not be one that you used in the last day."),
        (used_within(90), "Your new password must not be one that you used in the last 90 days."),
        (aged(1, Some(0)), "You can change your password again one hour after the last change."),
        (aged(24, Some(0)), "You can change your password again 24 hours after the last change."),
        (aged(24, None), "We could not find out when your password was last changed. Please try again later."),
        (breached(Breach::seen(1)), "Choose another password: this one has appeared in a data breach."),
        (breached(Breach::Unknown(BreachUnknown::Unreachable)), "We could not check whether this password has appeared in a data breach. Please try again later."),
        (refused(rules().rule(NamesCompany), "acme"), "Your new password {may} not name the company."),
    ]
}

/// Every kind of requirement, and one of each number for those that count.
#[rustfmt::skip]
pub(crate) fn requirements() -> Vec<(Requirement, &'static str)> {
    let within = |rules: PolicyBuilder| rules.build().unwrap();
    vec![
        (ceiling(rules().max_bytes(1)), "at most 1 byte"),
        (ceiling(rules()), "at most 1024 bytes"),
        (asked(rules().max_similarity(0.7)), "not similar to your personal information"),
        (asked(rules().min_length(1)), "at least 1 character"),
        (asked(rules().min_length(8)), "at least 8 characters"),
        (asked(rules().max_length(1)), "at most 1 character"),
        (asked(rules().max_length(64)), "at most 64 characters"),
        (asked(rules().not_among(list())), "not a common password"),
        (last(derived([Reduction::Leet])), "not a common password with small changes"),
        (last(derived(Reduction::ALL)), "not a common password with small changes"),
        (asked(rules().not_entirely_numeric()), "not only digits"),
        (asked(rules().at_least(1, Lower).at_least(2, Upper)), "at least 1 lowercase letter and 2 uppercase letters"),
        (asked(rules().at_least(2, Lower).at_least(1, OtherLetter)), "at least 2 lowercase letters and 1 letter without case"),
        (asked(rules().at_least(1, Letter).at_least(2, OtherLetter)), "at least 1 letter and 2 letters without case"),
        (asked(rules().at_least(2, Letter).at_least(1, Digit)), "at least 2 letters and 1 digit"),
        (asked(rules().at_least(2, Symbol)), "at least 2 symbols"),
        (asked(rules().at_least(1, set())), "at least 1 of these characters: !$%"),
        (asked(rules().at_least(2, set())), "at least 2 of these characters: !$%"),
        (asked(rules().at_least_kinds(1, [Lower, Digit])), "at least 1 of these kinds of characters: lowercase letters and digits"),
        (asked(rules().at_least_kinds(3, kinds())), "at least 3 of these kinds of characters: lowercase letters, uppercase letters, letters, letters without case, digits, symbols and $%"),
        (asked(rules().no_white_space(WhiteSpace::Anywhere)), "no spaces, tabs or line breaks"),
        (asked(rules().at_most(2, Digit).at_most(1, Symbol)), "at most 2 digits and 1 symbol"),
        (asked(rules().no_white_space(WhiteSpace::AtTheEnds)), "no space, tab or line break at the beginning or the end"),
        (asked(rules().no_control_characters()), "no control characters, such as tabs or line breaks"),
        (asked(rules().not_blank()), "not only spaces or invisible characters"),
        (asked(rules().allowed_characters(set())), "only these characters: !$%"),
        (asked(rules().illegal_characters(set())), "none of these characters: !$%"),
        (asked(rules().max_repeat(1)), "no character twice in a row, such as aa"),
        (asked(rules().max_repeat(2)), "no character more than 2 times in a row, such as aaa"),
        (asked(rules().max_class_repeat(1)), "no two characters of the same kind in a row, such as two digits"),
        (asked(rules().max_class_repeat(4)), "no more than 4 characters of the same kind in a row, such as digits"),
        (asked(rules().min_distinct(1)), "at least 1 character"),
        (asked(rules().min_distinct(5)), "at least 5 different characters"),
        (asked(rules().max_occurrences(1)), "no character more than once"),
        (asked(rules().max_occurrences(3)), "no character more than 3 times"),
        (asked(rules().max_sequence(3, SequenceEnds::Apart)), "no more than 3 letters or digits in sequence, such as abcd"),
        (asked(rules().max_keyboard_walk(3)), "no more than 3 neighbouring keys in a row, such as qwer"),
        (asked(rules().not_containing(["plum"])), "no forbidden words"),
        (asked(rules().context_words(["plum"])), "not based on the name of this service"),
        (asked(rules().no_personal_names()), "without your name, username or email address"),
        (asked(rules().not_derived_from_names()), "not made from your names or addresses"),
        (asked(rules().no_palindrome()), "not the same when read backwards"),
        (asked(rules().min_changed(1)), "at least 1 character different from your old password"),
        (asked(rules().min_changed(4)), "at least 4 characters different from your old password"),
        (asked(rules().not_rearranged()), "not your old password, a part of it, or it rearranged or with other capital letters"),
        (asked(rules().not_among_last(1)), "not your previous password"),
        (asked(rules().not_among_last(5)), "not one of your last 5 passwords"),
        (asked(rules().not_used_within(1)), "not one that you used in the last day"),
        (asked(rules().not_used_within(90)), "not one that you used in the last 90 days"),
        (asked(rules().min_age(1)), "changed no sooner than one hour after the last change"),
        (asked(rules().min_age(24)), "changed no sooner than 24 hours after the last change"),
        (asked(rules().max_breaches(0, WhenUnknown::Refuse)), "not known from a data breach"),
        (asked(rules().of_lengths(0..=1, within(rules().not_entirely_numeric()))), "if it has 0 to 1 character: not only digits"),
        (asked(rules().of_lengths(8..=15, within(rules().min_distinct(5)))), "if it has 8 to 15 characters: at least 5 different characters"),
        (asked(rules().rule(NamesCompany)), "without the {name} of the company"),
    ]
}

/// Every class, and a set.
fn kinds() -> impl Iterator<Item = Category> {
    let classes = [Lower, Upper, Letter, OtherLetter, Digit, Symbol];
    classes.map(Category::from).into_iter().chain([CharacterSet::of("$%").into()])
}

fn set() -> CharacterSet {
    CharacterSet::of("!$%")
}

fn list() -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(["plumkettle"]).unwrap();
    CommonPasswords::from_shared(Arc::new(bytes)).unwrap()
}

/// A policy with no rule but the ceiling of bytes.
pub(crate) fn rules() -> PolicyBuilder {
    Policy::builder().allow_control_characters().allow_blank()
}

fn derived(by: impl IntoIterator<Item = Reduction>) -> PolicyBuilder {
    rules().not_among(list()).not_derived_from_common(by)
}

/// What is wrong with the password, of an owner of whom nothing is known.
pub(crate) fn refused(rules: PolicyBuilder, password: &str) -> Violation {
    refused_to(Personal::none(), rules, password)
}

/// What is wrong with the password of this owner.
pub(crate) fn refused_to(about: Personal<'_>, rules: PolicyBuilder, password: &str) -> Violation {
    refused_with(&about, rules, password, Evidence::of_reset())
}

/// What is wrong with a password that comes after an old one.
fn changed(rules: PolicyBuilder, old: &str, new: &str) -> Violation {
    let old = Password::verbatim(old).unwrap();
    refused_with(&Personal::none(), rules, new, Evidence::of_change(&old))
}

/// What is wrong with a password that is one of so many that are refused.
fn used_before(last: usize) -> Violation {
    let rules = rules().not_among_last(last);
    let (policy, plum) = (rules.clone().build().unwrap(), Password::verbatim("plum").unwrap());
    let answer = policy.check_history(&plum, [((), Duration::ZERO)], |()| true);
    refused_with(&Personal::none(), rules, "plum", Evidence::of_reset().history(&answer))
}

/// What is wrong with a password that was used within so many days.
fn used_within(days: usize) -> Violation {
    let rules = rules().not_used_within(days);
    let (policy, plum) = (rules.clone().build().unwrap(), Password::verbatim("plum").unwrap());
    let answer = policy.check_history(&plum, [((), Duration::ZERO)], |()| true);
    refused_with(&Personal::none(), rules, "plum", Evidence::of_reset().history(&answer))
}

/// What is wrong with the change of a password that is so many seconds old.
fn aged(hours: usize, seconds: Option<u64>) -> Violation {
    let old = Password::verbatim("plum").unwrap();
    let evidence = Evidence::of_change(&old);
    let evidence = match seconds {
        Some(seconds) => evidence.age(Duration::from_secs(seconds)),
        None => evidence,
    };
    refused_with(&Personal::none(), rules().min_age(hours), "orbit", evidence)
}

/// What is wrong with a password of which a source of breached ones says this.
fn breached(answer: Breach) -> Violation {
    let rules = rules().max_breaches(0, WhenUnknown::Refuse);
    let answer = BreachAnswer::new(&Password::verbatim("plum").unwrap(), answer);
    refused_with(&Personal::none(), rules, "plum", Evidence::of_reset().breach(&answer))
}

/// The one thing that is wrong.
fn refused_with(
    about: &Personal<'_>,
    rules: PolicyBuilder,
    password: &str,
    evidence: Evidence<'_>,
) -> Violation {
    let password = Password::verbatim(password).unwrap();
    let found = rules.build().unwrap().check_with(&password, about, evidence).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// The requirement that follows the ceiling.
pub(crate) fn asked(rules: PolicyBuilder) -> Requirement {
    rules.build().unwrap().requirements().nth(1).unwrap()
}

fn ceiling(rules: PolicyBuilder) -> Requirement {
    rules.build().unwrap().requirements().next().unwrap()
}

fn last(rules: PolicyBuilder) -> Requirement {
    rules.build().unwrap().requirements().last().unwrap()
}

/// A rule of a host, whose words have braces.
#[derive(Debug)]
struct NamesCompany;

impl Rule for NamesCompany {
    fn code(&self) -> &'static str {
        "password_names_company"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "without the {name} of the company".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "Your new password {may} not name the company.".into()
    }

    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        !password.contains("acme")
    }
}
