//! The routes that take a body: their names, which are those of logs, and the fields that each reads.

/// A route that takes a body.
pub(crate) trait Route: Send + Sync + 'static {
    /// The name in logs.
    const NAME: &'static str;
    /// The fields of its body; any other is refused.
    const FIELDS: &'static [&'static str];
    /// The fields that the form has besides.
    const FORM_FIELDS: &'static [&'static str] = &[];
    /// Whether the form relies on a cookie, so that only a page of this origin may send it.
    const USES_COOKIES: bool = true;
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident = $text:literal { $($item:tt)* })+) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $name {}

        impl Route for $name {
            const NAME: &'static str = $text;
            $($item)*
        })+
    };
}

routes! {
    /// Asks for a link or a code.
    Forgot = "forgot" {
        const FIELDS: &'static [&'static str] = &["who", "email", "login", "phone", "by"];
        const FORM_FIELDS: &'static [&'static str] = &["who", "by"];
        const USES_COOKIES: bool = false;
    }
    /// Asks for the message once more.
    Resend = "resend" {
        const FIELDS: &'static [&'static str] = &["handle"];
        const FORM_FIELDS: &'static [&'static str] = &["attempt", "page"];
    }
    /// Exchanges a code for a ticket.
    Code = "code" {
        const FIELDS: &'static [&'static str] = &["handle", "code", "who", "secret"];
        const FORM_FIELDS: &'static [&'static str] = &["attempt", "code"];
    }
    /// Sets a password.
    Reset = "reset" {
        const FIELDS: &'static [&'static str] =
            &["token", "handle", "code", "who", "secret", "attempt", "password"];
        const FORM_FIELDS: &'static [&'static str] = &["attempt", "password", "again", "username"];
    }
    /// Changes the password of a person who is signed in.
    Change = "password" {
        const FIELDS: &'static [&'static str] = &["old_password", "password"];
        const FORM_FIELDS: &'static [&'static str] = &["old_password", "password", "again"];
    }
    /// Signs a person in.
    SignIn = "sign_in" {
        const FIELDS: &'static [&'static str] = &["who", "email", "login", "phone", "password"];
        const FORM_FIELDS: &'static [&'static str] = &["who", "password"];
    }
    /// Asks the policy about a password.
    Check = "check" {
        const FIELDS: &'static [&'static str] =
            &["password", "login", "email", "first_name", "last_name"];
    }
    /// "This was not me."
    NotMe = "not_me" {
        const FIELDS: &'static [&'static str] = &["token"];
        const USES_COOKIES: bool = false;
    }
    /// Verifies an address.
    Verify = "verify" {
        const FIELDS: &'static [&'static str] = &["token"];
        const USES_COOKIES: bool = false;
    }
}
