//! Templates, the links in messages, and what names of people can do to them.

use core::time::Duration;

use proptest::prelude::*;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::code::{CheckCode, CodeShape};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkError, LinkForm, Message, ResetLink, Template, TemplateError};
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

type Parse = fn(&str, &str) -> Result<Template, TemplateError>;

#[test]
fn templates_that_are_taken() {
    for (parse, subject, text) in [
        (Template::link as Parse, "", "{link}"),
        (
            Template::link,
            "Hello {first_name} {last_name}",
            "{first_name} {last_name} {link} {minutes} {link}",
        ),
        (Template::code, "Your code", "{code}{code}"),
        (Template::code, "{{code}}", "{{code}} {code}"),
        (Template::notice, "Changed", ""),
        (Template::notice, "{first_name}", "{last_name} {{link}} {{ }} }} {{"),
        (Template::notice, &"x".repeat(200), &"x".repeat(65_536)),
    ] {
        assert!(parse(subject, text).is_ok(), "{subject:?} {:?}", &text[..text.len().min(40)]);
    }
}

#[test]
fn templates_that_are_refused() {
    let unknown = |name: &str| TemplateError::UnknownPlaceholder { name: name.into() };
    let (link, code, notice) =
        (Template::link as Parse, Template::code as Parse, Template::notice as Parse);
    for (parse, subject, text, error) in [
        (link, "", "", TemplateError::SecretMissing),
        (link, "Reset", "no link", TemplateError::SecretMissing),
        (link, "Reset", "{{link}}", TemplateError::SecretMissing),
        (code, "Reset", "{minutes}", TemplateError::SecretMissing),
        (link, "Reset", "{code}", unknown("code")),
        (code, "Reset", "{link}", unknown("link")),
        (notice, "Reset", "{link}", unknown("link")),
        (notice, "Reset", "{code}", unknown("code")),
        (notice, "Reset", "{minutes}", unknown("minutes")),
        (notice, "{link}", "", unknown("link")),
        (link, "Reset", "{link} {}", unknown("")),
        (link, "Reset", "{link} { link }", unknown(" link ")),
        (link, "Reset", "{LINK}", unknown("LINK")),
        (link, "Reset", "{token}", unknown("token")),
        (link, "Reset", "{password} {link}", unknown("password")),
        (link, "{firstname}", "{link}", unknown("firstname")),
        (link, "Reset", &format!("{{{}}}", "\u{e9}".repeat(100)), unknown(&"\u{e9}".repeat(32))),
        (link, "{link}", "{link}", TemplateError::SecretInSubject),
        (link, "{minutes}", "{link}", TemplateError::SecretInSubject),
        (code, "Your code: {code}", "{code}", TemplateError::SecretInSubject),
        (link, "Reset", "{link", TemplateError::Unbalanced),
        (link, "Reset", "{link}}", TemplateError::Unbalanced),
        (link, "Reset", "{{link}", TemplateError::Unbalanced),
        (link, "Reset", "link}", TemplateError::Unbalanced),
        (link, "Reset", "{link} {", TemplateError::Unbalanced),
        (link, "Reset", "{link} }", TemplateError::Unbalanced),
        (link, "Reset", "{li{nk}", TemplateError::Unbalanced),
        (link, "}", "{link}", TemplateError::Unbalanced),
        (link, "a\r\nBcc: eve@example.com", "{link}", TemplateError::SubjectControl),
        (link, "a\nb", "{link}", TemplateError::SubjectControl),
        (link, "a\0", "{link}", TemplateError::SubjectControl),
        (link, "a\u{85}b", "{link}", TemplateError::SubjectControl),
        (link, &"x".repeat(201), "{link}", TemplateError::TooLong { max_bytes: 200 }),
        (
            link,
            "",
            &format!("{{link}}{}", "x".repeat(65_531)),
            TemplateError::TooLong { max_bytes: 65_536 },
        ),
    ] {
        let shown: String = text.chars().take(40).collect();
        assert_eq!(parse(subject, text).err(), Some(error), "{subject:?} {shown:?}");
    }
}

