//! Any bytes as a password and what is known of its owner, under every rule: no panic, the same answer
//! twice and by every door, the ceiling kept, a text for whatever is found.
#![no_main]

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use repass::language::Plural;
use repass::policy::{
    Breach, BreachAnswer, Catalogue, CharacterClass, CharacterSet, CheckState, Evidence, Personal,
    Policy, PolicyBuilder, Reduction, SequenceEnds, Violation, Violations, WhenUnknown, WhiteSpace,
};
use repass::secret::Password;

const CEILING: usize = 64;

/// Longer ago than any rule asks.
const LONG_AGO: Duration = Duration::from_secs(365 * 24 * 60 * 60);

static WISHES: LazyLock<Policy> = LazyLock::new(|| {
    built(every_rule().not_blank().max_repeat(2).max_sequence(2, SequenceEnds::Apart))
});

static ALL_RULES: LazyLock<Policy> = LazyLock::new(|| {
    let of_long = built(Policy::builder().max_class_repeat(9));
    let of_evidence = every_rule()
        .min_changed(4)
        .not_rearranged()
        .not_among_last(4)
        .not_used_within(365)
        .min_age(24)
        .max_breaches(0, WhenUnknown::Refuse);
    let policy = built(of_evidence.of_lengths(10..=16, of_long).warn(WISHES.clone()));
    // What is asked does not depend on the input, so it is said once.
    for asked in policy.requirements() {
        assert!(!asked.to_string().is_empty());
        assert!(!MARKED.requirement(&asked).to_string().is_empty());
    }
    policy
});

/// Says every key in its own way.
static MARKED: LazyLock<Catalogue> = LazyLock::new(|| {
    let texts = Catalogue::keys().map(|key| (key.name(), format!("<{}>", key.name())));
    Catalogue::from_texts(Plural::english, texts.collect::<Vec<_>>()).expect("every key is one")
});

// Lines: the password, then username, first name, last name, e-mail and old password; a line that is
// not there is unknown.
fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let password = lines.next().unwrap_or_default();
    // As it was typed, so that what is looked at is what the fuzzer wrote.
    let Ok(typed) = Password::verbatim(password) else { return };
    let about = Personal::none()
        .username(lines.next())
        .first_name(lines.next())
        .last_name(lines.next())
        .email(lines.next());
    let Ok(old) = Password::verbatim(lines.next().unwrap_or_default()) else { return };

    for policy in [&Policy::django(), &*ALL_RULES] {
        let answer = policy.check_as_typed(password, &about);
        assert_eq!(answer, policy.check(&typed, &about));
        is_in_order(policy, &answer);
        is_as_the_checklist(policy, &typed, &about, &answer);
        let changed = policy.check_with(&typed, &about, Evidence::of_change(&old));
        assert!(found(&changed).starts_with(found(&answer)));
    }
    let answer = ALL_RULES.check(&typed, &about);
    assert_eq!(is_above_the_ceiling(&answer), password.len() > CEILING);

    let unused = ALL_RULES.check_history(&typed, [], |()| true);
    let absent = BreachAnswer::new(&typed, Breach::Absent);
    let asked = Evidence::of_change(&old).age(LONG_AGO).history(&unused).breach(&absent);
    let changed = ALL_RULES.check_with(&typed, &about, asked);
    is_in_order(&ALL_RULES, &changed);
    let nobody_asked = ALL_RULES.check_with(&typed, &about, Evidence::of_reset());
    is_in_order(&ALL_RULES, &nobody_asked);
    is_said(&nobody_asked);
    is_said(&changed);
    if !is_above_the_ceiling(&answer) {
        let added = found(&nobody_asked).iter().skip(found(&answer).len());
        let added: Vec<_> = added.map(Violation::code).collect();
        assert_eq!(added, ["password_history_unknown", "password_breach_unknown"]);
        assert_eq!(ALL_RULES.warnings(&typed, &about), WISHES.check(&typed, &about).err());
    }

    // The control: the fuzzer has to find digits that are like something known of their owner.
    if cfg!(feature = "control")
        && let Err(found) = answer
    {
        let codes: Vec<_> = found.iter().map(Violation::code).collect();
        let wanted = ["password_too_similar", "password_entirely_numeric"];
        assert!(!wanted.iter().all(|code| codes.contains(code)), "planted");
    }
});

