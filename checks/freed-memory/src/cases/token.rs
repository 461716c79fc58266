use std::time::Duration;

use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::message::{LinkForm, MessageText, Placeholder, ResetLink, Template, Value};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, TicketSigner, Token};

use super::with_subkeys;
use crate::report::Report;
use crate::secrets::Secrets;
use crate::world::{BYTES, PASSWORD, ring};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const LIFE: Duration = Duration::from_secs(1800);

pub fn token(report: &mut Report) {
    let keys = with_subkeys(Secrets::of([]), &BYTES);
    for (name, make) in [
        ("link", Signer::links as fn(_, _, _) -> _),
        ("handle", Signer::handles as fn(_, _, _) -> _),
    ] {
        let signer = || -> Signer { make(ring(), Scope::new(Purpose::RESET), LIFE) };
        let token = || signer().sign(AttemptId::from_bytes([9; 20]), NOW + LIFE).unwrap();
        let sent = token();
        let secrets = keys.clone().and(tag(&sent));
        report.value(&format!("{name} and its signer"), &secrets, || (token(), signer()));
        report.value(&format!("{name} that is verified"), &secrets, || {
            (signer().verify(sent.expose_secret(), NOW).unwrap(), token())
        });
        report.value(&format!("{name} that is refused"), &secrets, || {
            (signer().verify(sent.expose_secret(), NOW + LIFE).unwrap_err(), token())
        });
    }

    let signer = Signer::links(ring(), Scope::new(Purpose::RESET), LIFE);
    let token = signer.sign(AttemptId::from_bytes([9; 20]), NOW + LIFE).unwrap();
    let hex = token.to_hex();
    // The first 28 bytes are what the token says; the last is the version.
    let secrets = Secrets::of([&hex.expose_secret().as_bytes()[56..118]]).and(tag(&token));
    report.value("token in hexadecimal", &secrets, || token.to_hex());
    report.value("token that is read from hexadecimal", &secrets, || {
        Token::from_hex(hex.expose_secret()).unwrap()
    });

    let page = ResetLink::new("https://example.org/join", LinkForm::Query).unwrap();
    let text = MessageText::new("Join", "{link}\n").with_html("<a href=\"{link}\">Join</a>\n");
    let template = Template::custom(text, &[Placeholder::Link("link")]).unwrap();
    let signer = Signer::links(ring(), Scope::new(Purpose::INVITATION), LIFE);
    let token = || signer.sign(AttemptId::from_bytes([9; 20]), NOW + LIFE).unwrap();
    let sent = token();
    let secrets = keys.clone().and(tag(&sent));
    report.value("link of the host and its message", &secrets, || {
        let link = page.link(&token());
        let rendered = template.render(&[("link", Value::Link(&link))]).unwrap();
        (link, rendered)
    });

    let tickets = || TicketSigner::new(ring(), Scope::new(Purpose::RESET));
    let ticket =
        || tickets().sign(AttemptId::from_bytes([9; 20]), &[7; 15], NOW + LIFE / 3).unwrap();
    let sent = ticket();
    // The 43rd byte is the first of the tag, and the last is the version.
    let secrets = keys.clone().and(&sent.expose_secret().as_bytes()[56..98]);
    report.value("ticket and its signer", &secrets, || (ticket(), tickets()));
    report.value("ticket that is verified", &secrets, || {
        (tickets().verify(sent.expose_secret(), NOW).unwrap(), ticket())
    });

    let signer = || StatelessSigner::new(ring(), Scope::new(Purpose::RESET), LIFE);
    let state = || State::changed_by_use(PASSWORD).and("ada@example.org");
    let ada = AccountId::new("42").unwrap();
    let token = || signer().sign(&ada, &state(), NOW + LIFE).unwrap();
    let sent = token();
    let secrets = keys.and(tag(&sent)).and(PASSWORD.as_bytes());
    report.value("stateless token and its signer", &secrets, || (token(), signer()));
    report.value("stateless token that is bound", &secrets, || {
        let signer = signer();
        let unbound = signer.verify(sent.expose_secret(), NOW).unwrap();
        (unbound.bind(&ada, &state()).unwrap(), token())
    });
    let one = signer();
    report.value("stateless token before it is bound", &secrets, || {
        (one.verify(sent.expose_secret(), NOW).unwrap(), token())
    });
    let secrets = Secrets::of([PASSWORD.as_bytes()]);
    report.value("state", &secrets, || State::changed_by_use(PASSWORD));
    report.grown("state", &secrets, || (0..9).fold(state(), |state, _| state.and(PASSWORD)));
}

/// What of a token nobody may know: the characters that belong to its tag alone.
fn tag(token: &Token) -> &[u8] {
    &token.expose_secret().as_bytes()[36..78]
}
