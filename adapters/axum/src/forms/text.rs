//! What people read when something was not done.

use crate::problem::{Kind, Problem};

/// The heading of the page.
pub(super) const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Password | Kind::Invalid => "Please correct this",
        Kind::SignedOut => "Please sign in",
        Kind::Throttled | Kind::Unavailable => "Please try again later",
        _ => "This did not work",
    }
}

/// A sentence or more.
pub(super) fn of(problem: &Problem) -> Vec<String> {
    let text = match problem.kind() {
        Kind::Password => {
            return problem.violations().map(|violation| violation.to_string()).collect();
        }
        Kind::Invalid => match problem.code() {
            "password_confirmation_mismatch" => "The two passwords are not the same.",
            "password_too_many_bytes" => "This password is too long.",
            "code_malformed" => "This is not a code. Check it and try again.",
            _ => "Enter one e-mail address or one user name.",
        },
        Kind::Refused => match problem.tries_left() {
            Some(1) => "The code is wrong. You can try once more.",
            Some(left @ 2..) => {
                return vec![format!("The code is wrong. You can try {left} more times.")];
            }
            Some(0) | None => "This link or code is wrong, or is no longer valid.",
        },
        Kind::MustReset => {
            "This password can no longer be used. Ask for a link or a code to \
            choose another one."
        }
        Kind::SignedOut => "You are not signed in, or your session has ended.",
        Kind::CrossSite => {
            "Your browser did not say that the form is one of this site. Open the \
            page again, or use a newer browser."
        }
        Kind::Throttled => {
            let seconds = problem.retry_after().unwrap_or(0);
            return vec![match seconds {
                0..=90 => format!("Too many tries. Wait {seconds} seconds and try again."),
                _ => {
                    format!("Too many tries. Wait {} minutes and try again.", seconds.div_ceil(60))
                }
            }];
        }
        Kind::Unavailable => "We could not do this right now. Please try again in a minute.",
        Kind::NotFound => "There is no such page.",
        Kind::Method | Kind::Malformed | Kind::MediaType => {
            "The form was not sent as it should be. \
            Open the page again."
        }
        Kind::TooLarge => "The form is too large.",
        Kind::TooSlow => "The form took too long to arrive. Please try again.",
    };
    vec![text.to_owned()]
}
