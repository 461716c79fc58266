use std::borrow::Cow;

use repass::secret::{Password, Salt, Seed, TypedPassword};

use crate::report::{Report, Way, unwind};
use crate::secrets::Secrets;
use crate::world::{BYTES, Draws, PASSWORD};

pub fn secret(report: &mut Report) {
    let secrets = Secrets::of([PASSWORD.as_bytes()]);
    report.value("password", &secrets, || Password::new(PASSWORD).unwrap());
    report.value("password taken over", &secrets, || Password::new(PASSWORD.to_owned()).unwrap());
    report.value("verbatim password", &secrets, || Password::verbatim(PASSWORD).unwrap());
    report.value("confirmed password", &secrets, || {
        Password::confirmed(PASSWORD, PASSWORD.to_owned()).unwrap()
    });
    report.value("password with another repetition", &secrets, || {
        Password::confirmed(PASSWORD.to_owned(), PASSWORD[1..].to_owned()).unwrap_err()
    });
    let long = PASSWORD.repeat(Password::MAX_BYTES / PASSWORD.len() + 1);
    report.value("too long a password", &secrets, || Password::new(long.clone()).unwrap_err());
    report.value("repetition of too long a password", &secrets, || {
        Password::confirmed("x".repeat(Password::MAX_BYTES + 1), PASSWORD.to_owned()).unwrap_err()
    });
    report.value("too long a repetition", &secrets, || {
        Password::confirmed(PASSWORD.to_owned(), long.clone()).unwrap_err()
    });
    report.run("password whose repetition panics", Way::Unwinding, &secrets, || {
        let _ = Password::confirmed(PASSWORD.to_owned(), Panics);
    });

    // Typed with a mark of its own, which NFC puts into the letter before it.
    let typed = format!("{PASSWORD}e\u{301}{PASSWORD}");
    report.value("normalised password", &secrets, || Password::new(typed.clone()).unwrap());
    report.value("typed password", &secrets, || TypedPassword::new(typed.clone()).unwrap());
    // One of the characters that NFC takes apart, to three times as many bytes.
    let typed = format!("{PASSWORD}{}{PASSWORD}", "\u{1d160}".repeat(300));
    report.grown("normalised password", &secrets, || Password::new(typed.clone()).unwrap());

    let secrets = Secrets::of([&BYTES]);
    report.value("seed", &secrets, || Seed::generate(&mut Draws::of(&BYTES)).unwrap());
    report.value("salt", &secrets, || Salt::generate(&mut Draws::of(&BYTES)).unwrap());
}

struct Panics;

impl From<Panics> for Cow<'_, str> {
    fn from(_: Panics) -> Self {
        unwind()
    }
}
