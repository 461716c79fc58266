//! What every host writes once: the hash of the new password, the change, and what follows from it.

use pollster::block_on;
use repass::answer::Answer;
use repass::policy::{Policy, Violations};
use repass::recovery::Recovery;
use repass::reset::{Admitted, AfterReset, Change, SetError};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;

use crate::recovering::Shared;
use crate::world::hasher;

/// Why a password was not set.
pub(crate) enum NotSet {
    Policy(Violations),
    Other(Answer),
}

/// Sets the password that an admission allows.
pub(crate) fn set(
    service: &Recovery<Shared>,
    admitted: &Admitted,
    (new, policy): (&Password, &Policy),
    now: UtcDateTime,
) -> Result<AfterReset, NotSet> {
    commit(service, admitted.set_password(new, policy, &hasher(), salt()), now)
}

/// Carries out a change.
pub(crate) fn commit(
    service: &Recovery<Shared>,
    change: Result<Change, SetError>,
    now: UtcDateTime,
) -> Result<AfterReset, NotSet> {
    let change = change.map_err(|error| match error {
        SetError::Policy(violations) => NotSet::Policy(violations),
        other => NotSet::Other(other.answer()),
    })?;
    let after = block_on(service.commit(change, now));
    let after = after.map_err(|error| NotSet::Other(error.answer()))?;
    block_on(service.settle(&after, now)).unwrap();
    Ok(after)
}

pub(crate) fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}
