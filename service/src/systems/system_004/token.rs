//! Access tokens: JWTs that are signed with HMAC-SHA256, and with nothing else.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode};
use repass::account::AccountId;
use repass::time::UtcDateTime;
use serde::Deserialize;
use sha2::Sha256;
use signature::{Error as SignatureError, Verifier};

use crate::configuration::Secret;

/// What a token says.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    pub(super) id: AccountId,
    pub(super) email: String,
    pub(super) epoch: u64,
}

#[derive(Deserialize)]
struct Written {
    id: String,
    email: String,
    epoch: u64,
    iat: i64,
    exp: i64,
    nbf: Option<i64>,
    aud: Option<Audience>,
}

/// For whom a token is (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Verifies tokens under one key.
pub(super) struct Tokens {
    key: DecodingKey,
    validation: Validation,
    audience: Option<String>,
}

/// Clocks of two machines differ.
const SKEW: i64 = 120;

impl Tokens {
    pub(super) fn new(secret: &Secret, audience: Option<String>) -> Result<Self, NoProvider> {
        // It is the same for every service of a process, so it does not matter who was first.
        let _ = PROVIDER.install_default();
        CryptoProvider::try_get_default().ok_or(NoProvider)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp"]);
        // The library would read the clock: the end is compared here, with the moment of the request.
        validation.validate_exp = false;
        // And a token that is for nobody would be refused by it where an audience is set.
        validation.validate_aud = false;
        let key = DecodingKey::from_secret(secret.expose().as_bytes());
        let key = key.map_err(|_| NoProvider)?;
        Ok(Self { key, validation, audience })
    }

    /// What a token says, if it is ours and its time is not over.
    pub(super) fn verify(&self, token: &str, now: UtcDateTime) -> Option<Claims> {
        let token = decode(token, &self.key, &self.validation).ok()?;
        let Written { id, email, epoch, iat, exp, nbf, aud } = token.claims;
        let at = now.unix_timestamp();
        let begun = iat.max(nbf.unwrap_or(iat)) <= at.saturating_add(SKEW);
        if !is_access_token(token.header.typ.as_deref()) || !self.is_ours(aud.as_ref()) {
            return None;
        }
        let id = AccountId::new(&id).ok()?;
        (begun && at < exp).then_some(Claims { id, email, epoch })
    }

    /// A token that says whom it is for is for nobody else, and where there is an audience, it has to say so.
    fn is_ours(&self, audience: Option<&Audience>) -> bool {
        match (audience, &self.audience) {
            (None, None) => true,
            (Some(Audience::One(one)), Some(ours)) => one == ours,
            (Some(Audience::Several(several)), Some(ours)) => several.contains(ours),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

/// A token of another kind under the same key, such as one that only gets new access tokens, opens nothing here (RFC
/// 8725, section 3.11).
fn is_access_token(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| ["JWT", "at+jwt"].iter().any(|ours| kind.eq_ignore_ascii_case(ours)))
}

/// The one algorithm. Tokens are not signed here, and there are no keys of other kinds.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

fn no_signer(_: &Algorithm, _: &EncodingKey) -> jsonwebtoken::errors::Result<Box<dyn JwtSigner>> {
    Err(ErrorKind::InvalidAlgorithm.into())
}

fn verifier(
    algorithm: &Algorithm,
    key: &DecodingKey,
) -> jsonwebtoken::errors::Result<Box<dyn JwtVerifier>> {
    if *algorithm != Algorithm::HS256 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let mac = Hmac::new_from_slice(key.try_get_as_bytes()?);
    Ok(Box::new(HmacSha256(mac.map_err(|_| ErrorKind::InvalidKeyFormat)?)))
}

struct HmacSha256(Hmac<Sha256>);

impl Verifier<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> Result<(), SignatureError> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(tag).map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

/// The process has no algorithm for tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoProvider;

impl fmt::Display for NoProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("access tokens cannot be verified")
    }
}

impl core::error::Error for NoProvider {}
