//! The texts of messages, the links in them, and what names of people can do to them.

use core::time::Duration;

use proptest::prelude::*;
use repass::account::{Account, AccountId, Channel, Contact, Email, Login, Lookup};
use repass::code::{CheckCode, CodeShape};
use repass::key::{Key, KeyId, Keyring};
use repass::language::{Language, Plural};
use repass::memory::MemoryPorts;
use repass::message::{
    LinkError, LinkForm, Message, MessageKind, MessagePart, MessageText, Messages, MessagesError,
    Placeholder, RenderError, ResetLink, Template, TemplateError, Value,
};
use repass::queue::ClaimToken;
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, FlowBuilder, FlowError};
use repass::scope::{Purpose, Scope};
use repass::secret::{PasswordHash, Seed};
use repass::time::UtcDateTime;
use repass::token::Signer;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

const NOW: i64 = 1_700_000_000;
const EN: Language = Language::ENGLISH;
const LINK: MessageKind = MessageKind::Link;
const CODE: MessageKind = MessageKind::Code;
const NOTICE: MessageKind = MessageKind::PasswordChanged;

#[test]
fn texts_that_are_taken() {
    for (kind, subject, text) in [
        (LINK, "", "{link}"),
        (
            LINK,
            "Hello {first_name} {last_name}",
            "{first_name} {last_name}\n{link} {minutes} {link}",
        ),
        (LINK, "", "<{link}>"),
        (LINK, "", "\t{link}\r\n"),
        (LINK, "{minutes} {valid_for} {wait} {login} {site} {name}", "{link}"),
        (CODE, "Your code", "{code}{code}"),
        (CODE, "{{code}}", "{{code}} {code}"),
        (NOTICE, "Changed", ""),
        (NOTICE, "{first_name}", "{last_name} {{link}} {{ }} }} {{"),
        (NOTICE, &"x".repeat(200), &"x\n".repeat(32_768)),
        (NOTICE, "", &"x".repeat(998)),
    ] {
        let shown = (subject, &text[..text.len().min(40)]);
        let messages = english(kind, MessageText::new(subject, text)).unwrap();
        assert!(builder().messages(messages).build().is_ok(), "{shown:?}");
    }
}

