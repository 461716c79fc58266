use crate::message::{Template, TemplateError};

use super::FlowError;

/// One template for each message.
#[derive(Clone, Debug)]
pub(super) struct Templates {
    pub(super) link: Template,
    pub(super) code: Template,
    pub(super) link_and_code: Template,
    pub(super) changed: Template,
    pub(super) several: Template,
    pub(super) no_password: Template,
}

/// The templates that were set; English ones take the place of the others.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) link: Option<Template>,
    pub(super) code: Option<Template>,
    pub(super) link_and_code: Option<Template>,
    pub(super) changed: Option<Template>,
    pub(super) several: Option<Template>,
    pub(super) no_password: Option<Template>,
}

impl Drafts {
    pub(super) fn complete(self) -> Result<Templates, FlowError> {
        Ok(Templates {
            link: choose("link_message", self.link, Template::link, LINK, Template::carries_link)?,
            code: choose("code_message", self.code, Template::code, CODE, Template::carries_code)?,
            link_and_code: choose(
                "link_and_code_message",
                self.link_and_code,
                Template::link_and_code,
                LINK_AND_CODE,
                Template::carries_link_and_code,
            )?,
            changed: notice("changed_notice", self.changed, CHANGED)?,
            several: notice("several_notice", self.several, SEVERAL)?,
            no_password: notice("no_password_notice", self.no_password, NO_PASSWORD)?,
        })
    }
}

type Parse = fn(&str, &str) -> Result<Template, TemplateError>;

fn notice(
    setting: &'static str,
    draft: Option<Template>,
    english: [&str; 2],
) -> Result<Template, FlowError> {
    choose(setting, draft, Template::notice, english, Template::is_notice)
}

fn choose(
    setting: &'static str,
    draft: Option<Template>,
    parse: Parse,
    [subject, text]: [&str; 2],
    fits: fn(&Template) -> bool,
) -> Result<Template, FlowError> {
    let refuse = |error| FlowError::Template { setting, error };
    let template = draft.map_or_else(|| parse(subject, text), Ok).map_err(refuse)?;
    if fits(&template) { Ok(template) } else { Err(refuse(TemplateError::WrongKind)) }
}

const LINK: [&str; 2] = [
    "Choose a new password",
    "Hello {first_name} {last_name},

We received a request to reset the password of your account. To choose a
new password, open this page within {minutes} minutes:

{link}

If you ask again and receive nothing, use the newest link that you have. If
you did not ask for this, ignore this message. Your password stays as it is.
",
];

const CODE: [&str; 2] = [
    "Your code for a new password",
    "Hello {first_name} {last_name},

We received a request to reset the password of your account. To choose a
new password, enter this code within {minutes} minutes on the page where
you asked for it:

{code}

Do not give this code to anyone. If you did not ask for it, ignore this
message. Your password stays as it is.
",
];

const LINK_AND_CODE: [&str; 2] = [
    "Choose a new password",
    "Hello {first_name} {last_name},

We received a request to reset the password of your account. To choose a
new password, open this page within {minutes} minutes:

{link}

Or enter this code within {code_minutes} minutes on the page where you asked
for it:

{code}

Do not give this code to anyone. If you ask again and receive nothing, use
the newest link that you have. If you did not ask for this, ignore this
message. Your password stays as it is.
",
];

const CHANGED: [&str; 2] = [
    "Your password was changed",
    "Hello {first_name} {last_name},

The password of your account was changed, and all sessions were ended.

If you did not do this, reset your password now and contact us.
",
];

const SEVERAL: [&str; 2] = [
    "Which account?",
    "Hello,

We received a request to reset a password for this address. Several
accounts use it, so please ask again with your user name.
",
];

const NO_PASSWORD: [&str; 2] = [
    "Your account has no password",
    "Hello {first_name} {last_name},

We received a request to reset the password of your account. Your account
has no password: please sign in the way you usually do.
",
];
