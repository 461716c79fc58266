//! Tokens as hexadecimal digits.

use core::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::secret::Seed;
use repass::time::UtcDateTime;
use repass::token::{HexToken, Signer, Token, TokenError};

const LIFE: Duration = Duration::from_secs(1800);

fn links() -> Signer {
    let material: Vec<u8> = (0..32).collect();
    let ring = Keyring::new(KeyId::new(7), Key::from_bytes(&material).unwrap());
    Signer::links(ring, Scope::new(Purpose::RESET), LIFE)
}

fn now() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn token() -> Token {
    let id = AttemptId::new(Seed::generate(&mut repass::SysRng).unwrap());
    links().sign(id, now() + LIFE).unwrap()
}

#[test]
fn the_digits_are_those_of_the_bytes() {
    for _ in 0..200 {
        let token = token();
        let bytes = BASE64URL_NOPAD.decode(token.expose_secret().as_bytes()).unwrap();
        let hex = token.to_hex();
        assert_eq!(hex.expose_secret(), HEXLOWER.encode(&bytes));
        assert_eq!(hex.expose_secret().len(), HexToken::CHARACTERS);
        let mixed: String = (hex.expose_secret().chars().enumerate())
            .map(|(at, one)| if at % 3 == 0 { one.to_ascii_uppercase() } else { one })
            .collect();
        for text in [hex.expose_secret(), &hex.expose_secret().to_uppercase(), &mixed] {
            assert_eq!(Token::from_hex(text).unwrap().expose_secret(), token.expose_secret());
        }
    }
}

/// Every character at every place but the 22 digits, and every length but 120.
#[test]
fn nothing_but_120_digits_is_taken() {
    let hex = token().to_hex();
    let hex = hex.expose_secret();
    for at in 0..120 {
        for byte in 0..128_u8 {
            let mut text = hex.as_bytes().to_vec();
            text[at] = byte;
            let taken = Token::from_hex(core::str::from_utf8(&text).unwrap()).is_ok();
            assert_eq!(taken, byte.is_ascii_hexdigit(), "{byte:#x} at {at}");
        }
        assert!(matches!(Token::from_hex(&hex[..at]), Err(TokenError::Malformed)));
    }
    for text in [
        format!("{hex}0"),
        format!(" {hex}"),
        format!("{hex}\n"),
        format!("0x{}", &hex[2..]),
        "\u{e4}".repeat(60),
        "\u{ff11}".repeat(40),
        hex.repeat(2),
    ] {
        assert!(Token::from_hex(&text).is_err(), "{text}");
    }
}

/// What has the digits of no token becomes none: the signature decides.
#[test]
fn digits_that_were_made_up_are_verified_like_any_token() {
    let hex = token().to_hex();
    let mut altered = hex.expose_secret().to_owned();
    let last = if altered.as_bytes()[100] == b'0' { "1" } else { "0" };
    altered.replace_range(100..101, last);
    let token = Token::from_hex(&altered).unwrap();
    assert_eq!(links().verify(token.expose_secret(), now()).unwrap_err(), TokenError::Forged);
    let zeros = Token::from_hex(&"0".repeat(120)).unwrap();
    assert_eq!(links().verify(zeros.expose_secret(), now()).unwrap_err(), TokenError::Malformed);
    // The digits themselves are no token.
    assert!(links().verify(hex.expose_secret(), now()).is_err());
}

#[test]
fn the_digits_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", token().to_hex()), "HexToken(..)");
}
