//! Hashes of other implementations and of the standards, hostile strings, and the first sign-in after a move.

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use foreign_hashes::{Bcrypt, Django, Pbkdf2, Scrypt};
use repass::hash::{Cost, HashError, Hasher, Verdict, Verifier};
use repass::secret::{Password, PasswordHash, Salt, TypedPassword};
use serde_json::Value;

#[test]
fn hashes_of_other_implementations() {
    let hasher = hasher();
    let vectors = include_str!("vectors.jsonl").lines();
    let mut count = 0;
    for case in vectors.map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let stored = stored(case["hash"].as_str().unwrap());
        let password = Password::verbatim(case["password"].as_str().unwrap()).unwrap();
        let right = hasher.verify(&password, &stored);
        assert_eq!(right, Ok(Verdict::MatchOutdated), "{case}");
        let wrong = Password::new("incorrect horse").unwrap();
        assert_eq!(hasher.verify(&wrong, &stored), Ok(Verdict::Mismatch), "{case}");
        count += 1;
    }
    assert_eq!(count, 83);
}

/// Of the test program of crypt_blowfish, the implementation in glibc's crypt(3) and others.
#[test]
fn bcrypt_of_crypt_blowfish() {
    for (password, text) in [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    ] {
        assert_eq!(verify(password, text), Ok(Verdict::MatchOutdated), "{password}");
    }
}

/// The same program has a hash of 72 bytes, and says that those after them are ignored. Here they are not: else
/// every password that begins so would match.
#[test]
fn what_bcrypt_cuts_off_is_refused() {
    let whole = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let text = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
    assert_eq!(whole.len(), 72);
    assert_eq!(verify(whole, text), Ok(Verdict::MatchOutdated));
    for longer in ["chars after 72 are ignored", "x", "\0"] {
        assert_eq!(verify(&format!("{whole}{longer}"), text), Ok(Verdict::Mismatch), "{longer:?}");
    }
    // Some implementations read to the first NUL, and all repeat the password with one after it, so that the
    // last of these is no other password to bcrypt.
    for password in ["U*U\0", "U*U\0x", "U*U\0U*U"] {
        let text = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert_eq!(verify(password, text), Ok(Verdict::Mismatch), "{password:?}");
    }
}

/// RFC 7914, sections 11 and 12.
#[test]
fn pbkdf2_and_scrypt_of_the_rfc() {
    for (password, prefix, salt, tag) in [
        (
            "passwd",
            "$pbkdf2-sha256$i=1,l=64",
            "salt",
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
        ),
        (
            "Password",
            "$pbkdf2-sha256$i=80000,l=64",
            "NaCl",
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
        ),
        (
            "password",
            "$scrypt$ln=10,r=8,p=16",
            "NaCl",
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
        ),
        (
            "pleaseletmein",
            "$scrypt$ln=14,r=8,p=1",
            "SodiumChloride",
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        ),
    ] {
        let tag = HEXLOWER.decode(tag.as_bytes()).unwrap();
        let [salt, tag] = [salt.as_bytes(), &tag].map(|bytes| BASE64_NOPAD.encode(bytes));
        let text = format!("{prefix}${salt}${tag}");
        assert_eq!(verify(password, &text), Ok(Verdict::MatchOutdated), "{text}");
        assert_eq!(verify("another", &text), Ok(Verdict::Mismatch), "{text}");
    }
}

#[test]
fn the_first_sign_in_replaces_the_hash() {
    let hasher = hasher();
    let password = Password::new("correct horse").unwrap();
    let text = "pbkdf2_sha256$1000$salt0$";
    let vectors = include_str!("vectors.jsonl");
    let found = vectors.split('"').find(|field| field.starts_with(text)).unwrap();
    assert_eq!(hasher.verify(&password, &stored(found)), Ok(Verdict::MatchOutdated));
    let new = hasher.hash(&password, Salt::generate(&mut repass::SysRng).unwrap()).unwrap();
    assert!(new.expose_secret().starts_with("$argon2id$"));
    assert_eq!(hasher.verify(&password, &new), Ok(Verdict::Match));
}

#[test]
fn an_unusable_password_of_django_is_nobodys() {
    for text in ["!", "!yUkzvTBWf0SVxBDbhUO8bGV0h7gOG2R4h8Ttcrqr"] {
        for password in ["", "!", text] {
            assert_eq!(verify(password, text), Ok(Verdict::Mismatch), "{text}");
        }
    }
}

