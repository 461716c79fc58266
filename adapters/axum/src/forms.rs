//! Plain forms without script, for the links in messages.

mod html;
mod links;
mod problem;
mod recover;
mod redirect;
mod session;
mod show;
mod text;

pub(crate) use self::links::{not_me, not_me_page, verify, verify_page};
pub(crate) use self::problem::{PageProblem, method_not_allowed};
pub(crate) use self::recover::{
    code, code_page, forgot, forgot_page, resend, reset, reset_page, sent_page,
};
pub(crate) use self::redirect::{Target, see_other};
pub(crate) use self::session::{change, change_page, sign_in, sign_in_page};
pub(crate) use self::show::{done_page, stopped_page, verified_page};
