use axum::http::StatusCode;

/// The types of problems. `docs/http.md` fixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    SignedOut,
    CrossSite,
    Refused,
    MustReset,
    NotFound,
    Method,
    TooSlow,
    TooLarge,
    MediaType,
    Invalid,
    Password,
    Throttled,
    Unavailable,
}

impl Kind {
    /// The last part of the type.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::SignedOut => "signed_out",
            Self::CrossSite => "cross_site",
            Self::Refused => "refused",
            Self::MustReset => "must_reset",
            Self::NotFound => "not_found",
            Self::Method => "method_not_allowed",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::MediaType => "unsupported_media_type",
            Self::Invalid => "invalid",
            Self::Password => "password_refused",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether another text in a field helps.
    pub(crate) const fn can_be_corrected(self) -> bool {
        matches!(self, Self::Invalid | Self::Password | Self::Malformed)
    }

    pub(super) const fn urn(self) -> &'static str {
        match self {
            Self::Malformed => "urn:repass:problem:malformed",
            Self::SignedOut => "urn:repass:problem:signed_out",
            Self::CrossSite => "urn:repass:problem:cross_site",
            Self::Refused => "urn:repass:problem:refused",
            Self::MustReset => "urn:repass:problem:must_reset",
            Self::NotFound => "urn:repass:problem:not_found",
            Self::Method => "urn:repass:problem:method_not_allowed",
            Self::TooSlow => "urn:repass:problem:too_slow",
            Self::TooLarge => "urn:repass:problem:too_large",
            Self::MediaType => "urn:repass:problem:unsupported_media_type",
            Self::Invalid => "urn:repass:problem:invalid",
            Self::Password => "urn:repass:problem:password_refused",
            Self::Throttled => "urn:repass:problem:throttled",
            Self::Unavailable => "urn:repass:problem:unavailable",
        }
    }

    /// The same for every problem of the type (RFC 9457, section 3.1.3).
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The body cannot be read",
            Self::SignedOut => "Sign in first",
            Self::CrossSite => "The request comes from another site",
            Self::Refused => "The link, code or password is wrong or no longer valid",
            Self::MustReset => "The password can no longer be used and has to be reset",
            Self::NotFound => "There is nothing here",
            Self::Method => "The method is not allowed here",
            Self::TooSlow => "The body took too long to arrive",
            Self::TooLarge => "The body is too large",
            Self::MediaType => "The media type of the body is not supported",
            Self::Invalid => "The text in a field cannot be used",
            Self::Password => "The policy refuses the password",
            Self::Throttled => "Too many requests",
            Self::Unavailable => "Try again later",
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            // 401 would need a challenge (RFC 9110, section 15.5.2), and cookies have none.
            Self::SignedOut | Self::CrossSite | Self::Refused | Self::MustReset => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid | Self::Password => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