#[test]
fn texts_that_are_refused() {
    use TemplateError::{Control, SecretInSubject, TooLong, Unbalanced};
    let (in_subject, in_text) = (MessagePart::Subject, MessagePart::Text);
    let unknown = |part, name: &str| TemplateError::UnknownPlaceholder { part, name: name.into() };
    let missing = |name: &str| TemplateError::SecretMissing { part: in_text, name: name.into() };
    let secret = |name: &str| SecretInSubject { name: name.into() };
    let unbalanced = || Unbalanced { part: in_text };
    for (kind, subject, text, error) in [
        (LINK, "", "", missing("link")),
        (LINK, "Reset", "no link", missing("link")),
        (LINK, "Reset", "{{link}}", missing("link")),
        (CODE, "Reset", "{minutes}", missing("code")),
        (MessageKind::LinkAndCode, "Reset", "{link}", missing("code")),
        (MessageKind::LinkAndCode, "Reset", "{code}", missing("link")),
        // A paragraph that is left out would take the secret with it.
        (LINK, "Reset", "{login}\n{link}", missing("link")),
        (CODE, "Reset", "a\n\n{code} {wait}\n\nb", missing("code")),
        (LINK, "Reset", "{code}", unknown(in_text, "code")),
        (LINK, "Reset", "{link} {code_valid_for}", unknown(in_text, "code_valid_for")),
        (CODE, "Reset", "{link}", unknown(in_text, "link")),
        (NOTICE, "Reset", "{link}", unknown(in_text, "link")),
        (NOTICE, "Reset", "{code}", unknown(in_text, "code")),
        (NOTICE, "Reset", "{minutes}", unknown(in_text, "minutes")),
        (NOTICE, "{link}", "", unknown(in_subject, "link")),
        (LINK, "Reset", "{link} {}", unknown(in_text, "")),
        (LINK, "Reset", "{link} { link }", unknown(in_text, " link ")),
        (LINK, "Reset", "{LINK}", unknown(in_text, "LINK")),
        (LINK, "Reset", "{token}", unknown(in_text, "token")),
        (LINK, "Reset", "{password} {link}", unknown(in_text, "password")),
        (LINK, "{firstname}", "{link}", unknown(in_subject, "firstname")),
        (
            LINK,
            "Reset",
            &format!("{{{}}}", "\u{e9}".repeat(100)),
            unknown(in_text, &"\u{e9}".repeat(32)),
        ),
        (LINK, "{link}", "{link}", secret("link")),
        (CODE, "Your code: {code}", "{code}", secret("code")),
        (LINK, "Reset", "{link", unbalanced()),
        (LINK, "Reset", "{link}}", unbalanced()),
        (LINK, "Reset", "{{link}", unbalanced()),
        (LINK, "Reset", "link}", unbalanced()),
        (LINK, "Reset", "{link} {", unbalanced()),
        (LINK, "Reset", "{link} }", unbalanced()),
        (LINK, "Reset", "{li{nk}", unbalanced()),
        (LINK, "}", "{link}", Unbalanced { part: in_subject }),
        (LINK, "a\r\nBcc: eve@example.com", "{link}", Control { part: in_subject }),
        (LINK, "a\nb", "{link}", Control { part: in_subject }),
        (LINK, "a\tb", "{link}", Control { part: in_subject }),
        (LINK, "a\0", "{link}", Control { part: in_subject }),
        (LINK, "a\u{85}b", "{link}", Control { part: in_subject }),
        // RFC 5322, section 2.3: CR and LF only together.
        (LINK, "", "a\rb\n{link}", Control { part: in_text }),
        (LINK, "", "{link}\n\0", Control { part: in_text }),
        (LINK, &"x".repeat(201), "{link}", TooLong { part: in_subject, max_bytes: 200 }),
        (
            LINK,
            "",
            &format!("{{link}}{}", "\n".repeat(65_531)),
            TooLong { part: in_text, max_bytes: 65_536 },
        ),
    ] {
        let shown: String = text.chars().take(40).collect();
        let found = english(kind, MessageText::new(subject, text)).err();
        let expected =
            MessagesError::Template { kind, channel: Channel::EMAIL, language: EN, error };
        assert_eq!(found, Some(expected), "{subject:?} {shown:?}");
    }
}

#[test]
fn an_error_says_which_message_and_what_is_wrong_with_it() {
    let german = Language::new("de-AT").unwrap();
    let text = MessageText::new("Neues Passwort", "{vorname}\n{link}");
    let error = Messages::builder().email(LINK, german, text).build().unwrap_err();
    assert_eq!(error.to_string(), "the message link by email in de-AT");
    let source = core::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the text cannot have the placeholder {vorname}");
    assert_eq!(error.code(), "template_unknown_placeholder");
}

#[test]
fn a_message_has_one_text_in_a_language() {
    let text = MessageText::new("", "");
    let twice = Messages::builder().email(NOTICE, EN, text).email(NOTICE, EN, text).build();
    let expected = MessagesError::Twice { kind: NOTICE, channel: Channel::EMAIL, language: EN };
    assert_eq!(twice.err(), Some(expected));
}

#[test]
fn every_kind_has_an_english_text_and_says_its_placeholders() {
    let messages = Messages::builder().build().unwrap();
    assert_eq!(messages.missing(EN).count(), 0);
    assert_eq!(messages.missing(Language::new("en-GB").unwrap()).count(), MessageKind::ALL.len());
    for kind in MessageKind::ALL {
        assert!(kind.required().iter().all(|name| kind.placeholders().contains(name)));
        let text: String =
            kind.placeholders().iter().map(|name| format!("{{{name}}}\n\n")).collect();
        assert!(english(kind, MessageText::new("", &text)).is_ok(), "{kind:?}");
    }
}

