use super::{CharacterClass, CharacterSet, Policy, PolicyError, WhiteSpace};

/// Why no password could pass `policy`, or which rule of it could never refuse one.
pub(super) fn contradiction(policy: &Policy) -> Option<PolicyError> {
    lengths(policy).or_else(|| characters(policy)).or_else(|| composition(policy)).or_else(|| {
        policy
            .max_similarity
            .is_some_and(|ratio| !(0.1..=1.0).contains(&ratio))
            .then_some(PolicyError::MaxSimilarityOutOfRange)
    })
}

fn lengths(policy: &Policy) -> Option<PolicyError> {
    let (min_length, max_bytes) = (policy.min_length, max_bytes(policy));
    if max_bytes == 0 {
        return Some(PolicyError::MaxBytesZero);
    }
    if let Some(max_length) = policy.max_length {
        if max_length == 0 {
            return Some(PolicyError::MaxLengthZero);
        }
        if min_length > max_length {
            return Some(PolicyError::MinLengthAboveMaxLength { min_length, max_length });
        }
        if max_length > max_bytes {
            return Some(PolicyError::MaxLengthAboveMaxBytes { max_length, max_bytes });
        }
    }
    (min_length > max_bytes)
        .then_some(PolicyError::MinLengthAboveMaxBytes { min_length, max_bytes })
}

fn characters(policy: &Policy) -> Option<PolicyError> {
    if policy.allowed.as_ref().is_some_and(CharacterSet::is_empty) {
        return Some(PolicyError::AllowedSetEmpty);
    }
    if policy.illegal.as_ref().is_some_and(CharacterSet::is_empty) {
        return Some(PolicyError::IllegalSetEmpty);
    }
    // In rising order, so that the first is one of the shortest in UTF-8.
    let Some(first) = permitted(policy).next() else {
        return Some(PolicyError::NoCharacterLeft);
    };
    let (min_length, max_bytes) = (policy.min_length, max_bytes(policy));
    (min_length.saturating_mul(first.len_utf8()) > max_bytes)
        .then_some(PolicyError::MinLengthAboveMaxBytes { min_length, max_bytes })
}

fn composition(policy: &Policy) -> Option<PolicyError> {
    let longest = longest(policy);
    let asked = policy.classes.total();
    if asked > longest {
        return Some(PolicyError::ClassesAboveLength { asked, longest });
    }
    if let Some((class, _)) = policy.classes.iter().find(|(class, _)| {
        !permitted(policy).any(|character| CharacterClass::of(character) == Some(*class))
    }) {
        return Some(PolicyError::ClassNotAllowed { class });
    }
    (policy.not_entirely_numeric && policy.classes.count(CharacterClass::Digit) == longest)
        .then_some(PolicyError::OnlyDigitsFit { longest })
}

/// The characters that no rule about single characters refuses, in rising order.
fn permitted(policy: &Policy) -> impl Iterator<Item = char> {
    ('\0'..=char::MAX).filter(|character| {
        policy.allowed.as_ref().is_none_or(|allowed| allowed.contains(*character))
            && policy.illegal.as_ref().is_none_or(|illegal| !illegal.contains(*character))
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
