use super::CatalogueKey;

/// Phrases, named after the variant of [`Requirement`](crate::policy::Requirement).
pub(super) const TEXTS: &[CatalogueKey] = &[
    CatalogueKey::counted(
        "requirement_max_bytes",
        &["max_bytes"],
        "at most {max_bytes} byte",
        "at most {max_bytes} bytes",
    ),
    CatalogueKey::plain("requirement_not_similar", &[], "not close to your personal information"),
    CatalogueKey::counted(
        "requirement_min_length",
        &["min_length"],
        "at least {min_length} character",
        "at least {min_length} characters",
    ),
    CatalogueKey::counted(
        "requirement_max_length",
        &["max_length"],
        "at most {max_length} character",
        "at most {max_length} characters",
    ),
    CatalogueKey::plain("requirement_not_common", &[], "not a password that many people use"),
    CatalogueKey::plain(
        "requirement_not_derived_from_common",
        &["by"],
        "not a password that many people use, {by}",
    ),
    CatalogueKey::plain("requirement_not_entirely_numeric", &[], "not only digits"),
    CatalogueKey::plain("requirement_classes", &["classes"], "at least {classes}"),
    CatalogueKey::alike(
        "requirement_set",
        &["at_least", "set"],
        "at least {at_least} of the characters {set}",
    ),
    CatalogueKey::alike(
        "requirement_categories",
        &["at_least", "kinds"],
        "at least {at_least} of {kinds}",
    ),
    CatalogueKey::plain("requirement_no_white_space", &[], "no white space"),
    CatalogueKey::plain(
        "requirement_no_white_space_at_the_ends",
        &[],
        "no white space at the beginning or the end",
    ),
    CatalogueKey::plain("requirement_no_control_characters", &[], "no control characters"),
    CatalogueKey::plain("requirement_allowed_characters", &["set"], "only the characters {set}"),
    CatalogueKey::plain(
        "requirement_no_illegal_characters",
        &["set"],
        "none of the characters {set}",
    ),
    CatalogueKey::counted(
        "requirement_max_repeat",
        &["max_repeat"],
        "no character more than {max_repeat} time in a row",
        "no character more than {max_repeat} times in a row",
    ),
    CatalogueKey::counted(
        "requirement_max_class_repeat",
        &["max_class_repeat"],
        "no more than {max_class_repeat} character of one kind in a row",
        "no more than {max_class_repeat} characters of one kind in a row",
    ),
    CatalogueKey::counted(
        "requirement_min_distinct",
        &["min_distinct"],
        "at least {min_distinct} different character",
        "at least {min_distinct} different characters",
    ),
    CatalogueKey::counted(
        "requirement_max_occurrences",
        &["max_occurrences"],
        "no character more than {max_occurrences} time",
        "no character more than {max_occurrences} times",
    ),
    CatalogueKey::counted(
        "requirement_max_sequence",
        &["max_sequence"],
        "no more than {max_sequence} character in alphabetical or numerical order",
        "no more than {max_sequence} characters in alphabetical or numerical order",
    ),
    CatalogueKey::counted(
        "requirement_max_keyboard_walk",
        &["max_keyboard_walk"],
        "no more than {max_keyboard_walk} key side by side",
        "no more than {max_keyboard_walk} keys side by side",
    ),
    CatalogueKey::plain(
        "requirement_no_context_word",
        &[],
        "not the name of this service or one like it",
    ),
    CatalogueKey::plain("requirement_no_forbidden_word", &[], "no word that may not be used"),
    CatalogueKey::plain("requirement_no_personal_names", &[], "without your name or address"),
    CatalogueKey::plain("requirement_no_palindrome", &[], "not the same backwards"),
    CatalogueKey::counted(
        "requirement_min_changed",
        &["min_changed"],
        "different from the old one by {min_changed} character or more",
        "different from the old one by {min_changed} characters or more",
    ),
    CatalogueKey::plain(
        "requirement_not_rearranged",
        &[],
        "not the old one, turned around or in other case",
    ),
    CatalogueKey::counted(
        "requirement_not_among_last",
        &["last"],
        "not your last one",
        "not one of your last {last}",
    ),
    CatalogueKey::alike(
        "requirement_max_breaches",
        &["max_breaches"],
        "not in a list of stolen passwords",
    ),
    CatalogueKey::counted(
        "requirement_of_lengths",
        &["max", "min", "requirement"],
        "from {min} to {max} character: {requirement}",
        "from {min} to {max} characters: {requirement}",
    ),
];
