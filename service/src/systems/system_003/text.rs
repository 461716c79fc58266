use repass::reset::{AuthorNotice, AuthorText, TrustedAuthor};

use super::answer::Said;
use crate::parameters::Parameters;

/// The text of a message, for the channel that is asked for; none where the parameter is missing.
pub(super) fn text(parameters: &Parameters) -> Result<Option<AuthorText<'_>>, Said> {
    let content = |name: &str| {
        let missing = || Said::refused(400, &format!("{name} is required for this check_channel"));
        parameters.get(name).ok_or_else(missing)
    };
    let (text, from) = match parameters.get("check_channel") {
        None => return Ok(None),
        Some("email") => (AuthorText::mail(content("email_content")?), "from_email"),
        Some("sms") => (AuthorText::sms(content("sms_content")?), "from_mobile"),
        Some(_) => return Err(Said::refused(400, "check_channel must be sms or email")),
    };
    let text = text.subject(parameters.get("email_subject")).sender(parameters.get(from));
    Ok(Some(text.sender_name(parameters.get("sender_name"))))
}

/// The notice that follows a reset, and its copies.
pub(super) fn notice(
    author: &TrustedAuthor<'_>,
    parameters: &Parameters,
) -> Result<Option<AuthorNotice>, Said> {
    let Some(text) = text(parameters)? else { return Ok(None) };
    let list = |name| parameters.get(name).into_iter().flat_map(|list| list.split(','));
    let notice = author.notice(text);
    let notice = notice.and_then(|notice| notice.copies(list("email_cc"), list("email_bcc")));
    notice.map(Some).map_err(|error| Said::refused(400, &error.to_string()))
}
