use super::slot::{self, Role};

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MessageKind {
    /// A link to reset the password.
    Link,
    /// A code to reset the password.
    Code,
    /// A link and a code to reset the password; either of them is enough.
    LinkAndCode,
    /// A notice that the password was changed.
    PasswordChanged,
    /// A notice that several accounts have this address, and that the person should ask again with
    /// the user name.
    SeveralAccounts,
    /// A notice that the account has no password, and that the person should sign in as usual.
    NoPassword,
    /// A notice that an operator set the password.
    PasswordSetByOperator,
    /// A link to reset the password, which an operator started.
    OperatorLink,
    /// A code to reset the password, which an operator started.
    OperatorCode,
    /// A link and a code to reset the password, which an operator started; either of them is enough.
    OperatorLinkAndCode,
    /// A link to choose a first password, which somebody asked for.
    FirstPassword,
    /// A link to choose a first password, for an account that was made for its owner.
    Invitation,
    /// A notice that the account has a first password.
    FirstPasswordSet,
    /// A link to verify an address, which may be that of a stranger.
    VerifyAddress,
    /// A notice that an address of the account was verified or replaced.
    AddressChanged,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Link,
        Self::Code,
        Self::LinkAndCode,
        Self::PasswordChanged,
        Self::SeveralAccounts,
        Self::NoPassword,
        Self::PasswordSetByOperator,
        Self::OperatorLink,
        Self::OperatorCode,
        Self::OperatorLinkAndCode,
        Self::FirstPassword,
        Self::Invitation,
        Self::FirstPasswordSet,
        Self::VerifyAddress,
        Self::AddressChanged,
    ];

    /// A stable name for programs, logs and configuration files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Code => "code",
            Self::LinkAndCode => "link_and_code",
            Self::PasswordChanged => "password_changed",
            Self::SeveralAccounts => "several_accounts",
            Self::NoPassword => "no_password",
            Self::PasswordSetByOperator => "password_set_by_operator",
            Self::OperatorLink => "operator_link",
            Self::OperatorCode => "operator_code",
            Self::OperatorLinkAndCode => "operator_link_and_code",
            Self::FirstPassword => "first_password",
            Self::Invitation => "invitation",
            Self::FirstPasswordSet => "first_password_set",
            Self::VerifyAddress => "verify_address",
            Self::AddressChanged => "address_changed",
        }
    }

    /// The placeholders that a text of this kind can have, without the braces; [`Messages`] says
    /// what each is replaced by.
    ///
    /// [`Messages`]: super::Messages
    #[must_use]
    pub const fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Link | Self::OperatorLink | Self::FirstPassword | Self::Invitation => &[
                "first_name",
                "last_name",
                "name",
                "login",
                "site",
                "link",
                "minutes",
                "valid_for",
                "wait",
                "stop_link",
            ],
            Self::Code | Self::OperatorCode => &[
                "first_name",
                "last_name",
                "name",
                "login",
                "site",
                "code",
                "minutes",
                "valid_for",
                "wait",
                "stop_link",
            ],
            Self::LinkAndCode | Self::OperatorLinkAndCode => &slot::NAMES,
            Self::PasswordChanged | Self::PasswordSetByOperator | Self::FirstPasswordSet => {
                &["first_name", "last_name", "name", "login", "site", "stop_link"]
            }
            Self::VerifyAddress => &["site", "link", "minutes", "valid_for", "stop_link"],
            Self::SeveralAccounts | Self::NoPassword | Self::AddressChanged => {
                &["first_name", "last_name", "name", "login", "site"]
            }
        }
    }

    /// The placeholders that a text of this kind must have.
    #[must_use]
    pub const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Link
            | Self::OperatorLink
            | Self::FirstPassword
            | Self::Invitation
            | Self::VerifyAddress => &["link"],
            Self::Code | Self::OperatorCode => &["code"],
            Self::LinkAndCode | Self::OperatorLinkAndCode => &["link", "code"],
            Self::PasswordChanged
            | Self::SeveralAccounts
            | Self::NoPassword
            | Self::PasswordSetByOperator
            | Self::FirstPasswordSet
            | Self::AddressChanged => &[],
        }
    }

    /// Number and role of a placeholder of this kind.
    pub(super) fn slot(self, name: &str) -> Option<(usize, Role)> {
        slot::find(name).filter(|_| self.placeholders().contains(&name))
    }
}
