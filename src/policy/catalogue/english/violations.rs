use super::CatalogueKey;

/// Named by the code of the violation, which begins the name where there are several texts for one.
pub(super) const TEXTS: &[CatalogueKey] = &[
    CatalogueKey::counted(
        "password_too_many_bytes",
        &["max_bytes"],
        "Your new password may take {max_bytes} byte at most.",
        "Your new password may take {max_bytes} bytes at most.",
    ),
    CatalogueKey::plain(
        "personal_information_too_large",
        &["max_attributes", "max_bytes"],
        "More is known about you than a password can be compared with. Ask for help.",
    ),
    CatalogueKey::plain(
        "password_too_similar",
        &["attribute"],
        "Your new password resembles your {attribute} too closely.",
    ),
    CatalogueKey::counted(
        "password_too_short",
        &["min_length"],
        "Your new password needs {min_length} character or more.",
        "Your new password needs {min_length} characters or more.",
    ),
    CatalogueKey::counted(
        "password_too_long",
        &["max_length"],
        "Your new password may have {max_length} character at most.",
        "Your new password may have {max_length} characters at most.",
    ),
    CatalogueKey::plain(
        "password_too_common",
        &[],
        "Many people use that password, so it is easily guessed.",
    ),
    CatalogueKey::plain(
        "password_common_affixed",
        &[],
        "Your new password is one that many people use, with digits or symbols around it.",
    ),
    CatalogueKey::plain(
        "password_common_repeated",
        &[],
        "Your new password is one that many people use, several times over.",
    ),
    CatalogueKey::plain(
        "password_common_reversed",
        &[],
        "Your new password is one that many people use, backwards.",
    ),
    CatalogueKey::plain(
        "password_common_leet",
        &[],
        "Your new password is one that many people use, with digits or symbols for letters.",
    ),
    CatalogueKey::plain(
        "password_common_folded",
        &[],
        "Your new password is one that many people use, with other marks or separators.",
    ),
    CatalogueKey::plain(
        "password_entirely_numeric",
        &[],
        "Your new password needs something other than digits.",
    ),
    CatalogueKey::plain(
        "password_missing_classes",
        &["classes"],
        "Your new password needs at least {classes}.",
    ),
    CatalogueKey::alike(
        "password_missing_from_set",
        &["at_least", "set"],
        "Your new password needs at least {at_least} of these: {set}",
    ),
    CatalogueKey::alike(
        "password_too_few_kinds",
        &["at_least", "kinds"],
        "Your new password needs at least {at_least} of these kinds: {kinds}.",
    ),
    CatalogueKey::plain(
        "password_has_white_space",
        &["position"],
        "Your new password may not have white space.",
    ),
    CatalogueKey::plain(
        "password_has_white_space_at_the_ends",
        &["position"],
        "Your new password may not begin or end with white space.",
    ),
    CatalogueKey::plain(
        "password_has_control_character",
        &["position"],
        "Your new password may not have control characters.",
    ),
    CatalogueKey::plain(
        "password_character_not_allowed",
        &["position"],
        "Your new password has a character that is not allowed here.",
    ),
    CatalogueKey::plain(
        "password_has_illegal_character",
        &["position"],
        "Your new password has a character that may not be used.",
    ),
    CatalogueKey::counted(
        "password_repeats_character",
        &["max_repeat", "position"],
        "Your new password may have a character {max_repeat} time in a row at most.",
        "Your new password may have a character {max_repeat} times in a row at most.",
    ),
    CatalogueKey::counted(
        "password_repeats_class",
        &["max_class_repeat", "position"],
        "Your new password may have {max_class_repeat} character of one kind in a row at most.",
        "Your new password may have {max_class_repeat} characters of one kind in a row at most.",
    ),
    CatalogueKey::counted(
        "password_too_few_distinct",
        &["min_distinct"],
        "Your new password needs {min_distinct} different character or more.",
        "Your new password needs {min_distinct} different characters or more.",
    ),
    CatalogueKey::counted(
        "password_has_character_too_often",
        &["max_occurrences", "position"],
        "Your new password may have each character {max_occurrences} time at most.",
        "Your new password may have each character {max_occurrences} times at most.",
    ),
    CatalogueKey::counted(
        "password_has_sequence",
        &["max_sequence", "position"],
        "Your new password may have {max_sequence} character in alphabetical or numerical order at most.",
        "Your new password may have {max_sequence} characters in alphabetical or numerical order at most.",
    ),
    CatalogueKey::counted(
        "password_has_keyboard_walk",
        &["max_keyboard_walk", "position"],
        "Your new password may walk over {max_keyboard_walk} key side by side at most.",
        "Your new password may walk over {max_keyboard_walk} keys side by side at most.",
    ),
    CatalogueKey::plain(
        "password_is_context_word",
        &[],
        "Your new password is the name of this service, or too much like it.",
    ),
    CatalogueKey::plain(
        "password_has_forbidden_word",
        &[],
        "Your new password has a word in it that may not be used.",
    ),
    CatalogueKey::plain(
        "password_has_personal_name",
        &["attribute"],
        "Your new password may not have your {attribute} in it.",
    ),
    CatalogueKey::plain(
        "password_is_palindrome",
        &[],
        "Your new password may not be the same backwards.",
    ),
    CatalogueKey::counted(
        "password_too_little_changed",
        &["min_changed"],
        "Your new password needs to differ from the old one by {min_changed} character or more.",
        "Your new password needs to differ from the old one by {min_changed} characters or more.",
    ),
    CatalogueKey::plain("password_rearranged_case", &[], "Your new password is the old one."),
    CatalogueKey::plain(
        "password_rearranged_reversed",
        &[],
        "Your new password is the old one backwards.",
    ),
    CatalogueKey::plain(
        "password_rearranged_rotated",
        &[],
        "Your new password is the old one, begun at another place.",
    ),
    CatalogueKey::counted(
        "password_used_before",
        &["last"],
        "Your new password may not be your last one.",
        "Your new password may not be one of your last {last}.",
    ),
    CatalogueKey::alike(
        "password_history_unknown",
        &["last"],
        "Your new password could not be compared with your last ones. Try again later.",
    ),
    CatalogueKey::alike(
        "password_breached",
        &["count", "max_breaches"],
        "Your new password is in a list of stolen passwords, so it is easily guessed.",
    ),
    CatalogueKey::plain(
        "password_breach_unknown",
        &[],
        "Your new password could not be compared with stolen ones. Try again later.",
    ),
];
