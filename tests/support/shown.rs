//! Violations and requirements as a line: `password_repeats_character max_repeat=2 @3`.

use repass::policy::{Requirement, Violation, Violations};

/// The code, the parameters, and the position.
pub(crate) fn shown(violation: &Violation) -> String {
    let position = violation.position().map(|position| format!(" @{position}"));
    line(violation.code(), violation.params()) + &position.unwrap_or_default()
}

/// All of them.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn all_shown(found: &Violations) -> Vec<String> {
    found.iter().map(shown).collect()
}

/// The code and the parameters.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn asked(requirement: &Requirement) -> String {
    line(requirement.code(), requirement.params())
}

fn line<'a>(
    code: &str,
    params: impl Iterator<Item = (&'static str, &'a repass::policy::Param)>,
) -> String {
    params.fold(code.to_owned(), |line, (name, param)| format!("{line} {name}={param}"))
}

/// A password as it was typed.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn typed(text: &str) -> repass::secret::Password {
    repass::secret::Password::verbatim(text).unwrap()
}