#[test]
fn what_asks_for_too_much_is_refused_before_any_work() {
    let salt = "c2FsdHNhbHQ";
    let tag = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bcrypt = "abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
    for (text, parameter) in [
        (format!("$2b$15${bcrypt}"), "cost"),
        (format!("$2b$31${bcrypt}"), "cost"),
        (format!("$2b$99${bcrypt}"), "cost"),
        (format!("$pbkdf2-sha256$i=2000001,l=32${salt}${tag}"), "rounds"),
        (format!("$pbkdf2-sha256$i=4294967295,l=32${salt}${tag}"), "rounds"),
        (format!("$pbkdf2-sha256$i=99999999999999999999,l=32${salt}${tag}"), "rounds"),
        (format!("$scrypt$ln=18,r=8,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=17,r=9,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=63,r=8,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=64,r=8,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=4294967295,r=8,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=1,r=4294967295,p=1${salt}${tag}"), "memory"),
        (format!("$scrypt$ln=17,r=8,p=3${salt}${tag}"), "p"),
        (format!("$scrypt$ln=1,r=1,p=4294967295${salt}${tag}"), "p"),
        (format!("pbkdf2_sha256$2000001$salt${tag}="), "rounds"),
        (format!("scrypt$262144$salt$8$1${tag}="), "memory"),
        (format!("scrypt$2147483648$salt$8$1${tag}="), "memory"),
        (format!("scrypt$99999999999$salt$8$1${tag}="), "memory"),
        (format!("scrypt$131072$salt$8$3${tag}="), "p"),
        (format!("bcrypt$$2b$31${bcrypt}"), "cost"),
        (format!("bcrypt_sha256$$2b$31${bcrypt}"), "cost"),
        (format!("argon2$argon2id$v=19$m=102401,t=2,p=8${salt}${tag}"), "m"),
        (format!("argon2$argon2id$v=19$m=102400,t=9,p=8${salt}${tag}"), "t"),
        (format!("argon2$argon2id$v=19$m=102400,t=2,p=9${salt}${tag}"), "p"),
    ] {
        let hasher = hasher();
        let (password, stored) = (Password::new("correct horse").unwrap(), stored(&text));
        let allocated = allocation_counter::measure(|| {
            let refused = hasher.verify(&password, &stored);
            assert_eq!(refused, Err(HashError::OverCeiling { parameter }), "{text}");
        });
        assert!(allocated.bytes_total < 1024, "{text}: {allocated:?}");
    }
}

#[test]
fn what_is_malformed_is_refused() {
    let salt = "c2FsdHNhbHQ";
    let tag = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bcrypt = "abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
    for text in [
        format!("$2x$05${bcrypt}"),
        format!("$2$05${bcrypt}"),
        format!("$2b$03${bcrypt}"),
        format!("$2b$5${bcrypt}"),
        format!("$2b$05${bcrypt}x"),
        "$2b$05$".to_owned(),
        format!("$pbkdf2-sha256$i=0,l=32${salt}${tag}"),
        format!("$pbkdf2-sha256$i=,l=32${salt}${tag}"),
        format!("$pbkdf2-sha256$i=-1,l=32${salt}${tag}"),
        format!("$pbkdf2-sha256$i=01000,l=32${salt}${tag}"),
        format!("$pbkdf2-sha256$i=1000${salt}${tag}"),
        format!("$pbkdf2-sha256$l=32,i=1000${salt}${tag}"),
        format!("$pbkdf2-sha256$i=1000,l=31${salt}${tag}"),
        format!("$pbkdf2-sha256$i=1000,l=32,x=1${salt}${tag}"),
        format!("$pbkdf2-sha256$i=1000,l=32${salt}${tag}="),
        format!("$pbkdf2-sha256$i=1000,l=32${salt}${tag}$"),
        format!("$pbkdf2-sha256$i=1000,l=15${salt}$AAAAAAAAAAAAAAAAAAAA"),
        format!("$pbkdf2-sha256$i=1000,l=66${salt}${}", "A".repeat(88)),
        format!("$pbkdf2-sha256$i=1000,l=0${salt}$"),
        format!("$pbkdf2-sha256$i=1000,l=32${salt}"),
        format!("$scrypt$ln=0,r=8,p=1${salt}${tag}"),
        format!("$scrypt$ln=4,r=0,p=1${salt}${tag}"),
        format!("$scrypt$ln=4,r=8,p=0${salt}${tag}"),
        format!("$scrypt$ln=4,r=8${salt}${tag}"),
        format!("$scrypt$ln=4,r=8,p=1${salt}$"),
        format!("pbkdf2_sha256$1000$salt${tag}"),
        format!("pbkdf2_sha256$$salt${tag}="),
        format!("pbkdf2_sha256$1000${tag}="),
        format!("scrypt$63$salt$8$1${tag}="),
        format!("scrypt$1$salt$8$1${tag}="),
        format!("scrypt$64$salt$8$1$1${tag}="),
        format!("bcrypt$2b$05${bcrypt}"),
        format!("bcrypt_sha256${bcrypt}"),
        "argon2$argon2id".to_owned(),
        "bcrypt$".to_owned(),
    ] {
        assert_eq!(verify("correct horse", &text), Err(HashError::Malformed), "{text}");
    }
    for text in [
        "$6$rounds=5000$saltstring$hash",
        "md5$salt$hash",
        "pbkdf2_sha1$1$salt$hash",
        "argon2$2b$x",
    ] {
        let unknown = verify("correct horse", text);
        assert_eq!(unknown, Err(HashError::UnsupportedScheme), "{text}");
    }
}