#[test]
fn a_text_is_looked_up_from_the_most_precise_language_to_english() {
    let [hant, zh, fr] = ["zh-Hant", "zh", "fr"].map(|tag| Language::new(tag).unwrap());
    let mut texts = Messages::builder();
    for (language, subject) in [(hant, "hant"), (zh, "zh"), (fr, "fr")] {
        texts = texts.email(LINK, language, MessageText::new(subject, "{link}"));
    }
    let messages = texts.build().unwrap();
    for (account, flow, subject, language) in [
        (Some("zh-Hant-TW"), "fr", "hant", "zh-Hant"),
        (Some("zh-hant"), "fr", "hant", "zh-Hant"),
        (Some("zh-TW"), "fr", "zh", "zh"),
        // A single letter is cut off with what it introduces.
        (Some("zh-Hant-u-co-stroke"), "fr", "hant", "zh-Hant"),
        (Some("de"), "fr-CA", "fr", "fr"),
        (None, "zh-Hant-TW", "hant", "zh-Hant"),
        (None, "de", "Reset your password for example.org", "en"),
        (Some("de"), "nl", "Reset your password for example.org", "en"),
    ] {
        let flow = builder().messages(messages.clone()).language(Language::new(flow).unwrap());
        let mut ada = ada("", "");
        if let Some(tag) = account {
            ada = ada.with_language(Language::new(tag).unwrap());
        }
        let message = sent(flow.build().unwrap(), ada, Delivery::LINK);
        assert_eq!(message.subject(), subject, "{account:?}");
        assert_eq!(message.language().as_str(), language);
        let header = message.headers().find(|(name, _)| *name == "Content-Language");
        assert_eq!(header, Some(("Content-Language", language)));
    }
}

#[test]
fn braces_are_written_twice() {
    let text = MessageText::new("{{{first_name}}} }}{{", "{{link}} { {link} } {{{{ }}}}");
    assert!(english(LINK, text).is_err());
    let text = MessageText::new("{{{first_name}}} }}{{", "{{link}} {{ {link} }} {{{{ }}}}");
    let message = message(LINK, text, "Ada", "");
    assert_eq!(message.subject(), "{Ada} }{");
    let text = message.expose_secret();
    let link =
        text.strip_prefix("{link} { ").and_then(|text| text.strip_suffix(" } {{ }}")).unwrap();
    assert!(link.starts_with("https://example.org/reset?token="), "{text}");
}

