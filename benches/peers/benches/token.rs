//! Link tokens beside `jsonwebtoken` with HS256 and `pasetors` with v4.local, doing the same job.
//!
//! Each token carries an expiry, a key id and 160 random bits, and is good for one purpose, and for one
//! tenant in the second half. Keys and rules are prepared; to verify is to choose the key by its id and to go from a
//! text to values that hold, the clock read on the way. More lines show what that choice costs
//! the others, which can be given the key, and what the clock costs us, who can be given `now`.
//! Otherwise the others have the easier work: an id that stays text, neither `iat` nor `nbf`,
//! templates of claims and header.
//!
//! Ratios are medians of rounds that take all ways in turns within one run.
//! `cargo bench --manifest-path benches/peers/Cargo.toml` at the root compares.

#![allow(clippy::disallowed_methods, reason = "the others read the clock themselves")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation};
use pasetors::claims::{Claims, ClaimsValidationRules};
use pasetors::footer::Footer;
use pasetors::keys::SymmetricKey;
use pasetors::local;
use pasetors::token::{TrustedToken, UntrustedToken};
use pasetors::version4::V4;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::token::{Signer, Token, Verified};
use serde::{Deserialize, Serialize};
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;

const KEY: [u8; 32] = *b"thirty-two bytes are a whole key";
const ROUNDS: usize = 301;
const CALLS: usize = 100;
const LIFE: Duration = Duration::from_secs(1800);
const PURPOSE: &str = "reset";

/// An id of 20 bytes, and its base64url.
const ID: [u8; 20] = [7; 20];
const ID_TEXT: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwc";
/// A key id as a footer of PASETO says it.
const FOOTER: &str = r#"{"key":"1"}"#;

trait Way {
    type Token;
    type Verified;

    fn new(purpose: &'static str, tenant: Option<&'static str>) -> Self;
    fn sign(&self, expires_at: UtcDateTime) -> Self::Token;
    fn text(token: &Self::Token) -> &str;
    fn verify(&self, text: &str) -> Option<Self::Verified>;
    fn id_is(verified: &Self::Verified) -> bool;
}

struct Repass(Signer);

impl Way for Repass {
    type Token = Token;
    type Verified = Verified;

    fn new(purpose: &'static str, tenant: Option<&'static str>) -> Self {
        let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&KEY).expect("a key"));
        let scope = Scope::new(Purpose::new(purpose).expect("a purpose"));
        let scope = match tenant {
            Some(tenant) => scope.for_tenant(tenant).expect("a tenant"),
            None => scope,
        };
        Self(Signer::links(ring, scope, LIFE))
    }

    fn sign(&self, expires_at: UtcDateTime) -> Token {
        self.0.sign(AttemptId::from_bytes(black_box(ID)), expires_at).expect("a token")
    }

    fn text(token: &Token) -> &str {
        token.expose_secret()
    }

    fn verify(&self, text: &str) -> Option<Verified> {
        self.0.verify(text, UtcDateTime::now()).ok()
    }

    fn id_is(verified: &Verified) -> bool {
        *verified.id().as_bytes() == ID && verified.key_id() == KeyId::new(1)
    }
}

struct Jwt {
    header: Header,
    purpose: &'static str,
    tenant: Option<&'static str>,
    encoding: EncodingKey,
    ring: Vec<(&'static str, DecodingKey)>,
    rules: Validation,
}

#[derive(Serialize)]
struct Written<'a> {
    jti: &'a str,
    exp: i64,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    jti: String,
    exp: i64,
}

impl Way for Jwt {
    type Token = String;
    type Verified = TokenData<Read>;

