//! The placeholders of the messages of a flow.

use alloc::format;
use alloc::string::String;

use super::durations::{Durations, whole_minutes};

/// What kind of value a placeholder has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A text that may be empty.
    Text,
    /// A text without which its paragraph is left out.
    Optional,
    /// A link with a token.
    Link,
    /// Another secret.
    Secret,
}

/// All names; the place of one is its number.
pub(super) const NAMES: [&str; 12] = [
    "first_name",
    "last_name",
    "name",
    "login",
    "site",
    "link",
    "code",
    "minutes",
    "code_minutes",
    "valid_for",
    "code_valid_for",
    "wait",
];

pub(super) fn find(name: &str) -> Option<(usize, Role)> {
    let number = NAMES.iter().position(|known| *known == name)?;
    let role = match name {
        "link" => Role::Link,
        "code" => Role::Secret,
        "login" | "wait" => Role::Optional,
        _ => Role::Text,
    };
    Some((number, role))
}

/// What one message says. Texts are as they are shown.
#[derive(Clone, Copy, Default)]
pub(crate) struct Values<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) login: Option<&'a str>,
    pub(crate) site: &'a str,
    pub(crate) link: &'a str,
    pub(crate) code: &'a str,
    /// How long the link, or the only secret, is valid, in seconds.
    pub(crate) valid_for: u64,
    /// How long the code is valid, in seconds.
    pub(crate) code_valid_for: u64,
    /// For how many seconds another message might not be sent.
    pub(crate) wait: Option<u64>,
    /// What follows a text message on a line of its own, if it is not empty.
    pub(crate) last_line: &'a str,
}

impl Values<'_> {
    /// Calls with the value of each placeholder, in the order of their names.
    pub(super) fn with_all<T>(
        &self,
        durations: &Durations,
        then: impl FnOnce(&[Option<&str>; NAMES.len()]) -> T,
    ) -> T {
        let name = join(self.first_name, self.last_name);
        let minutes = |seconds| format!("{}", whole_minutes(seconds));
        let (minutes, code_minutes) = (minutes(self.valid_for), minutes(self.code_valid_for));
        let valid_for = durations.at_least(self.valid_for);
        let code_valid_for = durations.at_least(self.code_valid_for);
        let wait = self.wait.map(|wait| durations.at_most(wait));
        then(&[
            Some(self.first_name),
            Some(self.last_name),
            Some(&name),
            self.login,
            Some(self.site),
            Some(self.link),
            Some(self.code),
            Some(&minutes),
            Some(&code_minutes),
            Some(&valid_for),
            Some(&code_valid_for),
            wait.as_deref(),
        ])
    }
}

fn join(first: &str, last: &str) -> String {
    let between = if first.is_empty() || last.is_empty() { "" } else { " " };
    [first, between, last].concat()
}
