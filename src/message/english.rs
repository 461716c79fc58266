//! The texts that the crate ships.

use super::{MessageKind, MessageText};
use crate::language::Plural;

pub(super) const MINUTES: [(Plural, &str); 2] =
    [(Plural::One, "{count} minute"), (Plural::Other, "{count} minutes")];

pub(super) const HOURS: [(Plural, &str); 2] =
    [(Plural::One, "{count} hour"), (Plural::Other, "{count} hours")];

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
    }
}

/// The texts of text messages; links and codes never go together there.
pub(super) const fn sms(kind: MessageKind) -> Option<&'static str> {
    match kind {
        MessageKind::Link => Some(SMS_LINK),
        MessageKind::Code => Some(SMS_CODE),
        MessageKind::LinkAndCode => None,
        MessageKind::PasswordChanged => Some(SMS_PASSWORD_CHANGED),
        MessageKind::SeveralAccounts => Some(SMS_SEVERAL_ACCOUNTS),
        MessageKind::NoPassword => Some(SMS_NO_PASSWORD),
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

const SMS_SEVERAL_ACCOUNTS: &str = "\
More than one account at {site} uses this phone number. To reset a password, ask again with your user \
name. If you did not ask for this, ignore this message.";

const SMS_NO_PASSWORD: &str = "\
Your account at {site} has no password to reset. Please sign in the way you usually do. If you did not \
ask for this, ignore this message.";

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
";

const PASSWORD_CHANGED: &str = "\
Hello {name},

The password of your account at {site} was changed. All other devices were
signed out.

Your user name is {login}.

If you changed it yourself, you do not need to do anything.

If you did not change it, please reset your password now and contact us.
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
