//! C2 to C8: the texts of messages, the links in them, and the names in both.

use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::language::Language;
use repass::message::{
    LinkError, LinkForm, Message, MessageKind, MessagePart, MessageText, Messages, MessagesError,
    ResetLink, TemplateError,
};
use repass::reset::{Delivery, FlowBuilder, FlowError};
use repass::secret::PasswordHash;

use crate::recovering::{messages, over, request, work};
use crate::world::{Dice, at, flow, key_bytes, secret_in};

const LINK: MessageKind = MessageKind::Link;

/// What is wrong with a text for the message with a link, in English.
fn refused(text: MessageText<'_>) -> Option<TemplateError> {
    let built = Messages::builder().email(LINK, Language::ENGLISH, text).build();
    built.err().map(|error| match error {
        MessagesError::Template { error, .. } => error,
        other => panic!("{other:?}"),
    })
}

fn account(first: &str, last: &str) -> Account {
    Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names(first, last)
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("$argon2id$x").unwrap())
}

/// The message with a link that an account gets.
fn sent(builder: FlowBuilder, account: Account) -> Message {
    let mut dice = Dice(41);
    let recovery = over(builder.build().unwrap(), account);
    request(&recovery, Delivery::LINK, &mut dice, at(0));
    let _worked = work(&recovery, &mut dice, at(0));
    messages(&recovery).remove(0)
}

/// The message of this text.
fn rendered(text: MessageText<'_>, account: Account) -> Message {
    let messages = Messages::builder().email(LINK, Language::ENGLISH, text).build().unwrap();
    sent(flow().messages(messages), account)
}

fn page(address: &str, form: LinkForm) -> FlowBuilder {
    let key = repass::key::Key::from_bytes(&key_bytes()).unwrap();
    let ring = repass::key::Keyring::new(repass::key::KeyId::new(1), key);
    repass::reset::Flow::builder(ring, ResetLink::new(address, form).unwrap())
}

#[test]
fn c02_a_link_ends_where_white_space_or_the_text_does() {
    let alone = |part| TemplateError::LinkNotAlone { part, name: "link".into() };
    for behind in [
        ".", "!", ")", ">", ",", ";", "\"", "'", ":", "?", "x", "\u{a0}", "\u{3002}", "{{",
        "{site}", "{link}",
    ] {
        let text = format!("Open {{link}}{behind}");
        let found = refused(MessageText::new("", &text));
        assert_eq!(found, Some(alone(MessagePart::Text)), "{behind:?}");
        if behind != ">" {
            let html = format!("<p>Open {{link}}{}</p>", behind.replace('"', "&quot;"));
            let found = refused(MessageText::new("", "{link}").with_html(&html));
            assert_eq!(found, Some(alone(MessagePart::Html)), "{behind:?}");
        }
    }
    for before in ["(", "\"", "Link:", "x", "<", "}}", "{site}"] {
        let text = format!("{before}{{link}}\n");
        assert_eq!(
            refused(MessageText::new("", &text)),
            Some(alone(MessagePart::Text)),
            "{before:?}"
        );
    }
    // RFC 3986, appendix C: white space, or angle brackets on both sides.
    for text in ["{link}", "Open {link} now.", "a\n{link}\nb", "\t{link}\r\n", "Open <{link}>."] {
        assert_eq!(refused(MessageText::new("", text)), None, "{text:?}");
    }
    for html in ["<p>{link}</p>", "<a href=\"{link}\">x</a>.", "<b>{link}</b>. {link}"] {
        assert_eq!(refused(MessageText::new("", "{link}").with_html(html)), None, "{html:?}");
    }
}

/// What disappears with an empty placeholder never joins a link with what is beside it.
#[test]
fn c02_a_link_ends_there_whatever_is_empty() {
    for text in [
        "{link} {name}x",
        "{link} {name}.",
        "({name} {link} x",
        "x{first_name} {link} {last_name}!",
    ] {
        let message = rendered(MessageText::new("", text), account("", ""));
        let text = message.expose_secret();
        let start = text.find("https://").unwrap();
        let link = text[start..].split_ascii_whitespace().next().unwrap();
        assert_eq!(link.len(), "https://example.org/reset?token=".len() + 80, "{text:?}");
        assert!(start == 0 || text[..start].ends_with([' ', '\n']), "{text:?}");
    }
}

