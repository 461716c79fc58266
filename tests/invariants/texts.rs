//! Invariant 8, the texts: what an account says of itself stays what it is, a link ends where it ends, and
//! no subject has a secret.

use repass::account::Login;
use repass::language::Language;
use repass::message::{
    LinkForm, Message, MessageKind, MessageText, Messages, MessagesError, ResetLink,
};
use repass::reset::Delivery;

use crate::world::{World, ada, by_email, grace};

fn messages(kind: MessageKind, text: MessageText<'_>) -> Result<Messages, MessagesError> {
    Messages::builder().email(kind, Language::ENGLISH, text).build()
}

fn code_of(kind: MessageKind, text: MessageText<'_>) -> &'static str {
    messages(kind, text).err().map_or("taken", |error| error.code())
}

/// The message with a link to Ada, whose first name is this.
fn sent(text: MessageText<'_>, name: &str, login: &str) -> Message {
    let texts = messages(MessageKind::Link, text).unwrap();
    let ada = ada().with_names(name, "Lovelace").with_login(Login::new(login).unwrap());
    let world = World::with(|builder| builder.messages(texts), [ada, grace()]);
    world.ask(&by_email(), Delivery::LINK);
    world.take().unwrap()
}

#[test]
fn no_name_adds_markup_to_a_message() {
    let html =
        "<p title=\"{first_name}\">{first_name}</p>\n\n<p>{login}</p>\n\n<a href=\"{link}\">x</a>";
    let text = MessageText::new("", "{link}").with_html(html);
    let message = sent(text, "\" onclick=\"x\"><img>", "a&lt;b>");
    let html = message.expose_html().unwrap();
    let name = "&#34; onclick=&#34;x&#34;&gt;&lt;img&gt;";
    let expected = format!("<p title=\"{name}\">{name}</p>\n\n<p>a&amp;lt;b&gt;</p>\n\n<a ");
    assert!(html.starts_with(&expected), "{html}");
}

#[test]
fn no_name_adds_a_line_to_a_message() {
    let text = MessageText::new("{first_name}", "{first_name}\n{link}");
    for (name, shown) in [
        ("Ada\r\nBcc: eve@example.com", "AdaBcc: eve@example.com"),
        ("\u{c9}va\r\nX\u{2028}Y\u{2029}Z\u{85}!", "\u{c9}vaXYZ!"),
    ] {
        let message = sent(text, name, "ada");
        assert_eq!(message.subject(), shown);
        assert_eq!(message.expose_secret().lines().next(), Some(shown));
        assert_eq!(message.expose_secret().lines().count(), 2);
    }
}

#[test]
fn no_value_is_where_html_cannot_quote_it() {
    for html in [
        "<p title={site}>",
        "<p title='{site}'>",
        "<p onclick=\"{site}\">",
        "<a href=\"{site}\">",
        "<!-- {site} -->",
        "<style>{site}</style>",
        "<script>{site}</script>",
        "<{site}>",
    ] {
        let html = format!("{html}\n<a href=\"{{link}}\">x</a>");
        let code = code_of(MessageKind::Link, MessageText::new("", "{link}").with_html(&html));
        assert!(matches!(code, "template_misplaced" | "template_html"), "{html}: {code}");
    }
}

#[test]
fn no_subject_has_a_secret() {
    for (kind, subject, text) in [
        (MessageKind::Link, "{link}", "{link}"),
        (MessageKind::Code, "{code}", "{code}"),
        (MessageKind::LinkAndCode, "Your code is {code}", "{link} {code}"),
    ] {
        let code = code_of(kind, MessageText::new(subject, text));
        assert_eq!(code, "template_secret_in_subject", "{subject}");
    }
}

#[test]
fn a_link_is_beside_white_space_only() {
    for text in ["{link}.", "({link})", "{link}{site}", "x{link}"] {
        let code = code_of(MessageKind::Link, MessageText::new("", text));
        assert_eq!(code, "template_link_not_alone", "{text}");
    }
}

#[test]
fn no_message_comes_without_its_secret() {
    for text in ["", "{site}", "{login}\n{link}", "a\n\n{wait} {link}\n\nb"] {
        let code = code_of(MessageKind::Link, MessageText::new("", text));
        assert_eq!(code, "template_secret_missing", "{text}");
    }
    let without = MessageText::new("", "{link}").with_html("<p>a</p>");
    assert_eq!(code_of(MessageKind::Link, without), "template_secret_missing");
}

#[test]
fn no_line_is_longer_than_a_line_of_a_mail() {
    let long = format!("{} {{link}}", "x".repeat(990));
    for text in [MessageText::new("", &long), MessageText::new("", "{link}").with_html(&long)] {
        let texts = messages(MessageKind::Link, text).unwrap();
        let keyring = crate::world::keyring();
        let flow = repass::reset::Flow::builder(keyring, crate::world::page()).messages(texts);
        assert_eq!(flow.build().unwrap_err().code(), "template_line_too_long");
    }
}

#[test]
fn links_of_a_tenant_lead_to_the_page_of_the_tenant() {
    let world = World::new();
    let page = ResetLink::new("https://acme.example/reset", LinkForm::Query).unwrap();
    let acme = world.flow().for_tenant("acme").unwrap().page(page).build().unwrap();
    let acme = world.driven_by(acme);
    acme.ask(&by_email(), Delivery::LINK);
    let message = acme.take().unwrap();
    assert!(message.expose_secret().contains("\nhttps://acme.example/reset?token="));
    assert_eq!(message.tenant(), Some("acme"));
}