#[test]
fn a_template_is_taken_only_where_it_belongs() {
    let link = || Template::link("", "{link}").unwrap();
    let code = || Template::code("", "{code}").unwrap();
    let notice = || Template::notice("", "").unwrap();
    let wrong = |setting| Some(FlowError::Template { setting, error: TemplateError::WrongKind });
    for (builder, error) in [
        (builder().link_message(link()).code_message(code()).changed_notice(notice()), None),
        (builder().link_and_code_message(link()), wrong("link_and_code_message")),
        (builder().link_and_code_message(code()), wrong("link_and_code_message")),
        (builder().link_message(code()), wrong("link_message")),
        (builder().link_message(notice()), wrong("link_message")),
        (builder().code_message(link()), wrong("code_message")),
        (builder().code_message(notice()), wrong("code_message")),
        (builder().changed_notice(link()), wrong("changed_notice")),
        (builder().several_notice(code()), wrong("several_notice")),
        (builder().no_password_notice(link()), wrong("no_password_notice")),
    ] {
        assert_eq!(builder.build().err(), error);
    }
}

#[test]
fn braces_are_written_twice() {
    let template =
        Template::link("{{{first_name}}} }}{{", "{{link}} {{{link}}} {{{{ }}}}").unwrap();
    let message = message(builder().link_message(template), Delivery::EmailLink, "Ada", "");
    assert_eq!(message.subject(), "{Ada} }{");
    let text = message.expose_secret();
    let link = text.strip_prefix("{link} {").and_then(|text| text.strip_suffix("} {{ }}")).unwrap();
    assert!(link.starts_with("https://example.org/reset?token="), "{text}");
}

#[test]
fn a_message_carries_its_link_and_the_minutes_that_are_left() {
    for (form, before) in [(LinkForm::Query, "?token="), (LinkForm::Fragment, "#token=")] {
        let page = ResetLink::new("https://example.org/reset", form).unwrap();
        assert_eq!(page.form(), form);
        let template = Template::link("Reset", "{minutes} {link}").unwrap();
        let builder = Flow::builder(ring(), page).link_message(template);
        let message = message(builder, Delivery::EmailLink, "", "");
        let link = message.expose_secret().strip_prefix("30 https://example.org/reset").unwrap();
        let token = link.strip_prefix(before).unwrap();
        let links = Signer::links(ring(), Scope::new(Purpose::RESET), Duration::from_secs(1800));
        assert!(links.verify(token, at(NOW)).is_ok());
        assert_eq!(message.to().as_str(), "ada@example.org");
    }
}

#[test]
fn a_message_carries_its_code() {
    let template = Template::code("Reset", "{minutes}:{code}").unwrap();
    let message = message(builder().code_message(template), Delivery::EmailCode, "", "");
    let code = message.expose_secret().strip_prefix("10:").unwrap();
    assert!(CheckCode::parse(CodeShape::DEFAULT, code).is_ok());
}

#[test]
fn names_cannot_forge_a_line_or_a_placeholder() {
    let template = || {
        Template::link("Hello {first_name}.", "Dear {first_name} {last_name},\n{link}\n").unwrap()
    };
    let plain = message(builder().link_message(template()), Delivery::EmailLink, "", "");
    let link = plain.expose_secret().lines().nth(1).unwrap();
    for (first, last, shown) in [
        ("Ada", "Lovelace", ("Ada", "Lovelace")),
        ("Ada\r\nBcc: eve@example.com", "", ("AdaBcc: eve@example.com", "")),
        ("\n.\n", "\r\n.\r\nQUIT", (".", ".QUIT")),
        ("Ada\u{b}\u{c}\u{85}\u{2028}\u{2029}", "\0\u{7f}\u{1b}[31m", ("Ada", "[31m")),
        ("\u{202e}Ada\u{2066}", "\u{200f}\u{61c}L\u{200b}\u{feff}", ("Ada", "L")),
        ("{link}", "{code} {{minutes}}", ("{link}", "{code} {{minutes}}")),
        ("\u{e0061}\u{ad}", "\t \t", ("", " ")),
        ("\u{65e5}\u{672c}", "O'Brien-M\u{fc}ller", ("\u{65e5}\u{672c}", "O'Brien-M\u{fc}ller")),
        (&"\u{e9}".repeat(100_000), "", (&"\u{e9}".repeat(80), "")),
        (&format!("{}Ada", "\u{202e}".repeat(1000)), "", ("Ada", "")),
    ] {
        let message = message(builder().link_message(template()), Delivery::EmailLink, first, last);
        let shown_first: String = first.chars().take(40).collect();
        assert_eq!(message.subject(), format!("Hello {}.", shown.0), "{shown_first:?}");
        let text = format!("Dear {} {},\n{link}\n", shown.0, shown.1);
        assert_eq!(message.expose_secret(), text, "{shown_first:?}");
    }
}

