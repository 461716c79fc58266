use crate::policy::characters::fold;

/// Whether the whole of `password` is the word of these letters, once or several times over, with nothing but digits and
/// symbols behind it; letter case, marks, separators and leet do not matter.
///
/// NIST SP 800-63B-4 section 3.1.1.2: context-specific words and their derivatives, compared with the
/// entire password.
pub(in crate::policy) fn derives_from(password: &str, letters: &[char]) -> bool {
    let letters = || letters.iter().copied();
    let mut expected = letters();
    let Some(mut next) = expected.next() else { return false };
    let (mut is_whole, mut only_tail_since, mut is_lost) = (false, false, false);
    for character in password.chars() {
        only_tail_since &= !fold::is_alphabetic(character);
        if is_lost {
            if only_tail_since {
                continue;
            }
            return false;
        }
        let plain = fold::plain(character);
        if plain == Some(next) || fold::leet(character).contains(&next) {
            match expected.next() {
                Some(then) => next = then,
                None => {
                    (is_whole, only_tail_since) = (true, true);
                    expected = letters();
                    next = expected.next().unwrap_or(next);
                }
            }
        } else if plain.is_some() {
            is_lost = true;
        }
    }
    is_whole && only_tail_since
}
