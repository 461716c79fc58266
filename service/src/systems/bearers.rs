use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use repass::account::{Account, AccountId};
use repass::answer::Answer;

use crate::configuration::{Secret, digest};
use crate::context::Context;
use crate::headers::one;
use crate::sessions;

/// Whom access tokens are of. One of the configuration ends when the password of its account is first changed; the
/// session of a person who has signed in is one as well.
pub(super) struct Bearers {
    /// By digests, so that the time of a look-up tells nothing about a token.
    configured: HashMap<[u8; 32], AccountId>,
}

/// The session epoch of an account that was just added.
const FIRST_EPOCH: u64 = 0;

impl Bearers {
    pub(super) fn new<'a>(tokens: impl Iterator<Item = (&'a AccountId, &'a Secret)>) -> Self {
        let bearers = tokens.map(|(id, token)| (digest(token.expose()), id.clone()));
        Self { configured: bearers.collect() }
    }

    /// The account of an access token, if it holds.
    pub(super) async fn account(
        &self,
        context: &Context,
        token: &str,
    ) -> Result<Option<AccountId>, Answer> {
        let Some(id) = self.configured.get(&digest(token)) else {
            let signed_in = sessions::account(context, token).await?;
            return Ok(signed_in.map(|account| account.id().clone()));
        };
        let account = context.account(id).await?;
        Ok(account.filter(is_as_added).map(|account| account.id().clone()))
    }
}

fn is_as_added(account: &Account) -> bool {
    account.epoch() == Some(FIRST_EPOCH) && sessions::may_have_one(account)
}

/// The token of `Authorization: Bearer TOKEN`; the scheme is compared without case.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = one(headers, header::AUTHORIZATION).ok()??;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
