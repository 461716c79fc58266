use super::{HashError, Work};
use crate::secret::Password;

/// A scheme of hashes that another system made, for [`Hasher::with_foreign`](super::Hasher::with_foreign):
/// bcrypt, PBKDF2, scrypt, or a format of its own.
///
/// A string that begins with `$argon2` never comes here. The package `examples/foreign-hashes` in the
/// repository is a worked example over the crates that compute them.
///
/// ```
/// use repass::hash::{ForeignScheme, HashError, Hasher, Verdict, Work};
/// use repass::secret::{Password, PasswordHash};
///
/// /// Accounts that came from elsewhere without a password have a dash.
/// struct Dash;
///
/// impl ForeignScheme for Dash {
///     fn recognises(&self, stored: &str) -> bool {
///         stored == "-"
///     }
///
///     fn verify(&self, _: &Password, _: &str) -> Result<bool, HashError> {
///         Ok(false)
///     }
///
///     fn work(&self, _: &str) -> Result<Work, HashError> {
///         Ok(Work::new("nothing", 0))
///     }
///
///     fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
///         Ok(())
///     }
/// }
///
/// let hasher = Hasher::default().with_foreign(Dash);
/// let stored = PasswordHash::from_stored("-")?;
/// assert_eq!(hasher.verify(&Password::new("anything")?, &stored)?, Verdict::Mismatch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ForeignScheme: Send + Sync {
    /// Whether the string is one of this scheme, by its prefix: no work, and no judgement of the rest.
    fn recognises(&self, stored: &str) -> bool;

    /// Whether the password is the one of the string, compared in constant time.
    ///
    /// Reads all of the string before it computes anything, and bounds what it asks for. A scheme
    /// that cuts passwords off refuses those that are cut: bcrypt reads 72 bytes, and some
    /// of its implementations read to the first NUL. `password` is in NFC if it came by [`Password::new`].
    ///
    /// # Errors
    ///
    /// [`HashError::Malformed`]; [`HashError::OverCeiling`] with the name of the parameter, before
    /// any work; [`HashError::OutOfMemory`].
    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError>;

    /// How much work [`verify`](Self::verify) does for the string, right or wrong, in a unit of the
    /// scheme's own. It reads the parameters and computes nothing.
    ///
    /// # Errors
    ///
    /// [`HashError::Malformed`] and [`HashError::OverCeiling`], where `verify` answers the same.
    fn work(&self, stored: &str) -> Result<Work, HashError>;

    /// Does this much work and nothing else: a [`Verifier`](super::Verifier) makes up with it for a
    /// string that is cheaper than others, or of another scheme. It must take as long as
    /// `verify` takes for a string of this work.
    ///
    /// # Errors
    ///
    /// [`HashError::OutOfMemory`].
    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError>;
}
