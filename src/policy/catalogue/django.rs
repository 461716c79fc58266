use super::CatalogueKey;

/// What Django's four validators say, word for word: error messages and help texts of
/// `django.contrib.auth.password_validation`, the same in Django 5.2 and 6.1.
///
/// Copyright (c) Django Software Foundation and individual contributors, under the licence BSD-3-Clause
/// (`src/policy/list/common/LICENSE-django`). The names of attributes need no text here: `verbose_name` of
/// Django's user model is what [`Attribute::name`](crate::policy::Attribute::name) is.
pub(super) const TEXTS: &[CatalogueKey] = &[
    // UserAttributeSimilarityValidator
    CatalogueKey::plain(
        "password_too_similar",
        &["attribute"],
        "The password is too similar to the {attribute}.",
    ),
    CatalogueKey::plain(
        "requirement_not_similar",
        &[],
        "Your password can’t be too similar to your other personal information.",
    ),
    // MinimumLengthValidator
    CatalogueKey::counted(
        "password_too_short",
        &["min_length"],
        "This password is too short. It must contain at least {min_length} character.",
        "This password is too short. It must contain at least {min_length} characters.",
    ),
    CatalogueKey::counted(
        "requirement_min_length",
        &["min_length"],
        "Your password must contain at least {min_length} character.",
        "Your password must contain at least {min_length} characters.",
    ),
    // CommonPasswordValidator
    CatalogueKey::plain("password_too_common", &[], "This password is too common."),
    CatalogueKey::plain(
        "requirement_not_common",
        &[],
        "Your password can’t be a commonly used password.",
    ),
    // NumericPasswordValidator
    CatalogueKey::plain("password_entirely_numeric", &[], "This password is entirely numeric."),
    CatalogueKey::plain(
        "requirement_not_entirely_numeric",
        &[],
        "Your password can’t be entirely numeric.",
    ),
];
