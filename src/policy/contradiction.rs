mod fit;
mod groups;
mod least;

use fit::Asked;

use super::forbidden::Forbidden;
use super::interval::Interval;
use super::{CharacterClass, CharacterSet, Policy, PolicyError, WhiteSpace, change, context};

/// Refuses what no password could pass, and what has a rule that could never refuse one.
///
/// Proved of length, bytes, characters and how many there are of what; what lists, names, sequences and
/// keyboard walks leave is not counted.
pub(super) fn refuse_contradictions(policy: &Policy) -> Result<(), PolicyError> {
    lengths(policy)?;
    characters(policy)?;
    composition(policy)?;
    runs(policy)?;
    together(&[policy], policy.min_length, longest(policy))?;
    if let Some(min_changed) = policy.min_changed {
        in_range("min_changed", min_changed, 1, longest(policy).min(change::MOST_CHANGES))?;
    }
    if let Some(last) = policy.not_among_last {
        in_range("not_among_last", last, 1, usize::MAX)?;
    }
    intervals(policy)?;
    if policy.wishes.as_ref().is_some_and(|wishes| wishes.wishes.is_some()) {
        return Err(PolicyError::RuleOutOfPlace { field: "warn" });
    }
    if let Some(reductions) = policy.reductions
        && (reductions.iter().next().is_none() || policy.lists().next().is_none())
    {
        return Err(PolicyError::NothingToDeriveFrom);
    }
    if let Some(words) = &policy.context_words
        && (words.is_empty() || !words.iter().all(|word| context::is_comparable(word)))
    {
        return Err(PolicyError::ContextWordEmpty);
    }
    if let Some(words) = &policy.forbidden {
        let letters = words.letters().map(<[char]>::len);
        let (fewest, most) = (letters.clone().min().unwrap_or(0), letters.max().unwrap_or(0));
        in_range("not_containing", fewest, 1, Forbidden::LONGEST)?;
        in_range("not_containing", most, 1, Forbidden::LONGEST)?;
    }
    match policy.max_similarity {
        Some(ratio) if !(0.1..=1.0).contains(&ratio) => Err(PolicyError::MaxSimilarityOutOfRange),
        _ => Ok(()),
    }
}

fn lengths(policy: &Policy) -> Result<(), PolicyError> {
    let (min_length, max_bytes) = (policy.min_length, max_bytes(policy));
    if max_bytes == 0 {
        return Err(PolicyError::MaxBytesZero);
    }
    if let Some(max_length) = policy.max_length {
        if max_length == 0 {
            return Err(PolicyError::MaxLengthZero);
        }
        if min_length > max_length {
            return Err(PolicyError::MinLengthAboveMaxLength { min_length, max_length });
        }
        if max_length > max_bytes {
            return Err(PolicyError::MaxLengthAboveMaxBytes { max_length, max_bytes });
        }
    }
    if min_length > max_bytes {
        return Err(PolicyError::MinLengthAboveMaxBytes { min_length, max_bytes });
    }
    Ok(())
}

/// Refuses intervals that no password reaches, or in which none could pass.
fn intervals(policy: &Policy) -> Result<(), PolicyError> {
    for (number, interval) in policy.intervals().enumerate() {
        let Interval { min, max, ref rules } = *interval;
        let (from, to) = (min.max(policy.min_length), max.min(longest(policy)));
        if from > to || rules.min_length > to || rules.max_length.is_some_and(|most| most < from) {
            return Err(PolicyError::LengthsOutOfReach { min, max });
        }
        if policy.intervals().skip(number).skip(1).any(|other| interval.overlaps(other)) {
            return Err(PolicyError::LengthsOverlap { min, max });
        }
        refuse_evidence(rules)?;
        if rules.intervals.is_some() || rules.wishes.is_some() {
            return Err(PolicyError::RuleOutOfPlace { field: "of_lengths" });
        }
        composition(&Policy {
            min_length: from,
            max_length: Some(to),
            classes: policy.classes.or_more(&rules.classes),
            ..policy.clone()
        })?;
        together(
            &[policy, rules],
            from.max(rules.min_length),
            rules.max_length.map_or(to, |most| most.min(to)),
        )?;
    }
    Ok(())
}

/// Refuses what no password of these lengths meets, with the ceiling of the first. The empty password is
/// none, unless it is the only one.
fn together(policies: &[&Policy], from: usize, to: usize) -> Result<(), PolicyError> {
    if to == 0 {
        return Ok(());
    }
    let max_bytes = policies.first().copied().map_or(usize::MAX, max_bytes);
    let from = from.max(1);
    match (Asked { policies, from, to, max_bytes }).misfit() {
        Some(field) => Err(PolicyError::NothingPasses { field, min: from, max: to }),
        None => Ok(()),
    }
}

/// Refuses rules that need more than the password where only the password is looked at.
fn refuse_evidence(policy: &Policy) -> Result<(), PolicyError> {
    let needs = [
        ("min_changed", policy.min_changed.is_some()),
        ("not_rearranged", policy.not_rearranged),
        ("not_among_last", policy.not_among_last.is_some()),
        ("max_breaches", policy.max_breaches.is_some()),
    ];
    match needs.into_iter().find(|(_, is_there)| *is_there) {
        Some((field, _)) => Err(PolicyError::RuleOutOfPlace { field }),
        None => Ok(()),
    }
}

