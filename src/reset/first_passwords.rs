use crate::account::Account;

/// Which accounts without a usable password get a link to choose one when somebody asks to reset the
/// password; set by [`FlowBuilder::first_passwords`](super::FlowBuilder::first_passwords).
///
/// An account without a usable password may sign in by other means, such as single sign-on: a password
/// would be another way in, which nobody may have thought of. So by default its owner is told to sign in as
/// usual. Whatever is set here, the host can [invite](super::Flow::invite) an owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FirstPasswords {
    /// None: the owner is told that the account has no password.
    #[default]
    ByInvitation,
    /// Those in which the user table has nothing in the place of a password. Those with a
    /// [marker](crate::secret::PasswordHash::is_usable) that no password matches sign in by other means.
    WhereAbsent,
    /// All of them.
    WhereUnusable,
}

impl FirstPasswords {
    /// Whether the account gets a link to choose a first password.
    pub(super) fn allow(self, account: &Account) -> bool {
        match self {
            Self::ByInvitation => false,
            Self::WhereAbsent => account.stored_password().is_none(),
            Self::WhereUnusable => account.password().is_none(),
        }
    }
}