#[test]
fn c03_no_line_is_longer_than_998_octets() {
    // The longest page: 910 bytes, "?token=" and 80 characters are 997.
    let long = format!("https://example.org/{}", "p".repeat(890));
    let message = sent(page(&long, LinkForm::Query), account("", ""));
    let longest = message.expose_secret().lines().map(str::len).max().unwrap();
    assert_eq!(longest, 997);
    // One without a path gets one byte more.
    let query = format!("https://example.org?{}", "p".repeat(890));
    let message = sent(page(&query, LinkForm::Query), account("", ""));
    assert_eq!(message.expose_secret().lines().map(str::len).max(), Some(998));
    let longer = format!("{long}p");
    let too_long = Some(LinkError::TooLong { max_bytes: ResetLink::MAX_BYTES });
    assert_eq!(ResetLink::new(&longer, LinkForm::Query).err(), too_long);

    // The lines of a text, with the longest values that there can be, on this very page.
    let built = |builder: FlowBuilder, text: MessageText<'_>| {
        let messages = Messages::builder().email(LINK, Language::ENGLISH, text).build().unwrap();
        builder.messages(messages).build().err().map(|error| match error {
            FlowError::Messages(MessagesError::Template { error, .. }) => error,
            other => panic!("{other:?}"),
        })
    };
    let line = |part, line| Some(TemplateError::LineTooLong { part, line });
    let (of_text, of_html) = (MessagePart::Text, MessagePart::Html);
    // 32 bytes of page and "?token=", and 80 of the token.
    for (length, error) in [(998 - 112 - 1, None), (998 - 112, line(of_text, 2))] {
        let text = format!("a\r\n{} {{link}}\r\nb", "x".repeat(length));
        assert_eq!(built(flow(), MessageText::new("", &text)), error, "{length}");
    }
    // A name has 80 characters of four bytes at most.
    for (length, error) in [(998 - 641, None), (998 - 640, line(of_text, 1))] {
        let text = format!("{}{{name}}\n{{link}}", "x".repeat(length));
        assert_eq!(built(flow(), MessageText::new("", &text)), error, "{length}");
    }
    for (length, error) in [(998 - 801, None), (998 - 800, line(of_html, 3))] {
        let html = format!("<b>\n\n{}{{name}}\n{{link}}</b>", "x".repeat(length));
        let text = MessageText::new("", "{link}").with_html(&html);
        assert_eq!(built(flow(), text), error, "{length}");
    }
    let long = format!("{}\n{{link}}", "\u{e9}".repeat(500));
    assert_eq!(built(flow(), MessageText::new("", &long)), line(of_text, 1));
    // A tenant has a page of its own.
    let text = format!("{} {{link}}", "x".repeat(700));
    let messages = Messages::builder().email(LINK, Language::ENGLISH, MessageText::new("", &text));
    let flow = flow().messages(messages.build().unwrap()).build().unwrap();
    let address = format!("https://acme.example/{}", "p".repeat(300));
    let page = ResetLink::new(&address, LinkForm::Query).unwrap();
    assert!(flow.for_tenant("acme").unwrap().page(page).build().is_err());
    assert!(flow.for_tenant("acme").unwrap().build().is_ok());
}

/// The names that make the longest lines.
#[test]
fn c03_the_longest_names_keep_to_it() {
    let text = MessageText::new("{name}", "Hello {name},\n{link}\n")
        .with_html("<p title=\"{first_name}\">\nHello {name},\n<a href=\"{link}\">x</a></p>");
    for character in ["\u{10348}", "&", "\"", "<", "\u{e9}"] {
        let name = character.repeat(200);
        let message = rendered(text, account(&name, &name));
        for part in [message.expose_secret(), message.expose_html().unwrap()] {
            assert!(part.lines().all(|line| line.len() <= 998), "{character}");
        }
    }
}

