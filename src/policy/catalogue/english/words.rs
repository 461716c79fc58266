use super::CatalogueKey;
use crate::policy::Attribute;

/// What sentences and phrases are made of.
pub(super) const TEXTS: &[CatalogueKey] = &[
    CatalogueKey::plain("attribute_username", &[], Attribute::Username.name()),
    CatalogueKey::plain("attribute_first_name", &[], Attribute::FirstName.name()),
    CatalogueKey::plain("attribute_last_name", &[], Attribute::LastName.name()),
    CatalogueKey::plain("attribute_email", &[], Attribute::Email.name()),
    CatalogueKey::counted(
        "class_lower",
        &["count"],
        "{count} lowercase letter",
        "{count} lowercase letters",
    ),
    CatalogueKey::counted(
        "class_upper",
        &["count"],
        "{count} uppercase letter",
        "{count} uppercase letters",
    ),
    CatalogueKey::counted("class_letter", &["count"], "{count} letter", "{count} letters"),
    CatalogueKey::counted(
        "class_other_letter",
        &["count"],
        "{count} letter without case",
        "{count} letters without case",
    ),
    CatalogueKey::counted("class_digit", &["count"], "{count} digit", "{count} digits"),
    CatalogueKey::counted("class_symbol", &["count"], "{count} symbol", "{count} symbols"),
    CatalogueKey::plain("kind_lower", &[], "lowercase letters"),
    CatalogueKey::plain("kind_upper", &[], "uppercase letters"),
    CatalogueKey::plain("kind_letter", &[], "letters"),
    CatalogueKey::plain("kind_other_letter", &[], "letters without case"),
    CatalogueKey::plain("kind_digit", &[], "digits"),
    CatalogueKey::plain("kind_symbol", &[], "symbols"),
    CatalogueKey::plain("reduction_affixes", &[], "with digits or symbols added"),
    CatalogueKey::plain("reduction_repetition", &[], "repeated"),
    CatalogueKey::plain("reduction_reversal", &[], "written backwards"),
    CatalogueKey::plain("reduction_leet", &[], "with digits or symbols in place of letters"),
    CatalogueKey::plain("reduction_folding", &[], "with accents, spaces or symbols added"),
    // Between two items of a list: all but the last two, and the last two.
    CatalogueKey::plain("list_next", &[], ", "),
    CatalogueKey::plain("list_and", &[], " and "),
    CatalogueKey::plain("list_or", &[], " or "),
];