fn characters(policy: &Policy) -> Result<(), PolicyError> {
    if policy.allowed.as_ref().is_some_and(CharacterSet::is_empty) {
        return Err(PolicyError::AllowedSetEmpty);
    }
    if policy.illegal.as_ref().is_some_and(CharacterSet::is_empty) {
        return Err(PolicyError::IllegalSetEmpty);
    }
    // In rising order, so that the first is one of the shortest in UTF-8.
    let Some(first) = permitted(policy).next() else {
        return Err(PolicyError::NoCharacterLeft);
    };
    let (min_length, max_bytes) = (policy.min_length, max_bytes(policy));
    if min_length.saturating_mul(first.len_utf8()) > max_bytes {
        return Err(PolicyError::MinLengthAboveMaxBytes { min_length, max_bytes });
    }
    Ok(())
}

fn composition(policy: &Policy) -> Result<(), PolicyError> {
    let longest = longest(policy);
    let asked = policy.classes.total();
    if asked > longest {
        return Err(PolicyError::ClassesAboveLength { asked, longest });
    }
    if let Some((class, _)) = policy
        .classes
        .iter()
        .find(|(class, _)| !permitted(policy).any(|character| class.contains(character)))
    {
        return Err(PolicyError::ClassNotAllowed { class });
    }
    for (at_least, set) in policy.sets.iter().flat_map(|sets| sets.iter()) {
        let some = permitted(policy).any(|character| set.contains(character));
        in_range("at_least", *at_least, 1, if some { longest } else { 0 })?;
    }
    if let Some((at_least, of)) = &policy.categories {
        let most = of.count_in(permitted(policy), of.iter().count());
        in_range("at_least_kinds", *at_least, 1, most.min(longest))?;
    }
    if policy.not_entirely_numeric && policy.classes.count(CharacterClass::Digit) == longest {
        return Err(PolicyError::OnlyDigitsFit { longest });
    }
    Ok(())
}

fn runs(policy: &Policy) -> Result<(), PolicyError> {
    let longest = longest(policy);
    let below_longest = longest.saturating_sub(1);
    if let Some(max_repeat) = policy.max_repeat {
        let alone = permitted(policy).nth(1).is_none();
        let min = if alone { policy.min_length.max(1) } else { 1 };
        in_range("max_repeat", max_repeat, min, below_longest)?;
    }
    if let Some(max_class_repeat) = policy.max_class_repeat {
        in_range("max_class_repeat", max_class_repeat, 1, below_longest)?;
        if let Some(class) = crowded(policy, max_class_repeat, longest) {
            return Err(PolicyError::ClassRepeatTooSmall { class, max_class_repeat });
        }
    }
    if let Some(max_occurrences) = policy.max_occurrences {
        in_range("max_occurrences", max_occurrences, 1, below_longest)?;
    }
    if let Some((max_sequence, _)) = policy.max_sequence {
        in_range("max_sequence", max_sequence, 2, below_longest)?;
    }
    if let Some(max_keyboard_walk) = policy.max_keyboard_walk {
        in_range("max_keyboard_walk", max_keyboard_walk, 2, below_longest)?;
    }
    if let Some(min_distinct) = policy.min_distinct {
        let most = permitted(policy).take(min_distinct).count().min(longest);
        // As far as it was counted, so that the bound that is reported is the true one.
        in_range(
            "min_distinct",
            min_distinct,
            1,
            if most < min_distinct { most } else { longest },
        )?;
    }
    Ok(())
}

/// The class of which so many are asked, or nothing else is allowed, that a run gets too long.
fn crowded(policy: &Policy, max_class_repeat: usize, longest: usize) -> Option<CharacterClass> {
    let first = permitted(policy).next().and_then(CharacterClass::of);
    let alone =
        first.filter(|_| permitted(policy).all(|character| CharacterClass::of(character) == first));
    if alone.is_some() && policy.min_length.max(policy.classes.total()) > max_class_repeat {
        return alone;
    }
    let crowded = |count: usize| {
        let breaks = count.div_ceil(max_class_repeat).saturating_sub(1);
        count.saturating_add(breaks) > longest
    };
    policy
        .classes
        .iter()
        .find(|(class, count)| *class != CharacterClass::Letter && crowded(*count))
        .map(|(class, _)| class)
}

fn in_range(field: &'static str, value: usize, min: usize, max: usize) -> Result<(), PolicyError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(PolicyError::ValueOutOfRange { field, value, min, max })
}

/// The characters that no rule about single characters refuses, in rising order.
fn permitted(policy: &Policy) -> impl Iterator<Item = char> + Clone {
    const ALL: &[(char, char)] = &[('\0', char::MAX)];
    let ranges = policy.allowed.as_ref().map_or(ALL, CharacterSet::ranges);
    ranges.iter().flat_map(|(first, last)| *first..=*last).filter(|character| {
        policy.illegal.as_ref().is_none_or(|illegal| !illegal.contains(*character))
            && !(policy.no_control_characters && character.is_control())
            && !(policy.no_white_space == Some(WhiteSpace::Anywhere) && character.is_whitespace())
    })
}

fn max_bytes(policy: &Policy) -> usize {
    policy.max_bytes.unwrap_or(usize::MAX)
}

/// The most code points that fit. Each class has ASCII characters, of one byte each, so as many
/// characters fit as bytes are allowed.
fn longest(policy: &Policy) -> usize {
    policy.max_length.unwrap_or_else(|| max_bytes(policy))
}
