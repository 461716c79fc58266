use core::error::Error as _;

use lettre::transport::smtp::Error;

use crate::{SmtpError, Stage};

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It will not be taken at another time, either.
    Rejected,
    /// It may be.
    Passing(SmtpError),
}

impl Trouble {
    /// What an error of the library means at this stage.
    ///
    /// A refusal is permanent only if it is about the recipient or the message. A server also answers 5xx
    /// where the credentials, the sender or the server itself are set up wrongly; a message that was dropped
    /// for this would be missing when that has been put right.
    pub(crate) fn at(stage: Stage, error: &Error) -> Self {
        let Some(code) = error.status() else {
            let timed_out = error.is_timeout();
            let passing = if timed_out { SmtpError::TimedOut } else { SmtpError::Broken { stage } };
            return Self::Passing(passing);
        };
        let code = u16::from(code);
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let is_about_it = matches!(stage, Stage::Recipient | Stage::Data | Stage::Text);
        if is_about_it && is_final(code, &text) {
            return Self::Rejected;
        }
        Self::Passing(SmtpError::Refused { stage, code })
    }

    /// Whether the server has closed the connection, or lost track of it, before the text was sent: another
    /// connection is tried then.
    pub(crate) const fn is_connection_before_text(&self) -> bool {
        let Self::Passing(error) = self else { return false };
        match error {
            SmtpError::Broken { stage } => !matches!(stage, Stage::Text),
            SmtpError::Refused { stage, code } => !matches!(stage, Stage::Text) && *code == 421,
            _ => false,
        }
    }
}

impl From<SmtpError> for Trouble {
    fn from(error: SmtpError) -> Self {
        Self::Passing(error)
    }
}

/// Whether a refusal is about the recipient or the message, and for good: 550 to 554 (RFC 5321, section
/// 4.2.3) and 556 (RFC 7504), unless the enhanced code (RFC 3463) is about the server (5.3.x), the protocol (5.5.x), a policy
/// such as who may relay (5.7.x), or the sender (5.1.7, 5.1.8).
fn is_final(code: u16, text: &str) -> bool {
    if !matches!(code, 550..=554 | 556) {
        return false;
    }
    let mut parts = text.split_whitespace().next().unwrap_or_default().split('.');
    let enhanced = (parts.next(), parts.next(), parts.next());
    !matches!(
        enhanced,
        (Some("5"), Some("3" | "5" | "7"), Some(_)) | (Some("5"), Some("1"), Some("7" | "8"))
    )
}
