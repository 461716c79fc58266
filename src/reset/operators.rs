/// What operators can do beyond starting a reset; set by
/// [`FlowBuilder::operators`](super::FlowBuilder::operators).
///
/// An operator is a person who administers the accounts of others, such as a member of a help desk.
/// [`Accounts::may_administer`](crate::port::Accounts::may_administer) decides whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operators {
    /// Operators start resets: the owner gets a message and chooses the password. No operator ever
    /// chooses or learns a password, or a secret that sets one (OWASP ASVS 5.0, 6.4.6).
    #[default]
    StartResets,
    /// In addition, operators can get what they hand over to the owner themselves: see
    /// [`HandOver`](super::HandOver). An operator who can do that can take over each account that they
    /// administer.
    HandOverSecrets,
}

impl Operators {
    pub(super) const fn hand_over(self) -> bool {
        matches!(self, Self::HandOverSecrets)
    }
}