#[test]
fn a_message_carries_its_link_and_the_time_that_is_left() {
    for (form, before) in [(LinkForm::Query, "?token="), (LinkForm::Fragment, "#token=")] {
        let page = ResetLink::new("https://example.org/reset", form).unwrap();
        assert_eq!(page.form(), form);
        let messages = english(LINK, MessageText::new("Reset", "{minutes} {valid_for} {link}"));
        let flow = Flow::builder(ring(), page).messages(messages.unwrap()).build().unwrap();
        let message = sent(flow, ada("", ""), Delivery::LINK);
        let text = message.expose_secret();
        let link = text.strip_prefix("30 30 minutes https://example.org/reset").unwrap();
        let token = link.strip_prefix(before).unwrap();
        let links = Signer::links(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
        assert!(links.verify(token, at(NOW)).is_ok());
        assert_eq!(message.to().as_str(), "ada@example.org");
        assert_eq!(message.kind(), LINK);
    }
}

#[test]
fn a_message_carries_its_code() {
    let message = message(CODE, MessageText::new("Reset", "{minutes}:{code}"), "", "");
    let code = message.expose_secret().strip_prefix("10:").unwrap();
    assert!(CheckCode::parse(CodeShape::DEFAULT, code).is_ok());
}

/// A duration never promises more than there is, and reads as people say it.
#[test]
fn durations_are_in_the_words_of_the_language() {
    let polish = Language::new("pl").unwrap();
    let text = MessageText::new("Reset", "{valid_for}\n{link}\n");
    let messages = Messages::builder()
        .durations(
            polish,
            |count| match (count, count % 10, count % 100) {
                (1, ..) => Plural::One,
                (_, 2..=4, tens) if !(12..=14).contains(&tens) => Plural::Few,
                _ => Plural::Many,
            },
            [
                (Plural::One, "minut\u{119}"),
                (Plural::Few, "{count} minuty"),
                (Plural::Many, "{count} minut"),
                (Plural::Other, "{count} minuty"),
            ],
            [(Plural::Few, "{count} godziny"), (Plural::Other, "{count} godzin")],
            [(Plural::One, "dzie\u{144}"), (Plural::Other, "{count} dni")],
        )
        .email(LINK, polish, text)
        .email(LINK, EN, text)
        .build()
        .unwrap();
    for (life, english, in_polish) in [
        (60, "1 minute", "minut\u{119}"),
        (119, "1 minute", "minut\u{119}"),
        (2 * 60, "2 minutes", "2 minuty"),
        (12 * 60, "12 minutes", "12 minut"),
        (119 * 60 + 59, "119 minutes", "119 minut"),
        (120 * 60, "2 hours", "2 godziny"),
        (12 * 3600 + 30 * 60, "12 hours", "12 godzin"),
        (24 * 3600, "24 hours", "24 godziny"),
    ] {
        for (account, expected) in
            [(ada("", ""), english), (ada("", "").with_language(polish), in_polish)]
        {
            let flow = builder().messages(messages.clone()).link_life(Duration::from_secs(life));
            let message = sent(flow.build().unwrap(), account, Delivery::LINK);
            assert_eq!(message.expose_secret().lines().next(), Some(expected), "{life}");
        }
    }
}

#[test]
fn durations_that_are_refused() {
    let german = Language::new("de").unwrap();
    let durations = |minutes: &'static str, form| {
        Messages::builder().durations(
            german,
            Plural::english,
            [(form, minutes)],
            [(Plural::Other, "h")],
            [(Plural::Other, "d")],
        )
    };
    let other = Plural::Other;
    let wrong = Some(MessagesError::Durations { language: german });
    for (builder, error) in [
        (durations("{count} min", other), None),
        (durations("{count} min", Plural::One), wrong.clone()),
        (durations("{minutes} min", other), wrong.clone()),
        (durations("{count", other), wrong.clone()),
        (durations("a\nb", other), wrong.clone()),
        (
            durations("m", other).durations(
                german,
                Plural::english,
                [(other, "m")],
                [(other, "h")],
                [(other, "d")],
            ),
            wrong,
        ),
        (
            Messages::builder().email(LINK, german, MessageText::new("", "{valid_for}\n{link}")),
            Some(MessagesError::NoDurations { language: german }),
        ),
        (
            durations("m", other).email(
                LINK,
                Language::new("de-AT").unwrap(),
                MessageText::new("", "{valid_for}\n{link}"),
            ),
            None,
        ),
    ] {
        assert_eq!(builder.build().err(), error);
    }
}