/// A name that is absent takes the line break before it along, and joins two lines.
#[test]
fn c03_a_name_that_is_absent_joins_no_lines_that_are_too_long_together() {
    let of = |before: usize, after: usize| {
        let (before, after) = ("x".repeat(before), "y".repeat(after));
        format!("{before}\n{{first_name}}{after}\n\n{{link}}")
    };
    let builds = |html: &str| {
        let text = MessageText::new("", "{link}").with_html(html);
        let messages = Messages::builder().email(LINK, Language::ENGLISH, text).build().unwrap();
        flow().messages(messages).build().is_ok()
    };
    // Too long together, and each short enough with the longest name.
    assert!(!builds(&of(600, 500)));
    assert!(builds(&of(400, 500)));
}

#[test]
fn c04_a_page_that_was_joined_with_two_slashes_is_refused() {
    for address in [
        "https://example.org//reset",
        "https://example.org//",
        "https://example.org/a//reset",
        "https://example.org/#//reset",
    ] {
        let found = ResetLink::new(address, LinkForm::Fragment).unwrap_err();
        assert_eq!(found, LinkError::DoubleSlash, "{address}");
        assert!(found.to_string().contains("two slashes"));
    }
    // An address as a parameter is no path.
    assert!(
        ResetLink::new("https://example.org/?to=https://a.example//b", LinkForm::Query).is_ok()
    );
}

#[test]
fn c05_pages_with_queries_and_routes() {
    use LinkForm::{Fragment, Query};
    for (address, form, before) in [
        ("https://example.org/reset", Query, "https://example.org/reset?token="),
        ("https://example.org", Query, "https://example.org/?token="),
        ("https://example.org/", Query, "https://example.org/?token="),
        ("https://example.org/reset?lang=de", Query, "https://example.org/reset?lang=de&token="),
        ("https://example.org?lang=de", Query, "https://example.org/?lang=de&token="),
        ("https://example.org/reset?", Query, "https://example.org/reset?token="),
        ("https://example.org/reset?a=1&", Query, "https://example.org/reset?a=1&token="),
        (
            "https://example.org/reset?my-token=1",
            Query,
            "https://example.org/reset?my-token=1&token=",
        ),
        ("https://example.org:8443?a", Query, "https://example.org:8443/?a&token="),
        ("http://localhost:3000?a", Query, "http://localhost:3000/?a&token="),
        ("https://example.org/reset", Fragment, "https://example.org/reset#token="),
        ("https://example.org", Fragment, "https://example.org/#token="),
        ("https://example.org/reset#", Fragment, "https://example.org/reset#token="),
        ("https://example.org/reset?lang=de", Fragment, "https://example.org/reset?lang=de#token="),
        ("https://example.org/#/auth/reset", Fragment, "https://example.org/#/auth/reset?token="),
        ("https://example.org#/reset", Fragment, "https://example.org/#/reset?token="),
        ("https://example.org/#!/reset", Fragment, "https://example.org/#!/reset?token="),
        ("https://example.org/#/reset?a=1", Fragment, "https://example.org/#/reset?a=1&token="),
        ("https://example.org/?b#/reset?a=1", Fragment, "https://example.org/?b#/reset?a=1&token="),
    ] {
        let message = sent(page(address, form), account("Ada", ""));
        let link = message.expose_secret().lines().find(|line| line.starts_with("http")).unwrap();
        let token = link.strip_prefix(before).unwrap_or_else(|| panic!("{link}"));
        assert!(token.len() == 80 && token.bytes().all(|byte| byte.is_ascii_graphic()), "{link}");
    }
    for (address, form, error) in [
        ("https://example.org/#/auth/reset", Query, LinkError::Fragment),
        ("https://example.org/#", Query, LinkError::Fragment),
        ("https://example.org/#top", Fragment, LinkError::Fragment),
        ("https://example.org/#top/reset", Fragment, LinkError::Fragment),
        ("https://example.org/#/a#b", Fragment, LinkError::Character),
        ("https://example.org/reset?token=1", Query, LinkError::NameTwice),
        ("https://example.org/reset?a&token", Fragment, LinkError::NameTwice),
        ("https://example.org/#/reset?token=", Fragment, LinkError::NameTwice),
    ] {
        assert_eq!(ResetLink::new(address, form).err(), Some(error), "{address}");
    }
}

