use super::CatalogueKey;

/// Named by the code of the advice.
pub(super) const TEXTS: &[CatalogueKey] = &[
    CatalogueKey::plain(
        "advice_begin_anew",
        &[],
        "Make up a wholly new password instead of altering the old one.",
    ),
    CatalogueKey::plain(
        "advice_leave_yourself_out",
        &[],
        "Leave out names, dates and addresses that have to do with you.",
    ),
    CatalogueKey::plain(
        "advice_leave_the_service_out",
        &[],
        "Leave out the name of what you sign in to.",
    ),
    CatalogueKey::plain(
        "advice_no_disguise",
        &[],
        "Do not alter a common password: whoever guesses tries the alterations too.",
    ),
    CatalogueKey::plain(
        "advice_no_patterns",
        &[],
        "Leave out repeats, alphabetical order and neighbouring keys.",
    ),
    CatalogueKey::plain(
        "advice_mix_in",
        &[],
        "Put what is asked for somewhere in the middle and not at the end.",
    ),
    CatalogueKey::plain(
        "advice_plain_characters",
        &[],
        "Use letters, digits and symbols that you find on every keyboard.",
    ),
    CatalogueKey::plain("advice_shorten", &[], "Take fewer words."),
    CatalogueKey::plain(
        "advice_several_words",
        &[],
        "Put several words together that have nothing to do with each other.",
    ),
    CatalogueKey::plain(
        "advice_password_manager",
        &[],
        "Let a password manager make up the password and keep it for you.",
    ),
    CatalogueKey::plain("advice_only_here", &[], "Use the password here and nowhere else."),
];