fn every_rule() -> PolicyBuilder {
    Policy::builder()
        .max_bytes(CEILING)
        .min_length(8)
        .max_length(40)
        .max_similarity(0.5)
        .not_common()
        .not_derived_from_common(Reduction::ALL)
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
        .at_least(1, CharacterSet::of("!$%-"))
        .active_directory_kinds()
        .no_white_space(WhiteSpace::AtTheEnds)
        .no_control_characters()
        .allowed_characters(CharacterSet::of("").and_range('\0'..='\u{D7FF}'))
        .illegal_characters(CharacterSet::of("<>"))
        .max_repeat(3)
        .min_distinct(6)
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3)
        .context_words(["plum", "Plum Bank"])
        .no_personal_names()
        .not_derived_from_names()
        .no_palindrome()
}

fn built(builder: PolicyBuilder) -> Policy {
    builder.build().expect("the rules fit one another")
}

fn found(answer: &Result<(), Violations>) -> &[Violation] {
    answer.as_ref().err().map_or(&[], |violations| violations)
}

fn is_above_the_ceiling(answer: &Result<(), Violations>) -> bool {
    found(answer).iter().map(Violation::code).eq(["password_too_many_bytes"])
}

fn is_in_order(policy: &Policy, answer: &Result<(), Violations>) {
    let Err(violations) = answer else { return };
    assert!(!violations.is_empty());
    if is_above_the_ceiling(answer) {
        return;
    }
    let codes: Vec<_> = policy.requirements().map(|requirement| requirement.code()).collect();
    let place = |found: &Violation| codes.iter().position(|code| *code == rule_of(found.code()));
    let places: Vec<_> = violations.iter().map(place).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{violations:?}");
}

/// The lines are what is asked, and what is unmet is what was found.
fn is_as_the_checklist(
    policy: &Policy,
    password: &Password,
    about: &Personal<'_>,
    answer: &Result<(), Violations>,
) {
    let lines = policy.checklist(password, about);
    assert!(
        lines.iter().map(|line| &line.requirement).eq(&policy.requirements().collect::<Vec<_>>())
    );
    let is_unmet = |state| state == CheckState::Unmet;
    let unmet = lines.iter().filter(|line| is_unmet(line.state));
    let unmet: BTreeSet<_> = unmet.map(|line| rule_of(line.requirement.code())).collect();
    let found: BTreeSet<_> = found(answer).iter().map(|found| rule_of(found.code())).collect();
    assert_eq!(unmet, found);
}

/// The code of the requirement.
fn rule_of(code: &'static str) -> &'static str {
    match code {
        "password_history_unknown" => "password_used_before",
        "password_breach_unknown" => "password_breached",
        _ if code.starts_with("password_common_") => "password_derived_from_common",
        _ if code.starts_with("password_rearranged_") => "password_rearranged",
        _ => code,
    }
}

/// Violations and advice have a text in English and in any other catalogue.
fn is_said(answer: &Result<(), Violations>) {
    let Err(violations) = answer else { return };
    let is_both = |english: &dyn Display, marked: &dyn Display| {
        let (english, marked) = (english.to_string(), marked.to_string());
        // A set of characters may have a brace.
        let mut braced = english.split('{').skip(1);
        let is_left =
            braced.any(|behind| behind.starts_with(|next: char| next.is_ascii_lowercase()));
        assert!(!english.is_empty() && !is_left, "{english}");
        let is_marked = ["<password_", "<advice_"].map(|key| marked.starts_with(key));
        assert!(is_marked.contains(&true), "{marked}");
    };
    for violation in violations.iter() {
        is_both(violation, &MARKED.violation(violation));
    }
    for advice in violations.advice() {
        is_both(&advice, &MARKED.advice(advice));
    }
}