#[test]
fn a_notice_carries_no_secret() {
    let template =
        Template::notice("Hello {first_name}", "{{link}} {first_name} {last_name}").unwrap();
    let flow = builder().no_password_notice(template).build().unwrap();
    let account = Account::new(AccountId::new("42").unwrap())
        .with_names("Ada\r\n", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()));
    let message = sent(flow, account, Delivery::EmailLink);
    assert_eq!(message.subject(), "Hello Ada");
    assert_eq!(message.expose_secret(), "{link} Ada Lovelace");
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
        &format!("https://example.org/{}", "x".repeat(1004)),
    ] {
        assert!(ResetLink::new(page, LinkForm::Fragment).is_ok(), "{page}");
    }
}

#[test]
fn pages_that_are_refused() {
    use LinkError::{Character, Host, NotHttps};
    let too_long = format!("https://example.org/{}", "x".repeat(1005));
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
        ("https://example.org/reset?next=1", Character),
        ("https://example.org/reset?", Character),
        ("https://example.org/reset#top", Character),
        ("https://example.org#", Character),
        ("https://example.org/re set", Character),
        ("https://example.org/reset\n", Character),
        ("https://example.org/\r\nBcc: eve@example.com", Character),
        ("https://example.org/\0", Character),
        ("https://example.org/\"><script>", Character),
        ("https://example.org/'", Character),
        ("https://example.org/{link}", Character),
        ("https://example.org/|`^", Character),
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
        (&too_long, LinkError::TooLong { max_bytes: 1024 }),
    ] {
        let shown: String = page.chars().take(60).collect();
        assert_eq!(ResetLink::new(page, LinkForm::Query).err(), Some(error), "{shown:?}");
    }
}

proptest! {
    #[test]
    fn any_names_leave_one_subject_line_and_every_line_of_the_text(first in "\\PC*|.{0,100}|[\r\n\u{85}\u{2028}\u{202e}{}a.:]{0,100}", last in ".{0,100}") {
        let template = Template::link("To {first_name} {last_name}", "Dear {first_name} {last_name},\n{link}\n").unwrap();
        let message = message(builder().link_message(template), Delivery::EmailLink, &first, &last);
        let hidden = |character: char| {
            character.general_category_group() == GeneralCategoryGroup::Separator
                && character.general_category() != GeneralCategory::SpaceSeparator
                || matches!(character.general_category(), GeneralCategory::Control | GeneralCategory::Format)
        };
        prop_assert!(!message.subject().chars().any(hidden), "{:?}", message.subject());
        prop_assert!(message.subject().chars().count() <= "To  ".len() + 160);
        prop_assert_eq!(message.expose_secret().lines().count(), 2);
        prop_assert!(!message.expose_secret().replace('\n', "").chars().any(hidden));
        prop_assert!(message.expose_secret().lines().nth(1).unwrap().starts_with("https://example.org/reset?token="));
    }

    #[test]
    fn no_template_or_page_makes_it_panic(subject in "[{}a-z_ \u{0}]{0,30}", text in "([{}]|link|code|first_name|.){0,40}", page in "(https?://)?[a-z0-9.:@\\[\\]/%?#-]{0,30}") {
        for parse in [Template::link as Parse, Template::code, Template::notice] {
            let _ = parse(&subject, &text);
        }
        if let Ok(link) = ResetLink::new(&page, LinkForm::Query) {
            prop_assert!(page.starts_with("https://") || page.starts_with("http://localhost") || page.starts_with("http://127.0.0.1") || page.starts_with("http://[::1]"));
            prop_assert_eq!(link.form(), LinkForm::Query);
        }
    }
}

/// The message to a person of these names.
fn message(builder: FlowBuilder, delivery: Delivery, first: &str, last: &str) -> Message {
    let account = Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names(first, last)
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("$argon2id$x").unwrap());
    sent(builder.build().unwrap(), account, delivery)
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