#[test]
fn names_cannot_forge_a_line_or_a_placeholder() {
    let text = MessageText::new("Hello {first_name}.", "Dear {first_name}-{last_name},\n{link}\n");
    let plain = message(LINK, text, "", "");
    let link = plain.expose_secret().lines().nth(1).unwrap();
    for (first, last, shown) in [
        ("Ada", "Lovelace", ("Ada", "Lovelace")),
        ("Ada\r\nBcc: eve@example.com", "x", ("AdaBcc: eve@example.com", "x")),
        ("\n.\n", "\r\n.\r\nQUIT", (".", ".QUIT")),
        ("Ada\u{b}\u{c}\u{85}\u{2028}\u{2029}", "\0\u{7f}\u{1b}[31m", ("Ada", "[31m")),
        ("\u{202e}Ada\u{2066}", "\u{200f}\u{61c}L\u{200b}\u{feff}", ("Ada", "L")),
        ("{link}", "{code} {{minutes}}", ("{link}", "{code} {{minutes}}")),
        ("\u{65e5}\u{672c}", "O'Brien-M\u{fc}ller", ("\u{65e5}\u{672c}", "O'Brien-M\u{fc}ller")),
        (" Ada \t", "\u{3000}L\u{a0}", ("Ada", "L")),
        (&"\u{e9}".repeat(100_000), "L", (&"\u{e9}".repeat(80), "L")),
        (&"e".repeat(100_000), "L", (&"e".repeat(80), "L")),
        (&format!("{}Ada", "\u{202e}".repeat(1000)), "L", ("Ada", "L")),
    ] {
        let message = message(LINK, text, first, last);
        let shown_first: String = first.chars().take(40).collect();
        assert_eq!(message.subject(), format!("Hello {}.", shown.0), "{shown_first:?}");
        let text = format!("Dear {}-{},\n{link}\n", shown.0, shown.1);
        assert_eq!(message.expose_secret(), text, "{shown_first:?}");
    }
}

#[test]
fn a_notice_carries_no_secret() {
    let text = MessageText::new("Hello {first_name}", "{{link}} {first_name} {last_name}");
    let messages = english(MessageKind::NoPassword, text).unwrap();
    let account = Account::new(AccountId::new("42").unwrap())
        .with_names("Ada\r\n", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()));
    let flow = builder().messages(messages).build().unwrap();
    let message = sent(flow, account, Delivery::LINK);
    assert_eq!(message.kind(), MessageKind::NoPassword);
    assert_eq!(message.subject(), "Hello Ada");
    assert_eq!(message.expose_secret(), "{link} Ada Lovelace");
}

#[test]
fn a_name_of_the_service_that_is_refused() {
    for name in ["", " Acme", "Acme ", "Ac\nme", "\u{202e}Acme", &"x".repeat(81)] {
        assert_eq!(builder().site(name).build().err(), Some(FlowError::Site), "{name:?}");
    }
    assert!(builder().site(&"\u{e9}".repeat(80)).build().is_ok());
    // A host is cut to what a name can be.
    let label = "a".repeat(60);
    let page = format!("https://{label}.{label}.example/reset");
    let page = ResetLink::new(&page, LinkForm::Query).unwrap();
    assert!(Flow::builder(ring(), page).build().is_ok());
}