/// In HTML the ampersand of such a page is a character reference.
#[test]
fn c05_a_query_is_escaped_in_html() {
    let text = MessageText::new("", "{link}").with_html("<a href=\"{link}\">x</a>");
    let messages = Messages::builder().email(LINK, Language::ENGLISH, text).build().unwrap();
    let builder = page("https://example.org/reset?lang=de", LinkForm::Query).messages(messages);
    let message = sent(builder, account("", ""));
    let link = message.expose_secret();
    assert!(link.starts_with("https://example.org/reset?lang=de&token="), "{link}");
    let html = format!("<a href=\"{}\">x</a>", link.replace('&', "&amp;"));
    assert_eq!(message.expose_html(), Some(html.as_str()));
}

#[test]
fn c06_an_empty_placeholder_leaves_no_space() {
    for (text, first, last, shown) in [
        ("Hello {name},", "", "", "Hello,"),
        ("Hello {name},", "Nora", "", "Hello Nora,"),
        ("Hello {name},", "", "Lind", "Hello Lind,"),
        ("Hello {name},", "Nora", "Lind", "Hello Nora Lind,"),
        ("Hello {name},", " \t", "\u{202e}", "Hello,"),
        ("Hello {first_name} {last_name},", "", "", "Hello,"),
        ("Hello {first_name} {last_name},", "Nora", "", "Hello Nora,"),
        ("Hello {first_name} {last_name},", "", "Lind", "Hello Lind,"),
        ("{first_name} {last_name}: hello", "", "Lind", "Lind: hello"),
        ("{first_name} {last_name} hello", "", "", "hello"),
        ("  {name} hello", "", "", "hello"),
        ("a {name} b", "", "", "a b"),
        ("a{name} b", "", "", "a b"),
        ("a {name}b", "", "", "ab"),
        ("a {first_name}{last_name} b", "", "", "a b"),
        ("a {first_name} {last_name} b", "", "", "a b"),
        ("({name} a)", "", "", "(a)"),
        ("(a {name})", "", "", "(a)"),
        ("\u{201c}{name} a\u{201d}", "", "", "\u{201c}a\u{201d}"),
        ("Bonjour\u{a0}{name}\u{a0}!", "", "", "Bonjour\u{a0}!"),
        ("Bonjour\u{a0}{name}\u{202f}!", "Nora", "", "Bonjour\u{a0}Nora\u{202f}!"),
        ("a {name} ", "", "", "a"),
        ("{{ {name} }}", "", "", "{}"),
        ("  indented", "", "", "  indented"),
        ("  {name}", "Nora", "", "  Nora"),
    ] {
        // As a subject, as a line, and as the text of an element.
        let (text_part, html) =
            (format!("{text}\n{{link}}\n"), format!("<p>{text}</p>\n<i>{{link}}</i>"));
        let text = MessageText::new(text, &text_part).with_html(&html);
        let message = rendered(text, account(first, last));
        assert_eq!(message.subject(), shown, "{text:?}");
        assert_eq!(message.expose_secret().lines().next(), Some(shown), "{text:?}");
        let html = format!("<p>{shown}</p>");
        // White space at the ends of an element is not shown.
        let trim = |html: &str| html.replace("<p> ", "<p>").replace(" </p>", "</p>");
        let found = trim(message.expose_html().unwrap());
        assert_eq!(found.lines().next().unwrap().trim(), trim(&html).trim());
    }
    // Also where a tag is between the two.
    let text = MessageText::new("", "{link}").with_html("Hello <b>{name}</b>, <i>{link}</i>");
    let message = rendered(text, account("", ""));
    assert!(message.expose_html().unwrap().starts_with("Hello<b></b>, <i>https://"));
    let message = rendered(text, account("Nora", ""));
    assert!(message.expose_html().unwrap().starts_with("Hello <b>Nora</b>, <i>https://"));
}

/// The texts that the crate ships, for an account with and without names and user name.
#[test]
fn c06_the_english_texts_read_well_without_names() {
    let nobody = Account::new(AccountId::new("42").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("$argon2id$x").unwrap());
    for (account, first) in [
        (nobody, "Hello,"),
        (account("Nora", ""), "Hello Nora,"),
        (account("Nora", "Lind"), "Hello Nora Lind,"),
    ] {
        let message = sent(flow(), account);
        let text = message.expose_secret();
        assert_eq!(text.lines().next(), Some(first));
        assert!(!text.contains("  ") && !text.contains("\n\n\n"), "{text}");
        assert!(!text.contains(" \n") && !text.contains(['{', '}']), "{text}");
        assert!(text.ends_with(".\n"), "{text}");
    }
}

