//! The texts that the crate ships.

use super::{MessageKind, MessageText};
use crate::language::Plural;

pub(super) const MINUTES: [(Plural, &str); 2] =
    [(Plural::One, "{count} minute"), (Plural::Other, "{count} minutes")];

pub(super) const HOURS: [(Plural, &str); 2] =
    [(Plural::One, "{count} hour"), (Plural::Other, "{count} hours")];

pub(super) const DAYS: [(Plural, &str); 2] =
    [(Plural::One, "{count} day"), (Plural::Other, "{count} days")];

pub(super) const fn text(kind: MessageKind) -> MessageText<'static> {
    match kind {
        MessageKind::Link => MessageText::new("Reset your password for {site}", LINK),
        MessageKind::Code => MessageText::new("Your code to reset your password for {site}", CODE),
        MessageKind::LinkAndCode => {
            MessageText::new("Reset your password for {site}", LINK_AND_CODE)
        }
        MessageKind::PasswordChanged => {
            MessageText::new("Your password for {site} was changed", PASSWORD_CHANGED)
        }
        MessageKind::SeveralAccounts => {
            MessageText::new("Your request to reset a password for {site}", SEVERAL_ACCOUNTS)
        }
        MessageKind::NoPassword => MessageText::new("How to sign in to {site}", NO_PASSWORD),
        MessageKind::PasswordSetByOperator => {
            MessageText::new("Your password for {site} was reset", PASSWORD_SET_BY_OPERATOR)
        }
        MessageKind::FirstPassword => {
            MessageText::new("Choose a password for {site}", FIRST_PASSWORD)
        }
        MessageKind::Invitation => MessageText::new("Your account at {site}", INVITATION),
        MessageKind::FirstPasswordSet => {
            MessageText::new("Your account at {site} now has a password", FIRST_PASSWORD_SET)
        }
        MessageKind::OperatorLink => {
            MessageText::new("Reset your password for {site}", OPERATOR_LINK)
        }
        MessageKind::OperatorCode => {
            MessageText::new("Your code to reset your password for {site}", OPERATOR_CODE)
        }
        MessageKind::OperatorLinkAndCode => {
            MessageText::new("Reset your password for {site}", OPERATOR_LINK_AND_CODE)
        }
        MessageKind::VerifyAddress => {
            MessageText::new("Confirm your address for {site}", VERIFY_ADDRESS)
        }
        MessageKind::AddressChanged => {
            MessageText::new("The address of your account at {site} was changed", ADDRESS_CHANGED)
        }
    }
}

/// The texts of text messages; links and codes never go together there.
pub(super) const fn sms(kind: MessageKind) -> Option<&'static str> {
    match kind {
        MessageKind::Link => Some(SMS_LINK),
        MessageKind::Code => Some(SMS_CODE),
        MessageKind::LinkAndCode
        | MessageKind::OperatorLinkAndCode
        | MessageKind::VerifyAddress => None,
        MessageKind::PasswordChanged => Some(SMS_PASSWORD_CHANGED),
        MessageKind::PasswordSetByOperator => Some(SMS_PASSWORD_SET_BY_OPERATOR),
        MessageKind::OperatorLink => Some(SMS_OPERATOR_LINK),
        MessageKind::OperatorCode => Some(SMS_OPERATOR_CODE),
        MessageKind::FirstPassword | MessageKind::Invitation => Some(SMS_FIRST_PASSWORD),
        MessageKind::FirstPasswordSet => Some(SMS_FIRST_PASSWORD_SET),
        MessageKind::SeveralAccounts => Some(SMS_SEVERAL_ACCOUNTS),
        MessageKind::NoPassword => Some(SMS_NO_PASSWORD),
        MessageKind::AddressChanged => Some(SMS_ADDRESS_CHANGED),
    }
}

const SMS_LINK: &str = "\
{site}: to choose a new password, open this link within {valid_for}:
{link}
If you did not ask for it, ignore this message.";

const SMS_CODE: &str = "\
{code} is your code to reset your password for {site}. It works for {valid_for}. \
Do not share it with anyone.";

const SMS_PASSWORD_CHANGED: &str = "\
Your password for {site} was changed. If you did not change it, reset it now and contact us.";

const SMS_PASSWORD_SET_BY_OPERATOR: &str = "\
An administrator of {site} reset your password. If you did not expect this, contact us.";

const SMS_OPERATOR_LINK: &str = "\
An administrator of {site} started a reset of your password. Open this link within {valid_for}:
{link}
If you did not expect this, contact us.";

const SMS_OPERATOR_CODE: &str = "\
{code} is your code to reset your password for {site}. An administrator asked for it. It works for \
{valid_for}. Do not share it with anyone.";

const SMS_FIRST_PASSWORD: &str = "\
{site}: to choose a password, open this link within {valid_for}:
{link}
If you did not expect this, ignore this message.";

const SMS_FIRST_PASSWORD_SET: &str = "\
Your account at {site} now has a password. If you did not choose it, reset it now and contact us.";

const SMS_SEVERAL_ACCOUNTS: &str = "\
More than one account at {site} uses this phone number. To reset a password, ask again with your user \
name. If you did not ask for this, ignore this message.";

const SMS_NO_PASSWORD: &str = "\
Your account at {site} has no password to reset. Please sign in the way you usually do. If you did not \
ask for this, ignore this message.";