#[test]
fn texts_of_the_host() {
    let link = ResetLink::new("https://example.org/join", LinkForm::Query).unwrap();
    let links = Signer::links(ring(), Scope::new(Purpose::INVITATION), Duration::from_secs(1800));
    let id = repass::attempt::AttemptId::new(seed());
    let token = links.sign(id, at(NOW + 60)).unwrap();
    let link = link.link(&token);
    assert_eq!(
        link.expose_secret(),
        format!("https://example.org/join?token={}", token.expose_secret())
    );
    assert_eq!(format!("{link:?}"), "Link(..)");

    let text = MessageText::new("{host} invites you", "Hello {name},\n\n{note}\n\n{link}\n{pin}\n")
        .with_html(
            "<p title=\"{host}\">{name}</p>\n\n<p>{note}</p>\n\n<a href=\"{link}\">{pin}</a>",
        );
    let placeholders = [
        Placeholder::Text("name"),
        Placeholder::Text("host"),
        Placeholder::Optional("note"),
        Placeholder::Link("link"),
        Placeholder::Secret("pin"),
    ];
    let template = Template::custom(text, &placeholders).unwrap();
    let values = [
        ("host", Value::Text("Ada & \"Co\"")),
        ("name", Value::Text("")),
        ("link", Value::Link(&link)),
        ("pin", Value::Secret("1<2")),
        ("note", Value::Nothing),
    ];
    let rendered = template.render(&values).unwrap();
    assert_eq!(rendered.subject(), "Ada & \"Co\" invites you");
    let link = link.expose_secret();
    assert_eq!(rendered.expose_secret(), format!("Hello,\n\n{link}\n1<2\n"));
    let html = format!("<p title=\"Ada &amp; &#34;Co&#34;\"></p>\n\n<a href=\"{link}\">1&lt;2</a>");
    assert_eq!(rendered.expose_html(), Some(html.as_str()));
    assert_eq!(format!("{rendered:?}"), "Rendered(..)");

    let (named, too_long) = (|name: &str| name.to_owned(), "1".repeat(201));
    let with = |name: &str, value| {
        let mut values = values;
        let place = values.iter_mut().find(|(known, _)| *known == name).unwrap();
        place.1 = value;
        template.render(&values).err()
    };
    assert_eq!(
        template.render(&values[..4]).err(),
        Some(RenderError::Missing { name: named("note") })
    );
    let twice = [&values[..], &values[..1]].concat();
    assert_eq!(template.render(&twice).err(), Some(RenderError::Missing { name: named("host") }));
    let more = [&values[..], &[("other", Value::Nothing)]].concat();
    assert_eq!(
        template.render(&more).err(),
        Some(RenderError::Undeclared { name: named("other") })
    );
    for (name, value) in [
        ("name", Value::Nothing),
        ("name", Value::Secret("x")),
        ("link", Value::Text("https://example.org/")),
        ("pin", Value::Text("1")),
        ("pin", Value::Secret("")),
        ("pin", Value::Secret("1 2")),
        ("pin", Value::Secret("1\n2")),
        ("pin", Value::Secret("\u{e9}")),
        ("pin", Value::Secret(&too_long)),
    ] {
        assert_eq!(with(name, value), Some(RenderError::Value { name: named(name) }), "{value:?}");
    }
    assert_eq!(with("pin", Value::Secret(&too_long[..200])), None);
}

