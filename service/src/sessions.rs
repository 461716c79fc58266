//! Sessions that end with the password: a text of the account's id and a tag, which needs no store.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use repass::account::{Account, AccountId};
use repass::answer::Answer;

use crate::context::Context;

/// The cookie of a session.
const NAME: &str = "__Host-session";

/// The account of a session, if it holds.
pub(crate) async fn account(context: &Context, session: &str) -> Result<Option<Account>, Answer> {
    let Some((id, tag)) = read(session) else { return Ok(None) };
    let account = context.account(&id).await?;
    Ok(account.filter(|account| context.recovery.flow().session_holds(account, tag)))
}

/// Whether an account may have a session at all.
pub(crate) fn may_have_one(account: &Account) -> bool {
    account.is_enabled() && account.must_change().is_none() && !account.requires_recovery()
}

/// Id and tag in the cookies of a request. A browser that sends two of them has been told one by somebody else.
pub(crate) fn in_cookies(headers: &HeaderMap) -> Option<(AccountId, &str)> {
    // As bytes: no cookie of somebody else hides ours, whatever is in it, and no space but those of the standard is
    // left out of a name (RFC 6265bis, section 5.6).
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut ours = pairs.filter_map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = trimmed(halves.next()?);
        halves.next().filter(|_| name == NAME.as_bytes()).map(trimmed)
    });
    match (ours.next(), ours.next()) {
        (Some(session), None) => read(core::str::from_utf8(session).ok()?),
        _ => None,
    }
}

fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The header that begins a session.
pub(crate) fn cookie(id: &AccountId, tag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let cookie = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax", text(id, tag));
    // It is letters, digits and what is between them.
    if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
        cookie.set_sensitive(true);
        headers.insert(SET_COOKIE, cookie);
    }
    headers
}

/// A session as one text: the id is written in hexadecimal digits, since it can have any characters.
fn text(id: &AccountId, tag: &str) -> String {
    let id: String = id.as_str().bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{id}.{tag}")
}

fn read(session: &str) -> Option<(AccountId, &str)> {
    let (id, tag) = session.split_once('.')?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::new();
    for pair in id.as_bytes().chunks(2) {
        let [high, low] = pair else { return None };
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    let id = String::from_utf8(bytes).ok()?;
    Some((AccountId::new(&id).ok()?, tag))
}