    fn new(purpose: &'static str, tenant: Option<&'static str>) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        rules.set_audience(&[purpose]);
        rules.set_required_spec_claims(&["exp", "aud"]);
        if let Some(tenant) = tenant {
            rules.set_issuer(&[tenant]);
            rules.set_required_spec_claims(&["exp", "aud", "iss"]);
        }
        Self {
            header: Header { kid: Some("1".to_owned()), ..Header::new(Algorithm::HS256) },
            purpose,
            tenant,
            encoding: EncodingKey::from_secret(&KEY),
            ring: vec![("1", DecodingKey::from_secret(&KEY))],
            rules,
        }
    }

    fn sign(&self, expires_at: UtcDateTime) -> String {
        let exp = expires_at.unix_timestamp();
        let claims = Written { jti: black_box(ID_TEXT), exp, aud: self.purpose, iss: self.tenant };
        jsonwebtoken::encode(&self.header, &claims, &self.encoding).expect("a token")
    }

    fn text(token: &String) -> &str {
        token
    }

    fn verify(&self, text: &str) -> Option<TokenData<Read>> {
        let header = jsonwebtoken::decode_header(text).ok()?;
        self.verify_with(chosen(&self.ring, header.kid.as_deref()?)?, text)
    }

    fn id_is(verified: &TokenData<Read>) -> bool {
        let TokenData { header, claims, .. } = verified;
        claims.jti == ID_TEXT && claims.exp > 0 && header.kid.as_deref() == Some("1")
    }
}

impl Jwt {
    fn verify_with(&self, key: &DecodingKey, text: &str) -> Option<TokenData<Read>> {
        jsonwebtoken::decode(text, key, &self.rules).ok()
    }
}

struct Paseto {
    ring: Vec<(&'static str, SymmetricKey<V4>)>,
    claims: Claims,
    footer: Footer,
    rules: ClaimsValidationRules,
}

impl Way for Paseto {
    type Token = String;
    type Verified = TrustedToken;

    fn new(purpose: &'static str, tenant: Option<&'static str>) -> Self {
        let mut claims = Claims::new().expect("claims");
        claims.remove_claim("iat");
        claims.remove_claim("nbf");
        claims.audience(purpose).expect("a purpose");
        let mut footer = Footer::new();
        footer.add_additional("key", "1").expect("a key id");
        let mut rules = ClaimsValidationRules::new();
        rules.disable_valid_at();
        rules.validate_audience_with(purpose);
        if let Some(tenant) = tenant {
            claims.issuer(tenant).expect("a tenant");
            rules.validate_issuer_with(tenant);
        }
        let ring = vec![(FOOTER, SymmetricKey::from(&KEY).expect("a key"))];
        Self { ring, claims, footer, rules }
    }

    fn sign(&self, expires_at: UtcDateTime) -> String {
        let mut claims = self.claims.clone();
        claims.expiration(&expires_at.format(&Rfc3339).expect("a moment")).expect("a moment");
        claims.token_identifier(black_box(ID_TEXT)).expect("an id");
        local::encrypt(&self.ring[0].1, &claims, Some(&self.footer), None).expect("a token")
    }

    fn text(token: &String) -> &str {
        token
    }

    fn verify(&self, text: &str) -> Option<TrustedToken> {
        let token = UntrustedToken::try_from(text).ok()?;
        // As bytes: `Footer::parse_bytes` compiles a regular expression.
        let key = chosen(&self.ring, str::from_utf8(token.untrusted_footer()).ok()?)?;
        local::decrypt(key, &token, &self.rules, None, None).ok()
    }

    fn id_is(verified: &TrustedToken) -> bool {
        let id = verified.payload_claims().and_then(|claims| claims.get_claim("jti"));
        id.is_some_and(|id| id == ID_TEXT) && verified.footer() == FOOTER.as_bytes()
    }
}

impl Paseto {
    /// As its documentation has it: the footer is parsed.
    fn verify_by_parsed_footer(&self, text: &str) -> Option<TrustedToken> {
        let token = UntrustedToken::try_from(text).ok()?;
        let mut footer = Footer::new();
        footer.parse_bytes(token.untrusted_footer()).ok()?;
        let id = footer.get_claim("key")?.as_str()?;
        let key = (id == "1").then_some(&self.ring.first()?.1)?;
        local::decrypt(key, &token, &self.rules, Some(&footer), None).ok()
    }

    fn verify_with(&self, key: &SymmetricKey<V4>, text: &str) -> Option<TrustedToken> {
        let token = UntrustedToken::try_from(text).ok()?;
        local::decrypt(key, &token, &self.rules, None, None).ok()
    }
}

fn chosen<'a, K>(ring: &'a [(&str, K)], id: &str) -> Option<&'a K> {
    ring.iter().find(|(of, _)| *of == id).map(|(_, key)| key)
}

