use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use repass::key::{Key, KeyId, Keyring};
use repass::time::UtcDateTime;
use sha2::Sha256;
use sha2::block_api::compress256;

use crate::report::Report;
use crate::secrets::Secrets;
use crate::world::{BYTES, Draws, OTHER_BYTES, key_of, ring};

const USES: [&str; 13] = [
    "link token",
    "handle",
    "stateless token",
    "account state",
    "check code",
    "row seal",
    "account stamp",
    "session tag",
    "throttle key",
    "ticket",
    "request",
    "message",
    "notice",
];

/// The initial hash value of SHA-256 (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

pub fn key(report: &mut Report) {
    let secrets = of_key(&BYTES);
    report.value("key", &secrets, || Key::from_bytes(&BYTES).unwrap());
    let hex = HEXLOWER.encode(&BYTES);
    report.value("key in hexadecimal", &secrets, || Key::from_hex(&hex).unwrap());
    let base64 = BASE64.encode(&BYTES);
    report.value("key in base64", &secrets, || Key::from_base64(&base64).unwrap());
    let base64url = BASE64URL.encode(&BYTES);
    report.value("key in base64url", &secrets, || Key::from_base64(&base64url).unwrap());
    let file = format!("hex:{hex}\n");
    report.value("key of a file", &secrets, || Key::from_text(&file).unwrap());
    report.value("key that is drawn", &Secrets::of([&BYTES]), || {
        Key::generate(&mut Draws::of(&BYTES)).unwrap()
    });
    let short = HEXLOWER.encode(&BYTES[..31]);
    report.value("key that is too short", &secrets, || Key::from_hex(&short).unwrap_err());
    let broken = format!("{}!!!!", BASE64.encode(&BYTES[..30]));
    report.value("key that is malformed", &secrets, || Key::from_base64(&broken).unwrap_err());
    let long: Vec<u8> = BYTES.iter().copied().cycle().take(1023).chain([0]).collect();
    let text = format!("base64:{}", BASE64.encode(&long));
    report.grown("key", &of_key(&long), || Key::from_text(&text).unwrap());

    let secrets = with_subkeys(with_subkeys(Secrets::of([]), &BYTES), &OTHER_BYTES);
    report.value("keyring", &secrets, || Keyring::new(KeyId::new(1), key_of(&BYTES)));
    report.value("keyring after a rotation", &secrets, || {
        let ring = ring().rotate(KeyId::new(2), key_of(&OTHER_BYTES)).unwrap();
        let ring = ring.retire(KeyId::new(1), UtcDateTime::UNIX_EPOCH).unwrap();
        ring.remove(KeyId::new(1)).unwrap()
    });
    report.value("keyring that has the key", &secrets, || {
        ring().verify_with(KeyId::new(2), key_of(&BYTES)).unwrap_err()
    });
    let numbered = |number| {
        let mut bytes = BYTES;
        bytes[31] = number;
        key_of(&bytes)
    };
    report.grown("keyring", &secrets, || {
        (2..=16)
            .fold(ring(), |ring, id| ring.verify_with(KeyId::new(id), numbered(id as u8)).unwrap())
    });
}

/// Key material, and the pseudorandom key that is made of it.
fn of_key(material: &[u8]) -> Secrets {
    Secrets::of([material, &hmac(b"repass/1", &[material])])
}

/// All that a ring holds of a key: subkeys, and what HMAC-SHA256 keeps of each, the states after the
/// first block of the inner and of the outer hash (RFC 2104, section 4).
pub fn with_subkeys(secrets: Secrets, material: &[u8]) -> Secrets {
    let key = hmac(b"repass/1", &[material]);
    let subkey = |name: &str| hmac(&key, &[b"repass/1 ", name.as_bytes(), &[1]]);
    let secrets = secrets.and(material).and(&key).and(&subkey("pepper"));
    USES.into_iter().fold(secrets, |secrets, name| {
        let subkey = subkey(name);
        [0x36, 0x5c].into_iter().fold(secrets.and(&subkey), |secrets, pad| {
            let mut block = [pad; 64];
            block.iter_mut().zip(subkey).for_each(|(byte, of_key)| *byte ^= of_key);
            let mut state = INITIAL;
            compress256(&mut state, &[block]);
            let state: Vec<u8> = state.iter().flat_map(|word| word.to_ne_bytes()).collect();
            secrets.and(&state)
        })
    })
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
