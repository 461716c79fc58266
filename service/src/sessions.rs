//! Sessions that end with the password: a text of the account's id and a tag, which needs no store.

use repass::account::{Account, AccountId};
use repass::answer::Answer;

use crate::context::Context;

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

/// Id and tag of a session: the id is written in hexadecimal digits, since it can have any characters.
fn read(session: &str) -> Option<(AccountId, &str)> {
    let (id, tag) = session.split_once('.')?;
    let bytes: Option<Vec<u8>> = id
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let id = String::from_utf8(bytes?).ok()?;
    Some((AccountId::new(&id).ok()?, tag))
}