/// Unicode Standard, section 12.1 (virama), and the rules of RFC 5892, appendices A.1 and A.2.
#[test]
fn c07_joiners_stay_where_letters_need_them() {
    for kept in [
        // Sinhala "Sri": al-lakuna and ZWJ before ra.
        "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",
        // Devanagari half form, and one that ZWNJ keeps from joining.
        "\u{915}\u{94d}\u{200d}\u{937}",
        "\u{915}\u{94d}\u{200c}\u{937}",
        // Persian: meem and farsi yeh join, so ZWNJ is seen; with a vowel mark between, too.
        "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}",
        "\u{645}\u{6cc}\u{64e}\u{200c}\u{631}",
        "\u{645}\u{6cc}\u{200c}\u{64e}\u{631}",
    ] {
        let message = rendered(MessageText::new("{name}", "{link}"), account(kept, ""));
        assert_eq!(message.subject(), kept);
    }
    for (dropped, shown) in [
        ("A\u{200d}da", "Ada"),
        ("A\u{200c}da", "Ada"),
        ("\u{200d}Ada\u{200c}", "Ada"),
        // No virama before the joiner.
        ("\u{915}\u{200d}\u{937}", "\u{915}\u{937}"),
        // Alef and reh do not join the next letter, so there is nothing to keep apart.
        ("\u{627}\u{200c}\u{631}", "\u{627}\u{631}"),
        ("\u{6cc}\u{200c}A", "\u{6cc}A"),
        // ZWJ between letters that join is no rule of A.2.
        ("\u{6cc}\u{200d}\u{631}", "\u{6cc}\u{631}"),
        // One is enough.
        ("\u{6cc}\u{200c}\u{200c}\u{631}", "\u{6cc}\u{200c}\u{631}"),
        // Nothing follows.
        ("\u{915}\u{94d}\u{200d}", "\u{915}\u{94d}"),
        // Other format characters go, also beside a joiner.
        ("\u{dc1}\u{dca}\u{200e}\u{200d}\u{dbb}", "\u{dc1}\u{dca}\u{200d}\u{dbb}"),
        ("\u{202e}\u{6cc}\u{200c}\u{202d}\u{631}\u{feff}", "\u{6cc}\u{200c}\u{631}"),
    ] {
        let message = rendered(MessageText::new("{name}", "{link}"), account(dropped, ""));
        assert_eq!(message.subject(), shown, "{dropped:?}");
    }
}

#[test]
fn c08_a_message_can_have_the_user_name_and_html_and_the_language_of_the_account() {
    let german = Language::new("de").unwrap();
    let text = MessageText::new("Hallo {login}", "Hallo {name}\n\n{link}\n\nDu bist {login}.\n")
        .with_html("<p>Hallo {name}</p>\n\n<p>{login}</p>\n\n<p><a href=\"{link}\">Los</a></p>");
    let messages = Messages::builder().email(LINK, german, text).build().unwrap();
    let sent = |account: Account| sent(flow().messages(messages.clone()), account);

    let message = sent(account("A&B", "<i>").with_language(Language::new("de-CH").unwrap()));
    assert_eq!((message.language(), message.kind()), (german, LINK));
    assert_eq!(message.subject(), "Hallo ada");
    assert!(message.expose_secret().starts_with("Hallo A&B <i>\n\nhttps://"));
    assert!(message.expose_secret().ends_with("\n\nDu bist ada.\n"));
    let html = message.expose_html().unwrap();
    assert!(
        html.starts_with("<p>Hallo A&amp;B &lt;i&gt;</p>\n\n<p>ada</p>\n\n<p><a href=\"https://")
    );

    let english = sent(account("Ada", ""));
    assert_eq!(english.language(), Language::ENGLISH);
    assert_eq!(english.expose_html(), None);
    assert!(english.expose_secret().contains("\n\nYour user name is ada.\n\n"));

    // Without a user name, or with one that cannot be shown as it is, its paragraphs are left out.
    let without = Account::new(AccountId::new("42").unwrap())
        .with_language(german)
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("$argon2id$x").unwrap());
    let long = without.clone().with_login(Login::new(&"a".repeat(81)).unwrap());
    let turned = without.clone().with_login(Login::new("a\u{202e}da").unwrap());
    for account in [without, long, turned] {
        // Found by the address.
        let message = sent(account);
        assert_eq!(message.subject(), "Hallo");
        let text = message.expose_secret();
        assert!(text.starts_with("Hallo\n\nhttps://") && !text.contains("Du bist"), "{text}");
        assert_eq!(text.lines().count(), 3);
        let html = message.expose_html().unwrap();
        assert!(html.starts_with("<p>Hallo</p>\n\n<p><a href="), "{html}");
    }
}

