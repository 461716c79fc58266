use crate::message::{Template, TemplateError};

use super::FlowError;

/// One template for each message.
#[derive(Clone, Debug)]
pub(super) struct Templates {
    pub(super) link: Template,
    pub(super) code: Template,
    pub(super) changed: Template,
    pub(super) several: Template,
    pub(super) no_password: Template,
}

/// The templates that were set; English ones stand in for the others.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) link: Option<Template>,
    pub(super) code: Option<Template>,
    pub(super) changed: Option<Template>,
    pub(super) several: Option<Template>,
    pub(super) no_password: Option<Template>,
}

impl Drafts {
    pub(super) fn complete(self) -> Result<Templates, FlowError> {
        Ok(Templates {
            link: choose("link_letter", self.link, Template::link, LINK, Template::carries_link)?,
            code: choose("code_letter", self.code, Template::code, CODE, Template::carries_code)?,
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

somebody, probably you, said that the password of your account is lost.
To choose a new one, open this page within {minutes} minutes:

{link}

If it was not you, ignore this message: your password stays as it is.
",
];

const CODE: [&str; 2] = [
    "Your code for a new password",
    "Hello {first_name} {last_name},

somebody, probably you, said that the password of your account is lost.
To choose a new one, enter this code within {minutes} minutes, on the page
where you asked for it:

{code}

Give it to nobody, whoever asks. If you did not ask for it, ignore this
message: your password stays as it is.
",
];

const CHANGED: [&str; 2] = [
    "Your password was changed",
    "Hello {first_name} {last_name},

the password of your account was changed, and every session was ended.

If it was not you, reset your password now and tell us.
",
];

const SEVERAL: [&str; 2] = [
    "Which account?",
    "Hello,

somebody, probably you, asked for a new password with this address. Several
accounts have it, so please ask again with the user name.
",
];

const NO_PASSWORD: [&str; 2] = [
    "Your account has no password",
    "Hello {first_name} {last_name},

somebody, probably you, asked for a new password. Your account has none:
please sign in the way you usually do.
",
];
