//! Sessions that end with the password, and after a time: a signed text of the account's id, a tag and the moment
//! of the sign-in, which needs no store.

use core::fmt;
use core::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use repass::account::{Account, AccountId};
use repass::answer::Answer;
use repass::time::UtcDateTime;
use sha2::Sha256;

use crate::clock::now;
use crate::context::Context;

/// The cookie of a session.
const NAME: &str = "__Host-session";
/// What the keys of the service sign with elsewhere is signed with others.
const LABEL: &[u8] = b"repass-service 1 session";
/// Clocks of two machines differ.
const SKEW: i64 = 120;

/// What signs sessions: a key for each of the service. The first one signs, and all verify.
#[derive(Clone, Default)]
pub(crate) struct SessionKeys(Vec<Hmac<Sha256>>);

impl SessionKeys {
    /// Adds what follows from the text of a key.
    pub(crate) fn add(&mut self, text: &str) {
        // HMAC takes keys of any length.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(text.trim().as_bytes()) else { return };
        let derived = mac.chain_update(LABEL).finalize().into_bytes();
        self.0.extend(Hmac::new_from_slice(&derived).ok());
    }
}

/// Makes and reads sessions.
#[derive(Clone, Default)]
pub(crate) struct Sessions {
    keys: SessionKeys,
    life: Duration,
}

/// The account of a session, if it holds.
pub(crate) async fn account(context: &Context, session: &str) -> Result<Option<Account>, Answer> {
    let Some((id, tag)) = context.host.sessions().read(session, now()) else { return Ok(None) };
    let account = context.account(&id).await?;
    Ok(account.filter(|account| context.recovery.flow().session_holds(account, tag)))
}

/// Whether an account may have a session at all.
pub(crate) fn may_have_one(account: &Account) -> bool {
    account.is_enabled() && account.must_change().is_none() && !account.requires_recovery()
}

impl Sessions {
    pub(crate) const fn new(keys: SessionKeys, life: Duration) -> Self {
        Self { keys, life }
    }

    /// Id and tag in the cookies of a request. A browser that sends two of them has been told one by somebody else.
    pub(crate) fn in_cookies<'a>(
        &self,
        headers: &'a HeaderMap,
        now: UtcDateTime,
    ) -> Option<(AccountId, &'a str)> {
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
            (Some(session), None) => self.read(core::str::from_utf8(session).ok()?, now),
            _ => None,
        }
    }

    /// The header that begins a session; none without a key.
    pub(crate) fn cookie(&self, id: &AccountId, tag: &str, now: UtcDateTime) -> HeaderMap {
        self.text(id, tag, now).map(|session| set(&session, "")).unwrap_or_default()
    }

    /// A session as one text.
    fn text(&self, id: &AccountId, tag: &str, now: UtcDateTime) -> Option<String> {
        let id = in_hex(id.as_str().as_bytes());
        let signed = format!("{id}.{tag}.{}", now.unix_timestamp());
        let mac = self.keys.0.first()?.clone().chain_update(signed.as_bytes());
        Some(format!("{signed}.{}", in_hex(&mac.finalize().into_bytes())))
    }

    fn read<'a>(&self, session: &'a str, now: UtcDateTime) -> Option<(AccountId, &'a str)> {
        let (signed, mac) = session.rsplit_once('.')?;
        let mac = of_hex(mac)?;
        let is_ours = |key: &Hmac<Sha256>| {
            key.clone().chain_update(signed.as_bytes()).verify_slice(&mac).is_ok()
        };
        if !self.keys.0.iter().any(is_ours) {
            return None;
        }
        let (id, rest) = signed.split_once('.')?;
        let (tag, begun) = rest.split_once('.')?;
        let age = now.unix_timestamp().saturating_sub(begun.parse().ok()?);
        let life = i64::try_from(self.life.as_secs()).ok()?;
        if !(-SKEW..life).contains(&age) {
            return None;
        }
        let id = String::from_utf8(of_hex(id)?).ok()?;
        Some((AccountId::new(&id).ok()?, tag))
    }
}

/// The header that makes a browser forget its session.
pub(crate) fn removed() -> HeaderMap {
    set("", "; Max-Age=0")
}

fn set(session: &str, more: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let cookie = format!("{NAME}={session}; Path=/; Secure; HttpOnly; SameSite=Lax{more}");
    // It is letters, digits and what is between them.
    if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
        cookie.set_sensitive(true);
        headers.insert(SET_COOKIE, cookie);
    }
    headers
}

fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// An id can have any characters, and a cookie cannot.
fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let [high, low] = pair else { return None };
        Some(digit(*high)? << 4 | digit(*low)?)
    });
    pairs.collect()
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys(..)")
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(..)")
    }
}