#[test]
fn c08_headers_say_that_a_program_wrote_it_and_name_the_message() {
    let mut dice = Dice(43);
    let recovery = over(flow().site("Example").build().unwrap(), account("Ada", ""));
    let mut ids = Vec::new();
    for second in [0, 1] {
        request(&recovery, Delivery::LINK, &mut dice, at(second));
        let _worked = work(&recovery, &mut dice, at(second));
        let message = messages(&recovery).remove(0);
        let headers: Vec<_> = message.headers().collect();
        assert!(headers.contains(&("Auto-Submitted", "auto-generated")));
        assert!(headers.contains(&("Content-Language", "en")));
        assert!(headers.contains(&("Message-ID", message.message_id())));
        assert_eq!((message.site(), message.tenant()), ("Example", None));
        // RFC 5322, section 3.6.4: "<" dot-atom-text "@" dot-atom-text ">".
        let id =
            message.message_id().strip_prefix('<').unwrap().strip_suffix("@example.org>").unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        let token = secret_in(message.expose_secret());
        assert!(!token.contains(id));
        ids.push(message.message_id().to_owned());
    }
    assert_ne!(ids[0], ids[1]);
}

/// A delivery that is repeated, here because the acknowledgement got lost, has the same Message-ID.
#[test]
fn c08_a_repeated_delivery_has_the_same_message_id() {
    use repass::reset::Step;
    let mut dice = Dice(44);
    let recovery = over(flow().build().unwrap(), account("Ada", ""));
    request(&recovery, Delivery::LINK_AND_CODE, &mut dice, at(0));
    let _ran =
        pollster::block_on(recovery.work(crate::recovering::token(&mut dice), 1, at(0))).unwrap();
    let token = crate::recovering::token(&mut dice);
    let claimed = pollster::block_on(recovery.claim(token, 1, at(0))).unwrap().remove(0);
    // Its code has expired by the last delivery.
    let ids = [0, 1, 100, 900].map(|second| {
        let step = recovery.flow().work_on(claimed.clone(), token, at(second));
        let Step::Deliver(call) = step else { panic!("{step:?}") };
        (call.question().message_id().to_owned(), call.question().kind())
    });
    assert!(ids.iter().all(|(id, _)| *id == ids[0].0), "{ids:?}");
    assert_eq!([ids[0].1, ids[3].1], [MessageKind::LinkAndCode, LINK]);
}

/// The last two messages of a window say that another one might not follow, and for how long.
#[test]
fn c08_the_last_messages_of_a_window_say_that_no_other_follows() {
    let mut dice = Dice(45);
    let recovery = over(flow().build().unwrap(), account("Ada", ""));
    let hour = 3600;
    for (second, wait) in [
        (0, None),
        (hour, None),
        (2 * hour, None),
        (3 * hour, Some("9 hours")),
        (11 * hour + 30, Some("60 minutes")),
    ] {
        request(&recovery, Delivery::LINK, &mut dice, at(second));
        let _worked = work(&recovery, &mut dice, at(second));
        let message = messages(&recovery).remove(0);
        let text = message.expose_secret();
        let sentence = wait.map(|wait| format!("again within the next\n{wait}, you might not get"));
        assert_eq!(text.contains("might not get another"), sentence.is_some(), "{text}");
        assert!(sentence.is_none_or(|sentence| text.contains(&sentence)), "{text}");
    }
}