/// A way that does less than the others is none to compare with.
fn assert_it_does_the_job<W: Way>(tenant: Option<&'static str>) {
    let way = W::new(PURPOSE, tenant);
    let now = UtcDateTime::now().replace_nanosecond(0).expect("a whole second");
    let token = way.sign(now + LIFE);
    let text = W::text(&token);
    assert!(way.verify(text).is_some_and(|verified| W::id_is(&verified)));

    let mut forged = text.to_owned().into_bytes();
    let place = forged.len() / 2;
    forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
    assert!(way.verify(str::from_utf8(&forged).expect("ASCII")).is_none());
    assert!(way.verify(W::text(&way.sign(now - Duration::from_secs(1)))).is_none());
    assert!(W::new("invite", tenant).verify(text).is_none());
    assert!(tenant.is_none() || W::new(PURPOSE, Some("other")).verify(text).is_none());
}

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { ROUNDS };
    for tenant in [None, Some("acme")] {
        assert_it_does_the_job::<Repass>(tenant);
        assert_it_does_the_job::<Jwt>(tenant);
        assert_it_does_the_job::<Paseto>(tenant);
        compare_all(rounds, tenant);
    }
}

fn compare_all(rounds: usize, tenant: Option<&'static str>) {
    let of = tenant.map_or("", |_| " for a tenant");
    let (repass, jwt) = (&Repass::new(PURPOSE, tenant), &Jwt::new(PURPOSE, tenant));
    let paseto = &Paseto::new(PURPOSE, tenant);
    let now = UtcDateTime::now().replace_nanosecond(0).expect("a whole second");
    let expires_at = now + LIFE;
    let (ours, jwt_text) = (repass.sign(expires_at), jwt.sign(expires_at));
    let (our_text, paseto_text) = (Repass::text(&ours), paseto.sign(expires_at));
    let (jwt_key, paseto_key) = (&jwt.ring[0].1, &paseto.ring[0].1);

    println!("verify{of}");
    compare(
        rounds,
        &[
            ("repass", &repeated(|| repass.verify(black_box(our_text)).expect("it holds"))),
            ("jsonwebtoken", &repeated(|| jwt.verify(black_box(&jwt_text)).expect("it holds"))),
            ("pasetors", &repeated(|| paseto.verify(black_box(&paseto_text)).expect("it holds"))),
            (
                "pasetors, footer parsed",
                &repeated(|| {
                    paseto.verify_by_parsed_footer(black_box(&paseto_text)).expect("it holds")
                }),
            ),
            (
                "repass, given now",
                &repeated(|| {
                    repass.0.verify(black_box(our_text), black_box(now)).expect("it holds")
                }),
            ),
            (
                "jsonwebtoken, given the key",
                &repeated(|| jwt.verify_with(jwt_key, black_box(&jwt_text)).expect("it holds")),
            ),
            (
                "pasetors, given the key",
                &repeated(|| {
                    paseto.verify_with(paseto_key, black_box(&paseto_text)).expect("it holds")
                }),
            ),
        ],
    );
    println!("sign{of}");
    compare(
        rounds,
        &[
            ("repass", &repeated(|| repass.sign(black_box(expires_at)))),
            ("jsonwebtoken", &repeated(|| jwt.sign(black_box(expires_at)))),
            ("pasetors", &repeated(|| paseto.sign(black_box(expires_at)))),
        ],
    );
}

fn repeated<T>(call: impl Fn() -> T) -> impl Fn() {
    move || (0..CALLS).for_each(|_| drop(black_box(call())))
}

/// Medians, and medians of the ratios to the first way, of rounds that take all ways in turns.
fn compare(rounds: usize, ways: &[(&str, &dyn Fn())]) {
    let rounds: Vec<Vec<f64>> =
        (0..rounds).map(|_| ways.iter().map(|(_, calls)| nanoseconds(calls)).collect()).collect();
    for (place, (name, _)) in ways.iter().enumerate() {
        let time = median(rounds.iter().map(|round| round[place]));
        let ratio = median(rounds.iter().map(|round| round[place] / round[0]));
        println!("  {name}: {time:.0} ns, {ratio:.2} of repass");
    }
}

fn nanoseconds(calls: &dyn Fn()) -> f64 {
    let start = Instant::now();
    calls();
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
