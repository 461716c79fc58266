use super::CatalogueKey;

/// Named by the code of the advice.
pub(super) const TEXTS: &[CatalogueKey] = &[
    CatalogueKey::plain("advice_begin_anew", &[], "Choose a completely new password."),
    CatalogueKey::plain(
        "advice_leave_yourself_out",
        &[],
        "Leave out names, dates and addresses that people can connect with you.",
    ),
    CatalogueKey::plain("advice_leave_the_service_out", &[], "Leave out the name of this service."),
    CatalogueKey::plain(
        "advice_no_disguise",
        &[],
        "Do not use a common password with small changes: attackers try those changes too.",
    ),
    CatalogueKey::plain(
        "advice_no_patterns",
        &[],
        "Avoid patterns that are easy to guess, such as aaaa, abcd or qwerty.",
    ),
    CatalogueKey::plain(
        "advice_mix_in",
        &[],
        "Put digits and symbols in the middle of the password: attackers expect them at the end.",
    ),
    CatalogueKey::plain(
        "advice_plain_characters",
        &[],
        "Use letters, digits and symbols that you can type on any keyboard.",
    ),
    CatalogueKey::plain("advice_shorten", &[], "Use fewer words."),
    CatalogueKey::plain(
        "advice_several_words",
        &[],
        "Combine three or more random words: a long password is easy to remember and hard to guess.",
    ),
    CatalogueKey::plain(
        "advice_password_manager",
        &[],
        "Let a password manager create and remember your password.",
    ),
    CatalogueKey::plain(
        "advice_only_here",
        &[],
        "Choose a password that you use for no other account.",
    ),
];
