/// Something that a user table may lack: a column, or rows that it does not take.
///
/// A suite asks only for what the table has: [`Fixture::lacks`](super::Fixture::lacks) names the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// A user name.
    Login,
    /// The first and the last name.
    Names,
    /// More than one address for an account.
    SeveralAddresses,
    /// An address that is not verified.
    UnverifiedAddress,
    /// One address for several accounts; a unique column forbids it.
    SharedAddress,
    /// Phone numbers, verified or not, several for an account. Without them, there are no text messages.
    Phone,
    /// A declared field of texts that people are looked up by: its name is `customer`.
    Field,
    /// Letters beyond ASCII in addresses and user names. Without them, another normalization form is not
    /// tried.
    BeyondAscii,
    /// An account without a stored password (`NULL`).
    NoPassword,
    /// A marker in place of the hash, such as `!`.
    Marker,
    /// An account that may not sign in.
    Disabled,
    /// The version of an account.
    Version,
    /// The session epoch. Without it, all sessions can end only with a new password.
    Epoch,
    /// The moment of the last change of the password.
    ChangedAt,
    /// That the password has to be changed, why, and until when. Without it, there are no temporary
    /// passwords.
    MustChange,
    /// That recovery is required. Without it, a password that somebody else knows signs in until it is
    /// reset.
    RequiredRecovery,
    /// The passwords that were replaced. Without it, an old password can be used again.
    History,
}