/// The first is an example of passlib's documentation; the second has each character that differs.
#[test]
fn pbkdf2_of_passlib() {
    for (password, text) in [
        (
            "password",
            "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
        ),
        ("correct horse", PASSLIB),
    ] {
        assert_eq!(verify(password, text), Ok(Verdict::MatchOutdated), "{text}");
        assert_eq!(verify("incorrect horse", text), Ok(Verdict::Mismatch), "{text}");
    }
    for text in
        [PASSLIB.replace('.', "+"), PASSLIB.replace("1000", "01000"), PASSLIB.replace("1000", "")]
    {
        assert_eq!(verify("correct horse", &text), Err(HashError::Malformed), "{text}");
    }
}

/// What the sign-in door needs to know: the work of each hash, in the unit of its scheme.
#[test]
fn the_work_of_a_hash_is_read_from_its_parameters() {
    let (salt, tag) = ("c2FsdHNhbHQ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let bcrypt = "$2b$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
    let argon2 = format!("argon2$argon2id$v=19$m=64,t=3,p=1${salt}${tag}");
    for (text, unit, amount) in [
        (bcrypt, "bcrypt_rounds", 32),
        (&*format!("bcrypt${bcrypt}"), "bcrypt_rounds", 32),
        (&format!("bcrypt_sha256${bcrypt}"), "bcrypt_rounds", 32),
        (PASSLIB, "pbkdf2_sha256_rounds", 1_000),
        (&format!("$pbkdf2-sha256$i=1000,l=32${salt}${tag}"), "pbkdf2_sha256_rounds", 1_000),
        // Two blocks of the tag.
        (
            &format!("$pbkdf2-sha256$i=1000,l=64${salt}${}", "A".repeat(86)),
            "pbkdf2_sha256_rounds",
            2_000,
        ),
        (&format!("pbkdf2_sha256$1000$salt${tag}="), "pbkdf2_sha256_rounds", 1_000),
        (&format!("$scrypt$ln=4,r=8,p=3${salt}${tag}"), "scrypt_bytes", 128 * 16 * 8 * 3),
        (&format!("scrypt$16$salt$8$3${tag}="), "scrypt_bytes", 128 * 16 * 8 * 3),
        (&argon2, "argon2_kib", 192),
    ] {
        let work = hasher().work(&stored(text)).unwrap();
        assert_eq!((work.unit(), work.amount()), (unit, amount), "{text}");
    }
}

/// Each hash signs in where the costliest of its kind is declared, and is replaced.
#[test]
fn the_door_takes_every_hash_that_is_declared() {
    let vectors = include_str!("vectors.jsonl").lines();
    for case in vectors.map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let stored = stored(case["hash"].as_str().unwrap());
        let verifier = Verifier::new(hasher()).with_stored(&stored).unwrap();
        assert_eq!(verifier.covers(&stored), Ok(()), "{case}");
        let typed = TypedPassword::new(case["password"].as_str().unwrap()).unwrap();
        let compared = verifier.compare(&typed, Some(&stored)).unwrap();
        assert_eq!(compared.verdict(), Verdict::MatchOutdated, "{case}");
        assert!(compared.above_ceiling().is_none(), "{case}");
        let nobody = verifier.compare(&typed, None).unwrap();
        assert_eq!(nobody.verdict(), Verdict::Mismatch);
        assert_eq!(nobody.filled_kib(), compared.filled_kib(), "{case}");
    }
}

/// `correct horse`, as passlib writes it.
const PASSLIB: &str =
    "$pbkdf2-sha256$1000$....................AQ$l67FGrmhQzwj2xuQlemfLNK2Z4eIDl6HjSuQJWMIQ1o";

fn hasher() -> Hasher {
    Hasher::new(Cost::new(64, 1, 1).unwrap())
        .with_foreign(Bcrypt::default())
        .with_foreign(Pbkdf2::default())
        .with_foreign(Scrypt::default())
        .with_foreign(Django::default())
}

fn verify(password: &str, text: &str) -> Result<Verdict, HashError> {
    hasher().verify(&Password::new(password).unwrap(), &stored(text))
}

fn stored(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text).unwrap()
}
