//! Any text as HTML with placeholders, and any names in it: no panic, and what is taken has the same tags
//! and the same texts beside the names as with harmless ones, for a tokenizer that shares no code with
//! the crate.
#![no_main]

#[path = "../../tests/support/html.rs"]
mod html;

use core::time::Duration;
use std::sync::LazyLock;

use html::{Token, tokens};
use libfuzzer_sys::fuzz_target;
use repass::attempt::AttemptId;
use repass::key::{KeyId, Keyring};
use repass::message::{
    Link, LinkForm, MessageText, Placeholder, Rendered, ResetLink, Template, Value,
};
use repass::scope::{Purpose, Scope};
use repass::token::Signer;
use repass_fuzz::genuine::{NOW, at};
use repass_fuzz::input::key;

static LINK: LazyLock<Link> = LazyLock::new(|| {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let links = Signer::links(ring, Scope::new(Purpose::INVITATION), Duration::from_secs(60));
    let token = links.sign(AttemptId::from_bytes([7; 20]), at(NOW + 60)).unwrap();
    let page = ResetLink::new("https://example.org/?a=1", LinkForm::Query).unwrap();
    page.link(&token)
});

/// Names that stay as they are, of letters that no text of the fuzzer's has: beside such a letter, a name
/// would be found in another place. They have no letter in common, for the same reason.
const HARMLESS: [&str; 2] = ["\u{3b1}\u{3b2}\u{3b1}", "\u{3b3}\u{3b4}\u{3b3}"];

fn rendered(template: &Template, [a, b]: [&str; 2]) -> Option<Rendered> {
    let values = [("a", Value::Text(a)), ("b", Value::Text(b)), ("link", Value::Link(&LINK))];
    template.render(&values).ok()
}

// Two names, a line each; then HTML.
fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let [a, b, html] = [(); 3].map(|()| lines.next().unwrap_or_default());
    if text.contains(|letter| HARMLESS.iter().any(|name| name.contains(letter))) {
        return;
    }
    let html = format!("{html}\n<a href=\"{{link}}\">x</a>\n");
    let placeholders =
        [Placeholder::Text("a"), Placeholder::Optional("b"), Placeholder::Link("link")];
    let message = MessageText::new("{a}", "{a}\n\n{b}\n\n{link}\n").with_html(&html);
    let Ok(template) = Template::custom(message, &placeholders) else { return };

    // The control: the fuzzer has to find a name in an attribute.
    assert!(!cfg!(feature = "control") || !html.contains("=\"{b}\""), "planted");

    let (Some(hostile), Some(harmless)) =
        (rendered(&template, [a, b]), rendered(&template, HARMLESS))
    else {
        return;
    };
    // The names as they are shown; one that shows nothing takes white space with it.
    let mut shown = hostile.expose_secret().split("\n\n");
    let [a, b] = [(); 2].map(|()| shown.next().unwrap_or_default());
    assert_eq!(hostile.subject(), a);
    assert!(!a.contains('\n') && !b.contains('\n'));
    if a.is_empty() || b.is_empty() || shown.next() != Some(&format!("{}\n", LINK.expose_secret()))
    {
        return;
    }
    let change = |text: String| {
        let [first, second] = HARMLESS;
        let parts = text.split(first).map(|part| part.replace(second, b));
        parts.collect::<Vec<_>>().join(a)
    };
    let of = |message: &Rendered| tokens(message.expose_html().unwrap_or_default());
    let expected: Vec<Token> = of(&harmless).into_iter().map(|token| token.map(change)).collect();
    assert_eq!(of(&hostile), expected);
});
