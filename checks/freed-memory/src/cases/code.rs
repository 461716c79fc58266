use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeOrigin, CodeShape, Codes};
use repass::key::KeyId;
use repass::scope::{Purpose, Scope};

use super::with_subkeys;
use crate::report::Report;
use crate::secrets::Secrets;
use crate::world::{BYTES, ring};

/// The characters of [`CodeShape::letters`].
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

pub fn code(report: &mut Report) {
    let shape = CodeShape::letters(16).unwrap();
    let codes = || Codes::new(ring(), Scope::new(Purpose::RESET), shape);
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("ada@example.org").unwrap());
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([9; 20]));
    let derived = || codes().derive(KeyId::new(1), &binding, 0).unwrap();
    let code = derived();
    let mut secrets = Secrets::of([]);
    of_code(&code, &mut |secret| secrets = secrets.clone().and(secret));
    let all = with_subkeys(secrets.clone(), &BYTES);
    report.value("code and what derives it", &all, || (derived(), codes(), binding));
    let plain = code.expose_plain();
    report.value("code as typed", &secrets, || CheckCode::parse(shape, &plain).unwrap());
    let more = format!("{}B", *plain);
    report.value("no copy of a code with a character too many", &secrets, || {
        CheckCode::parse(shape, &more).unwrap_err()
    });

    let origin = CodeOrigin::new("example.com").unwrap();
    report.value("code as shown", &secrets, || code.expose_secret());
    report.value("code in one piece", &secrets, || code.expose_plain());
    report.value("code in groups", &secrets, || code.expose_grouped());
    report.value("code as spoken", &secrets, || code.expose_spoken());
    report.value("code as spelled", &secrets, || code.expose_spelled());
    report.value("code bound to a site", &secrets, || code.expose_bound_line(&origin));
    // The longest words that there are.
    let long = CheckCode::parse(shape, "NNNNNNNNNNNNNNNN").unwrap();
    report.grown("code as spelled", &Secrets::of([b"November, Novemb"]), || long.expose_spelled());
}

/// Tells a code in every way that it is written, and the values of its symbols.
pub fn of_code(code: &CheckCode, tell: &mut dyn FnMut(&[u8])) {
    let plain = code.expose_plain();
    let symbols = plain.bytes().filter_map(|letter| LETTERS.iter().position(|own| *own == letter));
    tell(&symbols.map(|symbol| symbol as u8).collect::<Vec<_>>());
    for written in [code.expose_grouped(), code.expose_spoken(), code.expose_spelled(), plain] {
        tell(written.as_bytes());
    }
}