const SMS_ADDRESS_CHANGED: &str = "\
An e-mail address of your account at {site} was added or changed. If you did not change it, contact us \
now.";

const LINK: &str = "\
Hello {name},

We received a request to reset your password for {site}. To choose a new
password, open this link:

{link}

The link works for {valid_for}.

Your user name is {login}.

We can send only a few of these messages. If you ask again within the next
{wait}, you might not get another one, so please keep this message and use
its link.

If you did not ask for this, you can ignore this message. Your password will
not change.

To cancel the request, open this page:
{stop_link}
";

const CODE: &str = "\
Hello {name},

We received a request to reset your password for {site}. To choose a new
password, enter this code on the page where you asked for it:

{code}

The code works for {valid_for}. Do not share it with anyone.

Your user name is {login}.

We can send only a few of these messages. If you ask again within the next
{wait}, you might not get another one.

If you did not ask for this, you can ignore this message. Your password will
not change.

To cancel the request, open this page:
{stop_link}
";

const LINK_AND_CODE: &str = "\
Hello {name},

We received a request to reset your password for {site}. To choose a new
password, open this link:

{link}

The link works for {valid_for}.

Or enter this code on the page where you asked for it:

{code}

The code works for {code_valid_for}. Do not share it with anyone.

Your user name is {login}.

We can send only a few of these messages. If you ask again within the next
{wait}, you might not get another one, so please keep this message and use
its link.

If you did not ask for this, you can ignore this message. Your password will
not change.

To cancel the request, open this page:
{stop_link}
";

const PASSWORD_CHANGED: &str = "\
Hello {name},

The password of your account at {site} was changed. All other devices were
signed out.

Your user name is {login}.

If you changed it yourself, you do not need to do anything.

If you did not change it, please reset your password now and contact us.

To sign out everyone and block this password, open this page within 7 days:
{stop_link}
";

const SEVERAL_ACCOUNTS: &str = "\
Hello,

We received a request to reset a password for {site}. More than one account
uses this address, so we do not know which one you mean. Please ask again
on the same page, and enter your user name instead of the address.

If you did not ask for this, you can ignore this message.
";

const NO_PASSWORD: &str = "\
Hello {name},

We received a request to reset your password for {site}. Your account has no
password, so there is nothing to reset. Please sign in the way you usually
do.

If you did not ask for this, you can ignore this message.
";

const PASSWORD_SET_BY_OPERATOR: &str = "\
Hello {name},

An administrator of {site} reset the password of your account. Your old
password no longer works, and all devices were signed out.

Your user name is {login}.

If you asked for this, the administrator will give you the new password. Please
replace it with one that only you know.

If you did not expect this, please contact us and reset your password now.

To sign out everyone and block this password, open this page within 7 days:
{stop_link}
";

const OPERATOR_LINK: &str = "\
Hello {name},

An administrator of {site} started a reset of your password. To choose a new
password, open this link:

{link}

The link works for {valid_for}.

Your user name is {login}.

If you did not expect this, please contact us. Your password will not change
unless someone uses this link.

To cancel the request, open this page:
{stop_link}
";

const OPERATOR_CODE: &str = "\
Hello {name},

An administrator of {site} started a reset of your password. To choose a new
password, enter this code on the page that the administrator opened for you:

{code}

The code works for {valid_for}.

Your user name is {login}.

If you did not expect this, please contact us, and do not share the code with
anyone. Your password will not change unless someone uses it.

To cancel the request, open this page:
{stop_link}
";

const OPERATOR_LINK_AND_CODE: &str = "\
Hello {name},

An administrator of {site} started a reset of your password. To choose a new
password, open this link:

{link}

The link works for {valid_for}.

Or enter this code on the page that the administrator opened for you:

{code}

The code works for {code_valid_for}.

Your user name is {login}.

If you did not expect this, please contact us, and do not share the code with
anyone. Your password will not change unless someone uses the link or the code.

To cancel the request, open this page:
{stop_link}
";

const FIRST_PASSWORD: &str = "\
Hello {name},

We received a request to reset your password for {site}. Your account has no
password yet. To choose one, open this link:

{link}

The link works for {valid_for}.

Your user name is {login}.

We can send only a few of these messages. If you ask again within the next
{wait}, you might not get another one, so please keep this message and use
its link.

If you did not ask for this, you can ignore this message. Your account will not
change.

To cancel the request, open this page:
{stop_link}
";

const INVITATION: &str = "\
Hello {name},

An account at {site} is ready for you. To choose your password, open this link:

{link}

The link works for {valid_for}.

Your user name is {login}.

If you did not expect this, you can ignore this message.

To cancel the request, open this page:
{stop_link}
";

const FIRST_PASSWORD_SET: &str = "\
Hello {name},

A password was chosen for your account at {site}. You can now sign in with it.

Your user name is {login}.

If you chose it yourself, you do not need to do anything.

If you did not choose it, please reset your password now and contact us.

To sign out everyone and block this password, open this page within 7 days:
{stop_link}
";

const VERIFY_ADDRESS: &str = "\
Hello,

To confirm that this is your address for {site}, open this link:

{link}

The link works for {valid_for}.

If you did not ask for this, you can ignore this message.

To cancel the request, open this page:
{stop_link}
";

const ADDRESS_CHANGED: &str = "\
Hello {name},

An e-mail address of your account at {site} was added or changed.

Your user name is {login}.

If you changed it yourself, you do not need to do anything.

If you did not change it, please contact us now.
";
