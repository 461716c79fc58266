//! Bodies of strangers, changed at random: each is answered, none changes anything, and the service goes on.

use crate::client::{multipart, send};
use crate::running::{Service, of_account, of_system};

/// The same numbers in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % end
    }

    /// A body with a few bytes replaced, removed, repeated or put in.
    fn changed(&mut self, body: &str) -> Vec<u8> {
        let pieces: [&[u8]; 12] = [
            b"&",
            b"=",
            b"%",
            b"%zz",
            b"+",
            b"\r\n",
            b"--",
            b"\"",
            b"{",
            b"\\u0000",
            b"\xff",
            b"\xef\xbb\xbf",
        ];
        let mut bytes = body.as_bytes().to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len().max(1));
            let end = (at + self.below(8)).min(bytes.len());
            match self.below(4) {
                0 => drop(bytes.drain(at.min(end)..end)),
                1 => {
                    let copy = bytes[at.min(end)..end].to_vec();
                    bytes.splice(at.min(end)..at.min(end), copy);
                }
                2 if !bytes.is_empty() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                _ => {
                    let piece = pieces[self.below(pieces.len())];
                    bytes.splice(at.min(end)..at.min(end), piece.iter().copied());
                }
            }
        }
        bytes
    }
}

#[test]
fn bodies_that_were_changed_at_random_change_nothing() {
    let service = Service::start();
    let (key_000, key_001) = (of_system("000", "api_key"), of_system("001", "api_key"));
    let bearer = format!("Bearer {}", of_account("ada", "jwt"));
    let fields = [("user", "x"), ("token", "y"), ("new_password", "Kettle-orbit-42")];
    let (form, parts) = multipart(&fields);
    let urlencoded = "application/x-www-form-urlencoded";
    let requests: [(&str, (&str, &str), &str, &str); 5] = [
        // Of an account that the reseller does not administer.
        (
            "/SMSApi/reseller/resetuserpassword",
            ("apiKey", &key_000),
            urlencoded,
            "userloginname=proteus&newPassword=Kettle-orbit-42&output=json",
        ),
        ("/api/v1/user/forgot-password-submit/", ("apikey", &key_001), &form, &parts),
        (
            "/api/v1/user/forgot-password-submit/",
            ("apikey", &key_001),
            urlencoded,
            "user=x&token=y&new_password=Kettle-orbit-42",
        ),
        (
            "/api/v1/user/forgot-password-submit",
            ("apikey", &key_001),
            "application/json",
            "{\"user\": \"x\", \"token\": \"y\", \"new_password\": \"Kettle-orbit-42\"}",
        ),
        (
            "/api/auth/change-password",
            ("Authorization", &bearer),
            "application/json",
            "{\"old_password\": \"wrong\", \"password\": \"Kettle-orbit-42\"}",
        ),
    ];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for number in 0..1_000 {
        let (target, header, media_type, body) = requests[number % requests.len()];
        let body = dice.changed(body);
        let headers = [header, ("Content-Type", media_type)];
        let answer = send(service.address, "POST", target, &headers, &body);
        assert!(
            (400..500).contains(&answer.status),
            "{target} answers {} to {}",
            answer.status,
            String::from_utf8_lossy(&body)
        );
    }
    for login in ["ada", "grace", "proteus"] {
        assert!(service.signs_in(login, &of_account(login, "password")), "{login}");
    }
    assert!(service.outbox().is_empty());
}

/// A header that a value could add would be read by a proxy, a browser or a mail program.
#[test]
fn no_value_adds_a_header() {
    let service = Service::start();
    let key = of_system("001", "api_key");
    let injected = "ada\r\nX-Injected: 1";
    let (form, parts) = multipart(&[("email", injected)]);
    let headers = [("apikey", key.as_str()), ("Content-Type", &form)];
    let answer = service.post("/api/v1/user/forgot-password/", &headers, &parts);
    assert_eq!(answer.status, 401);
    assert!(answer.header("x-injected").is_none());
    let key = of_system("000", "api_key");
    let body = "userloginname=ada%0d%0aX-Injected:%201&newPassword=kettle-orbit-42&output=json%0d%0aX-Injected:1";
    let headers = [("apiKey", key.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = service.post("/SMSApi/reseller/resetuserpassword", &headers, body);
    assert_eq!(answer.status, 400);
    assert!(answer.header("x-injected").is_none());
    assert!(service.outbox().is_empty());
}

#[test]
fn a_query_of_64_kib_is_refused() {
    let service = Service::start();
    let target = format!("/reset?token={}", "a".repeat(64 * 1024));
    let answer = service.get(&target);
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}