#[test]
fn placeholders_of_the_host_that_are_refused() {
    let text = MessageText::new("", "");
    let refused = |placeholders: &[Placeholder<'_>]| Template::custom(text, placeholders).err();
    for name in ["", "Name", "a-b", "a b", "\u{e9}", &"x".repeat(33)] {
        let name = name.to_owned();
        let found = refused(&[Placeholder::Text(&name)]);
        let cut = name.chars().take(32).collect();
        assert_eq!(found, Some(TemplateError::Declaration { name: cut }));
    }
    let twice = refused(&[Placeholder::Text("a"), Placeholder::Optional("a")]);
    assert_eq!(twice, Some(TemplateError::Declaration { name: "a".into() }));
    let missing = refused(&[Placeholder::Link("link")]);
    let name = "link".to_owned();
    assert_eq!(missing, Some(TemplateError::SecretMissing { part: MessagePart::Text, name }));
}

#[test]
fn pages_that_are_taken() {
    for page in [
        "https://example.org",
        "https://example.org/",
        "https://example.org/reset",
        "https://example.org/a/b;c=d/~e/%20/reset.html",
        "https://a-b.example.org:8443/reset",
        "https://example.org:1",
        "https://example.org:65535/",
        "https://localhost/reset",
        "https://192.0.2.1/reset",
        "https://[2001:db8::1]/reset",
        "https://[2001:db8::1]:8443/reset",
        "https://xn--bcher-kva.example/",
        "http://localhost/reset",
        "http://localhost:3000/reset",
        "http://127.0.0.1:3000/reset",
        "http://[::1]/reset",
        "http://[::1]:3000/reset",
        "https://example.org/@ada/reset",
        &format!("https://example.org/{}", "x".repeat(890)),
    ] {
        for form in [LinkForm::Query, LinkForm::Fragment] {
            assert!(ResetLink::new(page, form).is_ok(), "{page}");
        }
    }
}

#[test]
fn pages_that_are_refused() {
    use LinkError::{Character, DoubleSlash, Fragment, Host, NameTwice, NotHttps};
    let too_long = format!("https://example.org/{}", "x".repeat(891));
    for (page, error) in [
        ("", NotHttps),
        ("example.org/reset", NotHttps),
        ("//example.org/reset", NotHttps),
        ("/reset", NotHttps),
        ("ftp://example.org/", NotHttps),
        ("javascript:alert(1)", NotHttps),
        ("HTTPS://example.org", NotHttps),
        (" https://example.org", NotHttps),
        ("https:/example.org", NotHttps),
        ("https:example.org", NotHttps),
        ("http://example.org/reset", NotHttps),
        ("http://localhost.example.org/", NotHttps),
        ("http://127.0.0.2/", NotHttps),
        ("http://192.168.1.1/", NotHttps),
        ("http://0.0.0.0/", NotHttps),
        ("http://[::2]/", NotHttps),
        ("http://[::ffff:127.0.0.1]/", NotHttps),
        ("http://localhost@example.org/", Character),
        ("https://ada@example.org/", Character),
        ("https://ada:secret@example.org/", Character),
        ("https://example.org\\@evil.example/", Character),
        ("https://example.org/reset?next=1&token=", NameTwice),
        ("https://example.org/reset?token", NameTwice),
        ("https://example.org/reset#top", Fragment),
        ("https://example.org#", Fragment),
        ("https://example.org/re set", Character),
        ("https://example.org/reset\n", Character),
        ("https://example.org/\r\nBcc: eve@example.com", Character),
        ("https://example.org/\0", Character),
        ("https://example.org/\"><script>", Character),
        ("https://example.org/'", Character),
        ("https://example.org/{link}", Character),
        ("https://example.org/|`^", Character),
        ("https://example.org/%2", Character),
        ("https://example.org/%zz", Character),
        ("https://example.org//reset", DoubleSlash),
        ("https://example.org/a//b/", DoubleSlash),
        ("https://b\u{fc}cher.example/", Character),
        ("https://example.org/\u{202e}", Character),
        ("https://", Host),
        ("https:///reset", Host),
        ("https://:443/", Host),
        ("https://example.org:/", Host),
        ("https://example.org:0x50/", Host),
        ("https://example.org:65536/", Host),
        ("https://example.org:+80/", Host),
        ("https://example.org:-80/", Host),
        ("https://example.org:80:80/", Host),
        ("https://.example.org/", Host),
        ("https://example.org./", Host),
        ("https://example..org/", Host),
        ("https://-example.org/", Host),
        ("https://example-.org/", Host),
        ("https://exa_mple.org/", Host),
        ("https://exa%6dple.org/", Host),
        ("https://example.org,evil.example/", Host),
        ("https://*.example.org/", Host),
        ("https://[2001:db8::1/", Host),
        ("https://2001:db8::1/", Host),
        ("https://[2001:db8::1]8443/", Host),
        ("https://[2001:db8::1]:/", Host),
        ("https://[fe80::1%25eth0]/", Host),
        ("https://[::g]/", Host),
        ("https://[]/", Host),
        ("https://[127.0.0.1]/", Host),
        (&format!("https://{}.example/", "a".repeat(64)), Host),
        (&too_long, LinkError::TooLong { max_bytes: 910 }),
    ] {
        let shown: String = page.chars().take(60).collect();
        assert_eq!(ResetLink::new(page, LinkForm::Query).err(), Some(error), "{shown:?}");
    }
}

proptest! {
    #[test]
    fn any_names_leave_one_subject_line_and_every_line_of_the_text(first in "\\PC*|.{0,100}|[\r\n\u{85}\u{2028}\u{202e}{}a.:]{0,100}", last in ".{0,100}") {
        let text = MessageText::new("To {first_name} {last_name}", "Dear {first_name} {last_name},\n{link}\n");
        let message = message(LINK, text, &first, &last);
        // The joiners are what letters need (C7).
        let hidden = |character: char| {
            character.general_category_group() == GeneralCategoryGroup::Separator
                && character.general_category() != GeneralCategory::SpaceSeparator
                || matches!(character.general_category(), GeneralCategory::Control | GeneralCategory::Format)
                    && !matches!(character, '\u{200c}' | '\u{200d}')
        };
        prop_assert!(!message.subject().chars().any(hidden), "{:?}", message.subject());
        prop_assert!(message.subject().chars().count() <= "To  ".len() + 160);
        prop_assert_eq!(message.expose_secret().lines().count(), 2);
        prop_assert!(!message.expose_secret().replace('\n', "").chars().any(hidden));
        prop_assert!(message.expose_secret().lines().nth(1).unwrap().starts_with("https://example.org/reset?token="));
    }

    #[test]
    fn no_text_or_page_makes_it_panic(subject in "[{}a-z_ \u{0}]{0,30}", text in "([{}<>\"'= \n]|link|code|first_name|login|.){0,60}", page in "(https?://)?[a-z0-9.:@\\[\\]/%?#-]{0,30}") {
        for kind in MessageKind::ALL {
            let _ = english(kind, MessageText::new(&subject, &text));
            let _ = english(kind, MessageText::new("", "{link} {code}").with_html(&text));
        }
        for form in [LinkForm::Query, LinkForm::Fragment] {
            if let Ok(link) = ResetLink::new(&page, form) {
                prop_assert!(page.starts_with("https://") || page.starts_with("http://localhost") || page.starts_with("http://127.0.0.1") || page.starts_with("http://[::1]"));
                prop_assert_eq!(link.form(), form);
            }
        }
    }
}

/// The English texts, with this one in the place of another.
fn english(kind: MessageKind, text: MessageText<'_>) -> Result<Messages, MessagesError> {
    Messages::builder().email(kind, EN, text).build()
}

/// The message to a person of these names.
fn message(kind: MessageKind, text: MessageText<'_>, first: &str, last: &str) -> Message {
    let delivery = match kind {
        MessageKind::Link => Delivery::LINK,
        MessageKind::Code => Delivery::CODE,
        _ => Delivery::LINK_AND_CODE,
    };
    let messages = english(kind, text).unwrap();
    sent(builder().messages(messages).build().unwrap(), ada(first, last), delivery)
}

fn ada(first: &str, last: &str) -> Account {
    Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names(first, last)
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("$argon2id$x").unwrap())
}

/// What the account gets when it asks.
fn sent(flow: Flow, account: Account, delivery: Delivery) -> Message {
    let recovery = Recovery::new(flow, MemoryPorts::new([account]));
    let asked = recovery.request(lookup(), delivery, None, seed(), at(NOW));
    let _handle = pollster::block_on(asked).unwrap();
    let token = ClaimToken::new(seed());
    while !pollster::block_on(recovery.work(token, 10, at(NOW))).unwrap().is_empty() {}
    recovery.ports().outbox().take().unwrap()
}

fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

fn builder() -> FlowBuilder {
    Flow::builder(ring(), ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap())
}

fn ring() -> Keyring {
    Keyring::new(KeyId::new(1), Key::from_bytes(&(0..32).collect::<Vec<_>>()).unwrap())
}

fn seed() -> Seed {
    Seed::generate(&mut Counting).unwrap()
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}

/// The same seed every time, so that messages of one moment carry the same link.
struct Counting;

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(1)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(1)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for (byte, value) in bytes.iter_mut().zip(0..) {
            *byte = value;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}
